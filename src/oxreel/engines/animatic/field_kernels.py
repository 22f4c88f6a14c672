"""The inner loops of a view that is given by a field: any smooth displacement, its nodes some pixels apart.

Samples and weights are 16-bit integers, so that the same field gives the same samples on every machine.
"""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _compiled
from oxreel.engines.animatic.sixteen import add, coefficients, fetch, high, left, mul, right, store, sub

#: Samples weighed together, along both axes: within them a field is taken for linear.
_RUN = 16
#: Columns of the frame resampled together, so that the intermediate tile stays in the cache; columns of the source
#: that this may take; and the length of a row of them, which is no power of two: the rows would share cache lines.
_BLOCK, _SPAN, _ROW = 256, 512, 528
#: Furthest beyond the source that a field is followed, in samples.
_BEYOND = 40

# The six Lanczos3 weights, corrected to the first moment, as polynomials of the distance q from the middle, as in
# `kernels`, with one term less where 16 bits do not show it: within 0.0007 of each weight; sum, first moment and the
# weights at a sample itself are exact.
EVEN = ((0.02423624, -0.09694498), (-0.13533342, 0.54133366), (0.61109717, -0.44438869))
ODD = (
    (-0.05988537, 0.29628191, -0.22696164),
    (0.2055915, -0.96492767, 0.57024672),
    (-1.31734762, 1.41337347, -0.57593193),
)
#: The four of Catmull-Rom likewise, the outer and the inner two: sharp enough for chroma, at half the work.
CUBIC_EVEN, CUBIC_ODD = ((-1 / 16, 1 / 4), (9 / 16, -1 / 4)), ((1 / 8, -1 / 2, 0.0), (-11 / 8, 3 / 2, 0.0))
#: What `bend` weighs with.
WEIGHTS = np.concatenate([coefficients(EVEN, ODD), coefficients(CUBIC_EVEN, CUBIC_ODD)])

_0, _1, _2, _3, _5, _8 = (np.int16(value) for value in (0, 1, 2, 3, 5, 8))
#: Where in the intermediate tile the second plane begins.
_PLANE = np.uint64(_SPAN * _RUN)
_16, _32 = np.uint64(16), np.uint64(32)
_GREY, _WHITE, _EIGHTH = np.int16(128), np.int16(255), np.int16(1 << 13)
#: Of a sum in 1/32: grey, and a half to round by.
_LIFT = np.int16(128 * 32 + 16)


@njit(inline="always")
def _between(w: Any, q: Any, s0: Any, s1: Any, s2: Any, s3: Any, s4: Any, s5: Any) -> Any:
    """A quarter of the value between six samples, at `q` parts of 65536 from the middle."""
    p = sub(high(q, q), _EIGHTH)
    even = add(w[0], high(p, w[1]))
    odd = high(q, add(w[6], high(p, add(w[7], high(p, w[8])))))
    outer = add(high(add(even, odd), s0), high(sub(even, odd), s5))
    even = add(w[2], high(p, w[3]))
    odd = high(q, add(w[9], high(p, add(w[10], high(p, w[11])))))
    middle = add(high(add(even, odd), s1), high(sub(even, odd), s4))
    even = add(w[4], high(p, w[5]))
    odd = high(q, add(w[12], high(p, add(w[13], high(p, w[14])))))
    inner = add(high(add(even, odd), s2), high(sub(even, odd), s3))
    # Each of six products is rounded down, by a half on average.
    return add(add(outer, _3), add(middle, inner))


@njit(inline="always")
def _six(w: Any, q: Any, samples: Any, a: Any, stride: int) -> Any:
    """`_between` six rows, the first sample at `a`."""
    return _between(
        w, q, fetch(samples, a), fetch(samples, a + np.uint64(stride)), fetch(samples, a + np.uint64(2 * stride)),
        fetch(samples, a + np.uint64(3 * stride)), fetch(samples, a + np.uint64(4 * stride)),
        fetch(samples, a + np.uint64(5 * stride)),
    )  # fmt: skip


@njit(inline="always")
def _four(w: Any, q: Any, samples: Any, a: Any, stride: int) -> Any:
    """The same of the four rows in the middle of six."""
    p = sub(high(q, q), _EIGHTH)
    even, odd = add(w[15], high(p, w[16])), high(q, add(w[19], high(p, w[20])))
    s1, s4 = fetch(samples, a + np.uint64(stride)), fetch(samples, a + np.uint64(4 * stride))
    outer = add(high(add(even, odd), s1), high(sub(even, odd), s4))
    even, odd = add(w[17], high(p, w[18])), high(q, add(w[22], high(p, w[23])))
    s2, s3 = fetch(samples, a + np.uint64(2 * stride)), fetch(samples, a + np.uint64(3 * stride))
    inner = add(high(add(even, odd), s2), high(sub(even, odd), s3))
    return add(add(outer, _2), inner)


