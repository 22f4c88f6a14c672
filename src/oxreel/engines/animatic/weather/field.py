"""Fields: coarse grids over the whole canvas that fog, light and darkness are laid with."""

from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.field_kernels import dim, drift, lay, shrink
from oxreel.media.encode import Planes

#: float32 (rows, columns).
Field = NDArray[np.float32]
#: Cells of the shorter side: an eighth of 1080p, and as many at every size, so that a look is the same.
CELLS = 136
#: Blocks of the shorter side that a frame's light is measured in.
_BLOCKS = 18
_TEXELS = 256

BLACK, WHITE, NEUTRAL = 16.0, 235.0, 128.0


def grid(canvas: Canvas, cells: int = CELLS) -> tuple[int, int]:
    """Rows and columns of a field whose cells are square."""
    shorter = min(canvas.width, canvas.height)
    return max(2, round(cells * canvas.height / shorter)), max(2, round(cells * canvas.width / shorter))


def places(canvas: Canvas, cells: int = CELLS) -> tuple[Field, Field]:
    """x and y of each cell's middle, in shares of the canvas: (1, columns) and (rows, 1)."""
    rows, columns = grid(canvas, cells)
    x = ((np.arange(columns) + 0.5) / columns).astype(np.float32)[None, :]
    return x, ((np.arange(rows) + 0.5) / rows).astype(np.float32)[:, None]


def distance(canvas: Canvas) -> Field:
    """0 near, 1 far: from the picture's depth, or as an open place has it: far above the middle, nearer below."""
    rows, columns = grid(canvas)
    if canvas.nearness is None:
        x, y = places(canvas)
        return np.asarray(np.clip(1.25 - 1.25 * (y - 0.35) / 0.65, 0, 1) + 0 * x, np.float32)
    far = 1 - np.clip(cv2.resize(canvas.nearness, (columns, rows), interpolation=cv2.INTER_AREA), 0, 1)
    return np.asarray(cv2.GaussianBlur(far, (0, 0), 3), np.float32)


def veil(planes: Planes, share: Field, y: float | Field, cb: float | Field, cr: float | Field) -> None:
    """Cover the planes with a colour; `share` 0..1 of it."""
    keep = np.ascontiguousarray(1 - share, np.float32)
    for plane, value in zip(planes, (y, cb, cr), strict=True):
        lay(plane, keep, np.ascontiguousarray((1 - keep) * value, np.float32))


def shine(planes: Planes, light: Field, cb: float | Field, cr: float | Field, tint: Field) -> None:
    """Add light, 0..1 of white where there is none yet, and draw colour towards `cb` and `cr` by `tint` 0..1."""
    luma, *chroma = planes
    keep = np.ascontiguousarray(1 - light, np.float32)
    lay(luma, keep, np.ascontiguousarray((1 - keep) * WHITE, np.float32))
    rest = np.ascontiguousarray(1 - tint, np.float32)
    for plane, value in zip(chroma, (cb, cr), strict=True):
        lay(plane, rest, np.ascontiguousarray((1 - rest) * value, np.float32))


def darken(planes: Planes, gain: Field, contrast: float, colour: tuple[float, float, float]) -> None:
    """Take light away, and no contrast: luma sinks towards black to `gain` 0..1 of itself.

    The middle sinks further than what is bright, by `contrast` 0..1. Colour is kept to a share, then moved by codes of
    cb and cr: `colour` is these three; the moves must be less than 112 times what is not kept.
    """
    luma, *chroma = planes
    keep = np.ascontiguousarray(gain, np.float32)
    steep = contrast / (WHITE - BLACK)
    dim(luma, keep, np.full_like(keep, BLACK), np.float32(1 - contrast), np.float32(steep))
    share, *moves = colour
    for plane, move in zip(chroma, moves, strict=True):
        rest = np.full((2, 2), share, np.float32)
        lay(plane, rest, np.asarray((1 - rest) * NEUTRAL + move, np.float32))


