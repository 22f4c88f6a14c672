"""MiniMax-H3: the code that loads and calls the real weights, on tiny ones."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from oxreel.engines.diffusers.families import FAMILIES
from oxreel.engines.diffusers.family import Clip, Footage, Loaded, Placement
from oxreel.engines.diffusers.h3_words import described
from oxreel.engines.engine import Stopped
from support.tiny_h3 import h3

torch: Any = pytest.importorskip("torch", reason="needs oxreel[gpu]")
pytest.importorskip("diffusers", reason="needs oxreel[gpu]")

# Its sound decoder is loaded by a name that torch would like to forget.
pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")

_CPU = Placement("everything in memory", "cpu")
_CLIP = Clip(
    prompt="A fox runs.",
    negative_prompt="",
    seed=7,
    width=64,
    height=32,
    frames=124,
    rate=Fraction(24),
    steps=2,
    guidance=1.0,
)
_RED, _BLUE = (Image.new("RGB", (64, 32), name) for name in ("red", "blue"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint."""
    return h3(tmp_path_factory.mktemp("h3"))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny tensors gain nothing from more, and the machine is not ours alone."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def frames(folder: Path) -> Loaded:
    return FAMILIES["h3"].load(folder, _CPU)


@pytest.fixture(scope="module")
def references(folder: Path) -> Loaded:
    return FAMILIES["h3-references"].load(folder, _CPU)


def film(loaded: Loaded, **changed: Any) -> Footage:
    return loaded.film(replace(_CLIP, **changed), lambda _, __: None)


@pytest.mark.parametrize("count", [124, 121])
def test_there_are_exactly_the_frames_asked_for_and_sound_for_just_them(frames: Loaded, count: int) -> None:
    footage = film(frames, frames=count)
    assert footage.frames.shape == (count, 32, 64, 3)
    assert footage.frames.dtype == np.uint8
    assert footage.sound is not None
    assert footage.sound.shape == (2, round(count * 8000 / 24))
    assert (footage.sound.dtype, footage.sound_rate, footage.rate) == (np.dtype("float32"), 8000, Fraction(24))
    assert np.abs(footage.sound).max() > 0


def test_what_it_begins_with_changes_its_first_frame(frames: Loaded) -> None:
    red, blue = (film(frames, start=picture).frames[0] for picture in (_RED, _BLUE))
    assert not np.array_equal(red, blue)


def test_what_it_ends_with_changes_its_last_frame(frames: Loaded) -> None:
    red, blue = (film(frames, start=_RED, tail=picture).frames[-1] for picture in (_RED, _BLUE))
    assert not np.array_equal(red, blue)
    assert not np.array_equal(film(frames, tail=_RED).frames, film(frames, start=_RED).frames)


def test_it_goes_on_from_the_last_frame_that_it_is_given(frames: Loaded) -> None:
    opening = np.asarray(_RED)[None]
    assert np.array_equal(film(frames, opening=opening).frames, film(frames, start=_RED).frames)


def test_it_shows_its_references_in_their_order(references: Loaded) -> None:
    one, two, turned = (film(references, references=given).frames for given in ((_RED,), (_RED, _BLUE), (_BLUE, _RED)))
    assert not np.array_equal(one, two)
    assert not np.array_equal(two, turned)


def test_it_takes_nine_references(references: Loaded) -> None:
    assert len(film(references, references=(_RED,) * 9).frames) == 124


def test_each_kind_holds_only_its_own_transformer(frames: Any, references: Any) -> None:
    assert frames._pipe.transformer is not None
    assert frames._pipe.transformer_ref is None
    assert references._pipe.transformer is None
    assert references._pipe.transformer_ref is not None


def test_a_part_that_is_missing_is_not_fetched_but_named(folder: Path, tmp_path: Path) -> None:
    for part in folder.iterdir():
        if part.name != "vae":
            (tmp_path / part.name).symlink_to(part)
    with pytest.raises(ValueError, match="vae"):
        FAMILIES["h3"].load(tmp_path, _CPU)


def test_the_same_seed_films_the_same_and_another_something_else(frames: Loaded) -> None:
    first, again, other = film(frames), film(frames), film(frames, seed=8)
    assert np.array_equal(first.frames, again.frames)
    assert not np.array_equal(first.frames, other.frames)


@pytest.mark.parametrize(("kind", "more"), [("frames", {}), ("references", {"references": (_RED,)})])
def test_it_tells_every_step(kind: str, more: dict[str, Any], request: pytest.FixtureRequest) -> None:
    told: list[tuple[int, int]] = []
    loaded: Loaded = request.getfixturevalue(kind)
    loaded.film(replace(_CLIP, steps=3, **more), lambda *step: told.append(step))
    assert {total for _, total in told} == {3}
    done = [step for step, _ in told]
    assert sorted(done) == done
    assert set(done) >= {1, 2, 3}


def test_it_stops_within_the_step_in_which_it_is_called_off(frames: Loaded) -> None:
    told = []

    def call_off(done: int, _: int) -> None:
        told.append(done)
        if done == 1:
            raise Stopped

    with pytest.raises(Stopped):
        frames.film(replace(_CLIP, steps=5), call_off)
    assert max(told) == 1
    # And it films again.
    assert len(film(frames).frames) == 124


def test_what_it_films_does_not_depend_on_where_its_weights_lie(folder: Path, frames: Loaded) -> None:
    loaded = FAMILIES["h3"].load(folder, Placement("some layers at a time, in tiles", "cpu", "group", tiling=True))
    assert np.array_equal(film(loaded, start=_RED).frames, film(frames, start=_RED).frames)
    loaded.unload()


def test_weights_of_eight_bits_film_nearly_the_same(folder: Path, frames: Loaded) -> None:
    loaded = FAMILIES["h3"].load(folder, replace(_CPU, eight_bits=True))
    eight, all_bits = (film(one).frames.astype(int) for one in (loaded, frames))
    assert 0 < np.abs(eight - all_bits).mean() < 8


def test_its_prompt_counts_shots_and_says_what_pictures_are_for() -> None:
    assert described("A fox runs.", 5.0) == "integrated_multimodal_description: [Shot 1] A fox runs."
    two = "A fox runs. [Shot 2] It sleeps."
    assert described(two, 10, start=True, tail=True) == (
        "For the target video, at 0.00 seconds into the target video, <Picture 1> (from [Shot 1]) is fully referenced."
        "\nFor the target video, at 10.00 seconds into the target video, <Picture 2> (from [Shot 2]) is fully "
        "referenced.\n\nintegrated_multimodal_description: [Shot 1] A fox runs. [Shot 2] It sleeps."
    )
    assert described("<Picture 1> runs.", 5, references=True) == "detailed_description:\n[Shot 1] <Picture 1> runs."
    written = "[Shot 1] As its guide has it. [Shot 2] And so on."
    assert described(written, 5) == f"integrated_multimodal_description: {written}"
