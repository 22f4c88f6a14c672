"""Tumbling things: leaves and petals that turn in the air as they come down, bubbles that rise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.breeze import Breeze
from oxreel.engines.animatic.weather.field import BLACK, NEUTRAL, light_of
from oxreel.engines.animatic.weather.lives import Lives, Moment, Values
from oxreel.engines.animatic.weather.particle_kernels import stamps
from oxreel.engines.animatic.weather.particles import count, extent, unit
from oxreel.engines.animatic.weather.sprites import atlas
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Kind:
    """What tumbles."""

    name: str
    shapes: tuple[str, ...]
    #: sRGB, one is chosen for each thing.
    colours: tuple[RGB, ...]
    #: From far to near: things to the square unit, units fallen in a second, width in units, opacity, soft or sharp.
    layers: tuple[tuple[float, float, float, float, bool], ...]
    #: Turns in a second, and how far they swing aside in units.
    spin: float
    swing: float
    #: How much darker a side is that is turned away.
    shaded: float = 0.20


AUTUMN = ((168, 62, 24), (196, 98, 28), (214, 146, 44), (140, 74, 34), (176, 44, 30), (186, 122, 58))
GREEN = ((86, 122, 48), (112, 140, 62), (70, 104, 52), (142, 152, 76))
LEAVES = Kind(
    "leaves",
    ("leaf", "maple", "willow"),
    AUTUMN,
    ((20, 0.13, 0.024, 0.95, False), (10, 0.19, 0.042, 0.97, False), (1.6, 0.33, 0.105, 0.85, True)),
    spin=0.32,
    swing=0.07,
)
PETALS = Kind(
    "petals",
    ("petal", "curl"),
    ((250, 186, 204), (252, 206, 218), (246, 164, 188), (255, 228, 234)),
    ((58, 0.085, 0.015, 0.92, False), (28, 0.13, 0.024, 0.95, False), (3.2, 0.24, 0.060, 0.75, True)),
    spin=0.42,
    swing=0.055,
    shaded=0.07,
)


class Tumbling:
    """Things of a kind on the wind; strength is their number."""

    def __init__(
        self, canvas: Canvas, kind: Kind, strength: float, breeze: Breeze, colours: tuple[RGB, ...] | None = None
    ) -> None:
        self._canvas, self._kind, self._breeze = canvas, kind, breeze
        self._colours = np.array([_ycc(one) for one in colours or kind.colours])
        self._width, self._height = extent(canvas)
        self._tall = self._height + 0.36
        self._layers = [
            Lives(canvas, f"{kind.name} {n}", count(canvas, density * strength), self._tall / speed / 1.3,
                  self._tall / speed / 0.75)
            for n, (density, speed, *_) in enumerate(kind.layers)
        ]  # fmt: skip

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Draw them, the far ones first, in the light of the frame."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        lit = float(np.clip(0.34 + 1.4 * light_of(planes, self._canvas).mean, 0, 1))
        for lives, layer in zip(self._layers, self._kind.layers, strict=True):
            self._fall(planes, lives.at(seconds), seconds, layer, lit, strength)

    def _fall(
        self,
        planes: Planes,
        moment: Moment,
        seconds: float,
        layer: tuple[float, float, float, float, bool],
        lit: float,
        strength: float,
    ) -> None:
        _, speed, wide, opacity, soft = layer
        fallen = moment.age * moment.span
        parallax = 0.5 + 2.6 * speed
        # Even in calm air they drift as they fall.
        aside = np.sign(self._breeze.speed) * 0.25 * speed
        carried = (self._breeze.carried(seconds) - self._breeze.way(seconds - fallen)) * parallax + aside * fallen
        # What is carried out at one side comes in again at the other, both beyond the edges.
        across = self._width + 0.36
        start = np.mod(across * moment.chance(1) + carried, across) - 0.18
        swing = 2 * np.pi * (moment.between(2, 0.25, 0.45) * fallen + moment.chance(3))
        reach = self._kind.swing * moment.between(4, 0.4, 1.0) * (0.4 + 3 * speed)
        x = start + reach * np.sin(swing)
        # It glides to the side and drops where it turns.
        y = -0.18 + self._tall * moment.age - 0.28 * reach * np.cos(2 * swing)
        turn = 2 * np.pi * (moment.between(5, 0.4, 1.0) * self._kind.spin * fallen + moment.chance(6))
        turn = np.where(moment.chance(7) < 0.5, turn, -turn) * 0.6 + 0.5 * np.cos(swing)
        tip = 2 * np.pi * (moment.between(8, 0.5, 1.2) * self._kind.spin * fallen + moment.chance(9))
        flat = np.cos(tip)
        # Seen from the edge it is thin, never nothing; its two sides catch different light.
        squash = np.where(flat < 0, -1, 1) * np.maximum(np.abs(flat), 0.16)
        light = lit * (1 - self._kind.shaded * (1 - np.sin(tip + 0.7))) * moment.between(12, 0.94, 1.0)
        colour = self._colours[(moment.chance(10) * len(self._colours)).astype(np.int64)]
        # Far ones are paler: there is air before them.
        pale = 0.62 + 0.38 * min(1.0, speed / self._kind.layers[1][1])
        colour = NEUTRAL + (colour - NEUTRAL) * np.array([1.0, pale, pale])
        size = wide * moment.between(11, 0.7, 1.25)
        names = self._kind.shapes
        chosen = (moment.chance(13) * len(names)).astype(np.int64)
        values = np.array([BLACK, NEUTRAL, NEUTRAL]) + (colour - np.array([BLACK, NEUTRAL, NEUTRAL])) * light[:, None]
        for n, name in enumerate(names):
            of = chosen == n
            draw(planes, self._canvas, name, np.column_stack([x, y, size, turn, squash])[of], values[of],
                 np.full(int(of.sum()), opacity * strength), soft)  # fmt: skip


class Bubbles:
    """Bubbles that rise, wobbling, and grow a little on their way."""

    #: From far to near: bubbles to the square unit, units risen in a second, width in units, opacity, soft.
    _LAYERS = (
        (40, 0.10, 0.011, 0.75, False),
        (22, 0.16, 0.024, 0.85, False),
        (5, 0.24, 0.052, 0.90, False),
        (0.9, 0.36, 0.11, 0.40, True),
    )

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze) -> None:
        self._canvas, self._breeze = canvas, breeze
        self._width, self._height = extent(canvas)
        self._tall = self._height + 0.3
        self._layers = [
            Lives(canvas, f"bubbles {n}", count(canvas, density * strength), self._tall / speed / 1.3,
                  self._tall / speed / 0.7)
            for n, (density, speed, *_) in enumerate(self._LAYERS)
        ]  # fmt: skip

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Draw them, the far ones first."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        light = light_of(planes, self._canvas)
        value = min(235.0, 150 + 130 * light.mean)
        for lives, (_, speed, wide, opacity, soft) in zip(self._layers, self._LAYERS, strict=True):
            moment = lives.at(seconds)
            risen = moment.age * moment.span
            wobble = 2 * np.pi * (moment.between(2, 0.5, 0.9) * risen + moment.chance(3))
            # They come up in a few columns more often than between them.
            column = (np.floor(moment.chance(1) * 5) + 0.5) / 5 + 0.35 * (moment.chance(7) - 0.5)
            place = np.where(moment.chance(8) < 0.6, column, moment.chance(1))
            x = self._width * place + (0.006 + 0.5 * wide) * np.sin(wobble) + 0.4 * self._breeze.speed * risen * speed
            y = self._height + 0.15 - self._tall * (0.75 * moment.age + 0.25 * moment.age**2)
            size = wide * moment.between(4, 0.5, 1.3) * (0.8 + 0.3 * moment.age)
            squash = 1 + 0.07 * np.sin(2 * wobble + 1)
            values = np.column_stack([np.full(len(x), value), np.full(len(x), 134.0), np.full(len(x), 122.0)])
            faint = opacity * moment.between(5, 0.6, 1.0) * strength
            draw(planes, self._canvas, "bubble", np.column_stack([x, y, size, 0 * x, squash]), values, faint, soft)


def draw(
    planes: Planes,
    canvas: Canvas,
    shape: str,
    poses: NDArray[np.float64],
    values: NDArray[np.float64],
    opacity: Values,
    soft: bool,
) -> None:
    """Stamp a shape: poses are x, y, width (units), turn (radians) and squash across; values are Y, Cb and Cr."""
    sprites, scale = atlas(), unit(canvas)
    x, y, wide, turn, squash = poses.T
    reach = wide * 0.75
    width, height = extent(canvas)
    seen = (x > -reach) & (x < width + reach) & (y > -reach) & (y < height + reach) & (opacity > 1 / 512)
    if not seen.any():
        return
    x, y, wide, turn, squash, values, opacity = (
        one[seen] for one in (x, y, wide * scale, turn, squash, values, opacity)
    )
    # Smaller than this it is drawn larger and fainter.
    least = np.maximum(wide, 4.0)
    opacity = opacity * (wide / least) ** 2
    for number, plane in enumerate(planes):
        step = 1 if number == 0 else 2
        index = sprites.index(shape, least / step, np.full(len(x), soft))
        texels = (sprites.sides[index] - 2) / (least / step)
        cos, sin = np.cos(turn), np.sin(turn)
        marks = np.empty((len(x), 9), np.float32)
        marks[:, 0] = (x * scale - 0.5) / step
        marks[:, 1] = (y * scale - 0.5 - 0.5 * (step - 1)) / step
        marks[:, 2], marks[:, 3] = texels * cos, texels * sin
        marks[:, 4], marks[:, 5] = -texels * sin / squash, texels * cos / squash
        marks[:, 6], marks[:, 7] = opacity, values[:, number]
        marks[:, 8] = BLACK if number == 0 else values[:, number]
        stamps(plane, marks, sprites.starts[index], sprites.sides[index], sprites.alpha, sprites.shade)


def _ycc(colour: RGB) -> tuple[float, float, float]:
    """sRGB as BT.709 in limited range (ITU-R BT.709-6)."""
    r, g, b = (part / 255 for part in colour)
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return 16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748
