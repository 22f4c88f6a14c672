"""The inner loops of actors: sprites laid over planes, and the shadows that they throw on them."""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _compiled

#: Samples of nothing around every sprite: what the resampler reads beyond its outline.
EDGE = 4

_ONE = np.float32(1)
_HALF = np.float32(0.5)
#: Thresholds of rounding, so that a soft shadow shows no steps: an ordered dither (Bayer, 4x4).
_DITHER = (
    np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) + np.float32(0.5)
) / np.float32(16)


@njit(inline="always")
def _cubic(q: Any, s0: Any, s1: Any, s2: Any, s3: Any) -> Any:
    """The value between the middle two of four samples, `q` after the second (Catmull-Rom)."""
    a = s2 - s0
    b = s0 + s0 - np.float32(5) * s1 + np.float32(4) * s2 - s3
    c = np.float32(3) * (s1 - s2) + s3 - s0
    return s1 + _HALF * q * (a + q * (b + q * c))


@njit(inline="always")
def _column(samples: Any, start: float, slope: float, first: int, end: int, into: Any) -> None:
    """Fill `into[first:end]` with the samples of those columns, each at the row `start + slope * column`."""
    rows = samples.shape[0]
    c = first
    while c < end:
        at = start + slope * c
        base = int(np.floor(at))
        # The columns until the row changes: mostly all of them.
        stop = end
        if slope > 0:
            stop = min(end, int(np.ceil((base + 1 - start) / slope)))
        elif slope < 0:
            stop = min(end, int(np.floor((base - start) / slope)) + 1)
        stop = max(stop, c + 1)
        r0, r1 = samples[min(max(base - 1, 0), rows - 1)], samples[min(max(base, 0), rows - 1)]
        r2, r3 = samples[min(max(base + 1, 0), rows - 1)], samples[min(max(base + 2, 0), rows - 1)]
        q0, step = np.float32(at - base), np.float32(slope)
        for i in range(stop - c):
            k = np.uint64(c + i)
            into[k] = _cubic(q0 + step * np.float32(i), r0[k], r1[k], r2[k], r3[k])
        c = stop


@_compiled("void(u1[:,::1], f4[:,::1], f4[:,::1], i8[:,::1], f8[:,::1], i8, i8, i8, f8)")
def lay(out: Any, value: Any, alpha: Any, spans: Any, rows: Any, top: Any, left: Any, right: Any, opacity: Any) -> None:
    """Lay a sprite over `out[top : top + len(rows), left:right]`.

    `value` is weighed by `alpha` 0..1 already. Of each row of it, `spans` tells where something is seen (from, to) and
    where all of it is opaque (from, to). Column x of an output row is seen at `rows[0] + rows[1] * x` across the
    sprite and `rows[2] + rows[3] * x` down it.
    """
    height, width = value.shape
    line, cover = np.zeros(width, np.float32), np.zeros(width, np.float32)
    strong = np.float32(opacity)
    for r in range(rows.shape[0]):
        u0, su, v0, sv = rows[r, 0], rows[r, 1], rows[r, 2], rows[r, 3]
        slope = sv / su
        start = v0 - slope * u0
        ends = (start, start + slope * (width - 1))
        low, high = int(np.floor(min(ends[0], ends[1]))) - 1, int(np.floor(max(ends[0], ends[1]))) + 2
        first, end, whole, hole = width, 0, 0, width
        for y in range(max(low, 0), min(high, height - 1) + 1):
            first, end = min(first, spans[y, 0]), max(end, spans[y, 1])
            whole, hole = max(whole, spans[y, 2]), min(hole, spans[y, 3])
        if low < 0 or high > height - 1:
            whole, hole = 0, 0
        if first >= end:
            continue
        first, end = max(first - 3, 0), min(end + 3, width)
        _column(value, start, slope, first, end, line)
        # The horizontal step reads one sample before and two after.
        whole, hole = whole + 2, hole - 3
        if whole < hole:
            _column(alpha, start, slope, first, min(whole + 3, end), cover)
            _column(alpha, start, slope, max(hole - 2, first), end, cover)
        else:
            whole = hole = 0
            _column(alpha, start, slope, first, end, cover)
        x0 = max(left, int(np.ceil((first + 1 - u0) / su)))
        x1 = min(right, int(np.floor((end - 3 - u0) / su)) + 1)
        into = out[top + r]
        for x in range(x0, x1):
            u = u0 + su * x
            i = int(np.floor(u))
            q = np.float32(u - i)
            k = np.uint64(i)
            a, b, c, d = line[k - np.uint64(1)], line[k], line[k + np.uint64(1)], line[k + np.uint64(2)]
            seen = _cubic(q, a, b, c, d) * strong
            share = strong
            if i < whole or i >= hole:
                a, b = cover[k - np.uint64(1)], cover[k]
                c, d = cover[k + np.uint64(1)], cover[k + np.uint64(2)]
                covered = _cubic(q, a, b, c, d)
                # Where the curve shoots over, so does the value, by as much.
                seen = np.float32(0) if covered <= 0 else seen / max(covered, _ONE)
                share = min(max(covered, np.float32(0)), _ONE) * strong
            mixed = np.float32(into[x]) * (_ONE - share) + seen + _HALF
            into[x] = np.uint8(min(max(np.int32(mixed), np.int32(0)), np.int32(255)))


@_compiled("void(u1[:,::1], f4[:,::1], f8[::1], i8, i8, i8, i8, f8, i8)")
def shade(out: Any, dark: Any, at: Any, top: Any, bottom: Any, left: Any, right: Any, depth: Any, base: Any) -> None:
    """Bring `out[top:bottom, left:right]` nearer to `base`, by `depth` times what `dark` 0..1 holds there.

    Column x and row y are seen at `at[0] + at[1] * x` across `dark` and `at[2] + at[3] * y` down it.
    """
    height, width = dark.shape
    strong, none = np.float32(depth), np.float32(base)
    line = np.zeros(width + 1, np.float32)
    x0, x1 = max(left, int(np.ceil(-at[0] / at[1]))), min(right, int(np.ceil((width - 1 - at[0]) / at[1])))
    for y in range(top, bottom):
        v = at[2] + at[3] * y
        if v < 0 or v >= height - 1:
            continue
        j = int(v)
        t = np.float32(v - j) * strong
        upper, lower = dark[j], dark[j + 1]
        for c in range(width):
            line[c] = strong * upper[c] + t * (lower[c] - upper[c])
        thresholds, into = _DITHER[y & 3], out[y]
        for x in range(x0, x1):
            u = np.float32(at[0] + at[1] * x)
            k = np.uint64(max(u, np.float32(0)))
            shadow = line[k] + (u - np.float32(k)) * (line[k + np.uint64(1)] - line[k])
            value = np.float32(into[x])
            into[x] = np.uint8(value + (none - value) * shadow + thresholds[x & 3])
