"""Frames that effects are tried on, as planes."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes

Samples = NDArray[np.float64]


def plain(width: int, height: int, rgb: tuple[int, int, int] = (20, 24, 40)) -> Planes:
    """One colour: whatever differs from it, an effect has drawn."""
    return planes_from_rgb(np.broadcast_to(np.array(rgb, np.uint8), (height, width, 3)).copy())


def evening(width: int, height: int) -> Planes:
    """A dark sky with a moon, hills and blue water below them."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    x, y = (x + 0.5) / width, (y + 0.5) / height
    picture = np.array([24, 30, 56]) + y[..., None] * np.array([70, 50, 30])
    moon = np.exp(-(((x - 0.7) * width / height) ** 2 + (y - 0.22) ** 2) / 0.0016)
    picture = picture + moon[..., None] * np.array([190, 190, 180])
    picture[y > 0.55 + 0.04 * np.sin(9 * x)] = (44, 58, 34)
    water = y > 0.72
    bars = 12 * np.sin(60 * x + 9 * np.sin(40 * y)) * np.sin(50 * y)
    picture[water] = (np.array([40, 84, 140]) + bars[..., None])[water]
    return planes_from_rgb(np.clip(picture, 0, 255).astype(np.uint8))


def copied(planes: Planes) -> Planes:
    luma, cb, cr = planes
    return luma.copy(), cb.copy(), cr.copy()


def canvas(planes: Planes, *, seed: int = 7, shot: int = 0, frames: int = 120) -> Canvas:
    height, width = planes[0].shape
    return Canvas(width, height, frames, seed, shot)


def laid(effects: Sequence[Effect], planes: Planes, frame: int, strength: float = 1.0) -> Planes:
    """That frame with the effects over it; the planes given stay as they are."""
    out = copied(planes)
    for effect in effects:
        effect.apply(out, frame, strength)
    return out


def change(after: Planes, before: Planes) -> Samples:
    """By how much luma has grown."""
    return after[0].astype(np.float64) - before[0]


def shift(one: Samples, other: Samples, reach: int) -> tuple[int, int]:
    """Rows and columns by which what `one` shows has moved in `other`: the best match within `reach`."""
    part = one[reach:-reach, reach:-reach].astype(np.float32)
    match = cv2.matchTemplate(other.astype(np.float32), part, cv2.TM_CCOEFF_NORMED)
    down, right = np.unravel_index(int(match.argmax()), match.shape)
    return int(down) - reach, int(right) - reach


def same(one: Planes, other: Planes) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
