"""Curves: how the camera stands at each frame, and what that makes of a plane at a distance."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.camera.timing import Curve

#: Distance of the viewer from the picture, in picture widths: how strong perspective is when it turns.
DISTANCE = 1.3
#: Widths that the view travels aside for a radian around the subject.
_ORBIT_TRAVEL = 0.25
#: Part of the true parallax that is left when the camera goes around: the sheet bends no further.
_AROUND = 0.45


def _still(frames: int) -> Curve:
    return np.zeros(frames)


@dataclass
class Curves:
    """The camera, frame by frame. What moves it through space moves near things further than distant ones."""

    frames: int
    #: Logarithm of the reference plane's magnification by going there, and by a closer crop.
    zoom: Curve = field(init=False)
    crop: Curve = field(init=False)
    #: Part of the way to the subject that is gone while the lens keeps its size: a dolly zoom.
    held: Curve = field(init=False)
    #: Turned to the right and down, in frame widths and heights.
    x: Curve = field(init=False)
    y: Curve = field(init=False)
    #: Gone to the right and down, likewise; and gone to the right with the eye on the subject.
    gone_x: Curve = field(init=False)
    gone_y: Curve = field(init=False)
    beside: Curve = field(init=False)
    #: Shaken, in frame widths and heights.
    sway_x: Curve = field(init=False)
    sway_y: Curve = field(init=False)
    #: Radians: gone to the right around the subject, looking down, and turned in the plane of the picture.
    yaw: Curve = field(init=False)
    pitch: Curve = field(init=False)
    roll: Curve = field(init=False)

    def __post_init__(self) -> None:
        for name in ("zoom", "crop", "held", "x", "y", "gone_x", "gone_y", "beside", "sway_x", "sway_y", "yaw",
                     "pitch", "roll"):  # fmt: skip
            setattr(self, name, _still(self.frames))

    def copy(self) -> "Curves":
        """Another camera that stands the same."""
        other = replace(self)
        other.__dict__.update(self.__dict__)
        return other

    def aside(self, distance: float = 1.0) -> tuple[Curve, Curve]:
        """The whole shift of a plane; `distance` as in `matrices`."""
        around = _AROUND * DISTANCE * self.yaw + self.beside
        across = self.x + self.sway_x + _ORBIT_TRAVEL * self.yaw + self.gone_x * distance + around * (distance - 1)
        return across, self.y + self.sway_y + self.gone_y * distance

    def matrices(self, size: tuple[int, int], distance: float = 1.0) -> NDArray[np.float64]:
        """float64 (frames, 3, 3): out of the frame into the plane that is `distance` times as near as the reference."""
        width, height = size
        n = self.frames
        # To go there is to be at `gone` of the way: what is twice as near is passed twice as fast.
        gone, held = 1 - np.exp(-self.zoom), self.held
        # What is nearer than the subject of a dolly zoom keeps its size too: its edges stay out of view.
        kept = (1 - held * min(distance, 1.0)) / (1 - held)
        shrink = np.exp(-self.crop) * (1 - gone * distance) * kept
        cos, sin = np.cos(self.roll), np.sin(self.roll)
        # Out of the frame into the picture: roll and magnification, then the shift; about the middle of the picture.
        similar = np.zeros((n, 3, 3))
        similar[:, 0, 0], similar[:, 0, 1] = shrink * cos, -shrink * sin
        similar[:, 1, 0], similar[:, 1, 1] = shrink * sin, shrink * cos
        across, down = self.aside(distance)
        similar[:, 0, 2], similar[:, 1, 2], similar[:, 2, 2] = across * width, down * height, 1
        # A picture that turns about its vertical middle, then about its horizontal one, seen from some widths.
        turned, tilted = np.zeros((n, 3, 3)), np.zeros((n, 3, 3))
        turned[:, 0, 0], turned[:, 1, 1], turned[:, 2, 2] = 1, np.cos(self.yaw), np.cos(self.yaw)
        turned[:, 2, 0] = np.sin(self.yaw) / (DISTANCE * width)
        tilted[:, 0, 0], tilted[:, 1, 1], tilted[:, 2, 2] = np.cos(self.pitch), 1, np.cos(self.pitch)
        tilted[:, 2, 1] = -np.sin(self.pitch) / (DISTANCE * max(width, height))
        to_middle = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, 1.0]])
        found = np.linalg.inv(to_middle) @ similar @ tilted @ turned @ to_middle
        return np.asarray(found / found[:, 2:, 2:])
