"""Paper: the relief that pigment and graphite lie on."""

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas

_PAPER = 0x9A9E
#: Samples on a side of the tile; a power of two.
_SIDE = 512


def paper(canvas: Canvas, rough: float) -> NDArray[np.uint8]:
    """A tile of relief, 128 is even; `rough` 1 is cold-pressed paper, 0 is smooth."""
    random = canvas.random(_PAPER)
    unit = min(canvas.width, canvas.height) / 1080
    relief = np.zeros((_SIDE, _SIDE), np.float32)
    for size, share in ((0.8, 0.5), (2.2, 1.0), (5.0, 0.5)):
        noise = np.pad(random.standard_normal((_SIDE, _SIDE)).astype(np.float32), 64, mode="wrap")
        soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), max(0.5, size * unit))[64:-64, 64:-64], np.float32)
        relief += share * soft / soft.std()
    relief *= 30 * rough / relief.std()
    return np.ascontiguousarray(np.clip(np.rint(128 + relief), 0, 255), np.uint8)
