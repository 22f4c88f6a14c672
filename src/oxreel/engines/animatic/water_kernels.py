"""The inner loop of water: rows that sway against each other."""

from typing import Any

import numpy as np

from oxreel.engines.animatic.kernels import _compiled

_HALF = np.float32(0.5)
#: Samples between two points at which the sway is computed; between them it is a straight line.
_STEP = 16


@_compiled("void(u1[:,::1], f4[:,::1], f4[:,::1], f4)")
def ripple(plane: Any, mask: Any, waves: Any, turn: Any) -> None:
    """Move the samples of each row aside, in place.

    `waves` are the samples by which each row goes, of two waves; along a row the one turns into the other (`turn`
    radians to a sample). `mask` is a coarse field 0..1 over the plane: where it is 0, samples stay bit for bit.
    """
    height, width = plane.shape
    rows, columns = mask.shape
    line, was = np.empty(columns, np.float32), np.empty(width + 1, np.float32)
    points = width // _STEP + 2
    sway = np.empty(points, np.float32)
    for y in range(height):
        at = min(max((y + 0.5) * rows / height - 0.5, 0.0), rows - 1.0)
        r = min(int(at), max(rows - 2, 0))
        s = min(r + 1, rows - 1)
        down = np.float32(at - r)
        most = np.float32(0.0)
        for c in range(columns):
            line[c] = mask[r, c] + down * (mask[s, c] - mask[r, c])
            most = max(most, line[c])
        if most <= 0:
            continue
        one, other = waves[y, 0], waves[y, 1]
        for p in range(points):
            x = np.float32(p * _STEP)
            along = min(max((x + _HALF) * columns / width - _HALF, np.float32(0.0)), np.float32(columns - 1))
            c = min(int(along), max(columns - 2, 0))
            d = min(c + 1, columns - 1)
            # A point next to one without water keeps the samples up to it in place.
            there = line[c] + np.float32(along - c) * (line[d] - line[c])
            sway[p] = there * (one * np.cos(turn * x) + other * np.sin(turn * x))
        row = plane[y]
        for x in range(width):
            was[x] = np.float32(row[x])
        was[width] = was[width - 1]
        for p in range(points - 1):
            x0, x1 = p * _STEP, min(p * _STEP + _STEP, width)
            first, slope = sway[p], (sway[p + 1] - sway[p]) / np.float32(_STEP)
            if first == 0 and slope == 0:
                continue
            for x in range(x0, x1):
                seen = np.float32(x) + first + slope * np.float32(x - x0)
                seen = min(max(seen, np.float32(0.0)), np.float32(width - 1))
                k = np.uint64(seen)
                value = was[k] + (seen - np.float32(k)) * (was[k + np.uint64(1)] - was[k])
                row[x] = np.uint8(np.int32(value + _HALF))
