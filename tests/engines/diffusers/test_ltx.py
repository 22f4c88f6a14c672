"""LTX-2.5: the code that loads and calls the real weights, on tiny ones."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from oxreel.engines.diffusers.families import FAMILIES
from oxreel.engines.diffusers.family import Clip, Footage, Loaded, Placement
from oxreel.engines.engine import Stopped
from support.tiny_ltx import ltx

torch: Any = pytest.importorskip("torch", reason="needs oxreel[gpu]")
pytest.importorskip("diffusers", reason="needs oxreel[gpu]")

_CPU = Placement("everything in memory", "cpu")
_CLIP = Clip(
    prompt="A fox runs.",
    negative_prompt="",
    seed=7,
    width=128,
    height=64,
    frames=25,
    rate=Fraction(24),
    steps=8,
    guidance=1.0,
)
_RED, _BLUE = (Image.new("RGB", (128, 64), name) for name in ("red", "blue"))

Film = Callable[..., Footage]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint."""
    return ltx(tmp_path_factory.mktemp("weights") / "ltx")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny tensors gain nothing from more, and the machine is not ours alone."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def distilled(folder: Path) -> Loaded:
    return FAMILIES["ltx2-distilled"].load(folder, _CPU)


@pytest.fixture(scope="module")
def full(folder: Path) -> Loaded:
    return FAMILIES["ltx2"].load(folder, _CPU)


def film(loaded: Loaded, **changed: Any) -> Footage:
    return loaded.film(replace(_CLIP, **changed), lambda _, __: None)


@pytest.mark.parametrize("frames", [25, 24, 1])
def test_there_are_exactly_the_frames_asked_for_and_sound_for_just_them(distilled: Loaded, frames: int) -> None:
    footage = film(distilled, frames=frames)
    assert footage.frames.shape == (frames, 64, 128, 3)
    assert footage.frames.dtype == np.uint8
    assert footage.sound is not None
    assert footage.sound.shape == (2, frames * 2000)
    assert (footage.sound.dtype, footage.sound_rate, footage.rate) == (np.dtype("float32"), 48000, Fraction(24))
    # The model's sound ends a little before its picture: the rest is silent, and what comes before is not.
    assert np.abs(footage.sound[:, : frames * 1600]).max() > 0


@pytest.mark.parametrize("kind", ["distilled", "full"])
def test_what_it_begins_with_is_what_it_is_given(kind: str, request: pytest.FixtureRequest) -> None:
    loaded: Loaded = request.getfixturevalue(kind)
    red, blue = (film(loaded, start=picture, steps=2).frames[0].astype(int) for picture in (_RED, _BLUE))
    assert np.abs(red - blue).mean() > 1


def test_what_it_ends_with_changes_what_it_films(full: Loaded) -> None:
    red, blue = (film(full, tail=picture, steps=2).frames.astype(int) for picture in (_RED, _BLUE))
    assert np.abs(red - blue).mean() > 0.01


@pytest.mark.parametrize("frames", [25, 121])
def test_the_last_frame_has_its_place_at_the_very_end(full: Any, frames: int) -> None:
    from oxreel.engines.diffusers.ltx import _conditions  # noqa: PLC0415 - imports torch

    # A place of the pipeline's own counting would be seven frames before.
    clip = replace(_CLIP, tail=_RED, frames=frames)
    given = {"width": 128, "height": 64, "num_frames": frames, "num_channels_latents": 4, "dtype": torch.float32}
    places = full._pipe.prepare_latents(conditions=_conditions(clip, 8), device=torch.device("cpu"), **given)[3]
    first, last = places[0, 0, 0].tolist()
    assert (first, last) == pytest.approx(((frames - 1) / 24, frames / 24))


def test_it_goes_on_from_the_frames_it_is_given(distilled: Loaded) -> None:
    # Frames that move tell it more than the first of them alone.
    still = np.zeros((9, 64, 128, 3), np.uint8)
    moving = still.copy()
    moving[5:] = 255
    one, other = (film(distilled, opening=opening).frames.astype(int) for opening in (still, moving))
    assert np.abs(one - other).mean() > 1


def test_the_same_seed_films_the_same_and_another_something_else(distilled: Loaded) -> None:
    first, again, other = film(distilled), film(distilled), film(distilled, seed=8)
    assert np.array_equal(first.frames, again.frames)
    assert first.sound is not None
    assert again.sound is not None
    assert np.array_equal(first.sound, again.sound)
    assert not np.array_equal(first.frames, other.frames)


def test_the_full_weights_keep_away_from_a_negative_prompt(full: Loaded) -> None:
    without, rain = film(full, steps=2, guidance=3.0), film(full, steps=2, guidance=3.0, negative_prompt="rain")
    assert not np.array_equal(without.frames, rain.frames)


def test_each_kind_films_with_its_own_transformer_and_schedule(full: Any, distilled: Any) -> None:
    one, other = (next(iter(loaded._pipe.transformer.parameters())) for loaded in (full, distilled))
    assert not torch.equal(one, other)
    assert full._pipe.scheduler.config.use_dynamic_shifting
    assert not distilled._pipe.scheduler.config.use_dynamic_shifting


@pytest.mark.parametrize(
    ("kind", "changed", "steps"),
    [
        ("distilled", {}, 8 + 3),
        # Half of that width is no size of its own, so that there is one stage.
        ("distilled", {"width": 96}, 8),
        ("distilled", {"steps": 2}, 2 + 2),
        ("full", {"steps": 3}, 3),
    ],
)
def test_it_tells_every_step(kind: str, changed: dict[str, Any], steps: int, request: pytest.FixtureRequest) -> None:
    told: list[tuple[int, int]] = []
    loaded: Loaded = request.getfixturevalue(kind)
    loaded.film(replace(_CLIP, frames=9, **changed), lambda *step: told.append(step))
    assert {total for _, total in told} == {steps}
    done = [step for step, _ in told]
    assert sorted(done) == done
    assert set(done) >= set(range(1, steps + 1))


@pytest.mark.parametrize("at", [1, 9])
def test_it_stops_within_the_step_in_which_it_is_called_off(distilled: Loaded, at: int) -> None:
    told = []

    def call_off(done: int, _: int) -> None:
        told.append(done)
        if done == at:
            raise Stopped

    with pytest.raises(Stopped):
        distilled.film(_CLIP, call_off)
    assert max(told) == at
    # And it films again.
    assert len(film(distilled, frames=9).frames) == 9


@pytest.mark.parametrize(
    "placement",
    [
        Placement("some layers at a time, in tiles", "cpu", "group", tiling=True),
        Placement("one model at a time", "cpu", "model"),
    ],
)
def test_what_it_films_does_not_depend_on_where_its_weights_lie(
    folder: Path, distilled: Loaded, placement: Placement
) -> None:
    loaded = FAMILIES["ltx2-distilled"].load(folder, placement)
    assert np.array_equal(film(loaded, frames=9, start=_RED).frames, film(distilled, frames=9, start=_RED).frames)
    loaded.unload()


def test_weights_of_eight_bits_film_nearly_the_same(folder: Path, distilled: Loaded) -> None:
    loaded = FAMILIES["ltx2-distilled"].load(folder, replace(_CPU, eight_bits=True))
    eight, all_bits = (film(one, frames=9).frames.astype(int) for one in (loaded, distilled))
    assert 0 < np.abs(eight - all_bits).mean() < 8
