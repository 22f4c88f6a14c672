"""The inner loop of the sheet: where a bent picture is hit by what looks at it."""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _compiled

#: Steps towards the place whose own nearness leads to it, each of which leaves a third of what is missing at most:
#: for the first node of a row, and for those that begin as far astray as their neighbour was.
_STEPS, _FURTHER = 8, 3


@njit(inline="always")
def _seen(m: Any, axis: int, x: float, y: float, share: float) -> Any:
    return (m[axis, 0] * x + m[axis, 1] * y + m[axis, 2]) / share


@njit(inline="always")
def _at(grid: Any, x: float, y: float) -> Any:
    """The grid between its cells' middles, and beyond them as at the edge; x and y in cells."""
    rows, columns = grid.shape
    x, y = min(max(x, 0.0), columns - 1.001), min(max(y, 0.0), rows - 1.001)
    i, j = int(y), int(x)
    s, t = x - j, y - i
    upper = grid[i, j] * (1 - s) + grid[i, j + 1] * s
    lower = grid[i + 1, j] * (1 - s) + grid[i + 1, j + 1] * s
    return upper * (1 - t) + lower * t


@_compiled("void(f8[:,::1], f8[:,::1], f8[:,::1], f8, f4[:,::1], f8, f8, i8, f4[:,:,::1])")
def settle(
    base: Any, near: Any, far: Any, level: Any, nearness: Any, wide: Any, high: Any, step: Any, out: Any
) -> None:
    """Fill the field `out`, a node each `step` pixels: where each looks at a picture of that nearness.

    `base`, `near` and `far` lead out of the frame into planes of nearness `level`, 1 and 0. A cell of `nearness` is
    `wide` by `high` pixels.
    """
    rows, columns, _ = out.shape
    for i in range(rows):
        y = float(i * step)
        right, down = 0.0, 0.0
        for j in range(columns):
            x = float(j * step)
            share = base[2, 0] * x + base[2, 1] * y + base[2, 2]
            bx, by = _seen(base, 0, x, y, share), _seen(base, 1, x, y, share)
            share = near[2, 0] * x + near[2, 1] * y + near[2, 2]
            nx, ny = _seen(near, 0, x, y, share), _seen(near, 1, x, y, share)
            share = far[2, 0] * x + far[2, 1] * y + far[2, 2]
            fx, fy = _seen(far, 0, x, y, share), _seen(far, 1, x, y, share)
            nx, ny = (nx - bx) / (1 - level), (ny - by) / (1 - level)
            fx, fy = (fx - bx) / level, (fy - by) / level
            u, v = bx + right, by + down
            for _ in range(_FURTHER if j else _STEPS):
                w = _at(nearness, (u + 0.5) / wide - 0.5, (v + 0.5) / high - 0.5) - level
                if w >= 0:
                    u, v = bx + w * nx, by + w * ny
                else:
                    u, v = bx - w * fx, by - w * fy
            right, down = u - bx, v - by
            out[i, j, 0], out[i, j, 1] = u, v


@_compiled("void(f4[:,:,::1], f4[:,::1], f4[:,::1], f8, f8)")
def follow(field: Any, across: Any, down: Any, wide: Any, high: Any) -> None:
    """Let the picture under a field move by itself: `across` and `down` are pixels, in cells of `wide` by `high`."""
    for i in range(field.shape[0]):
        for j in range(field.shape[1]):
            x, y = float(field[i, j, 0]), float(field[i, j, 1])
            u, v = x, y
            for _ in range(3):
                c, r = (u + 0.5) / wide - 0.5, (v + 0.5) / high - 0.5
                u, v = x - _at(across, c, r), y - _at(down, c, r)
            field[i, j, 0], field[i, j, 1] = np.float32(u), np.float32(v)
