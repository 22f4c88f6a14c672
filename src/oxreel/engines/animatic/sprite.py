"""Sprites: cut-outs as weighed planes at the sizes that are needed, lit as the scene is."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from oxreel.engines.animatic.actor import Cutout
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.sprite_kernels import EDGE
from oxreel.media.colour import planes_from_rgb

Floats = NDArray[np.float32]

#: Each size of a sprite to the one before it.
_SMALLER = 0.62
#: Output pixels see at most so many of a sprite's, or its next smaller size is taken.
_STEP = 1.45
#: The scene's light: how far gain follows its brightness, within which limits, and how far its tint is taken on.
_GAIN, _DARKEST, _BRIGHTEST = 0.3, 0.58, 1.05
_TINT, _MOST_TINT = 0.18, 5.0
#: Luma of a scene whose light changes nothing.
_EVEN = 118.0
#: How much of the scene's light an edge takes on, over how many pixels.
_WRAP, _WRAP_WIDTH = 0.22, 1.6


@dataclass(frozen=True)
class Light:
    """How a scene lights who stands in it."""

    #: Luma is multiplied by it, from black.
    gain: float = 1.0
    #: Added to the chroma of what is white, less where it is darker.
    cb: float = 0.0
    cr: float = 0.0
    #: Luma and chroma of what is around, as planes hold them; edges take a hint of it.
    around: tuple[float, float, float] | None = None
    #: Where the light comes from: -1 is the left, +1 the right.
    side: float = 0.0


EVEN_LIGHT = Light()


def light_at(picture: Picture, box: tuple[float, float, float, float]) -> Light:
    """The light around a box (left, top, right, bottom, in shares of the picture)."""
    small = np.asarray(cv2.resize(picture, (96, 64), interpolation=cv2.INTER_AREA), np.uint8)
    luma, cb, cr = (plane.astype(np.float32) for plane in planes_from_rgb(small))
    left, right = max(0, int((box[0] - 0.12) * 96)), min(96, int((box[2] + 0.12) * 96) + 1)
    top, bottom = max(0, int((box[1] - 0.1) * 64)), min(64, int((box[3] + 0.06) * 64) + 1)
    if right - left < 4 or bottom - top < 4:
        left, top, right, bottom = 0, 0, 96, 64
    here = luma[top:bottom, left:right]
    chroma = slice(top // 2, max(top // 2 + 1, bottom // 2)), slice(left // 2, max(left // 2 + 1, right // 2))
    y = 0.7 * float(here.mean()) + 0.3 * float(luma.mean())
    u, v = float(cb[chroma].mean()), float(cr[chroma].mean())
    gain = float(np.clip(((y - 16) / (_EVEN - 16)) ** _GAIN if y > 17 else _DARKEST, _DARKEST, _BRIGHTEST))
    bright = np.clip(luma - np.percentile(luma, 70), 0, None)
    across = np.linspace(-1, 1, 96)[None, :]
    side = float((bright * across).sum() / max(1e-6, float(bright.sum())))
    tint = [float(np.clip(_TINT * (one - 128), -_MOST_TINT, _MOST_TINT)) for one in (u, v)]
    return Light(gain, tint[0], tint[1], (y, u, v), side)


@dataclass(frozen=True)
class Level:
    """A sprite at one size: planes weighed by alpha, `EDGE` clear samples around them."""

    luma: Floats
    alpha: Floats
    cb: Floats
    cr: Floats
    #: Alpha where chroma is sited.
    chroma_alpha: Floats
    luma_spans: NDArray[np.int64]
    chroma_spans: NDArray[np.int64]
    #: Pixels of this level to one of the cut-out.
    scale: float


@dataclass
class Sprite:
    """A cut-out ready to be drawn at about `height` pixels; its smaller sizes are made when they are needed."""

    cutout: Cutout
    height: float
    light: Light = EVEN_LIGHT
    _levels: dict[int, Level] = field(default_factory=dict)

    def level(self, pixels: float) -> Level:
        """The size for a frame that shows the cut-out so many pixels tall."""
        index, tall = 0, self._tallest
        while tall / max(pixels, 1.0) > _STEP and tall * _SMALLER >= 8:
            index, tall = index + 1, tall * _SMALLER
        if index not in self._levels:
            self._levels[index] = _level(self.cutout, tall / self.cutout.shape[0], self.light)
        return self._levels[index]

    @property
    def _tallest(self) -> float:
        # Slightly larger than it is seen: what is resampled twice keeps its edges. Never more than twice its own size.
        return float(max(8.0, min(self.height * 1.2, self.cutout.shape[0] * 2.0)))


def _level(cutout: Cutout, scale: float, light: Light) -> Level:
    # Whole pairs of pixels, so that both chroma grids fit.
    rows, columns = (max(2, round(side * scale / 2) * 2) for side in cutout.shape[:2])
    image = Image.fromarray(cutout)
    if image.size != (columns, rows):
        image = image.resize((columns, rows), Image.Resampling.LANCZOS)
    pixels = np.pad(np.asarray(image), ((EDGE, EDGE), (EDGE, EDGE), (0, 0)))
    alpha: Floats = pixels[..., 3].astype(np.float32) / np.float32(255)
    luma, cb, cr = (plane.astype(np.float32) for plane in planes_from_rgb(_spread(pixels)))
    sited = _sited(alpha)
    luma = np.asarray(16 + (luma - 16) * light.gain, np.float32)
    # Saturation follows luma, so that hues stay; a tint belongs to light, and black takes none.
    lit = np.clip((_sited(luma) - 16) / 219, 0, 1)
    cb, cr = (
        np.asarray(128 + (plane - 128) * light.gain + tint * lit, np.float32)
        for plane, tint in ((cb, light.cb), (cr, light.cr))
    )
    if light.around is not None:
        soft = np.asarray(cv2.GaussianBlur(alpha, (0, 0), _WRAP_WIDTH), np.float32)
        rim = np.asarray(_WRAP * np.clip(1.25 * (1 - soft), 0, 1), np.float32)
        luma += rim * (light.around[0] - luma)
        rim = _sited(rim)
        cb, cr = cb + rim * (light.around[1] - cb), cr + rim * (light.around[2] - cr)
    weighed = [np.ascontiguousarray(plane * by, np.float32) for plane, by in ((luma, alpha), (cb, sited), (cr, sited))]
    return Level(weighed[0], alpha, weighed[1], weighed[2], sited, _spans(alpha), _spans(sited), rows / cutout.shape[0])


def _spread(pixels: Cutout) -> Picture:
    """The colours without alpha, those of the outline carried on beyond it."""
    clear = (pixels[..., 3] < 8).astype(np.uint8)
    if not clear.any() or clear.all():
        return np.ascontiguousarray(pixels[..., :3])
    _, labels = cv2.distanceTransformWithLabels(clear, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    seen = clear == 0
    colours = np.zeros((labels.max() + 1, 3), np.uint8)
    colours[labels[seen]] = pixels[..., :3][seen]
    return np.ascontiguousarray(colours[labels])


def _sited(plane: Floats) -> Floats:
    """A plane where chroma is sited: the even columns, between two rows."""
    pairs = (plane[0::2] + plane[1::2]) / 2
    left = np.concatenate([pairs[:, :1], pairs[:, 1:-1:2]], axis=1)
    return np.ascontiguousarray((left + 2 * pairs[:, 0::2] + pairs[:, 1::2]) / 4, np.float32)


def _spans(alpha: Floats) -> NDArray[np.int64]:
    """Of each row: where something is seen (from, to), and the longest run where all is opaque (from, to)."""
    rows, columns = alpha.shape
    spans = np.zeros((rows, 4), np.int64)
    seen = alpha > 0
    spans[:, 0] = np.where(seen.any(axis=1), seen.argmax(axis=1), columns)
    spans[:, 1] = np.where(seen.any(axis=1), columns - seen[:, ::-1].argmax(axis=1), 0)
    whole = np.pad(alpha >= 1, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(whole, axis=1)
    for row in range(rows):
        starts, ends = np.flatnonzero(steps[row] == 1), np.flatnonzero(steps[row] == -1)
        if len(starts):
            longest = int(np.argmax(ends - starts))
            spans[row, 2:] = starts[longest], ends[longest]
    return spans
