"""Frames that looks are tested on."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from oxreel import samples
from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.scene import Picture
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes


def winter(width: int, height: int) -> Picture:
    """The sample picture of an ox in the snow."""
    with Image.open(Path(samples.__file__).parent / "ox_zoom_out_1926_1076.png") as image:
        return np.asarray(ImageOps.fit(image.convert("RGB"), (width, height)))


def meadow(width: int, height: int) -> Picture:
    """Blue sky over a green field, a red wall with a lit window, and a dark tree."""
    picture = np.empty((height, width, 3), np.uint8)
    down = np.linspace(0, 1, height)[:, None]
    picture[:] = (np.array([95, 150, 215]) * (1 - down) + np.array([190, 212, 235]) * down)[:, None]
    picture[height // 2 :] = 104, 150, 62
    picture[height // 3 : height * 3 // 5, width // 2 : width * 4 // 5] = 150, 70, 55
    picture[height * 2 // 5 : height // 2, width * 3 // 5 : width * 7 // 10] = 255, 214, 120
    picture[height // 3 : height * 3 // 4, width // 8 : width // 5] = 40, 74, 34
    return picture


def canvas(width: int = 320, height: int = 180, frames: int = 72, seed: int = 7, shot: int = 0) -> Canvas:
    """A canvas without depth."""
    return Canvas(width, height, frames, seed, shot)


def planes_of(picture: Picture) -> Planes:
    """The picture as a frame that may be changed."""
    luma, cb, cr = (np.ascontiguousarray(plane) for plane in planes_from_rgb(picture))
    return luma, cb, cr


def looked(picture: Picture, effects: Iterable[Effect], frame: int = 0, strength: float = 1.0) -> Planes:
    """The picture as that frame, under the effects."""
    planes = planes_of(picture)
    for effect in effects:
        effect.apply(planes, frame, strength)
    return planes


def same(one: Planes, other: Planes) -> bool:
    """Whether two frames are equal, bit for bit."""
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def legal(planes: Planes) -> bool:
    """Whether the samples are of limited range."""
    luma, cb, cr = planes
    return bool(
        luma.min() >= 16 and luma.max() <= 235 and min(cb.min(), cr.min()) >= 16 and max(cb.max(), cr.max()) <= 240
    )
