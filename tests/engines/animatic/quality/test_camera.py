"""The camera of a delivered film is where its path says, to a part of a pixel, and does not tremble."""

from pathlib import Path

import numpy as np
import pytest

from engines.animatic.quality.screening import Luma, detailed, fitted, ox, screened
from engines.animatic.quality.trajectory import Trajectory
from engines.pictures import reference, storyboard
from oxreel.engines.animatic.camera import camera_path
from oxreel.engines.animatic.direction import plan_of
from oxreel.engines.animatic.stage import Stage
from oxreel.engines.animatic.views import Anchors
from oxreel.storyboard import Storyboard

SIZE = (640, 360)
#: Pixels.
BESIDE, JITTER = 0.5, 0.02
#: The encoder holds still what hardly moves for some frames: it makes up to 0.045 px of the 0.001 that are drawn
#: (x264 veryfast, crf 20, 640x360, 2026-11).
ENCODED = 0.06


def board_of(folder: Path, prompt: str, *, photograph: bool = False) -> tuple[Storyboard, Trajectory]:
    """Two seconds of that camera, and what it is to see."""
    picture = (ox() if photograph else detailed(*SIZE, sharp=True)).resize(SIZE)
    board = storyboard(
        [{"start": reference(folder, "start", picture), "prompt": prompt, "seconds": 2}], width=SIZE[0], height=SIZE[1]
    )
    shot = board.shots[0]
    camera = plan_of(board, shot).camera
    path = camera_path(camera, shot.frames, SIZE, anchors=Anchors(start=True), seed=board.seed)
    return board, Trajectory(np.asarray(picture), fitted(picture, SIZE), path)


def measured(trajectory: Trajectory, frames: list[Luma]) -> tuple[float, float]:
    """The largest error of any frame and the jitter of them all, in pixels."""
    numbers = range(1, len(frames), 4)
    found = [trajectory.measure(frames[number], number) for number in numbers]
    return max(one for one, _ in found), trajectory.jitter(np.array([one for _, one in found]), numbers)


@pytest.mark.parametrize("prompt", ["Push in", "Pan left", "Handheld", "Orbit around it"])
def test_the_camera_is_where_its_path_says(tmp_path: Path, prompt: str) -> None:
    board, trajectory = board_of(tmp_path, prompt)
    beside, jitter = measured(trajectory, screened(board, tmp_path / "film").luma)
    assert beside <= BESIDE
    assert jitter <= ENCODED


@pytest.mark.parametrize("prompt", ["Push in", "Handheld, orbit around it"])
def test_what_is_drawn_does_not_tremble(tmp_path: Path, prompt: str) -> None:
    board, trajectory = board_of(tmp_path, prompt)
    beside, jitter = measured(trajectory, [planes[0].copy() for planes in Stage().frames(board, board.shots[0])])
    assert beside <= BESIDE
    assert jitter <= JITTER / 2


def test_a_push_into_a_photograph_does_not_tremble_as_delivered(tmp_path: Path) -> None:
    board, trajectory = board_of(tmp_path, "Push in", photograph=True)
    beside, jitter = measured(trajectory, screened(board, tmp_path / "film").luma)
    assert beside <= BESIDE
    assert jitter <= JITTER


def test_the_camera_keeps_to_its_path_behind_snow(tmp_path: Path) -> None:
    board, trajectory = board_of(tmp_path, "Push in, light snow", photograph=True)
    beside, _ = measured(trajectory, screened(board, tmp_path / "film").luma)
    assert beside <= BESIDE
