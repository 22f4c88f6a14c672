"""The inner loops of video tape."""

from typing import Any

import numpy as np

from oxreel.engines.animatic.kernels import _compiled


@_compiled("void(u1[:,::1], f4[::1], f4[::1], i8, i4, i4, i4)")
def tape(plane: Any, shifts: Any, noise: Any, blur: Any, ghost: Any, scan: Any, share: Any) -> None:
    """Read each row as a worn player does.

    Each is moved by its own shift (samples), smeared to the right over `blur` samples, sharpened against that for luma
    (`ghost` of 256 parts of what lies a little to the left is added, as an echo), every other pair of rows loses `scan`
    of 256 parts, and `noise` (codes; a tile of one row) is added where a shift is large. `share` is in 256ths.
    """
    height, width = plane.shape
    old = np.empty(width, np.int32)
    sums = np.empty(width + 1, np.int32)
    echo = max(width // 90, 2)
    many = noise.shape[0]
    for y in range(height):
        row = plane[y]
        whole = int(np.floor(shifts[y]))
        part = np.int32((shifts[y] - whole) * np.float32(256))
        for x in range(width):
            old[x] = np.int32(row[x])
        sums[0] = 0
        for x in range(width):
            a = old[min(max(x - whole, 0), width - 1)]
            b = old[min(max(x - whole - 1, 0), width - 1)]
            sums[x + 1] = sums[x] + ((a * (np.int32(256) - part) + b * part) >> np.int32(8))
        dim = np.int32(256) - (scan if (y >> 1) & 1 else np.int32(0))
        loud = min(max(abs(shifts[y]) * np.float32(0.12) - np.float32(0.3), np.float32(0)), np.float32(1))
        start = (y * 7919) % many
        for x in range(width):
            first = max(x - blur + 1, 0)
            value = (sums[x + 1] - sums[first]) // np.int32(x + 1 - first)
            if ghost > 0:
                at = max(x - echo, 0)
                away = sums[at + 1] - sums[at]
                value += ((away - value) * ghost) >> np.int32(8)
                here = sums[x + 1] - sums[x]
                value += (here - value) >> np.int32(2)
            if loud > 0:
                value += np.int32(noise[(start + x) % many] * loud)
            value = np.int32(16) + (((value - np.int32(16)) * dim) >> np.int32(8))
            value = (old[x] * (np.int32(256) - share) + value * share + np.int32(128)) >> np.int32(8)
            row[x] = np.uint8(min(max(value, np.int32(16)), np.int32(235)))
