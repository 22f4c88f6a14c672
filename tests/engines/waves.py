"""Pictures that are known between their samples, and how they ought to be resampled."""

import numpy as np
from numpy.typing import NDArray

from oxreel.media.encode import Planes

WIDTH, HEIGHT = 320, 200
Samples = NDArray[np.float64]


def wave(x: Samples, y: Samples) -> Samples:
    """A smooth picture that is known between its samples too."""
    return np.asarray(128 + 75 * np.sin(x / 2.9 + 0.4) * np.cos(y / 3.7) + 30 * np.sin((x + 2 * y) / 11))


def waves(width: int = WIDTH, height: int = HEIGHT, dx: float = 0, dy: float = 0) -> Planes:
    """Its planes, chroma showing the same wave at its own sites (left, between the rows)."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    cy, cx = np.mgrid[0 : height // 2, 0 : width // 2].astype(float)
    luma = np.rint(wave(x + dx, y + dy)).astype(np.uint8)
    chroma = np.rint(wave(2 * cx + dx, 2 * cy + 0.5 + dy)).astype(np.uint8)
    return luma, chroma, chroma.copy()


def detailed() -> NDArray[np.uint8]:
    """A picture with detail at every scale and hard edges, as a photograph has them."""
    random = np.random.default_rng(4)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    total = 30.0 * ((x - 90) ** 2 + (y - 80) ** 2 < 50**2) + 25 * ((x + 2 * y) % 160 < 70)
    for scale in (2, 4, 8, 16, 32):
        angle, phase = random.uniform(0, np.pi, 8), random.uniform(0, 2 * np.pi, 8)
        for a, p in zip(angle, phase, strict=True):
            total += scale**0.8 * np.sin((x * np.cos(a) + y * np.sin(a)) * np.pi / scale + p)
    total -= total.min()
    return np.asarray(np.rint(total / total.max() * 255), np.uint8)


def lanczos3(distance: Samples) -> Samples:
    """Six weights along the last axis, their sum and first moment put right as the engine has them."""
    window = np.sinc(distance / 3) * (np.abs(distance) < 3)
    weights = np.sinc(distance) * window
    weights /= weights.sum(axis=-1, keepdims=True)
    m0, m1, m2 = (np.sum(window**2 * distance**k, axis=-1, keepdims=True) for k in (0, 1, 2))
    tilt = -np.sum(weights * distance, axis=-1, keepdims=True) / (m2 - m1 * m1 / m0)
    return np.asarray(weights + window**2 * tilt * (distance - m1 / m0))


def direct(plane: NDArray[np.uint8], matrix: NDArray[np.float64]) -> tuple[Samples, NDArray[np.bool_]]:
    """The same view by 36 samples for each, as the definition has it, and where all of these lie in the plane."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    u, v, w = (row[0] * x + row[1] * y + row[2] for row in matrix)
    u, v = u / w, v / w
    columns, rows = (np.floor(at)[..., None] - 2 + np.arange(6) for at in (u, v))
    across, down = lanczos3(columns - u[..., None]), lanczos3(rows - v[..., None])
    inside = (columns[..., 0] >= 0) & (rows[..., 0] >= 0) & (columns[..., 5] < WIDTH) & (rows[..., 5] < HEIGHT)
    columns, rows = (np.clip(at, 0, size - 1).astype(int) for at, size in ((columns, WIDTH), (rows, HEIGHT)))
    samples = plane[rows[..., :, None], columns[..., None, :]].astype(float)
    return np.clip(np.einsum("yxij,yxi,yxj->yx", samples, down, across), 0, 255), inside


def assert_close_to(plane: NDArray[np.uint8], seen: NDArray[np.uint8], matrix: NDArray[np.float64]) -> None:
    """Nothing of quality is lost, and no part of the picture lies more than 0.01 px beside its place.

    Its place is where eight bits can show it: rounding alone moves a part by 0.02 px when the camera has hardly
    begun to. What lies beyond the plane is left out: the engine's planes have more margin than the camera sees.
    """
    true, inside = direct(plane, matrix)
    assert np.count_nonzero(inside) > inside.size / 2
    assert 10 * np.log10(255**2 / np.mean((seen - true)[inside] ** 2)) > 55
    error = (seen - np.rint(true)) * inside
    assert np.abs(error).max() <= 2
    for axis in (0, 1):
        slope = np.asarray(np.gradient(true, axis=axis)) * inside
        for y in range(0, HEIGHT, 40):
            for x in range(0, WIDTH, 40):
                part = np.s_[y : y + 40, x : x + 40]
                if np.count_nonzero(inside[part]) > 400:
                    assert abs(np.sum(error[part] * slope[part]) / np.sum(slope[part] ** 2)) < 0.01
