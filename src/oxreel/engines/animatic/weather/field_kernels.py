"""The inner loops of fields: coarse grids of values, drifting noise and the planes that they are laid over."""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _compiled

_ZERO, _ONE, _TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)
_HALF = np.float32(0.5)
#: Thresholds of an ordered dither, 8 x 8, all between 0 and 1: what is laid over a sky must not show as steps.
_BAYER = np.array([[0]])
for _ in range(3):
    _BAYER = np.block([[4 * _BAYER, 4 * _BAYER + 2], [4 * _BAYER + 3, 4 * _BAYER + 1]])
_THRESHOLDS = ((_BAYER + 0.5) / 64).astype(np.float32)


@njit(inline="always")
def _widen(line: Any, cells: Any, shares: Any, out: Any) -> None:
    """A row of a field, one value for each sample: `shares` of the way from a cell to the next."""
    last = np.uint64(line.shape[0] - 1)
    for x in range(out.shape[0]):
        c = cells[x]
        out[x] = line[c] + shares[x] * (line[min(c + np.uint64(1), last)] - line[c])


@_compiled("void(u1[:,::1], f4[:,::1], f4[:,::1])")
def lay(plane: Any, keep: Any, add: Any) -> None:
    """Each sample becomes `keep` times itself plus `add`; both are coarse fields over the whole plane.

    The sums must be 0..255. Where `keep` is 1 and `add` 0, nothing changes.
    """
    height, width = plane.shape
    rows, columns = keep.shape
    cells, shares = np.empty(width, np.uint64), np.empty(width, np.float32)
    thresholds = np.empty((8, width), np.float32)
    for x in range(width):
        at = min(max((x + 0.5) * columns / width - 0.5, 0.0), columns - 1.0)
        cells[x] = np.uint64(at)
        shares[x] = np.float32(at - np.floor(at))
        for y in range(8):
            thresholds[y, x] = _THRESHOLDS[y, x & 7]
    # The rows of the fields above and below a row of the plane; they take turns.
    kept, added = np.empty((2, width), np.float32), np.empty((2, width), np.float32)
    filled = -1
    for y in range(height):
        at = min(max((y + 0.5) * rows / height - 0.5, 0.0), rows - 1.0)
        r = min(int(at), rows - 2)
        down = np.float32(at - r)
        while filled < r + 1:
            # Where the field is finer than the plane some of its rows are never seen.
            filled = max(filled + 1, r)
            _widen(keep[filled], cells, shares, kept[filled & 1])
            _widen(add[filled], cells, shares, added[filled & 1])
        into = plane[y]
        k0, k1, a0, a1, t = kept[r & 1], kept[(r + 1) & 1], added[r & 1], added[(r + 1) & 1], thresholds[y & 7]
        for x in range(width):
            k = k0[x] + down * (k1[x] - k0[x])
            a = a0[x] + down * (a1[x] - a0[x])
            into[x] = np.uint8(np.int32(k * np.float32(into[x]) + a + t[x]))


@_compiled("void(u1[:,::1], f4[:,::1], f4[:,::1], f4, f4)")
def dim(luma: Any, keep: Any, add: Any, even: Any, steep: Any) -> None:
    """Each sample becomes `keep` times (`even` v + `steep` v v) plus `add`; v is how far it lies above black.

    `keep` and `add` are coarse fields over the whole plane. The sums must be 0..255.
    """
    height, width = luma.shape
    rows, columns = keep.shape
    cells, shares = np.empty(width, np.uint64), np.empty(width, np.float32)
    thresholds = np.empty((8, width), np.float32)
    for x in range(width):
        at = min(max((x + 0.5) * columns / width - 0.5, 0.0), columns - 1.0)
        cells[x] = np.uint64(at)
        shares[x] = np.float32(at - np.floor(at))
        for y in range(8):
            thresholds[y, x] = _THRESHOLDS[y, x & 7]
    kept, added = np.empty((2, width), np.float32), np.empty((2, width), np.float32)
    filled = -1
    for y in range(height):
        at = min(max((y + 0.5) * rows / height - 0.5, 0.0), rows - 1.0)
        r = min(int(at), rows - 2)
        down = np.float32(at - r)
        while filled < r + 1:
            filled = max(filled + 1, r)
            _widen(keep[filled], cells, shares, kept[filled & 1])
            _widen(add[filled], cells, shares, added[filled & 1])
        into = luma[y]
        k0, k1, a0, a1, t = kept[r & 1], kept[(r + 1) & 1], added[r & 1], added[(r + 1) & 1], thresholds[y & 7]
        for x in range(width):
            k = k0[x] + down * (k1[x] - k0[x])
            a = a0[x] + down * (a1[x] - a0[x])
            v = np.float32(into[x]) - np.float32(16)
            into[x] = np.uint8(np.int32(k * v * (even + steep * v) + a + t[x]))


@njit(inline="always")
def _sampled(texture: Any, u: Any, v: Any) -> Any:
    """The periodic texture between its texels; its side is a power of two."""
    mask = texture.shape[0] - 1
    u0, v0 = np.floor(u), np.floor(v)
    fu, fv = u - u0, v - v0
    a, b = int(u0) & mask, int(v0) & mask
    c, d = (a + 1) & mask, (b + 1) & mask
    upper = texture[b, a] + fu * (texture[b, c] - texture[b, a])
    lower = texture[d, a] + fu * (texture[d, c] - texture[d, a])
    return upper + fv * (lower - upper)


@_compiled("void(f4[:,::1], f4[:,::1], f8[::1], f4)")
def drift(texture: Any, out: Any, motion: Any, bend: Any) -> None:
    """Fill the field with the mean of two copies of the texture (0..1) that glide over each other.

    `motion` is texels to a cell along x and y, then the offsets in texels of the first copy, the second and a third
    one, by which the others are bent (`bend` texels at most): so the shapes change as they go.
    """
    sx, sy = np.float32(motion[0]), np.float32(motion[1])
    x1, y1, x2, y2 = np.float32(motion[2]), np.float32(motion[3]), np.float32(motion[4]), np.float32(motion[5])
    x3, y3 = np.float32(motion[6]), np.float32(motion[7])
    for y in range(out.shape[0]):
        v = np.float32(y) * sy
        for x in range(out.shape[1]):
            u = np.float32(x) * sx
            turn = (_sampled(texture, u * _HALF + x3, v * _HALF + y3) - _HALF) * bend
            one = _sampled(texture, u + x1 + turn, v + y1 + turn)
            # The second copy is larger and mirrored, so that the two never lie on each other.
            other = _sampled(texture, x2 - u * np.float32(0.61) + turn, v * np.float32(0.61) + y2 - turn)
            out[y, x] = (one + other) * _HALF


@_compiled("void(u1[:,::1], f4[:,::1])")
def shrink(plane: Any, out: Any) -> None:
    """Fill `out` with the means of the plane's blocks (every second row of it)."""
    height, width = plane.shape
    rows, columns = out.shape
    for r in range(rows):
        y0, y1 = r * height // rows, max((r + 1) * height // rows, r * height // rows + 1)
        for c in range(columns):
            x0, x1 = c * width // columns, max((c + 1) * width // columns, c * width // columns + 1)
            total = np.int64(0)
            for y in range(y0, y1, 2):
                part = plane[y, x0:x1]
                for x in range(part.shape[0]):
                    total += np.int64(part[x])
            out[r, c] = np.float32(total) / np.float32(((y1 - y0 + 1) // 2) * (x1 - x0))
