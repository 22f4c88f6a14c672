"""The inner loops of grades: colour tables and glows laid over planes, as strongly as a coarse field says."""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _compiled

#: Steps of the colour table along luma and along each difference of chroma: nodes are 16 and 8 codes apart.
LUMA_NODES, CHROMA_NODES = 17, 33
#: The same of the table that most colours are looked up in: 2 codes apart.
FINE_CHROMA = 129
#: Changes, in 64ths, within a cell of chroma by which half a step of the fine table would be seen.
_ROUGH_LUMA, _ROUGH_CHROMA = 4 * 64, 8 * 64

# An ordered dither, 0..63 in 64ths of a code: what is changed by part of a code is not rounded into bands, and what is
# not changed stays what it is. (Bayer's matrix: 8 x 8.)
_BAYER = np.array([[0]], np.int32)
for _ in range(3):
    _BAYER = np.block([[4 * _BAYER, 4 * _BAYER + 2], [4 * _BAYER + 3, 4 * _BAYER + 1]]).astype(np.int32)
_BAYER = np.ascontiguousarray(_BAYER)

_I0, _I64 = np.int32(0), np.int32(64)
_BLACK, _WHITE, _MOST = np.int32(16), np.int32(235), np.int32(240)


@njit(inline="always")
def _grown(field: Any, row: int, rows: int, strength: Any, line: Any, out: Any) -> Any:
    """Fill `out` with one row, of `rows`, of the field brought up to size; the greatest of them."""
    down, across = field.shape
    at = min(max((row + 0.5) * down / rows - 0.5, 0.0), float(down - 1))
    top = int(at)
    low = min(top + 1, down - 1)
    share = np.float32(at - top)
    greatest = np.float32(0)
    for x in range(across):
        line[x] = (field[top, x] + (field[low, x] - field[top, x]) * share) * strength
        greatest = max(greatest, line[x])
    width = out.shape[0]
    step = np.float32(across / width)
    start = np.float32(0.5) * step - np.float32(0.5)
    last = np.float32(across - 1)
    for x in range(width):
        place = min(max(start + step * np.float32(x), np.float32(0)), last)
        left = np.int32(place)
        right = min(left + np.int32(1), np.int32(across - 1))
        out[x] = line[left] + (line[right] - line[left]) * (place - np.float32(left))
    return greatest


@njit(inline="always")
def _legal(value: Any, most: Any) -> Any:
    return np.uint8(min(max(value, _BLACK), most))


@_compiled("void(i2[:,:,:,::1], i2[:,:,:,::1])")
def refine(nodes: Any, table: Any) -> None:
    """Fill the fine table (cb, cr, luma) that most colours are looked up in; its last part is 1 where it is too rough.

    It has the nodes' luma, and every second code of chroma.
    """
    for j in range(FINE_CHROMA):
        u0, u1, fu = j >> 2, min((j >> 2) + 1, CHROMA_NODES - 1), j & 3
        for k in range(FINE_CHROMA):
            v0, v1, fv = k >> 2, min((k >> 2) + 1, CHROMA_NODES - 1), k & 3
            for i in range(LUMA_NODES):
                rough = False
                for part in range(3):
                    a, b = nodes[i, u0, v0, part], nodes[i, u1, v0, part]
                    c, d = nodes[i, u0, v1, part], nodes[i, u1, v1, part]
                    total = (4 - fu) * (4 - fv) * a + fu * (4 - fv) * b + (4 - fu) * fv * c + fu * fv * d
                    table[j, k, i, part] = total >> 4
                    rough |= max(a, b, c, d) - min(a, b, c, d) > (_ROUGH_LUMA if part == 0 else _ROUGH_CHROMA)
                table[j, k, i, 3] = rough


