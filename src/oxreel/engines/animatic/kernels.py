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
#: Columns of one strip of the general warp.
_STRIP = 64
_HALF_STRIP = _STRIP // 2
#: Steps between two samples in the general warp's table of weights.
PHASES = 1024

_HALF = np.float32(0.5)


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
def _seen_on_row(m: Any, x: float, v: float) -> Any:
    """Where on the source row v the column x of the frame is seen."""
    y = (m[1, 0] * x + m[1, 2] - v * (m[2, 0] * x + m[2, 2])) / (v * m[2, 1] - m[1, 1])
    return _seen(m, 0, x, y)


@njit(inline="always")
def _parabola(at_0: float, at_1: float, at_2: float) -> Any:
    """Slope and curvature through three values half a strip apart: over a strip no homography differs from it."""
    curve = (at_2 - 2 * at_1 + at_0) / (2 * _HALF_STRIP * _HALF_STRIP)
    return (at_1 - at_0) / _HALF_STRIP - curve * _HALF_STRIP, curve


@_compiled("void(u1[:,::1], u1[:,::1], f8[:,::1], f4[:,::1])")
def warp(source: Any, out: Any, m: Any, table: Any) -> None:
    """Fill `out` through the homography `m` (out to source, in samples), one axis after the other.

    Strip by strip, first each source row is resampled to the columns of `out`, then each of those columns to its rows.
    """
    source_height, source_width = source.shape
    height, width = out.shape
    strip = np.empty((source_height, _STRIP), np.float32)
    line = np.empty(source_width, np.float32)
    for x0 in range(0, width, _STRIP):
        n = min(_STRIP, width - x0)
        left, middle, right = float(x0), float(x0 + _HALF_STRIP), float(x0 + _STRIP)
        # The source rows that this strip reads: a homography has its extremes at the corners.
        low, high = 1e30, -1e30
        for y in (0.0, height - 1.0):
            a, b = _seen(m, 1, left, y), _seen(m, 1, right, y)
            low, high = min(low, a, b), max(high, a, b)
        top = min(max(int(np.floor(low)) - 2, 0), source_height - TAPS)
        bottom = max(min(int(np.floor(high)) + 4, source_height), top + TAPS)
        for v in range(top, bottom):
            start, end = _seen_on_row(m, left, v), _seen_on_row(m, right, v)
            slope, curve = _parabola(start, _seen_on_row(m, middle, v), end)
            c0 = min(max(int(min(start, end)) - 3, 0), source_width - TAPS)
            c1 = max(min(int(max(start, end)) + 5, source_width), c0 + TAPS)
            row = source[v, c0:c1]
            for x in range(c1 - c0):
                line[x] = row[x]
            into = strip[v]
            for i in range(n):
                u = min(max(start + i * (slope + curve * i), c0 + 2.0), c1 - 4.0)
                whole = np.int64(u)
                w = table[np.uint64((u - whole) * PHASES + 0.5)]
                b0 = np.uint64(whole - 2 - c0)
                b1, b2, b3 = b0 + np.uint64(1), b0 + np.uint64(2), b0 + np.uint64(3)
                b4, b5 = b0 + np.uint64(4), b0 + np.uint64(5)
                first = w[0] * line[b0] + w[1] * line[b1] + w[2] * line[b2]
                into[i] = first + w[3] * line[b3] + w[4] * line[b4] + w[5] * line[b5]
        for y in range(height):
            start = _seen(m, 1, left, y)
            slope, curve = _parabola(start, _seen(m, 1, middle, y), _seen(m, 1, right, y))
            to = out[y, x0 : x0 + n]
            for i in range(n):
                v_ = min(max(start + i * (slope + curve * i), top + 2.0), bottom - 4.0)
                whole = np.int64(v_)
                w = table[np.uint64((v_ - whole) * PHASES + 0.5)]
                b0 = np.uint64(whole - 2)
                b1, b2, b3 = b0 + np.uint64(1), b0 + np.uint64(2), b0 + np.uint64(3)
                b4, b5 = b0 + np.uint64(4), b0 + np.uint64(5)
                first = w[0] * strip[b0, i] + w[1] * strip[b1, i] + w[2] * strip[b2, i]
                sum_ = first + w[3] * strip[b3, i] + w[4] * strip[b4, i] + w[5] * strip[b5, i]
                value = np.int32(sum_ + _HALF)
                value = np.int32(0) if value < 0 else value
                value = np.int32(255) if value > 255 else value
                to[i] = np.uint8(value)


@_compiled("void(u1[:,::1], u1[:,::1], i8, u1[:,::1])")
def mix(one: Any, other: Any, weight: Any, out: Any) -> None:
    """`out` is `one` with `weight` of 4096 parts of `other`."""
    share = np.int32(weight)
    rest = np.int32(4096) - share
    for y in range(out.shape[0]):
        a, b, to = one[y], other[y], out[y]
        for x in range(out.shape[1]):
            to[x] = np.uint8((np.int32(a[x]) * rest + np.int32(b[x]) * share + np.int32(2048)) >> np.int32(12))
