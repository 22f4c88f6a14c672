"""The inner loop of focus: a plane between three degrees of sharpness."""

from typing import Any

import numpy as np

from oxreel.engines.animatic.kernels import _compiled


@_compiled("void(u1[:,::1], u1[:,::1], u1[:,::1], i4[:,::1], i8, i8, u1[:,::1])")
def defocus(sharp: Any, soft: Any, softer: Any, blur: Any, cell: Any, margin: Any, out: Any) -> None:
    """Fill `out`: `blur` is 0 for sharp, 256 for soft, 512 for softer, at the corners of cells of `cell` samples.

    The first corner is `margin` samples down and to the right; beyond the grid its edge repeats.
    """
    height, width = out.shape
    rows, columns = blur.shape
    line = np.empty(width + cell, np.int32)
    for y in range(height):
        at = min(max(y - margin, 0), (rows - 1) * cell - 1)
        i, share = at // cell, at % cell
        for x in range(width):
            line[x] = 0
        edge = (blur[i, 0] * (cell - share) + blur[i + 1, 0] * share) // cell
        for x in range(min(margin, width)):
            line[x] = edge
        for j in range(columns - 1):
            left = (blur[i, j] * (cell - share) + blur[i + 1, j] * share) // cell
            right = (blur[i, j + 1] * (cell - share) + blur[i + 1, j + 1] * share) // cell
            begin = margin + j * cell
            for k in range(min(cell, max(width - begin, 0))):
                line[begin + k] = left + (right - left) * k // cell
        last = (blur[i, columns - 1] * (cell - share) + blur[i + 1, columns - 1] * share) // cell
        for x in range(margin + (columns - 1) * cell, width):
            line[x] = last
        a, b, c, into = sharp[y], soft[y], softer[y], out[y]
        for x in range(width):
            w = line[x]
            first, second = min(w, np.int32(256)), max(w - np.int32(256), np.int32(0))
            middle = np.int32(a[x]) * (np.int32(256) - first) + np.int32(b[x]) * first
            full = (np.int32(c[x]) - np.int32(b[x])) * second
            into[x] = np.uint8((middle + full + np.int32(128)) >> np.int32(8))
