"""Still weather and steady light do not flicker: the mean of the picture changes evenly."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.animatic.quality.screening import Luma, ox, screened
from engines.pictures import reference, storyboard
from oxreel.engines.animatic.direction import plan_of

#: Codes of luma: the second difference of a frame's mean.
MOST = 1.5
#: Frames in which what is asked for comes over a start picture, and how unevenly that may begin and end.
ENTRANCE, ENTERING = 14, 2.5
STEADY = {
    "rain": "heavy rain", "snow": "heavy snow", "fog": "thick fog", "wind": "strong wind", "leaves": "falling leaves",
    "petals": "falling petals", "dust": "dust in the air", "sparks": "sparks", "embers": "embers",
    "fireflies": "fireflies",
    "bubbles": "bubbles", "smoke": "smoke", "god_rays": "god rays", "lens_flare": "lens flare",
}  # fmt: skip
LOOKS = ("film noir", "vintage film", "VHS", "watercolour", "pencil drawing", "comic", "anime", "cyberpunk")
CHANGES = ("day turns to night", "winter turns to summer", "sunrise, golden hour")


def flicker(frames: list[Luma]) -> NDArray[np.float64]:
    """The second difference of mean luma at each frame."""
    return np.asarray(np.abs(np.diff([float(frame.mean()) for frame in frames], 2)))


def frames_of(folder: Path, words: str, seconds: int = 2) -> list[Luma]:
    shot = {"start": reference(folder, "start", ox()), "prompt": f"Static camera, {words}", "seconds": seconds}
    return screened(storyboard([shot]), folder / "film").luma


@pytest.mark.parametrize("kind", STEADY)
def test_weather_and_light_that_are_steady_do_not_flicker(tmp_path: Path, kind: str) -> None:
    board = storyboard([{"prompt": STEADY[kind]}])
    plan = plan_of(board, board.shots[0])
    assert kind in {one.kind for one in (*plan.weather, *plan.light)}
    frames = frames_of(tmp_path, STEADY[kind])
    assert np.abs(frames[30].astype(int) - frames[0]).max() > 8  # it is there
    assert_even(frames)


@pytest.mark.parametrize("words", LOOKS)
def test_looks_do_not_flicker(tmp_path: Path, words: str) -> None:
    assert_even(frames_of(tmp_path, words))


@pytest.mark.parametrize("words", CHANGES)
def test_changes_travel_evenly(tmp_path: Path, words: str) -> None:
    assert flicker(frames_of(tmp_path, words, 4)).max() <= MOST


def assert_even(frames: list[Luma]) -> None:
    """Nothing flickers, nor while it comes in over the start picture."""
    assert flicker(frames[ENTRANCE:]).max() <= MOST
    assert flicker(frames[: ENTRANCE + 2]).max() <= ENTERING


def test_a_flicker_that_is_asked_for_is_seen(tmp_path: Path) -> None:
    """Proof of the ruler."""
    assert flicker(frames_of(tmp_path, "strongly flickering light")).max() > MOST
