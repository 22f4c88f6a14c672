"""Wan in every shape, by the real loading and calling code on tiny weights."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engines.pictures import landscape
from oxreel.engines.diffusers.families import FAMILIES
from oxreel.engines.diffusers.family import Clip, Footage, Loaded, Placement
from oxreel.engines.diffusers.wan import frames_to_keep
from oxreel.engines.engine import Stopped
from oxreel.errors import FilmingFailed

WIDTH, HEIGHT = 64, 32
CLIP = Clip(
    prompt="A quiet valley",
    negative_prompt="fog",
    seed=7,
    width=WIDTH,
    height=HEIGHT,
    frames=9,
    rate=Fraction(16),
    steps=2,
    guidance=4.0,
)


def picture(seed: int) -> Image.Image:
    return landscape(WIDTH, HEIGHT, seed)


#: The least that each shape films from.
GIVEN: dict[str, Clip] = {
    "wan-i2v": replace(CLIP, start=picture(1)),
    "wan-flf2v": replace(CLIP, start=picture(1), tail=picture(2)),
    "wan-ti2v": CLIP,
    "wan-t2v": replace(CLIP, late_guidance=3.0),
    "wan-vace": CLIP,
}


def load(weights: dict[str, dict[str, Any]], family: str, **plan: Any) -> Loaded:
    return FAMILIES[family].load(Path(weights[f"tiny-{family}"]["folder"]), Placement("here", "cpu", **plan))


@pytest.fixture(scope="module")
def wan(tiny_weights: dict[str, dict[str, Any]]) -> dict[str, Loaded]:
    """Each shape, loaded once."""
    return {family: load(tiny_weights, family) for family in GIVEN}


def film(loaded: Loaded, clip: Clip) -> Footage:
    return loaded.film(clip, lambda *_: None)


def differs(one: Footage, other: Footage) -> bool:
    return not np.array_equal(one.frames, other.frames)


@pytest.mark.parametrize("family", GIVEN)
def test_each_shape_films_exactly_the_frames_and_tells_each_step(wan: dict[str, Loaded], family: str) -> None:
    told: list[tuple[int, int]] = []
    footage = wan[family].film(GIVEN[family], lambda *step: told.append(step))
    assert footage.frames.shape == (9, HEIGHT, WIDTH, 3)
    assert footage.frames.dtype == np.uint8
    assert (footage.rate, footage.sound) == (Fraction(16), None)
    assert sorted(set(told)) == [(0, 2), (1, 2), (2, 2)]
    assert told == sorted(told)


@pytest.mark.parametrize("family", GIVEN)
def test_words_seed_and_what_to_avoid_each_make_another_film(wan: dict[str, Loaded], family: str) -> None:
    clip, loaded = GIVEN[family], wan[family]
    first = film(loaded, clip)
    assert not differs(first, film(loaded, clip))
    assert differs(first, film(loaded, replace(clip, prompt="A loud city")))
    assert differs(first, film(loaded, replace(clip, negative_prompt="rain")))
    assert differs(first, film(loaded, replace(clip, seed=8)))


@pytest.mark.parametrize("family", ["wan-i2v", "wan-flf2v", "wan-ti2v", "wan-vace"])
def test_the_first_frame_counts(wan: dict[str, Loaded], family: str) -> None:
    clip = replace(GIVEN[family], start=picture(3))
    assert differs(film(wan[family], clip), film(wan[family], replace(clip, start=picture(4))))


@pytest.mark.parametrize("family", ["wan-i2v", "wan-flf2v", "wan-vace"])
def test_the_last_frame_counts(wan: dict[str, Loaded], family: str) -> None:
    clip = replace(GIVEN[family], tail=picture(3))
    assert differs(film(wan[family], clip), film(wan[family], replace(clip, tail=picture(4))))


def test_references_count_each_and_in_their_order(wan: dict[str, Loaded]) -> None:
    one, two = landscape(90, 50, 5), landscape(40, 70, 6)
    films = [
        film(wan["wan-vace"], replace(CLIP, references=references, start=start))
        for references in ((), (one,), (one, two), (two, one))
        for start in (None, picture(1))
    ]
    assert all(differs(films[a], films[b]) for a in range(len(films)) for b in range(a))


@pytest.mark.parametrize("family", ["wan-i2v", "wan-ti2v", "wan-vace"])
def test_what_came_before_counts(wan: dict[str, Loaded], family: str) -> None:
    rules = FAMILIES[family].rules
    before = [np.stack([np.asarray(picture(seed + n)) for n in range(rules.opening)]) for seed in (10, 20)]
    films = [film(wan[family], replace(CLIP, opening=opening)) for opening in before]
    assert differs(*films)


def test_vace_keeps_the_frames_that_it_is_given_and_films_all_others() -> None:
    opening = np.stack([np.asarray(picture(seed)) for seed in range(5)])
    given = frames_to_keep(replace(CLIP, opening=opening, tail=picture(9)))
    masks = [np.asarray(mask) for mask in given["mask"]]
    assert [int(mask.max()) for mask in masks] == [0] * 5 + [255] * 3 + [0]
    assert all(np.array_equal(given["video"][index], opening[index]) for index in range(5))
    assert np.array_equal(given["video"][8], np.asarray(picture(9)))
    assert np.unique(given["video"][6]).tolist() == [128]


def test_the_small_wan_films_words_again_after_a_picture(wan: dict[str, Loaded]) -> None:
    words = film(wan["wan-ti2v"], CLIP)
    film(wan["wan-ti2v"], replace(CLIP, start=picture(1)))
    assert not differs(words, film(wan["wan-ti2v"], CLIP))


@pytest.mark.parametrize(
    ("family", "clip", "why"),
    [("wan-i2v", CLIP, "from a first frame"), ("wan-t2v", replace(CLIP, start=picture(1)), "from words alone")],
)
def test_weights_that_cannot_say_so(wan: dict[str, Loaded], family: str, clip: Clip, why: str) -> None:
    with pytest.raises(FilmingFailed, match=why):
        film(wan[family], clip)


@pytest.mark.parametrize("plan", [{"tiling": True}, {"offload": "model"}, {"offload": "group"}])
@pytest.mark.parametrize("family", ["wan-ti2v", "wan-vace"])
def test_a_plan_changes_where_weights_are_and_not_what_they_film(
    tiny_weights: dict[str, dict[str, Any]], wan: dict[str, Loaded], family: str, plan: dict[str, Any]
) -> None:
    loaded = load(tiny_weights, family, **plan)
    for clip in (CLIP, replace(CLIP, start=picture(1)), CLIP):
        ours, plain = film(loaded, clip).frames.astype(int), film(wan[family], clip).frames.astype(int)
        assert np.abs(ours - plain).max() <= 1
    loaded.unload()


def test_eight_bits_film_nearly_the_same(tiny_weights: dict[str, dict[str, Any]], wan: dict[str, Loaded]) -> None:
    clip = GIVEN["wan-t2v"]
    rough, plain, another = (
        film(loaded, one).frames.astype(int)
        for loaded, one in (
            (load(tiny_weights, "wan-t2v", eight_bits=True), clip),
            (wan["wan-t2v"], clip),
            (wan["wan-t2v"], replace(clip, prompt="A loud city")),
        )
    )
    assert 0 < np.abs(rough - plain).mean() < np.abs(another - plain).mean() / 2


@pytest.mark.parametrize("family", GIVEN)
@pytest.mark.parametrize("when", [0, 1, 2])
def test_a_film_that_nobody_wants_ends_within_a_step(wan: dict[str, Loaded], family: str, when: int) -> None:
    """Before the first step the pictures are read, after the last one the frames are decoded: neither is waited for."""
    asked: list[int] = []

    def stop(done: int, _: int) -> None:
        asked.append(done)
        if done == when and asked.count(done) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        wan[family].film(GIVEN[family], stop)
    assert max(asked) == when
    # And what was broken off does not show in the next.
    assert not differs(film(wan[family], GIVEN[family]), film(wan[family], GIVEN[family]))


@pytest.mark.parametrize("family", GIVEN)
def test_it_is_asked_before_each_layer_whether_the_film_is_still_wanted(wan: dict[str, Loaded], family: str) -> None:
    """A step of the real weights takes long, too."""
    asked: list[int] = []
    wan[family].film(GIVEN[family], lambda done, _: asked.append(done))
    # Two layers, once with the words and once with what to avoid, and the whole before them.
    assert asked.count(1) >= 2 * (2 + 1)


def test_weights_of_another_kind_are_refused(tmp_path: Path, tiny_weights: dict[str, dict[str, Any]]) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    with pytest.raises(FilmingFailed, match="StableDiffusionPipeline"):
        FAMILIES["wan-i2v"].load(tmp_path, Placement("here", "cpu"))