@njit(inline="always")
def _between(table: Any, sum_: Any, u: Any, v: Any) -> Any:
    """The changes of a colour between the nodes of a coarse table; luma is given four times."""
    i, j, k = np.uint64(sum_ >> 6), np.uint64(u >> 3), np.uint64(v >> 3)
    p, q, r = np.int32(sum_ & 63), np.int32((u & 7) << 3), np.int32((v & 7) << 3)
    # Tetrahedral interpolation: from the cell's first corner to its last, along the greatest share first.
    high, low = max(p, q, r), min(p, q, r)
    middle = p + q + r - high - low
    a, b, c = np.uint64(p == high), np.uint64(q == high), np.uint64(r == high)
    b &= ~a
    c &= ~(a | b) & np.uint64(1)
    d, e, f = np.uint64(p != low), np.uint64(q != low), np.uint64(r != low)
    first, last = table[i, j, k], table[i + np.uint64(1), j + np.uint64(1), k + np.uint64(1)]
    one, two = table[i + a, j + b, k + c], table[i + (d | a), j + (e | b), k + (f | c)]
    w0, w1, w2, w3 = np.int32(64) - high, high - middle, middle - low, low
    dy = (first[0] * w0 + one[0] * w1 + two[0] * w2 + last[0] * w3) >> 6
    du = (first[1] * w0 + one[1] * w1 + two[1] * w2 + last[1] * w3) >> 6
    dv = (first[2] * w0 + one[2] * w1 + two[2] * w2 + last[2] * w3) >> 6
    return dy, du, dv


@njit(inline="always")
def _found(nodes: Any, table: Any, sum_: Any, u: Any, v: Any, d: Any) -> Any:
    """The changes of a colour. Where they change slowly the nearest chroma, by an ordered dither, is near enough."""
    j, k = np.uint64((u + ((d >> 5) & 1)) >> 1), np.uint64((v + ((d >> 4) & 1)) >> 1)
    i, share = np.uint64(sum_ >> 6), np.int32(sum_ & 63)
    below, above = table[j, k, i], table[j, k, i + np.uint64(1)]
    if below[3] | above[3]:
        return _between(nodes, sum_, u, v)
    rest = np.int32(64) - share
    return (
        (below[0] * rest + above[0] * share) >> 6,
        (below[1] * rest + above[1] * share) >> 6,
        (below[2] * rest + above[2] * share) >> 6,
    )


