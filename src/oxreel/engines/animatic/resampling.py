"""Planes seen through a moved camera: a view matrix and a scene give a frame."""

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.field_kernels import WEIGHTS, bend
from oxreel.engines.animatic.kernels import TAPS, mix, resample, warp
from oxreel.engines.animatic.scene import Scene
from oxreel.media.encode import Planes

#: 3x3: where in the fitted picture, in pixels, a pixel of the frame is seen.
Matrix = NDArray[np.float64]
#: float32 (rows, columns, 2): where in the fitted picture, as x and y in pixels, the nodes of a grid are seen.
Field = NDArray[np.float32]

#: Chroma samples to luma pixels: half as many, sited at the left of a pair and between its rows.
_TO_LUMA = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.5], [0.0, 0.0, 1.0]])
_TO_CHROMA = np.linalg.inv(_TO_LUMA)
#: Movement below this many pixels at the corners is none: the samples are copied.
_STILL = 1e-6
#: Steps between two samples in the table of weights.
_PHASES = 1024


def see(scene: Scene, matrix: Matrix, out: Planes) -> None:
    """Fill `out` with the scene as the camera sees it; the identity copies the fitted picture bit for bit."""
    if np.abs(matrix - np.eye(3)).max() * max(scene.width, scene.height) < _STILL:
        for to, plane in zip(out, scene.fitted, strict=True):
            to[:] = plane
        return
    chroma = _TO_CHROMA @ matrix @ _TO_LUMA
    for to, plane, view, margin in zip(
        out, scene.planes, (matrix, chroma, chroma), (scene.margin, scene.margin // 2, scene.margin // 2), strict=True
    ):
        shifted = np.ascontiguousarray(np.array([[1.0, 0, margin], [0, 1, margin], [0, 0, 1]]) @ view)
        shifted /= shifted[2, 2]
        if _is_separable(shifted):
            columns, column_weights = _axis(to.shape[1], plane.shape[1], shifted[0, 0], shifted[0, 2])
            rows, row_weights = _axis(to.shape[0], plane.shape[0], shifted[1, 1], shifted[1, 2])
            resample(plane, to, rows, row_weights, columns, column_weights)
        else:
            warp(plane, to, shifted)


def see_field(scene: Scene, field: Field, step: int, out: Planes) -> None:
    """Fill `out` with the scene through a field; the identity copies the fitted picture bit for bit.

    The field's first node is the frame's first pixel, each further one lies `step` luma pixels on, the last one at
    the far edge or beyond. Between the nodes it is interpolated. Along each of its rows x must grow.
    """
    rows, columns, _ = field.shape
    y, x = np.mgrid[0:rows, 0:columns] * step
    if max(np.abs(field[..., 0] - x).max(), np.abs(field[..., 1] - y).max()) < _STILL:
        for to, plane in zip(out, scene.fitted, strict=True):
            to[:] = plane
        return
    (luma, cb, cr), (to, to_cb, to_cr) = scene.planes, out
    bend(WEIGHTS, luma, luma, to, to, 1, np.asarray(field + np.float32(scene.margin), np.float32, order="C"), step)
    # A row of chroma lies half a pixel below the row of luma with twice its number.
    below = np.concatenate([field[1:], 2 * field[-1:] - field[-2:-1]])
    half = (field + (below - field) * np.float32(0.5 / step) - (0, 0.5)) / 2 + scene.margin // 2
    bend(WEIGHTS, cb, cr, to_cb, to_cr, 2, np.asarray(half, np.float32, order="C"), step / 2)


def dissolve(one: Planes, other: Planes, share: float, out: Planes) -> None:
    """Fill `out` with `one`, a `share` 0..1 of it replaced by `other`."""
    for a, b, to in zip(one, other, out, strict=True):
        mix(a, b, round(share * 4096), to)


def blank(width: int, height: int) -> Planes:
    """Planes of a frame, to be filled."""
    half = height // 2, width // 2
    return np.empty((height, width), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8)


def _is_separable(matrix: Matrix) -> bool:
    return not (matrix[0, 1] or matrix[1, 0] or matrix[2, 0] or matrix[2, 1])


# Both planes of chroma have the same axes, and so have all frames of a pan in its other direction.
@lru_cache(maxsize=8)
def _axis(length: int, source: int, step: float, offset: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """First sample and six Lanczos3 weights for each of `length` positions `offset + step * i`."""
    position = offset + step * np.arange(length)
    first = np.floor(position).astype(np.int64) - 2
    weights = _enlarging(position - np.floor(position)) if step <= 1 else _lanczos(_distance(first - position), step)
    inside = np.clip(first, 0, source - TAPS)
    for i in np.flatnonzero(inside != first):
        # Past the edge the outermost sample repeats: its weights gather there.
        at = np.clip(first[i] + np.arange(TAPS), 0, source - 1) - inside[i]
        weights[i] = np.bincount(at, weights[i], TAPS)
    return inside, weights.astype(np.float32)


def _enlarging(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lanczos3 weights (positions, taps) at those phases, 0..1 from the third sample to the fourth.

    Between the table's phases they are interpolated, which keeps their sum and their first moment.
    """
    whole = (phase * _PHASES).astype(np.int64)
    share = (phase * _PHASES - whole)[:, None]
    table = _table()
    return np.asarray(table[whole] * (1 - share) + table[np.minimum(whole + 1, _PHASES)] * share)


@cache
def _table() -> NDArray[np.float64]:
    """Lanczos3 weights for every phase between two samples, one phase more than there are steps."""
    return _lanczos(_distance(-2.0 - np.arange(_PHASES + 1) / _PHASES))


def _distance(first: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far six samples lie, the first of them as far as that."""
    return first[:, None] + np.arange(TAPS)


def _lanczos(distance: NDArray[np.float64], step: float = 1.0) -> NDArray[np.float64]:
    """Lanczos3 weights (positions, taps) of samples at those distances, for a picture that is seen in such steps."""
    # A step above one shrinks the picture: a wider kernel, cut at the window, keeps it from shimmering.
    window = np.sinc(distance / 3) * (np.abs(distance) < 3)
    weights = np.sinc(distance / max(1.0, step)) * window
    weights /= weights.sum(axis=1, keepdims=True)
    # Plain Lanczos puts a ramp up to 0.02 px beside its place, another way at each phase, which is seen as a tremble
    # in slow moves: a little of the window, tilted, puts it right without changing the sum.
    bell = window**2
    m0, m1, m2 = (np.sum(bell * distance**power, axis=1, keepdims=True) for power in (0, 1, 2))
    astray = np.sum(weights * distance, axis=1, keepdims=True)
    tilt = -astray / (m2 - m1 * m1 / m0)
    return np.asarray(weights + bell * tilt * (distance - m1 / m0))
