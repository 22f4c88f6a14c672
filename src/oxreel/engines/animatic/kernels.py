"""The inner loops: resampling and mixing of planes, compiled once and kept on disk.

Every array is C-contiguous (strided ones double the time) and every operation is ordered (no fast-math), so that the
same picture and path give the same samples on every machine.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

#: Lanczos3 reads this many samples each way.
TAPS = 6
#: Rows resampled together, so that the compiler can fill vector registers down the columns.
_ROWS = 16
#: Output columns resampled together, so that the intermediate strip stays in the cache.
_BLOCK = 256
#: Samples that the general warp weighs together. No plane is smaller.
_RUN = 32

_HALF = np.float32(0.5)

# The six Lanczos3 weights, corrected to the first moment, as polynomials of the distance q from the middle between
# the third and the fourth sample, -0.5..0.5: what the outer, the next and the inner pair share (1, q^2, q^4) and what
# sets the two of a pair apart (q, q^3, q^5). Least squares at Chebyshev points: within 0.0001 of each weight.
EVEN = (
    (0.02445478, -0.10306551, 0.0209914),
    (-0.13590831, 0.55728382, -0.05401451),
    (0.61145353, -0.45421831, 0.03302311),
)
ODD = (
    (-0.05991751, 0.29696746, -0.22970384),
    (0.20566511, -0.96649812, 0.57652855),
    (-1.31740779, 1.4146571, -0.58106645),
)
(_E00, _E01, _E02), (_E10, _E11, _E12), (_E20, _E21, _E22) = (tuple(np.float32(c) for c in pair) for pair in EVEN)
(_O00, _O01, _O02), (_O10, _O11, _O12), (_O20, _O21, _O22) = (tuple(np.float32(c) for c in pair) for pair in ODD)


def _compiled(signature: str) -> Callable[[Callable[..., None]], Any]:
    """Compile at once for exactly these types, from the cache on disk where there is one that can be used."""

    def compile_(function: Callable[..., None]) -> Any:
        try:
            return njit(signature, nogil=True, cache=True)(function)
        except Exception:  # no writable place, or another process's half-written or foreign cache
            return njit(signature, nogil=True)(function)

    return compile_


@_compiled("void(u1[:,::1], u1[:,::1], i8[::1], f4[:,::1], i8[::1], f4[:,::1])")
def resample(source: Any, out: Any, rows: Any, row_weights: Any, columns: Any, column_weights: Any) -> None:
    """Fill `out` from `source` along both axes: six samples from `rows[y]` down, six from `columns[x]` on."""
    height, width = out.shape
    span = 0
    for x0 in range(0, width, _BLOCK):
        x1 = min(x0 + _BLOCK, width)
        span = max(span, columns[x1 - 1] + TAPS - columns[x0])
    lines = np.empty((_ROWS, span), np.float32)
    turned = np.empty((span, _ROWS), np.float32)
    packed = np.empty((_BLOCK, _ROWS), np.uint8)
    for tile in range(0, height, _ROWS):
        # The last tile overlaps the one before it rather than being shorter.
        y0 = min(tile, height - _ROWS)
        for x0 in range(0, width, _BLOCK):
            x1 = min(x0 + _BLOCK, width)
            c0 = columns[x0]
            n = columns[x1 - 1] + TAPS - c0
            for r in range(_ROWS):
                b = rows[y0 + r]
                weights = row_weights[y0 + r]
                w0, w1, w2, w3, w4, w5 = weights[0], weights[1], weights[2], weights[3], weights[4], weights[5]
                r0, r1, r2 = source[b, c0 : c0 + n], source[b + 1, c0 : c0 + n], source[b + 2, c0 : c0 + n]
                r3, r4, r5 = source[b + 3, c0 : c0 + n], source[b + 4, c0 : c0 + n], source[b + 5, c0 : c0 + n]
                line = lines[r]
                for x in range(n):
                    line[x] = w0 * r0[x] + w1 * r1[x] + w2 * r2[x] + w3 * r3[x] + w4 * r4[x] + w5 * r5[x]
            for x in range(n):
                for r in range(_ROWS):
                    turned[x, r] = lines[r, x]
            for x in range(x1 - x0):
                c = np.uint64(columns[x0 + x] - c0)
                weights = column_weights[x0 + x]
                w0, w1, w2, w3, w4, w5 = weights[0], weights[1], weights[2], weights[3], weights[4], weights[5]
                t0, t1, t2 = turned[c], turned[c + np.uint64(1)], turned[c + np.uint64(2)]
                t3, t4, t5 = turned[c + np.uint64(3)], turned[c + np.uint64(4)], turned[c + np.uint64(5)]
                to = packed[x]
                for r in range(_ROWS):
                    sum_ = w0 * t0[r] + w1 * t1[r] + w2 * t2[r] + w3 * t3[r] + w4 * t4[r] + w5 * t5[r]
                    value = np.int32(sum_ + _HALF)
                    value = np.int32(0) if value < 0 else value
                    value = np.int32(255) if value > 255 else value
                    to[r] = np.uint8(value)
            for r in range(_ROWS):
                into = out[y0 + r, x0:x1]
                for x in range(x1 - x0):
                    into[x] = packed[x, r]


@njit(inline="always")
def _seen(m: Any, axis: int, x: float, y: float) -> Any:
    """Where the homography puts (x, y), along one axis of the source."""
    return (m[axis, 0] * x + m[axis, 1] * y + m[axis, 2]) / (m[2, 0] * x + m[2, 1] * y + m[2, 2])


@njit(inline="always")
def _between(q: Any, s0: Any, s1: Any, s2: Any, s3: Any, s4: Any, s5: Any) -> Any:
    """The value between six samples, at `q` from the middle."""
    p = q * q
    even = (_E00 + p * (_E01 + p * _E02)) * (s0 + s5) + (_E10 + p * (_E11 + p * _E12)) * (s1 + s4)
    even += (_E20 + p * (_E21 + p * _E22)) * (s2 + s3)
    odd = (_O00 + p * (_O01 + p * _O02)) * (s0 - s5) + (_O10 + p * (_O11 + p * _O12)) * (s1 - s4)
    odd += (_O20 + p * (_O21 + p * _O22)) * (s2 - s3)
    return even + q * odd


@njit(inline="always")
def _slant(samples: Any, last: int, column: int, start: float, slope: float, into: Any, row: int, to: int) -> None:
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


@_compiled("void(u1[:,::1], u1[:,::1], f8[:,::1])")
def warp(source: Any, out: Any, m: Any) -> None:
    """Fill `out` through the homography `m` (out to source, in samples), one axis after the other.

    Tile by tile, first each row of `out` is resampled along the source's columns, where it is a straight line, then
    each of those rows to the columns of `out`. A view turns little, so both are slightly slanted runs of samples.
    """
    source_height, source_width = source.shape
    height, width = out.shape
    lines = np.empty((_RUN, source_width), np.float32)
    turned = np.empty((source_width, _RUN), np.float32)
    sums = np.empty((1, _RUN), np.float32)
    packed = np.empty((_BLOCK, _RUN), np.uint8)
    uppers, lowers = np.empty(_BLOCK), np.empty(_BLOCK)
    for tile in range(0, height, _RUN):
        # The last tile overlaps the one before it rather than being shorter; so does the last run of a row.
        y0 = min(tile, height - _RUN)
        for x0 in range(0, width, _BLOCK):
            n = min(_BLOCK, width - x0)
            for x in range(n):
                uppers[x] = _seen(m, 0, float(x0 + x), float(y0))
                lowers[x] = _seen(m, 0, float(x0 + x), float(y0 + _RUN - 1))
            # The source columns that this tile reads: a homography has its extremes at the corners.
            low = min(uppers[0], lowers[0], uppers[n - 1], lowers[n - 1])
            high = max(uppers[0], lowers[0], uppers[n - 1], lowers[n - 1])
            c0 = min(max(int(np.floor(low)) - 2, 0), source_width - _RUN)
            c1 = max(min(int(np.floor(high)) + 4, source_width), c0 + 1)
            for r in range(_RUN):
                y = float(y0 + r)
                across, down, depth = m[0, 1] * y + m[0, 2], m[1, 1] * y + m[1, 2], m[2, 1] * y + m[2, 2]
                share = m[2, 0] * across - m[0, 0] * depth
                start = (m[1, 0] * across - m[0, 0] * down) / share
                slope = (m[2, 0] * down - m[1, 0] * depth) / share
                for c in range(c0, c1, _RUN):
                    c_ = min(c, source_width - _RUN)
                    _slant(source, source_height - 1, c_, start + slope * c_, slope, lines, r, c_ - c0)
            for x in range(c1 - c0):
                for r in range(_RUN):
                    turned[np.uint64(x), np.uint64(r)] = lines[np.uint64(r), np.uint64(x)]
            for x in range(n):
                slope = (lowers[x] - uppers[x]) / (_RUN - 1)
                _slant(turned, c1 - c0 - 1, 0, uppers[x] - c0, slope, sums, 0, 0)
                for r in range(_RUN):
                    value = np.int32(sums[0, r] + _HALF)
                    value = np.int32(0) if value < 0 else value
                    value = np.int32(255) if value > 255 else value
                    packed[np.uint64(x), np.uint64(r)] = np.uint8(value)
            for r in range(_RUN):
                into = out[y0 + r, x0 : x0 + n]
                for x in range(n):
                    into[x] = packed[np.uint64(x), np.uint64(r)]


@_compiled("void(u1[:,::1], u1[:,::1], i8, u1[:,::1])")
def mix(one: Any, other: Any, weight: Any, out: Any) -> None:
    """`out` is `one` with `weight` of 4096 parts of `other`."""
    share = np.int32(weight)
    rest = np.int32(4096) - share
    for y in range(out.shape[0]):
        a, b, to = one[y], other[y], out[y]
        for x in range(out.shape[1]):
            to[x] = np.uint8((np.int32(a[x]) * rest + np.int32(b[x]) * share + np.int32(2048)) >> np.int32(12))