@_compiled(
    "void(u1[:,::1], u1[:,::1], u1[:,::1], i2[:,:,:,::1], i2[:,:,:,::1], i2[::1], f4[:,::1], i2[:,:,:,::1],"
    "i2[:,:,:,::1], i2[::1], f4[:,::1], f4)"
)
def tones(
    luma: Any, cb: Any, cr: Any, nodes: Any, first: Any, first_curve: Any, field: Any, other_nodes: Any, second: Any,
    second_curve: Any, other_field: Any, strength: Any,
) -> None:  # fmt: skip
    """Change colours by two tables (luma, cb, cr; changes of luma, cb, cr, in 64ths), each as far as its field says.

    The fields' sum must be 0..1. A curve is the change of grey by its luma: its table has what luma changes besides.
    """
    half_height, half_width = cb.shape
    line, other_line = np.empty(field.shape[1], np.float32), np.empty(other_field.shape[1], np.float32)
    weights, others = np.empty(half_width, np.float32), np.empty(half_width, np.float32)
    changes, shares, rest = (
        np.empty(half_width, np.int32),
        np.empty(half_width, np.int32),
        np.empty(half_width, np.int32),
    )
    for y in range(half_height):
        most = _grown(field, y, half_height, strength, line, weights)
        other_most = _grown(other_field, y, half_height, strength, other_line, others)
        if most <= 0 and other_most <= 0:
            continue
        upper, lower, blues, reds = luma[2 * y], luma[2 * y + 1], cb[y], cr[y]
        bayer = _BAYER[y & 7]
        for x in range(half_width):
            w, o = np.int32(weights[x] * np.float32(4096)), np.int32(others[x] * np.float32(4096))
            shares[x], rest[x] = w, o
            sum_ = np.int32(upper[2 * x]) + np.int32(upper[2 * x + 1])
            sum_ += np.int32(lower[2 * x]) + np.int32(lower[2 * x + 1])
            u, v, d = np.int32(blues[x]), np.int32(reds[x]), bayer[x & 7]
            dy, du, dv = np.int32(0), np.int32(0), np.int32(0)
            if w > 0:
                found = _found(nodes, first, sum_, u, v, d)
                dy, du, dv = found[0] * w, found[1] * w, found[2] * w
            if o > 0:
                found = _found(other_nodes, second, sum_, u, v, d)
                dy += found[0] * o
                du += found[1] * o
                dv += found[2] * o
            changes[x] = dy
            blues[x] = _legal((u * 64 + (du >> 12) + d) >> 6, _MOST)
            reds[x] = _legal((v * 64 + (dv >> 12) + d) >> 6, _MOST)
        for row in range(2 * y, 2 * y + 2):
            samples, dither = luma[row], _BAYER[row & 7]
            if other_most <= 0:
                for x in range(half_width):
                    a, b, change, w = samples[2 * x], samples[2 * x + 1], changes[x], shares[x]
                    m, n = (2 * x) & 7, (2 * x + 1) & 7
                    samples[2 * x] = _legal((a * 64 + ((first_curve[a] * w + change) >> 12) + dither[m]) >> 6, _WHITE)
                    samples[2 * x + 1] = _legal(
                        (b * 64 + ((first_curve[b] * w + change) >> 12) + dither[n]) >> 6, _WHITE
                    )
                continue
            for x in range(half_width):
                a, b, change, w, o = samples[2 * x], samples[2 * x + 1], changes[x], shares[x], rest[x]
                m, n = (2 * x) & 7, (2 * x + 1) & 7
                c = first_curve[a] * w + second_curve[a] * o + change
                d = first_curve[b] * w + second_curve[b] * o + change
                samples[2 * x] = _legal((a * 64 + (c >> 12) + dither[m]) >> 6, _WHITE)
                samples[2 * x + 1] = _legal((b * 64 + (d >> 12) + dither[n]) >> 6, _WHITE)


@_compiled("void(u1[:,::1], u1[:,::1], u1[:,::1], f4[:,::1], f4[:,::1], f4[:,::1], f4)")
def glow(luma: Any, cb: Any, cr: Any, light: Any, blue: Any, red: Any, share: Any) -> None:
    """Screen the light over the planes (1 is white), and add its colour (in codes) to theirs."""
    half_height, half_width = cb.shape
    line, weights = np.empty(light.shape[1], np.float32), np.empty(half_width, np.float32)
    blues, reds = np.empty(half_width, np.float32), np.empty(half_width, np.float32)
    codes = np.float32(235 * 64)
    for y in range(half_height):
        if _grown(light, y, half_height, share, line, weights) <= 0:
            continue
        _grown(blue, y, half_height, share, line, blues)
        _grown(red, y, half_height, share, line, reds)
        bayer = _BAYER[y & 7]
        for x in range(half_width):
            u, v, d = np.int32(cb[y, x]) * _I64, np.int32(cr[y, x]) * _I64, bayer[x & 7]
            cb[y, x] = _legal((u + np.int32(blues[x] * np.float32(64)) + d) >> 6, _MOST)
            cr[y, x] = _legal((v + np.int32(reds[x] * np.float32(64)) + d) >> 6, _MOST)
        for row in range(2 * y, 2 * y + 2):
            samples, dither = luma[row], _BAYER[row & 7]
            for x in range(half_width):
                w = weights[x]
                a, b = np.int32(samples[2 * x]) * _I64, np.int32(samples[2 * x + 1]) * _I64
                m, n = (2 * x) & 7, (2 * x + 1) & 7
                samples[2 * x] = _legal((a + np.int32((codes - np.float32(a)) * w) + dither[m]) >> 6, _WHITE)
                samples[2 * x + 1] = _legal((b + np.int32((codes - np.float32(b)) * w) + dither[n]) >> 6, _WHITE)
