"""The inner loop of water: rows that sway against each other."""

from typing import Any

import numpy as np

from oxreel.engines.animatic.kernels import _compiled

_HALF, _ZERO = np.float32(0.5), np.float32(0.0)
#: Samples between two points at which the sway is computed; between them it is a straight line.
_STEP = 8
#: Samples that the outermost ones are repeated beyond the edges; nothing is moved by more.
_PAD = 128


@_compiled("void(u1[:,::1], f4[:,::1], f4[:,::1], f4)")
def ripple(plane: Any, mask: Any, waves: Any, turn: Any) -> None:
    """Move the samples of each row aside, in place.

    `waves` are the samples by which each row goes (80 at most), of two waves; along a row the one turns into the other
    (`turn` radians to a sample). `mask` is a coarse field 0..1 over the plane: beyond the next few samples of where it
    is 0, they stay bit for bit.
    """
    height, width = plane.shape
    rows, columns = mask.shape
    line, was = np.empty(columns, np.float32), np.empty(width + 2 * _PAD, np.float32)
    points = width // _STEP + 2
    sway = np.empty(points, np.float32)
    for y in range(height):
        at = min(max((y + 0.5) * rows / height - 0.5, 0.0), rows - 1.0)
        r = min(int(at), max(rows - 2, 0))
        s = min(r + 1, rows - 1)
        down = np.float32(at - r)
        most = np.float32(0.0)
        for n in range(columns):
            line[n] = mask[r, n] + down * (mask[s, n] - mask[r, n])
            most = max(most, line[n])
        if most <= 0:
            continue
        one, other = waves[y, 0], waves[y, 1]
        for p in range(points):
            place = np.float32(p * _STEP)
            beside = min(max((place + _HALF) * columns / width - _HALF, np.float32(0.0)), np.float32(columns - 1))
            c = min(int(beside), max(columns - 2, 0))
            d = min(c + 1, columns - 1)
            # A point next to one without water keeps the samples up to it in place.
            there = line[c] + np.float32(beside - c) * (line[d] - line[c])
            sway[p] = there * (one * np.cos(turn * place) + other * np.sin(turn * place))
        row = plane[y]
        for x in range(_PAD):
            was[x], was[_PAD + width + x] = np.float32(row[0]), np.float32(row[width - 1])
        for x in range(width):
            was[_PAD + x] = np.float32(row[x])
        for p in range(points - 1):
            x0, length = p * _STEP, min(_STEP, width - p * _STEP)
            first, last = sway[p], sway[p + 1]
            if length <= 0 or (first == 0 and last == 0):
                continue
            slope = (last - first) / np.float32(_STEP)
            low = int(np.floor(min(first, last)))
            into = row[x0 : x0 + length]
            seen = was[_PAD + x0 + low :]
            if max(first, last) - low <= 2:
                # All lie between the same three samples of `was`, each weighed by how near it is.
                start = first - np.float32(low)
                for k in range(length):
                    on = start + slope * np.float32(k)
                    near = np.float32(1.0) - abs(on - np.float32(1.0))
                    early, late = max(np.float32(1.0) - on, _ZERO), max(on - np.float32(1.0), _ZERO)
                    value = early * seen[k] + near * seen[k + 1] + late * seen[k + 2]
                    into[k] = np.uint8(np.int32(value + _HALF))
            else:
                for k in range(length):
                    on = first - np.float32(low) + slope * np.float32(k)
                    j = int(on)
                    value = seen[k + j] + (on - np.float32(j)) * (seen[k + j + 1] - seen[k + j])
                    into[k] = np.uint8(np.int32(value + _HALF))
