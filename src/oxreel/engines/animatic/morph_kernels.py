"""The inner loops of a morph: matches are laid where they are at a moment, and two pictures are woven into one."""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _compiled

_HALF, _ONE, _MORE, _TWO = np.float32(0.5), np.float32(1), np.float32(1.5), np.float32(2)
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


@_compiled("void(u4[:,::1], u4[:,::1], f4[:,:,::1], f4[:,::1], i8, f8, f8, f8, f8, u1[:,::1])")
def weave(
    one: Any, other: Any, nodes: Any, light: Any, step: Any, lift: Any, scale: Any, right: Any, down: Any, out: Any
) -> None:
    """Fill `out` from two packed planes. The nodes of a grid, `step` samples apart, say for each place (the rows of
    `nodes`) where it is in `one` (x, y), in `other` (x, y), and what share of it is `other`'s; `light` is added.

    A place read from the nodes is `scale` times it plus (`right`, `down`); row y of `out` lies at y + `lift`.
    """
    height, width = out.shape
    _, rows, columns = nodes.shape
    cells = columns - 1
    highest, widest = np.float32(one.shape[0] - 4), np.float32(one.shape[1] - 1)
    line = np.empty(columns, np.float32)
    # By their place within a cell first, so that vectors can be filled: x is number (x % step) * cells + x // step.
    places = np.empty((6, cells * step), np.float32)
    first, second = np.empty(cells * step, np.float32), np.empty(cells * step, np.float32)
    four = np.empty((4, cells * step), np.uint32)
    for y in range(height):
        at = (y + lift) / step
        i = min(int(at), rows - 2)
        below = np.float32(at - i)
        for k in range(6):
            upper, lower = (nodes[k, i], nodes[k, i + 1]) if k < 5 else (light[i], light[i + 1])
            factor = np.float32(scale) if k < 4 else _ONE
            plus = np.float32(0) if k >= 4 else np.float32(down) if k % 2 else np.float32(right)
            last = np.float32(1e9) if k >= 4 else highest if k % 2 else widest
            least = np.float32(0) if k < 4 else -last
            for j in range(columns):
                line[j] = min(max((upper[j] + (lower[j] - upper[j]) * below) * factor + plus, least), last)
            for n in range(step):
                share = np.float32(n / step)
                wide = places[k, n * cells : n * cells + cells]
                for j in range(cells):
                    wide[j] = line[j] + (line[j + 1] - line[j]) * share
        _line(one, places[0], places[1], four, first)
        _line(other, places[2], places[3], four, second)
        shares, lights, into = places[4], places[5], out[y]
        for x in range(cells * step):
            value = first[x] + shares[x] * (second[x] - first[x]) + lights[x] + _HALF
            first[x] = min(max(value, np.float32(0)), np.float32(255))
        for n in range(step):
            ready = first[n * cells : n * cells + cells]
            for j in range((width - n + step - 1) // step):
                into[j * step + n] = np.uint8(np.int32(ready[j]))
