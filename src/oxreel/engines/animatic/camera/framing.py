"""Framing: how much of a picture a shot shows at rest, and from which height it seems to be seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.plan import Angle, Framing

#: How much closer than the whole picture. Beyond two a picture of the canvas's size turns soft.
_MAGNIFICATION: dict[Framing | None, float] = {
    None: 1.0, "extreme_wide": 1.0, "wide": 1.0, "medium": 1.22, "close": 1.5, "extreme_close": 1.9,
}  # fmt: skip
#: Radians that the camera looks down, and how far the view is moved up or down for it, as a share of the height.
_LOOK: dict[Angle | None, tuple[float, float]] = {
    None: (0.0, 0.0), "low": (-0.26, -0.03), "high": (0.24, 0.03), "aerial": (0.3, 0.04), "overhead": (0.4, 0.04),
}  # fmt: skip


@dataclass(frozen=True)
class Crop:
    """The part of the picture that a path starts from, or travels to where its first frame is given."""

    magnification: float = 1.0
    #: Its middle, as shares of the frame from the centre.
    x: float = 0.0
    y: float = 0.0
    #: Radians that the camera looks down.
    pitch: float = 0.0


def crop_of(framing: Framing | None, angle: Angle | None, salience: NDArray[np.float32] | None = None) -> Crop:
    """The crop that the framing's words ask for, about the subject where `salience` (0..1) shows one."""
    magnification = _MAGNIFICATION[framing]
    pitch, moved = _LOOK[angle]
    x = y = 0.0
    if salience is not None and float(salience.sum()) > 0:
        rows, columns = salience.shape
        weight = salience.astype(np.float64) ** 2
        x = float((weight.sum(axis=0) * (np.arange(columns) + 0.5)).sum() / weight.sum() / columns) - 0.5
        y = float((weight.sum(axis=1) * (np.arange(rows) + 0.5)).sum() / weight.sum() / rows) - 0.5
    # No further than the picture goes on.
    room = (1 - 1 / magnification) / 2
    return Crop(magnification, float(np.clip(x, -room, room)), float(np.clip(y, -room, room)) + moved, pitch)
