"""The sky in a frame, found afresh in each: what can be reached from the upper edge without crossing an outline."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.kernels import _compiled
from oxreel.engines.animatic.look.field import Field, as_field
from oxreel.media.encode import Planes

#: Rows of the small frame that the sky is looked for in: outlines count, textures do not.
_ROWS = 180
#: Codes from a sample to the next that a sky may change by: a gradient, the rim of a cloud.
_SMOOTH = 1.5
#: Deviation, in samples, of the blur before outlines are looked for.
_BLUR = 1.6
#: Cost at which a place is half sky, in codes beyond that.
_HALF = 26.0
_FAR = 1e6
#: What lies above sky is sky too (clouds, the sun, a bird): so much of it remains a row further up.
_ABOVE = np.float32(0.992)


def sky(planes: Planes, shape: tuple[int, int]) -> Field:
    """How much each place of a frame is sky, 0..1, as a field of that shape."""
    luma, cb, cr = planes
    height, width = luma.shape
    rows = min(_ROWS, height // 2) if height <= width else min(round(_ROWS * height / width), height // 2)
    columns = max(2, round(rows * width / height))
    small = (cv2.resize(plane, (columns, rows), interpolation=cv2.INTER_AREA) for plane in (luma, cb, cr))
    # Smooth enough that an outline costs the same wherever it falls between samples: no flicker under a moving camera.
    y, u, v = (np.asarray(cv2.GaussianBlur(plane.astype(np.float32), (0, 0), _BLUR), np.float32) for plane in small)
    # Leaves, soil and skin at the upper edge are no sky; what is bright or blue, or night, may be.
    foreign = np.clip((118 - u) / 12, 0, 1) * np.clip((200 - y) / 40, 0, 1) + np.clip((v - 142) / 12, 0, 1)
    edges = _edges(y) + 0.7 * (_edges(u) + _edges(v))
    # Clouds are crossed more easily high up, where outlines of the land are rarer.
    depth = np.clip(np.arange(rows, dtype=np.float32) / rows / 0.4, 0.2, 1)[:, None]
    cost = as_field(np.maximum(edges - _SMOOTH, 0.02) * depth + 30 * foreign)
    reached = np.full((rows, columns), _FAR, np.float32)
    reached[0] = cost[0]
    spread(cost, reached)
    open_ = 1 / (1 + (reached / _HALF) ** 3)
    for row in range(rows - 2, -1, -1):
        open_[row] = np.maximum(open_[row], open_[row + 1] * _ABOVE)
    low = np.clip((np.arange(rows) / rows - 0.42) / 0.26, 0, 1)
    open_ *= (1 - low * low * (3 - 2 * low))[:, None]
    return as_field(cv2.resize(as_field(open_), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR).clip(0, 1))


def _edges(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    down = np.abs(np.diff(plane, axis=0, append=plane[-1:]))
    across = np.abs(np.diff(plane, axis=1, append=plane[:, -1:]))
    return np.asarray(np.maximum(down, across), np.float32)


@_compiled("void(f4[:,::1], f4[:,::1])")
def spread(cost: Any, reached: Any) -> None:
    """Lower `reached` to the least sum of costs on any way from where it is low already: sweeps there and back."""
    rows, columns = cost.shape
    for _ in range(3):
        for y in range(rows):
            for x in range(columns):
                best = reached[y, x]
                if y > 0:
                    best = min(best, reached[y - 1, x] + cost[y, x])
                if x > 0:
                    best = min(best, reached[y, x - 1] + cost[y, x])
                reached[y, x] = best
            for x in range(columns - 2, -1, -1):
                reached[y, x] = min(reached[y, x], reached[y, x + 1] + cost[y, x])
        for y in range(rows - 2, -1, -1):
            for x in range(columns):
                reached[y, x] = min(reached[y, x], reached[y + 1, x] + cost[y, x])
