"""Paths: smooth, exact at their anchored ends, and inside the picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.prompts import direction_of
from oxreel.engines.animatic.camera import Path, arriving, ease, path, reach
from oxreel.engines.animatic.views import Anchors

SIZE = (1920, 1080)
PROMPTS = (
    "push in", "pull out", "pan left", "pan right fast", "tilt up", "truck right", "crane down", "orbit around it",
    "handheld", "static", "pan left then push in", "handheld orbit left while zooming out quickly",
)  # fmt: skip
prompts = st.sampled_from(PROMPTS)
lengths = st.integers(2, 361)


def made(prompt: str, frames: int = 121, *, start: bool = True, end: bool = False, seed: int = 3) -> Path:
    return path(direction_of(prompt), frames, SIZE, anchors=Anchors(start, end), seed=seed)


def seen(found: Path, x: float, y: float) -> np.ndarray:
    """Where in the picture the point (x, y) of the frame is seen, frame by frame."""
    at = found @ np.array([x, y, 1.0])
    return np.asarray(at[:, :2] / at[:, 2:])


@settings(deadline=None)
@given(prompts, lengths)
def test_an_anchored_start_is_the_picture_itself(prompt: str, frames: int) -> None:
    assert np.allclose(made(prompt, frames)[0], np.eye(3), atol=1e-9)


@settings(deadline=None)
@given(prompts, lengths, st.booleans())
def test_a_tail_is_reached_exactly(prompt: str, frames: int, start: bool) -> None:
    assert np.array_equal(arriving(made(prompt, frames, start=start, end=True))[-1], np.eye(3))


@settings(deadline=None)
@given(prompts, lengths, st.integers(0, 2**64))
def test_a_free_path_never_looks_past_the_picture(prompt: str, frames: int, seed: int) -> None:
    assert reach(made(prompt, frames, start=False, seed=seed), SIZE) < 1.5


@pytest.mark.parametrize("prompt", ["push in", "orbit around it", "orbit left", "handheld", "handheld push in"])
def test_an_anchored_push_orbit_or_handheld_stays_inside_the_picture(prompt: str) -> None:
    assert reach(made(prompt), SIZE) < 4


@settings(deadline=None)
@given(prompts, lengths)
def test_no_path_looks_further_past_the_picture_than_its_reflection_goes(prompt: str, frames: int) -> None:
    assert reach(made(prompt, frames), SIZE) <= 0.2 * 1080 + 1


@pytest.mark.parametrize("prompt", [prompt for prompt in PROMPTS if "handheld" not in prompt])
def test_movement_gathers_speed_and_comes_to_rest_without_a_jerk(prompt: str) -> None:
    corner = seen(made(prompt), 0, 0)
    speed = np.abs(np.diff(corner, axis=0)).max(axis=1)
    change = np.abs(np.diff(corner, n=2, axis=0)).max()
    assert speed[0] < 0.6
    assert speed[-1] < 0.6
    assert change < 1.2


@pytest.mark.parametrize(
    ("prompt", "way"), [("pan right", (1, 0)), ("pan left", (-1, 0)), ("tilt up", (0, -1)), ("crane down", (0, 1))]
)
def test_the_view_moves_the_way_that_is_asked(prompt: str, way: tuple[int, int]) -> None:
    for start in (True, False):
        middle = seen(made(prompt, start=start), 959.5, 539.5)
        travelled = middle[-1] - middle[0]
        assert np.sign(np.round(travelled)).tolist() == list(way)


def test_a_push_shows_less_and_a_pull_shows_more() -> None:
    def share(found: Path, frame: int) -> float:
        return float(seen(found, 1919, 0)[frame, 0] - seen(found, 0, 0)[frame, 0]) / 1919

    assert share(made("push in"), -1) == pytest.approx(1 / 1.28, abs=2e-3)
    assert 1.07 < share(made("pull out"), -1) < 1.12  # what lies beyond the first frame is made up
    free = made("pull out", start=False)
    assert share(free, 0) < 0.82
    assert share(free, -1) == pytest.approx(1)


def test_slow_goes_less_far_than_fast() -> None:
    assert seen(made("slow push in"), 0, 0)[-1, 0] < seen(made("push in"), 0, 0)[-1, 0]
    assert seen(made("push in"), 0, 0)[-1, 0] < seen(made("fast push in"), 0, 0)[-1, 0]


def test_a_handheld_camera_follows_its_seed() -> None:
    assert np.array_equal(made("handheld", seed=1), made("handheld", seed=1))
    assert not np.allclose(made("handheld", seed=1), made("handheld", seed=2))


def test_simple_moves_stay_separable() -> None:
    """The resampler is four times as fast where neither rotation nor perspective is in a path, exactly."""
    for prompt in ("push in", "pan left", "tilt up then pull out"):
        for found in (made(prompt), arriving(made(prompt, end=True))):
            assert not np.any(found[:, [0, 1, 2, 2], [1, 0, 0, 1]])


def test_easing_starts_at_nothing_and_ends_at_all() -> None:
    eased = ease(np.linspace(0, 1, 101))
    assert eased[0] == 0
    assert eased[-1] == pytest.approx(1)
    assert np.all(np.diff(eased) >= 0)
    assert np.allclose(eased + eased[::-1], 1)
