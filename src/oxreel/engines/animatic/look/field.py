"""Fields: coarse maps of the canvas that say where a look applies, and as far as what."""

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas

#: float32 (rows, columns), C-contiguous, 0..1, spread evenly over the canvas.
Field = NDArray[np.float32]

#: Pixels of the canvas to one sample of a field, at 1080 lines.
_COARSE = 8


def everywhere(share: float = 1.0) -> Field:
    """The same share at every place."""
    return np.full((1, 1), share, np.float32)


def shape_of(canvas: Canvas) -> tuple[int, int]:
    """Rows and columns of a field: one sample for eight pixels at 1080 lines, as many at other sizes."""
    coarse = max(2.0, min(canvas.width, canvas.height) / 1080 * _COARSE)
    return max(2, round(canvas.height / coarse)), max(2, round(canvas.width / coarse))


def places(canvas: Canvas) -> tuple[Field, Field]:
    """How far down and how far across each sample of a field lies, 0..1."""
    rows, columns = shape_of(canvas)
    down = (np.arange(rows, dtype=np.float32) + 0.5) / rows
    across = (np.arange(columns, dtype=np.float32) + 0.5) / columns
    return as_field(np.broadcast_to(down[:, None], (rows, columns))), as_field(
        np.broadcast_to(across[None, :], (rows, columns))
    )


def as_field(values: NDArray[np.floating]) -> Field:
    """The values as the kernels read them."""
    return np.ascontiguousarray(values, np.float32)


def vignette(canvas: Canvas, begins: float, share: float) -> Field:
    """0 in the middle, from `begins` (1 is the edge of the long side) growing to `share` in the corners."""
    down, across = places(canvas)
    far = np.hypot(down - 0.5, across - 0.5) * 2
    grown = np.clip((far - begins) / (np.sqrt(2) - begins), 0, 1)
    return as_field(share * grown * grown * (3 - 2 * grown))


def clouds(canvas: Canvas, purpose: int, cells: float, octaves: int = 3) -> Field:
    """Soft noise, 0..1 and evenly spread over it: about `cells` patches on the long side, with finer ones in them."""
    rows, columns = shape_of(canvas)
    random = canvas.random(purpose)
    total = np.zeros((rows, columns), np.float32)
    for octave in range(octaves):
        cell = max(rows, columns) / cells / 2**octave
        lattice = random.standard_normal((int(rows / cell) + 4, int(columns / cell) + 4)).astype(np.float32)
        total += _between(_between(lattice, rows, cell).T, columns, cell).T * np.float32(0.6**octave)
    order = np.argsort(total, axis=None, kind="stable")
    ranks = np.empty(order.size, np.float32)
    ranks[order] = np.linspace(0, 1, order.size, dtype=np.float32)
    return as_field(ranks.reshape(rows, columns))


def _between(lattice: Field, count: int, cell: float) -> Field:
    """Values between those of the lattice's rows, smoothly."""
    at = np.arange(count) / cell
    low = at.astype(int)
    share = (at - low).astype(np.float32)[:, None]
    share = share * share * (3 - 2 * share)
    return as_field(lattice[low] * (1 - share) + lattice[low + 1] * share)
