"""The inner loops of particles: soft spots and turned pictures, blended into one plane at a time."""

from typing import Any

import numpy as np

from oxreel.engines.animatic.kernels import _compiled

_HALF, _ZERO, _ONE = np.float32(0.5), np.float32(0.0), np.float32(1.0)
_TWO, _THREE = np.float32(2.0), np.float32(3.0)


@_compiled("void(u1[:,::1], f4[:,::1])")
def spots(plane: Any, marks: Any) -> None:
    """Blend ellipses into the plane. A mark is x, y, a, b, c, hardness, opacity, value; all in samples of the plane.

    A sample lies inside where a dx^2 + 2 b dx dy + c dy^2 < 1. Hardness 1 is a soft spot, n has 1/n of it for an edge.
    """
    height, width = plane.shape
    for i in range(marks.shape[0]):
        x, y, a, b, c = marks[i, 0], marks[i, 1], marks[i, 2], marks[i, 3], marks[i, 4]
        hardness, opacity, value = marks[i, 5], marks[i, 6], marks[i, 7]
        whole = a * c - b * b
        tall = np.sqrt(a / whole)
        # Outside (and where something is not a number) there is nothing to draw.
        if not (opacity > _ZERO and y + tall > _ZERO and y - tall < height - 1):
            continue
        # Along a row the ellipse is a parabola: its middle moves and its reach shrinks with the rows.
        slant, wide, narrowing, bend = -b / a, _ONE / a, whole / (a * a), a * hardness
        for row in range(max(0, int(np.ceil(y - tall))), min(height - 1, int(np.floor(y + tall))) + 1):
            dy = np.float32(row) - y
            square = wide - narrowing * dy * dy
            if square <= _ZERO:
                continue
            middle, reach = x + slant * dy, np.sqrt(square)
            if not (middle + reach > _ZERO and middle - reach < width - 1):
                continue
            first = max(0, int(np.ceil(middle - reach)))
            last = min(width - 1, int(np.floor(middle + reach)))
            into = plane[row, first : last + 1]
            start, top = np.float32(first) - middle, square * bend
            for k in range(into.shape[0]):
                dx = start + np.float32(k)
                t = min(max(top - bend * dx * dx, _ZERO), _ONE)
                share = opacity * t * t * (_THREE - _TWO * t)
                was = np.float32(into[k])
                into[k] = np.uint8(np.int32(was + share * (value - was) + _HALF))


@_compiled("void(u1[:,::1], f4[:,::1], i8[::1], i8[::1], u1[::1], u1[::1])")
def stamps(plane: Any, marks: Any, starts: Any, sides: Any, alpha: Any, shade: Any) -> None:
    """Blend square pictures into the plane, turned and scaled.

    A mark is x, y (its middle, in samples), then du/dx, du/dy, dv/dx, dv/dy (texels to a sample), opacity, value and
    black: a texel shows `value`, and `black` where its shade is 0. Picture i is the `sides[i]`^2 texels of `alpha` and
    `shade` from `starts[i]` on; its outermost texels must be clear.
    """
    height, width = plane.shape
    for i in range(marks.shape[0]):
        x, y = marks[i, 0], marks[i, 1]
        ux, uy, vx, vy = marks[i, 2], marks[i, 3], marks[i, 4], marks[i, 5]
        opacity, value, black = marks[i, 6] / np.float32(255), marks[i, 7], marks[i, 8]
        side, start = sides[i], starts[i]
        whole = abs(ux * vy - uy * vx)
        half = np.float32(side - 1) / _TWO
        if not (opacity > _ZERO and whole > _ZERO):
            continue
        tall = half * (abs(ux) + abs(vx)) / whole
        wide = half * (abs(uy) + abs(vy)) / whole
        if not (y + tall > _ZERO and y - tall < height - 1 and x + wide > _ZERO and x - wide < width - 1):
            continue
        left, right = max(0, int(np.ceil(x - wide))), min(width - 1, int(np.floor(x + wide)))
        contrast = (value - black) / np.float32(255)
        limit = np.float32(side) - np.float32(1.001)
        for row in range(max(0, int(np.ceil(y - tall))), min(height - 1, int(np.floor(y + tall))) + 1):
            dy = np.float32(row) - y
            into = plane[row]
            for column in range(left, right + 1):
                dx = np.float32(column) - x
                u, v = ux * dx + uy * dy + half, vx * dx + vy * dy + half
                if u < _ZERO or v < _ZERO or u > limit or v > limit:
                    continue
                u0, v0 = int(u), int(v)
                fu, fv = u - np.float32(u0), v - np.float32(v0)
                at = start + v0 * side + u0
                w00, w01, w10, w11 = (_ONE - fu) * (_ONE - fv), fu * (_ONE - fv), (_ONE - fu) * fv, fu * fv
                share = w00 * alpha[at] + w01 * alpha[at + 1] + w10 * alpha[at + side] + w11 * alpha[at + side + 1]
                if share <= _ZERO:
                    continue
                lit = w00 * shade[at] + w01 * shade[at + 1] + w10 * shade[at + side] + w11 * shade[at + side + 1]
                was = np.float32(into[column])
                into[column] = np.uint8(np.int32(was + share * opacity * (black + contrast * lit - was) + _HALF))