def _weighing(stride: int, across: int, second: int) -> Any:
    """The loop that fills runs of 16 samples, one after the other, from rows that lie `stride` samples apart.

    A run's first column is `across` times its number, counted in sixteens. Where there is a `second` plane it lies
    that far beside the first, and both are weighed alike, by four samples rather than by six.
    """

    def weigh(weights: Any, samples: Any, last: Any, at: Any, slopes: Any, into: Any, count: Any) -> None:
        """Sample i of run n is seen `at[n] + i * slopes[n]` down, in parts of 65536; `last` is the last row."""
        w = (
            weights[0], weights[1], weights[2], weights[3], weights[4], weights[5], weights[6], weights[7],
            weights[8], weights[9], weights[10], weights[11], weights[12], weights[13], weights[14], weights[15],
            weights[16], weights[17], weights[18], weights[19], weights[20], weights[21], weights[22], weights[23],
        )  # fmt: skip
        for number in range(count):
            start, slope = np.int64(at[number]), np.int64(slopes[number])
            q0, step = np.int16(start - 32768), np.int16(slope)
            row, end = start >> 16, (start + (_RUN - 1) * slope) >> 16
            column, to = number // _RUN * across, np.uint64(number * _RUN)
            a = np.uint64((min(max(row, 2), last - 3) - 2) * stride + column)
            for i in range(_RUN):
                # What is a row further wraps around to its own distance from the middle.
                q, t = add(q0, mul(step, np.int16(i))), np.uint64(i)
                if second:
                    store(into, to + t, _four(w, q, samples, a + t, stride))
                    store(into, to + t + _PLANE, _four(w, q, samples, a + t + np.uint64(second), stride))
                else:
                    store(into, to + t, _six(w, q, samples, a + t, stride))
            # Mostly all samples lie between the same two rows. Where not, those of later rows are written over.
            while row != end:
                if slope > 0:
                    row += 1
                    first = np.int16((row * 65536 - start + slope - 1) // slope)
                else:
                    first = np.int16((start - row * 65536) // -slope + 1)
                    row -= 1
                a = np.uint64((min(max(row, 2), last - 3) - 2) * stride + column)
                for i in range(_RUN):
                    q, t = add(q0, mul(step, np.int16(i))), np.uint64(i)
                    if second:
                        value = _four(w, q, samples, a + t, stride)
                        store(into, to + t, value if np.int16(i) >= first else into[to + t])
                        value = _four(w, q, samples, a + t + np.uint64(second), stride)
                        store(into, to + t + _PLANE, value if np.int16(i) >= first else into[to + t + _PLANE])
                    else:
                        value = _six(w, q, samples, a + t, stride)
                        store(into, to + t, value if np.int16(i) >= first else into[to + t])

    return _compiled("void(i2[::1], i2[::1], i8, i4[::1], i4[::1], i2[::1], i8)")(weigh)


#: Down the source's columns, and along the columns made of these; for one plane and for two.
_down, _down_both = _weighing(_ROW, _RUN, 0), _weighing(2 * _ROW, _RUN, _ROW)
_along, _along_both = _weighing(_RUN, 0, 0), _weighing(_RUN, 0, _SPAN * _RUN)


@_compiled("void(u1[:,::1], i2[::1], i8, i8, i8, i8, i8, i8)")
def _cut(source: Any, patch: Any, x0: Any, y0: Any, span: Any, tall: Any, begin: Any, stride: Any) -> None:
    """Copy a part of the source, about grey and 256 times as large; beyond the edge the outermost samples repeat."""
    height, width = source.shape
    before = min(max(-x0, 0), span)
    after = max(min(width - x0, span), before)
    for r in range(tall):
        line = source[min(max(y0 + r, 0), height - 1)]
        into = patch[begin + r * stride : begin + r * stride + span]
        for x in range(before):
            into[x] = left(sub(np.int16(line[0]), _GREY), _8)
        part, inner = line[x0 + before : x0 + after], into[before:after]
        for x in range(after - before):
            inner[x] = left(sub(np.int16(part[x]), _GREY), _8)
        for x in range(after, span):
            into[x] = left(sub(np.int16(line[width - 1]), _GREY), _8)


@_compiled("void(i2[::1], u8[::1], u8[::1], i8)")
def _turn(lines: Any, turned: Any, four: Any, blocks: Any) -> None:
    """Turn blocks of 16 by 16 samples, twice as large, and four at once."""
    for k in range(blocks):
        for g in range(_RUN // 4):
            n = (k * _RUN + 4 * g) * _RUN
            for x in range(_RUN):
                a = np.uint64(n + x)
                one, two = left(fetch(lines, a), _1), left(fetch(lines, a + np.uint64(_RUN)), _1)
                three = left(fetch(lines, a + np.uint64(2 * _RUN)), _1)
                last = left(fetch(lines, a + np.uint64(3 * _RUN)), _1)
                low = np.uint64(np.uint16(one)) | np.uint64(np.uint16(two)) << _16
                store(
                    four, np.uint64(x), low | (np.uint64(np.uint16(three)) | np.uint64(np.uint16(last)) << _16) << _32
                )
            for x in range(_RUN):
                turned[np.uint64((k * _RUN + x) * (_RUN // 4) + g)] = four[np.uint64(x)]


@_compiled("void(i2[::1], u1[::1], u4[::1], u1[::1], u1[:,::1], i8, i8, i8)")
def _put(sums: Any, packed: Any, fours: Any, rows: Any, out: Any, y0: Any, x0: Any, count: Any) -> None:
    """Turn finished columns into rows of `out`, rounded. `fours` are the bytes of `packed`."""
    for n in range(count * _RUN):
        value = right(add(fetch(sums, np.uint64(n)), _LIFT), _5)
        value = _0 if value < _0 else value
        value = _WHITE if value > _WHITE else value
        store(packed, np.uint64(n), np.uint8(value))
    for g in range(_RUN // 4):
        a = np.uint64(4 * g * _BLOCK)
        for n in range(count):
            four, to = fetch(fours, np.uint64(n * (_RUN // 4) + g)), a + np.uint64(n)
            store(rows, to, np.uint8(four))
            store(rows, to + np.uint64(_BLOCK), np.uint8(four >> np.uint32(8)))
            store(rows, to + np.uint64(2 * _BLOCK), np.uint8(four >> np.uint32(16)))
            store(rows, to + np.uint64(3 * _BLOCK), np.uint8(four >> np.uint32(24)))
    for r in range(_RUN):
        into, line = out[y0 + r, x0 : x0 + count], rows[r * _BLOCK : r * _BLOCK + count]
        for n in range(count):
            into[n] = line[n]


@njit(inline="always")
def _level(field: Any, y: float, step: float, axis: int, most: float, into: Any) -> None:
    """The field's nodes of one axis along the row `y` of `out`, in parts of 65536."""
    i = min(int(y / step), field.shape[0] - 2)
    share = y / step - i
    for j in range(field.shape[1]):
        value = field[i, j, axis] * (1 - share) + field[i + 1, j, axis] * share
        into[j] = min(max(value, -float(_BEYOND)), most + _BEYOND) * 65536


@njit(inline="always")
def _columns(nodes: Any, step: float, at: Any, slopes: Any) -> None:
    """For each column of `out`, where in the source the first row of a tile sees it, and by how much each further."""
    width = at.shape[0]
    begin = 0
    for j in range(nodes.shape[1] - 1):
        end = width if j == nodes.shape[1] - 2 else min(int(np.ceil((j + 1) * step)), width)
        top, top_step = nodes[0, j], (nodes[0, j + 1] - nodes[0, j]) / step
        low, low_step = nodes[1, j], (nodes[1, j + 1] - nodes[1, j]) / step
        for x in range(begin, end):
            t = x - j * step
            first, final = top + top_step * t, low + low_step * t
            at[x] = np.int32(first)
            slopes[x] = np.int32(np.rint((final - first) / (_RUN - 1)))
        begin = end


@njit(inline="always")
def _rows(xs: Any, ys: Any, x0: int, blocks: int, knots: Any) -> None:
    """Where a row that sees the nodes (xs, ys) lies in the source's columns from `x0` on, a block apart."""
    j, last = 0, xs.shape[0] - 2
    for k in range(blocks + 1):
        x = float((x0 + k * _RUN) * 65536)
        while j < last and xs[j + 1] < x:
            j += 1
        # A node may stand still or go back where a field is no view of a camera: the row stays near.
        share = min(max((x - xs[j]) / max(xs[j + 1] - xs[j], 64.0), -4.0), 5.0)
        knots[k] = ys[j] * (1 - share) + ys[j + 1] * share


@njit(inline="always")
def _reaches(at: Any, slopes: Any, x0: int, n: int) -> Any:
    """The first of the source's columns that these columns of `out` need, and how many blocks of 16 from there."""
    low, high_ = at[x0], at[x0]
    for x in range(x0, x0 + n):
        final = at[x] + np.int32(_RUN - 1) * slopes[x]
        low, high_ = min(low, at[x], final), max(high_, at[x], final)
    # Blocks begin at the same columns in every frame: what is straight between them does not tremble.
    first = ((low >> 16) - 2) & ~(_RUN - 1)
    return first, ((high_ >> 16) + 4 - first + _RUN - 1) // _RUN


@njit(inline="always")
def _lean(knots: Any, r0: int, blocks: int, downs: Any, tilts: Any) -> None:
    """For each block and each row of a tile, where in the patch from row `r0` on it begins, and how it leans."""
    for k in range(blocks):
        first, final = knots[0, k] - r0 * 65536, knots[1, k] - r0 * 65536
        slope, tilt = knots[0, k + 1] - knots[0, k], knots[1, k + 1] - knots[1, k]
        for r in range(_RUN):
            share = r / (_RUN - 1)
            downs[k * _RUN + r] = np.int32(first + (final - first) * share)
            tilts[k * _RUN + r] = np.int32(np.rint((slope + (tilt - slope) * share) / _RUN))


@_compiled("void(i2[::1], u1[:,::1], u1[:,::1], u1[:,::1], u1[:,::1], i8, f4[:,:,::1], f8)")
def bend(weights: Any, source: Any, also: Any, out: Any, out_also: Any, planes: Any, field: Any, step: Any) -> None:
    """Fill `out` from `source`: `field[i, j]` is where its sample (j * step, i * step) is seen, as x and y.

    Where there are two `planes`, `out_also` is filled from `also` alike. Between the nodes the field is interpolated.
    Along each row x must grow: tile by tile, first each row of `out` is resampled down the source's columns, then each
    of those rows to the columns of `out`.
    """
    height, width = out.shape
    patch, lines = np.empty(64 * planes * _ROW, np.int16), np.empty(_SPAN * planes * _RUN, np.int16)
    turned, quads = np.empty(_SPAN * planes * _RUN // 4, np.uint64), np.empty(_RUN, np.uint64)
    sums, fours = np.empty(_SPAN * planes * _RUN, np.int16), np.empty(_BLOCK * _RUN // 4, np.uint32)
    lined = np.empty(_BLOCK * _RUN, np.uint8)
    xs, ys = np.empty((2, field.shape[1])), np.empty((2, field.shape[1]))
    at, slopes = np.empty(width, np.int32), np.empty(width, np.int32)
    downs, tilts, knots = np.empty(_SPAN, np.int32), np.empty(_SPAN, np.int32), np.empty((2, _SPAN // _RUN + 1))
    for tile in range(0, height, _RUN):
        # The last tile overlaps the one before it rather than being shorter.
        y0 = min(tile, height - _RUN)
        for end in range(2):
            y = float(y0 + end * (_RUN - 1))
            _level(field, y, step, 0, float(source.shape[1]), xs[end])
            _level(field, y, step, 1, float(source.shape[0]), ys[end])
        _columns(xs, step, at, slopes)
        x0 = 0
        while x0 < width:
            n = min(_BLOCK, width - x0)
            c0, blocks = _reaches(at, slopes, x0, n)
            while blocks * _RUN > _SPAN and n > 1:
                n = (n + 1) // 2
                c0, blocks = _reaches(at, slopes, x0, n)
            blocks = min(blocks, _SPAN // _RUN)
            _rows(xs[0], ys[0], c0, blocks, knots[0])
            _rows(xs[1], ys[1], c0, blocks, knots[1])
            top, bottom = knots[0, 0], knots[0, 0]
            for k in range(blocks + 1):
                top = min(top, knots[0, k], knots[1, k])
                bottom = max(bottom, knots[0, k], knots[1, k])
            r0 = int(np.floor(top / 65536)) - 2
            tall = int(np.floor(bottom / 65536)) + 5 - r0
            if tall * planes * _ROW > patch.shape[0]:
                patch = np.empty((tall + 16) * planes * _ROW, np.int16)
            _lean(knots, r0, blocks, downs, tilts)
            starts = at[x0 : x0 + n] - np.int32(c0 * 65536)
            _cut(source, patch, c0, r0, blocks * _RUN, tall, 0, planes * _ROW)
            if planes == 1:
                _down(weights, patch, tall - 1, downs, tilts, lines, blocks * _RUN)
                _turn(lines, turned, quads, blocks)
                _along(weights, turned.view(np.int16), blocks * _RUN - 1, starts, slopes[x0 : x0 + n], sums, n)
            else:
                _cut(also, patch, c0, r0, blocks * _RUN, tall, _ROW, planes * _ROW)
                _down_both(weights, patch, tall - 1, downs, tilts, lines, blocks * _RUN)
                _turn(lines, turned, quads, blocks)
                _turn(lines[_SPAN * _RUN :], turned[_SPAN * _RUN // 4 :], quads, blocks)
                _along_both(weights, turned.view(np.int16), blocks * _RUN - 1, starts, slopes[x0 : x0 + n], sums, n)
                _put(sums[_SPAN * _RUN :], fours.view(np.uint8), fours, lined, out_also, y0, x0, n)
            _put(sums, fours.view(np.uint8), fours, lined, out, y0, x0, n)
            x0 += n
