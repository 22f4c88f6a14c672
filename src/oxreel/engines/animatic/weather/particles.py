"""Particles: soft spots with a place, a size and a colour, drawn between the samples of the planes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.lives import Values
from oxreel.engines.animatic.weather.particle_kernels import spots
from oxreel.media.encode import Planes

#: Y, Cb and Cr in limited range, each one number for all or one for each particle.
Colour = tuple[float | Values, float | Values, float | Values]
#: No spot is drawn with a smaller radius, in samples; it becomes fainter instead, so that it does not twinkle.
_SMALLEST = 1.5


def unit(canvas: Canvas) -> int:
    """Pixels of the shorter side. Places and sizes are shares of it, so that a look is the same at every size."""
    return min(canvas.width, canvas.height)


def extent(canvas: Canvas) -> tuple[float, float]:
    """Width and height of the canvas in units."""
    return canvas.width / unit(canvas), canvas.height / unit(canvas)


def count(canvas: Canvas, density: float) -> int:
    """How many particles there are, of so many to the square unit."""
    width, height = extent(canvas)
    return max(1, round(density * width * height))


@dataclass(frozen=True)
class Spots:
    """Ellipses in units of the canvas, `angle` in radians from the x axis to the long one, downwards."""

    x: Values
    y: Values
    #: Radius along the long axis, and across it.
    along: float | Values
    across: float | Values
    #: 0..1.
    opacity: float | Values
    colour: Colour
    angle: float | Values = 0.0
    #: 1 is soft, 4 is a disc with a soft edge; 0.35 is a glow that fades all the way out.
    hardness: float = 1.0
    #: How far the colour differences follow, against luma.
    tint: float = 1.0

    def draw(self, planes: Planes, canvas: Canvas, strength: float) -> None:
        """Blend them into the planes."""
        scale = unit(canvas)
        x, y = self.x * scale - 0.5, self.y * scale - 0.5
        for plane, value, at_x, at_y, step, share in zip(
            planes,
            self.colour,
            (x, x / 2, x / 2),
            # Chroma is sited at the left of a pair and between its rows.
            (y, (y - 0.5) / 2, (y - 0.5) / 2),
            (scale, scale / 2, scale / 2),
            (1.0, self.tint, self.tint),
            strict=True,
        ):
            if share > 0:
                spots(plane, self._marks(at_x, at_y, step, value, strength * share))

    def _marks(self, x: Values, y: Values, scale: float, value: float | Values, strength: float) -> NDArray[np.float32]:
        along, across = np.asarray(self.along) * scale, np.asarray(self.across) * scale
        opacity = np.asarray(self.opacity) * strength
        opacity = opacity * np.minimum(along / _SMALLEST, 1) * np.minimum(across / _SMALLEST, 1)
        along, across = np.maximum(along, _SMALLEST), np.maximum(across, _SMALLEST)
        long, short = 1 / along**2, 1 / across**2
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        marks = np.empty((len(x), 8), np.float32)
        marks[:, 0], marks[:, 1] = x, y
        marks[:, 2] = long * cos * cos + short * sin * sin
        marks[:, 3] = (long - short) * cos * sin
        marks[:, 4] = long * sin * sin + short * cos * cos
        # A hard edge is never finer than two samples.
        marks[:, 5] = np.minimum(np.maximum(across / 2, 1), self.hardness)
        peak = min(self.hardness, 1.0)
        marks[:, 6], marks[:, 7] = np.clip(opacity, 0, 1) / (peak * peak * (3 - 2 * peak)), value
        return marks[marks[:, 6] > 1 / 512]


#: Hardness of a glow.
GLOW = 0.35


def swell(age: Values, rise: float = 0.2, fall: float = 0.3) -> Values:
    """0 at birth and death, 1 between: rises in the first share of a life and falls in the last one."""
    return smooth(age / rise) * smooth((1 - age) / fall)


def smooth(share: Values) -> Values:
    """0 up to 0, 1 from 1 on, an S between."""
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)
