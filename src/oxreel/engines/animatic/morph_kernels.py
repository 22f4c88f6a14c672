"""The inner loops of a morph: matches are laid where they are at a moment, and two pictures are woven into one."""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _compiled

_ZERO, _QUARTER, _HALF, _ONE = np.float32(0), np.float32(0.25), np.float32(0.5), np.float32(1)
_MORE, _TWO, _WHITE = np.float32(1.5), np.float32(2), np.float32(255)
_BYTE = np.uint32(255)


@_compiled("void(f4[:,:,::1], f4[:,::1], f8, f8, f8[:,::1], f4[:,:,::1])")
def scatter(moves: Any, trust: Any, share: Any, sign: Any, m: Any, sums: Any) -> None:
    """Add every sample of a grid to the nodes around the place it has come to after a `share` of its move.

    `moves` are in samples of the grid, `m` takes such a place to the nodes' rows and columns, and `sums` gathers
    `sign` times the move across, down, and the trust itself.
    """
    rows, columns = trust.shape
    last_row, last_column = sums.shape[0] - 1, sums.shape[1] - 1
    for i in range(rows):
        for j in range(columns):
            weight = trust[i, j]
            if weight <= 0:
                continue
            across, down = moves[i, j, 0], moves[i, j, 1]
            x, y = j + share * across, i + share * down
            depth = m[2, 0] * x + m[2, 1] * y + m[2, 2]
            u = (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / depth
            v = (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / depth
            if not (0 <= u < last_column and 0 <= v < last_row):
                continue
            column, row = int(u), int(v)
            right, below = np.float32(u - column), np.float32(v - row)
            for r in range(2):
                part = weight * (below if r else _ONE - below)
                for c in range(2):
                    w = part * (right if c else _ONE - right)
                    to = sums[row + r, column + c]
                    to[0] += w * np.float32(sign) * across
                    to[1] += w * np.float32(sign) * down
                    to[2] += w


@_compiled("void(u1[:,::1], u4[:,::1])")
def pack(plane: Any, packed: Any) -> None:
    """Four neighbours in one: column x of row y is (x - 1 .. x + 2) of row y - 1; beyond the edges samples repeat."""
    height, width = plane.shape
    for y in range(packed.shape[0]):
        row, to = plane[min(max(y - 1, 0), height - 1)], packed[y]
        for x in range(width):
            a, b = np.uint32(row[max(x - 1, 0)]), np.uint32(row[x])
            c, d = np.uint32(row[min(x + 1, width - 1)]), np.uint32(row[min(x + 2, width - 1)])
            to[x] = a | (b << np.uint32(8)) | (c << np.uint32(16)) | (d << np.uint32(24))


@njit(inline="always")
def _across(p: Any, w0: Any, w1: Any, w2: Any, w3: Any) -> Any:
    """Four packed samples, weighed."""
    first = w0 * np.float32(np.int32(p & _BYTE)) + w1 * np.float32(np.int32((p >> np.uint32(8)) & _BYTE))
    return first + (
        w2 * np.float32(np.int32((p >> np.uint32(16)) & _BYTE)) + w3 * np.float32(np.int32(p >> np.uint32(24)))
    )


@njit
def _line(packed: Any, xs: Any, ys: Any, four: Any, to: Any) -> None:
    """A line of samples at those places, Catmull-Rom both ways. First they are gathered, then weighed in vectors."""
    n = to.shape[0]
    samples, stride = packed.ravel(), packed.shape[1]
    s = np.uint64(stride)
    f0, f1, f2, f3 = four[0], four[1], four[2], four[3]
    for k in range(n):
        at = np.uint64(np.int64(np.int32(ys[k])) * stride + np.int64(np.int32(xs[k])))
        f0[k], f1[k], f2[k], f3[k] = samples[at], samples[at + s], samples[at + s + s], samples[at + s + s + s]
    for k in range(n):
        x, y = xs[k], ys[k]
        d, e = x - np.float32(np.int32(x)), y - np.float32(np.int32(y))
        w0, w2, w3 = (
            d * (d * (_ONE - _HALF * d) - _HALF),
            d * (_HALF + d * (_TWO - _MORE * d)),
            _HALF * d * d * (d - _ONE),
        )
        v0, v2, v3 = (
            e * (e * (_ONE - _HALF * e) - _HALF),
            e * (_HALF + e * (_TWO - _MORE * e)),
            _HALF * e * e * (e - _ONE),
        )
        w1, v1 = _ONE - w0 - w2 - w3, _ONE - v0 - v2 - v3
        upper = v0 * _across(f0[k], w0, w1, w2, w3) + v1 * _across(f1[k], w0, w1, w2, w3)
        to[k] = upper + (v2 * _across(f2[k], w0, w1, w2, w3) + v3 * _across(f3[k], w0, w1, w2, w3))


@_compiled("void(u1[:,::1], u1[:,::1], u4[:,::1])")
def pack_both(blue: Any, red: Any, packed: Any) -> None:
    """Two neighbours of two planes in one: column x of row y is (x, x + 1) of it; beyond the edges samples repeat."""
    height, width = blue.shape
    for y in range(packed.shape[0]):
        blues, reds, to = blue[min(y, height - 1)], red[min(y, height - 1)], packed[y]
        for x in range(width):
            after = min(x + 1, width - 1)
            a, b, c, d = np.uint32(blues[x]), np.uint32(blues[after]), np.uint32(reds[x]), np.uint32(reds[after])
            to[x] = a | (b << np.uint32(8)) | (c << np.uint32(16)) | (d << np.uint32(24))


@njit(inline="always")
def _between(upper: Any, lower: Any, shift: Any, d: Any, e: Any) -> Any:
    """Two by two packed samples, weighed."""
    a = np.float32(np.int32((upper >> np.uint32(shift)) & _BYTE))
    b = np.float32(np.int32((upper >> np.uint32(shift + 8)) & _BYTE))
    f = np.float32(np.int32((lower >> np.uint32(shift)) & _BYTE))
    g = np.float32(np.int32((lower >> np.uint32(shift + 8)) & _BYTE))
    first, second = a + d * (b - a), f + d * (g - f)
    return first + e * (second - first)


@njit
def _lines(packed: Any, xs: Any, ys: Any, two: Any, blue: Any, red: Any) -> None:
    """A line of samples of both planes at those places, linear both ways."""
    n = blue.shape[0]
    samples, stride = packed.ravel(), packed.shape[1]
    s = np.uint64(stride)
    f0, f1 = two[0], two[1]
    for k in range(n):
        at = np.uint64(np.int64(np.int32(ys[k])) * stride + np.int64(np.int32(xs[k])))
        f0[k], f1[k] = samples[at], samples[at + s]
    for k in range(n):
        d, e = xs[k] - np.float32(np.int32(xs[k])), ys[k] - np.float32(np.int32(ys[k]))
        blue[k], red[k] = _between(f0[k], f1[k], 0, d, e), _between(f0[k], f1[k], 16, d, e)


@njit
def _spread(
    grid: Any, i: Any, below: Any, factor: Any, plus: Any, least: Any, last: Any, step: Any, line: Any, wide: Any
) -> None:
    """A line of places from the grid's rows i and i + 1: factor times it and more, within bounds.

    They lie by their place within a cell first, so that vectors can be filled: x is number (x % step) * cells +
    x // step.
    """
    upper, lower = grid[i], grid[i + 1]
    cells = line.shape[0] - 1
    for j in range(cells + 1):
        line[j] = min(max((upper[j] + (lower[j] - upper[j]) * below) * factor + plus, least), last)
    for n in range(step):
        share = np.float32(n / step)
        to = wide[n * cells : n * cells + cells]
        for j in range(cells):
            to[j] = line[j] + (line[j + 1] - line[j]) * share


@njit
def _put(first: Any, second: Any, shares: Any, lights: Any, step: Any, out: Any) -> None:
    """One line and its share of the other, and light, as bytes in their order."""
    width, cells = out.shape[0], first.shape[0] // step
    for x in range(first.shape[0]):
        value = first[x] + shares[x] * (second[x] - first[x]) + lights[x] + _HALF
        first[x] = min(max(value, _ZERO), _WHITE)
    for n in range(step):
        ready = first[n * cells : n * cells + cells]
        for j in range((width - n + step - 1) // step):
            out[j * step + n] = np.uint8(np.int32(ready[j]))


@_compiled("void(u4[:,::1], u4[:,::1], f4[:,:,::1], f4[:,::1], i8, f8, u1[:,::1])")
def weave(one: Any, other: Any, nodes: Any, light: Any, step: Any, margin: Any, out: Any) -> None:
    """Fill luma from two packed planes. The nodes of a grid, `step` samples apart, say for each place (the rows of
    `nodes`) where it is in `one` (x, y), in `other` (x, y), `margin` further in both, and what share of it is
    `other`'s; `light` is added.
    """
    _, rows, columns = nodes.shape
    highest, widest, plus = np.float32(one.shape[0] - 4), np.float32(one.shape[1] - 1), np.float32(margin)
    line = np.empty(columns, np.float32)
    places = np.empty((6, (columns - 1) * step), np.float32)
    lines = np.empty((2, (columns - 1) * step), np.float32)
    four = np.empty((4, (columns - 1) * step), np.uint32)
    for y in range(out.shape[0]):
        i = min(y // step, rows - 2)
        below = np.float32(y / step - i)
        for k in range(4):
            _spread(nodes[k], i, below, _ONE, plus, _ZERO, highest if k % 2 else widest, step, line, places[k])
        _spread(nodes[4], i, below, _ONE, _ZERO, _ZERO, _ONE, step, line, places[4])
        _spread(light, i, below, _ONE, _ZERO, -_WHITE, _WHITE, step, line, places[5])
        _line(one, places[0], places[1], four, lines[0])
        _line(other, places[2], places[3], four, lines[1])
        _put(lines[0], lines[1], places[4], places[5], step, out[y])


@_compiled("void(u4[:,::1], u4[:,::1], f4[:,:,::1], f4[:,::1], f4[:,::1], i8, f8, u1[:,::1], u1[:,::1])")
def weave_both(
    one: Any, other: Any, nodes: Any, light: Any, also: Any, step: Any, margin: Any, out: Any, out_also: Any
) -> None:
    """The same for both planes of chroma at once, from where luma is; nodes are `step` samples of chroma apart.

    A sample of chroma stands for two by two pixels, at the left of them and between the rows.
    """
    _, rows, columns = nodes.shape
    highest, widest, plus = np.float32(one.shape[0] - 2), np.float32(one.shape[1] - 1), np.float32(margin / 2)
    line = np.empty(columns, np.float32)
    places = np.empty((7, (columns - 1) * step), np.float32)
    lines = np.empty((4, (columns - 1) * step), np.float32)
    two = np.empty((2, (columns - 1) * step), np.uint32)
    for y in range(out.shape[0]):
        at = (y + 0.25) / step
        i = min(int(at), rows - 2)
        below = np.float32(at - i)
        for k in range(4):
            more, most = (plus - _QUARTER, highest) if k % 2 else (plus, widest)
            _spread(nodes[k], i, below, _HALF, more, _ZERO, most, step, line, places[k])
        _spread(nodes[4], i, below, _ONE, _ZERO, _ZERO, _ONE, step, line, places[4])
        _spread(light, i, below, _ONE, _ZERO, -_WHITE, _WHITE, step, line, places[5])
        _spread(also, i, below, _ONE, _ZERO, -_WHITE, _WHITE, step, line, places[6])
        _lines(one, places[0], places[1], two, lines[0], lines[1])
        _lines(other, places[2], places[3], two, lines[2], lines[3])
        _put(lines[0], lines[2], places[4], places[5], step, out[y])
        _put(lines[1], lines[3], places[4], places[6], step, out_also[y])
