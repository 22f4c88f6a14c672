"""No move at any pace in any shape shows a border: neither dark pixels nor a smeared edge."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.animatic.quality.screening import Luma, detailed, fitted, screened
from engines.pictures import reference, storyboard
from oxreel.engines.animatic.direction import plan_of
from oxreel.engines.animatic.plan import Axis

#: Small canvases: what is beyond an edge scales with them.
SHAPES = {"16:9": (192, 108), "9:16": (108, 192), "1:1": (144, 144)}
MOVES: dict[str, tuple[Axis | None, int]] = {
    "push in": ("zoom", 1), "pull out": ("zoom", -1), "pan right": ("pan", 1), "pan left": ("pan", -1),
    "tilt up": ("tilt", -1), "tilt down": ("tilt", 1), "truck right": ("truck", 1), "truck left": ("truck", -1),
    "crane up": ("crane", -1), "crane down": ("crane", 1), "orbit left": ("orbit", -1), "orbit right": ("orbit", 1),
    "dolly zoom": ("dolly", 0), "camera rolls clockwise": ("roll", 1), "whip pan to the left": ("whip", -1),
    "the camera follows": ("follow", 0), "handheld": (None, 0),
    "handheld, pull out, orbit right, tilt up": ("tilt", -1),
}  # fmt: skip
PACES = ("slowly", "", "quickly")


def edges(frame: Luma) -> tuple[Luma, ...]:
    """Two pixels of each side."""
    return frame[:2], frame[-2:], frame[:, :2], frame[:, -2:]


def texture(frame: Luma) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much neighbours differ across each border, towards the inside; and inside the frame, both ways."""
    samples = frame.astype(float)
    down, right = np.abs(np.diff(samples, axis=0)), np.abs(np.diff(samples, axis=1))
    sides = [down[:3].mean(), down[-3:].mean(), right[:, :3].mean(), right[:, -3:].mean()]
    inside = [down[8:-8].mean(), down[8:-8].mean(), right[:, 8:-8].mean(), right[:, 8:-8].mean()]
    return np.array(sides), np.array(inside)


@pytest.mark.parametrize("size", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("move", MOVES)
def test_no_frame_shows_what_lies_beyond_the_picture(tmp_path: Path, size: tuple[int, int], move: str) -> None:
    """Each move at three paces from a start picture, and once in a reference: one shot each, in one film."""
    picture = detailed(*size, sharp=True)
    start, image = reference(tmp_path, "start", picture), reference(tmp_path, "Image1", picture)
    words = [f"{move}, {pace}" if pace else move for pace in PACES]
    films = [storyboard([{"start": start, "prompt": one}], width=size[0], height=size[1]) for one in words]
    shots = [{"references": [image], "prompt": f"@Image1, {one}"} for one in words]
    films.append(storyboard(shots, width=size[0], height=size[1]))
    darkest = int(fitted(picture, size).min())
    axis, sign = MOVES[move]
    for number, board in enumerate(films):
        camera = plan_of(board, board.shots[0]).camera
        assert camera.has(axis, sign) if axis else camera.handheld  # or the film would prove nothing
        for frame in screened(board, tmp_path / str(number)).luma:
            assert min(int(edge.min()) for edge in edges(frame)) > 0.6 * darkest  # sharp edges ring; black would be 16
            if "whip" not in move:
                sides, inside = texture(frame)
                # What is reflected beyond an edge is softer; a stretched edge has hardly a twentieth.
                assert (sides > 0.1 * inside).all()
