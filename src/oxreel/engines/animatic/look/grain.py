"""Grain: the texture of film, another for each frame, only where a style or the words ask for it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.look.type_kernels import grain
from oxreel.engines.animatic.plan import ShotPlan, Style
from oxreel.media.encode import Planes

_GRAIN = 0x64A1
#: Samples on a side of the tile; a power of two.
_SIDE = 512
#: Standard deviation in codes of luma at mid grey. Without a style there is none: grain takes a 4K film from 20 to
#: 50 Mb/s, and a frame at rest should be the picture.
_STYLES: dict[Style, float] = {"vintage": 5.0, "noir": 3.6, "cyberpunk": 1.6, "vhs": 2.4}
#: The same for "grain" in the words, at strength 1.
_ASKED = 4.0


def grain_effects(plan: ShotPlan, canvas: Canvas) -> tuple[Effect, ...]:
    """The grain of a shot's style, or that its light asks for as `Amount("grain")`."""
    asked = sum(_ASKED * amount.strength for amount in plan.light if amount.kind == "grain")
    deviation = max(asked, _STYLES.get(plan.style, 0.0) if plan.style else 0.0)
    return (Grain(canvas, deviation),) if deviation > 0 else ()


class Grain:
    """Film grain, most in the middle tones."""

    def __init__(self, canvas: Canvas, deviation: float) -> None:
        """`deviation` is in codes of luma, at mid grey."""
        self._canvas = canvas
        self._deviation = min(deviation, 12.0)
        self._tile = _tile(canvas)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        if strength > 0:
            down, across = self._canvas.random(_GRAIN + 16 * (frame + 1)).integers(0, _SIDE, 2)
            grain(planes[0], self._tile, int(down), int(across), np.float32(self._deviation * strength))


def _tile(canvas: Canvas) -> NDArray[np.int8]:
    """Noise whose clumps are as large, in the frame, at every size of canvas."""
    noise = canvas.random(_GRAIN).standard_normal((_SIDE, _SIDE)).astype(np.float32)
    clump = 0.62 * min(canvas.width, canvas.height) / 1080
    if clump > 0.25:
        around = np.pad(noise, 16, mode="wrap")
        noise = np.asarray(cv2.GaussianBlur(around, (0, 0), clump)[16:-16, 16:-16], np.float32)
    noise = (noise - noise.mean()) / noise.std()
    return np.ascontiguousarray(np.clip(np.rint(noise * 127 / 4), -127, 127), np.int8)
