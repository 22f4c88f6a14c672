"""Snow: flakes from far specks to blurred discs before the lens, swaying as they fall."""

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.breeze import Breeze
from oxreel.engines.animatic.weather.field import Banks, distance, light_of, veil
from oxreel.engines.animatic.weather.lives import Lives
from oxreel.engines.animatic.weather.particles import Spots, count, extent
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: From far to near: flakes to the square unit, units fallen in a second, radius in units, opacity, hardness. The last
#: are out of focus.
_LAYERS = (
    (620, 0.085, 0.0019, 0.60, 1.0),
    (260, 0.135, 0.0032, 0.80, 1.5),
    (70, 0.21, 0.0056, 0.85, 1.6),
    (14, 0.33, 0.0110, 0.46, 1.2),
    (3.0, 0.50, 0.0260, 0.20, 1.3),
)
_CB, _CR = 130.0, 127.0


class Snow:
    """Snow of a strength: 0.5 a few flakes, 1 ordinary, 1.5 heavy."""

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze) -> None:
        self._canvas, self._amount, self._breeze = canvas, strength, breeze
        self._width, self._height = extent(canvas)
        self._tall = self._height + 0.16
        self._layers = [
            Lives(canvas, f"snow {n}", count(canvas, layer[0] * strength), self._tall / layer[1] / 1.25,
                  self._tall / layer[1] / 0.8)
            for n, layer in enumerate(_LAYERS)
        ]  # fmt: skip
        self._haze = Banks(canvas, "snow haze", (90, 70), (0, 0.1), bend=6)
        self._distance = distance(canvas)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Lay the haze of the far flakes, then let the near ones fall before it."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        mean = light_of(planes, self._canvas).mean
        share = (
            (0.02 + 0.04 * mean + 0.32 * self._distance * self._haze.at(seconds)) * min(self._amount, 2.0) * strength
        )
        veil(planes, np.clip(share, 0, 0.6).astype(np.float32), 48 + 112 * mean, 132, 126)
        for lives, layer in zip(self._layers, _LAYERS, strict=True):
            self._fall(lives, seconds, layer, min(235.0, 165 + 130 * mean)).draw(planes, self._canvas, strength)

    def _fall(
        self, lives: Lives, seconds: float, layer: tuple[float, float, float, float, float], value: float
    ) -> Spots:
        _, speed, radius, opacity, hardness = layer
        moment = lives.at(seconds)
        fallen = moment.age * moment.span
        # Near flakes cross the picture faster, whatever moves them.
        parallax = 0.35 + 2.2 * speed
        born = seconds - fallen
        carried = (self._breeze.carried(seconds) - self._breeze.way(born)) * parallax
        swing = 2 * np.pi * (moment.between(2, 0.12, 0.34) * fallen + moment.chance(3))
        sway = moment.between(4, 0.05, 0.16) * speed * (np.sin(swing) + 0.35 * np.sin(2.3 * swing + 1))
        size = radius * moment.between(5, 0.6, 1.3)
        velocity = np.hypot(speed, self._breeze.now(seconds) * parallax)
        # What is carried out at one side comes in again at the other, both beyond the edges.
        wide = self._width + 0.16
        x = np.mod(wide * moment.chance(1) + carried, wide) - 0.08
        return Spots(
            x + sway,
            -0.08 + self._tall * moment.age + 0.25 * sway * np.cos(swing),
            # The shutter draws a flake out along its way.
            along=size + velocity / float(FRAME_RATE) / 4,
            across=size,
            opacity=opacity * moment.between(6, 0.55, 1.0),
            colour=(value, _CB, _CR),
            angle=np.arctan2(speed, self._breeze.now(seconds) * parallax),
            hardness=hardness,
        )
