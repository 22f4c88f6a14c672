"""RGB pictures as the planes that video is made of."""

import numpy as np
from numpy.typing import NDArray

from oxreel.media.encode import Planes

#: BT.709 (ITU-R BT.709-6): luma, then the two chroma differences, in limited range.
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32) * (219 / 255)
_CB = np.array([-0.2126, -0.7152, 0.9278], np.float32) / 1.8556 * (224 / 255)
_CR = np.array([0.7874, -0.7152, -0.0722], np.float32) / 1.5748 * (224 / 255)
#: Rows converted at a time: the float copies stay small.
_ROWS = 128


def planes_from_rgb(picture: NDArray[np.uint8]) -> Planes:
    """BT.709 limited-range 4:2:0 planes, chroma sited left, of a uint8 (height, width, 3) sRGB picture, both even."""
    height, width, _ = picture.shape
    luma = np.empty((height, width), np.uint8)
    cb, cr = np.empty((height // 2, width // 2), np.uint8), np.empty((height // 2, width // 2), np.uint8)
    for top in range(0, height, _ROWS):
        rgb = picture[top : top + _ROWS].astype(np.float32)
        luma[top : top + _ROWS] = np.rint(rgb @ _LUMA + 16)
        pairs = (rgb[0::2] + rgb[1::2]) / 2
        # Left siting: a chroma sample stands on the even column, between its neighbours.
        left = np.concatenate([pairs[:, :1], pairs[:, 1:-1:2]], axis=1)
        sited = (left + 2 * pairs[:, 0::2] + pairs[:, 1::2]) / 4
        half = slice(top // 2, top // 2 + sited.shape[0])
        cb[half] = np.rint(sited @ _CB + 128)
        cr[half] = np.rint(sited @ _CR + 128)
    return luma, cb, cr
