"""The sheet: a picture of near and distant things, bent like a sheet of rubber, seen through the moving camera.

It has no layers, so it cannot tear: what is near moves further than what is distant, and all between moves between.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.camera import CameraPath
from oxreel.engines.animatic.effect import Nearness
from oxreel.engines.animatic.focus import Focus
from oxreel.engines.animatic.resampling import Field, see, see_field
from oxreel.engines.animatic.scene import Scene
from oxreel.engines.animatic.sheet_kernels import follow, settle
from oxreel.media.encode import Planes

#: How far what is seen in the picture moves by itself at a frame of the shot, to the right and down: float32 (rows,
#: columns, 2) in pixels, on any grid over the picture; None is not at all.
Sway = Callable[[int], NDArray[np.float32] | None]

#: Most that near and distant parts may be drawn apart or together where they meet: 0.3 of a pixel for each pixel.
_STEEPEST = 0.3
#: Pixels across the frame in one frame from which a move is blurred, and the part of the time that the shutter is open.
_FAST, _SHUTTER = 0.012, 0.5


class Sheet:
    """A source: a scene, and where the camera stands before it at each frame of the shot from `first` on."""

    def __init__(
        self,
        scene: Scene,
        nearness: Nearness | None,
        path: CameraPath,
        first: int = 0,
        sway: Sway | None = None,
        focus: Focus | None = None,
    ) -> None:
        """A picture without nearness is flat; without focus it is sharp everywhere."""
        self._scene, self._path, self._first, self._sway, self._focus = scene, path, first, sway, focus
        # Between its nodes the sheet is flat, which at 1/80 of the width is a third of a pixel at the very most.
        self.step = 8 * max(2, round(max(scene.width, scene.height) / 80 / 8))
        self._nearness = None if nearness is None or path.flat else gentle(nearness, path)
        rows, columns = ((side - 2) // self.step + 2 for side in (scene.height, scene.width))
        self._field: Field = np.empty((rows, columns, 2), np.float32)

    def fill(self, frame: int, out: Planes) -> None:
        """What the camera sees at that frame of the shot."""
        number = frame - self._first
        moved = self._moved(frame)
        scene = self._scene if self._focus is None else self._focus.scene_at(number)
        if self._nearness is None and moved is None:
            see(scene, self._path.matrices[number], out)
        else:
            see_field(scene, self._seen(number, moved), self.step, out)
        self._blur(number, out)

    def field(self, frame: int) -> Field:
        """Where in the fitted picture the nodes of that frame look, `step` pixels apart; good until the next."""
        return self._seen(frame - self._first, self._moved(frame))

    def _moved(self, frame: int) -> NDArray[np.float32] | None:
        moved = None if self._sway is None else self._sway(frame)
        return moved if moved is not None and np.any(moved) else None

    def _seen(self, number: int, moved: NDArray[np.float32] | None) -> Field:
        path, scene = self._path, self._scene
        nearness = np.full((2, 2), path.level, np.float32) if self._nearness is None else self._nearness
        rows, columns = nearness.shape
        settle(
            path.matrices[number], path.near[number], path.far[number], path.level, nearness,
            scene.width / columns, scene.height / rows, self.step, self._field,
        )  # fmt: skip
        if moved is not None:
            rows, columns, _ = moved.shape
            across, down = (np.ascontiguousarray(moved[..., axis], np.float32) for axis in (0, 1))
            follow(self._field, across, down, scene.width / columns, scene.height / rows)
        return self._field

    def _blur(self, number: int, out: Planes) -> None:
        """A whip pan smears what it passes, along its way."""
        across, down = self._path.speed(number)
        axis = 0 if abs(across) >= abs(down) else 1
        speed = abs((across, down)[axis])
        slow = _FAST * self._scene.width
        smear = (speed - slow) * _SHUTTER
        if smear < 1:
            return
        for plane, share in zip(out, (1.0, 0.5, 0.5), strict=True):
            size = 2 * round(smear * share / 2) + 1
            kernel = (size, 1) if axis == 0 else (1, size)
            plane[:] = cv2.blur(plane, kernel, borderType=cv2.BORDER_REPLICATE)


def gentle(nearness: Nearness, path: CameraPath) -> Nearness:
    """The nearness, so soft that this path nowhere draws neighbours apart or together by more than a third."""
    width, height = path.size
    corners = np.array([[x, y, 1.0] for x in (0, width / 2, width - 1) for y in (0, height / 2, height - 1)]).T

    def at(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
        seen = matrices @ corners
        return np.asarray(seen[:, :2] / seen[:, 2:])

    apart = np.abs(at(path.near) - at(path.far)).max()
    rows, columns = nearness.shape
    cell = np.array([height / rows, width / columns])
    soft = np.asarray(nearness, np.float32)
    spread = 1.0
    while True:
        slopes = np.gradient(soft)
        steepest = max(float(np.abs(slope).max() / side) for slope, side in zip(slopes, cell, strict=True))
        if steepest * apart <= _STEEPEST or spread > max(rows, columns):
            return np.ascontiguousarray(soft)
        soft = np.asarray(cv2.GaussianBlur(nearness, (0, 0), spread, borderType=cv2.BORDER_REPLICATE), np.float32)
        spread *= 1.25
