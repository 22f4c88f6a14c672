"""The inner loop of a view that is given by a field: any smooth displacement, its nodes some pixels apart."""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _between, _compiled

#: Samples weighed together, along both axes: within them a field is taken for linear.
_RUN = 16
#: Columns of the frame resampled together, so that the intermediate strip stays in the cache.
_BLOCK = 256
_HALF = np.float32(0.5)


@njit(inline="always")
def _run(samples: Any, last: int, column: int, start: float, slope: float, into: Any, row: int, to: int) -> None:
    """Fill a run of `into[row]` from `to` on: sample i is seen in column `column + i`, at `start + slope * i` down it.

    Beyond the first row and the `last` one they repeat.
    """
    end = start + slope * (_RUN - 1)
    first = int(np.floor(min(start, end)))
    c, n, t, step = np.uint64(column), np.uint64(row), np.uint64(to), np.float32(slope)
    # Mostly all samples lie between the same two rows. Where not, those of later rows are written over.
    for base in range(first, int(np.floor(max(start, end))) + 1):
        b0, b1 = np.uint64(min(max(base - 2, 0), last)), np.uint64(min(max(base - 1, 0), last))
        b2, b3 = np.uint64(min(max(base, 0), last)), np.uint64(min(max(base + 1, 0), last))
        b4, b5 = np.uint64(min(max(base + 2, 0), last)), np.uint64(min(max(base + 3, 0), last))
        at = np.float32(start - base - 0.5)
        if base == first:
            for i in range(_RUN):
                k = c + np.uint64(i)
                s0, s1, s2 = np.float32(samples[b0, k]), np.float32(samples[b1, k]), np.float32(samples[b2, k])
                s3, s4, s5 = np.float32(samples[b3, k]), np.float32(samples[b4, k]), np.float32(samples[b5, k])
                into[n, t + np.uint64(i)] = _between(at + step * np.float32(i), s0, s1, s2, s3, s4, s5)
        else:
            for i in range(_RUN):
                k = c + np.uint64(i)
                s0, s1, s2 = np.float32(samples[b0, k]), np.float32(samples[b1, k]), np.float32(samples[b2, k])
                s3, s4, s5 = np.float32(samples[b3, k]), np.float32(samples[b4, k]), np.float32(samples[b5, k])
                q = at + step * np.float32(i)
                value = _between(q, s0, s1, s2, s3, s4, s5)
                into[n, t + np.uint64(i)] = value if q >= -_HALF else into[n, t + np.uint64(i)]


@_compiled("void(u1[:,::1], u1[:,::1], f4[:,:,::1], f8)")
def bend(source: Any, out: Any, field: Any, step: Any) -> None:  # noqa: PLR0912  # one loop nest
    """Fill `out` from `source`: `field[i, j]` is where its sample (j * step, i * step) is seen, as x and y.

    Between these nodes it is interpolated. Along each row x must grow: tile by tile, first each row of `out` is
    resampled down the source's columns, then each of those rows to the columns of `out`.
    """
    source_height, source_width = source.shape
    height, width = out.shape
    rows, columns, _ = field.shape
    lines = np.empty((_RUN, source_width + _RUN), np.float32)
    turned = np.empty((source_width + _RUN, _RUN), np.float32)
    sums = np.empty((1, _RUN), np.float32)
    packed = np.empty((_BLOCK, _RUN), np.uint8)
    across, down = np.empty(columns), np.empty((_RUN, columns))
    nodes = np.empty((_RUN, columns))
    uppers, lowers = np.empty(_BLOCK), np.empty(_BLOCK)
    for tile in range(0, height, _RUN):
        # The last tile overlaps the one before it rather than being shorter; so does the last run of a row.
        y0 = min(tile, height - _RUN)
        for r in range(_RUN):
            i = min(int((y0 + r) / step), rows - 2)
            share = (y0 + r) / step - i
            for j in range(columns):
                across[j] = field[i, j, 0] * (1 - share) + field[i + 1, j, 0] * share
                down[r, j] = field[i, j, 1] * (1 - share) + field[i + 1, j, 1] * share
            nodes[r] = across
        for x0 in range(0, width, _BLOCK):
            n = min(_BLOCK, width - x0)
            low, high = 1e9, -1e9
            for x in range(n):
                j = min(int((x0 + x) / step), columns - 2)
                share = (x0 + x) / step - j
                uppers[x] = nodes[0, j] * (1 - share) + nodes[0, j + 1] * share
                lowers[x] = nodes[_RUN - 1, j] * (1 - share) + nodes[_RUN - 1, j + 1] * share
                low = min(low, uppers[x], lowers[x])
                high = max(high, uppers[x], lowers[x])
            c0 = min(max(int(np.floor(low)) - 2, 0), source_width - _RUN)
            c1 = max(min(int(np.floor(high)) + 4, source_width), c0 + 1)
            for r in range(_RUN):
                j = 0
                start = 0.0
                for k in range(0, c1 - c0 + _RUN, _RUN):
                    u = float(c0 + k)
                    while j < columns - 2 and nodes[r, j + 1] < u:
                        j += 1
                    share = (u - nodes[r, j]) / max(nodes[r, j + 1] - nodes[r, j], 1e-3)
                    share = min(max(share, -64.0), 64.0)
                    end = down[r, j] * (1 - share) + down[r, j + 1] * share
                    if k > 0:
                        slope = (end - start) / _RUN
                        c = c0 + k - _RUN
                        c_ = min(c, source_width - _RUN)
                        _run(source, source_height - 1, c_, start + slope * (c_ - c), slope, lines, r, c_ - c0)
                    start = end
            for x in range(c1 - c0):
                for r in range(_RUN):
                    turned[np.uint64(x), np.uint64(r)] = lines[np.uint64(r), np.uint64(x)]
            for x in range(n):
                slope = (lowers[x] - uppers[x]) / (_RUN - 1)
                _run(turned, c1 - c0 - 1, 0, uppers[x] - c0, slope, sums, 0, 0)
                for r in range(_RUN):
                    value = np.int32(sums[0, r] + _HALF)
                    value = np.int32(0) if value < 0 else value
                    value = np.int32(255) if value > 255 else value
                    packed[np.uint64(x), np.uint64(r)] = np.uint8(value)
            for r in range(_RUN):
                into = out[y0 + r, x0 : x0 + n]
                for x in range(n):
                    into[x] = packed[np.uint64(x), np.uint64(r)]