def tinge(planes: Planes, share: Field, cb: float | Field, cr: float | Field) -> None:
    """Add coloured light by `share` 0..1: what has a colour of its own keeps most of it."""
    keep = np.ascontiguousarray(1 - 0.6 * share, np.float32)
    for plane, value in zip(planes[1:], (cb, cr), strict=True):
        lay(plane, keep, np.ascontiguousarray(0.6 * share * NEUTRAL + share * (value - NEUTRAL), np.float32))


@lru_cache(maxsize=8)
def _texture(seed: int, shot: int, purpose: str, slope: float) -> Field:
    random = Canvas(2, 2, 1, seed, shot).random(crc32(purpose.encode()))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(_TEXELS), np.fft.fftfreq(_TEXELS))) * _TEXELS
    amplitude = np.where(frequency < 2, 0, np.maximum(frequency, 1) ** -slope) * np.exp(-((frequency / 60) ** 2))
    noise = np.fft.ifft2(np.fft.fft2(random.standard_normal((_TEXELS, _TEXELS))) * amplitude).real
    return np.asarray(np.clip(0.5 + noise / noise.std() / 5, 0, 1), np.float32)


@dataclass(frozen=True)
class Banks:
    """Clouds of noise that drift over the canvas and change as they go."""

    canvas: Canvas
    purpose: str
    #: Across and down, in texels (of 256) to the shorter side; fewer are larger clouds.
    scale: tuple[float, float]
    #: Units of the canvas in a second, to the right and down.
    speed: tuple[float, float]
    #: Texels that the shapes are bent by.
    bend: float = 8.0
    #: Fall of the spectrum: 2.4 is soft, 1.7 is ragged.
    slope: float = 2.2

    def at(self, seconds: float, carried: float = 0.0) -> Field:
        """The field 0..1 at a time, its mean about a half; `carried` units further to the right."""
        noise = _texture(self.canvas.seed, self.canvas.shot, self.purpose, self.slope)
        right = (self.speed[0] * seconds + carried) * self.scale[0]
        down = self.speed[1] * seconds * self.scale[1]
        out = np.empty(grid(self.canvas), np.float32)
        motion = np.array(
            [
                self.scale[0] / CELLS,
                self.scale[1] / CELLS,
                -right,
                -down,
                # Mirrored: it moves the same way, a little faster.
                71.0 + 0.8 * right,
                133.0 - 0.8 * down,
                31.0 - 0.3 * right + 1.7 * seconds,
                197.0 - 0.3 * down - 1.3 * seconds,
            ]
        )
        drift(noise, out, motion, np.float32(self.bend))
        return out


@dataclass(frozen=True)
class Light:
    """How bright and how coloured a frame is, in coarse blocks; changes as smoothly as the picture does."""

    luma: Field
    cb: float
    cr: float

    @property
    def mean(self) -> float:
        """0 is black, 1 is white."""
        return float(np.clip((self.luma.mean() - BLACK) / (WHITE - BLACK), 0, 1))

    def near(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Luma 0..1 at places in shares of the canvas, between the blocks."""
        return (sampled(self.luma, x, y) - BLACK) / (WHITE - BLACK)


def light_of(planes: Planes, canvas: Canvas) -> Light:
    """The light of a frame."""
    rows, columns = grid(canvas, _BLOCKS)
    luma, cb, cr = (np.empty(shape, np.float32) for shape in ((rows, columns), (1, 1), (1, 1)))
    for plane, out in zip(planes, (luma, cb, cr), strict=True):
        shrink(plane, out)
    return Light(luma, float(cb[0, 0]), float(cr[0, 0]))


def sampled(field: Field, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The field at places in shares of the canvas, between its cells."""
    rows, columns = field.shape
    u, v = np.clip(x * columns - 0.5, 0, columns - 1.001), np.clip(y * rows - 0.5, 0, rows - 1.001)
    a, b = u.astype(np.int64), v.astype(np.int64)
    fu, fv = u - a, v - b
    upper = field[b, a] * (1 - fu) + field[b, a + 1] * fu
    lower = field[b + 1, a] * (1 - fu) + field[b + 1, a + 1] * fu
    return np.asarray(upper * (1 - fv) + lower * fv, np.float64)
