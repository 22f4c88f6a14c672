"""The contracts inside the engine: what fills a frame, what is laid over it, and what both may know."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from oxreel.media.encode import Planes

#: float32 (rows, columns), each 1/8 of the canvas or coarser: 0 is far away, 1 is near.
Nearness = NDArray[np.float32]


@dataclass(frozen=True)
class Canvas:
    """What is known of a shot's frames."""

    width: int
    height: int
    frames: int
    #: The storyboard's seed and the shot's number: everything drawn by chance is drawn from these.
    seed: int
    shot: int
    #: Of the fitted picture at rest; None where the depth is not known.
    nearness: Nearness | None = None

    def random(self, purpose: int) -> np.random.Generator:
        """The same numbers for the same seed, shot and purpose."""
        return np.random.default_rng([self.seed & 0xFFFF_FFFF_FFFF_FFFF, self.shot, purpose])


class Source(Protocol):
    """What is seen through the camera: a still, a morph, a drawn scene, a video."""

    def fill(self, frame: int, out: Planes) -> None:
        """Fill the planes with that frame of the shot; frames are asked for in order."""


class Effect(Protocol):
    """Something laid over a frame: weather, light, a grade, grain, type. A pure function of canvas and frame."""

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place. `strength` 0..1 fades it at the film's anchored ends; 0 changes nothing."""
