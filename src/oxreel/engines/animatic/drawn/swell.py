"""Swell: how drawn water moves, as a smooth displacement of the picture that is closed form in the frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.paper import Paper
from oxreel.units import FRAME_RATE

_RATE = float(FRAME_RATE)
#: Seconds between two swells.
_PERIOD = 3.4
#: The slower swell under the first: its share, its length and its time beside the first.
_UNDER, _LONGER, _SLOWER = 0.45, 0.61, 0.73
#: How far surf runs up, and how high a swell is at the camera's feet, in heights of the picture.
_RUN, _HIGH = 0.026, 0.026
#: Most that the displacement may grow in one pixel: what is drawn is drawn out or together by no more.
_STEEPEST = 0.42


@dataclass(frozen=True)
class Swell:
    """Where the picture moves at a frame: float32 (rows, columns, 2), pixels to the right and down."""

    #: Radians by which the swell comes later, smaller towards where it runs.
    phase: NDArray[np.float32]
    #: Pixels right and down at the crest, and a quarter of a period later.
    crest: NDArray[np.float32]
    aside: NDArray[np.float32]

    def __call__(self, frame: int) -> NDArray[np.float32]:
        """The displacement at a frame of the shot."""
        turn = np.float32(2 * np.pi * frame / _RATE / _PERIOD)
        one, other = self.phase + turn, self.phase * np.float32(_LONGER) + turn * np.float32(_SLOWER)
        along = np.sin(one) + np.float32(_UNDER) * np.sin(other + 1)
        beside = np.cos(one) + np.float32(_UNDER) * np.cos(other + 1)
        return np.asarray(self.crest * along[..., None] + self.aside * beside[..., None], np.float32)


def swell_of(paper: Paper, horizon: float) -> Swell | None:
    """How the water of a picture moves; None where there is none."""
    if not paper.wet.any():
        return None
    rows, columns = (max(2, side // 2) for side in paper.wet.shape)
    wet = np.asarray(cv2.resize(paper.wet, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    size = paper.width, paper.height
    return rolling(wet, horizon, size) if paper.coast is None else running(wet, paper.coast, size)


def rolling(wet: NDArray[np.float32], horizon: float, size: tuple[int, int]) -> Swell:
    """Water seen from its side: crests rise and fall, and come in, wider towards the camera."""
    rows, columns = wet.shape
    y, x = _places(rows, columns, size)
    depth = np.clip((y - horizon) / max(0.05, 1.02 - horizon), 0, 1)
    # Distances on the water shrink as one over the height below the horizon.
    phase = 2.2 * x / (0.25 + depth) * 0.6 + 5.5 / (depth + 0.28)
    reach = size[1] * _HIGH * (0.10 + 0.90 * depth**0.6) * _fading(wet, 0.03)
    still = np.zeros_like(reach)
    return _gentle(
        phase.astype(np.float32), np.stack([still, -reach], axis=-1), np.stack([reach * 0.8, still], axis=-1), size
    )


def running(wet: NDArray[np.float32], distance: NDArray[np.float32], size: tuple[int, int]) -> Swell:
    """Water before a shore, seen from above: surf runs in and out along the normal of the water's edge.

    `distance` is from the edge in heights of the picture, on any grid.
    """
    rows, columns = wet.shape
    far = cv2.resize(distance, (columns, rows), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(far, (0, 0), max(1.0, rows * 0.05))
    down, across = np.gradient(smooth)
    long = np.maximum(np.hypot(across, down), 1e-6)
    out = np.stack([across, down], axis=-1) / long[..., None]
    # Longest where the surf breaks, shorter out at sea.
    strong = np.exp(-(((far - 0.08) / 0.22) ** 2)) * 0.65 + 0.35
    amount = (size[1] * _RUN * strong * _fading(wet, 0.02))[..., None]
    y, x = _places(rows, columns, size)
    phase = 2 * np.pi * smooth / 0.34 + 1.6 * np.sin(2.1 * x + 1.3 * y)
    side = np.stack([-out[..., 1], out[..., 0]], axis=-1)
    return _gentle(phase.astype(np.float32), out * amount, side * amount * 0.25, size)


def _places(rows: int, columns: int, size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """y and x of the cells, in heights of the picture."""
    y = ((np.arange(rows, dtype=np.float32) + 0.5) / rows)[:, None] * np.ones((1, columns), np.float32)
    x = ((np.arange(columns, dtype=np.float32) + 0.5) / columns * size[0] / size[1])[None] * np.ones_like(y)
    return np.asarray(y, np.float32), np.asarray(x, np.float32)


def _fading(wet: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """1 well inside the water, 0 on what is not: it falls off within the water, so that rocks keep still."""
    soft = cv2.GaussianBlur(wet, (0, 0), max(0.8, wet.shape[0] * width), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(soft * 2 - 1, 0, 1) ** 0.7, np.float32)


def _gentle(
    phase: NDArray[np.float32], crest: NDArray[np.float32], aside: NDArray[np.float32], size: tuple[int, int]
) -> Swell:
    """The swell, softened and then made smaller until the picture is nowhere folded or torn."""
    rows, columns = phase.shape
    cell = size[1] / rows, size[0] / columns
    swell = Swell(phase, crest, aside)
    for spread in (1.0, 1.4, 2.0):
        steep = np.maximum.reduce([_slope(swell(frame), cell) for frame in range(0, round(_PERIOD * _RATE), 6)])
        if steep.max() <= _STEEPEST:
            break
        calm = np.minimum(1, _STEEPEST / np.maximum(steep, 1e-6)).astype(np.float32)
        # Around what is steep it is calm as well, so that the calm itself has no steep edge.
        calm = cv2.erode(calm, np.ones((3, 3), np.uint8))
        calm = cv2.GaussianBlur(calm, (0, 0), spread, borderType=cv2.BORDER_REPLICATE)[..., None]
        swell = Swell(phase, np.asarray(swell.crest * calm, np.float32), np.asarray(swell.aside * calm, np.float32))
    return swell


def _slope(moved: NDArray[np.float32], cell: tuple[float, float]) -> NDArray[np.float32]:
    """How much the displacement grows from pixel to pixel, at its steepest in either direction."""
    slopes = [np.abs(np.gradient(moved, axis=axis)).max(axis=-1) / cell[axis] for axis in (0, 1)]
    return np.asarray(np.maximum(*slopes), np.float32)
