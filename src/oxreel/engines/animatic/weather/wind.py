"""Wind: what it carries along: streaks of dust, a low haze and a few torn leaves."""

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.breeze import Breeze
from oxreel.engines.animatic.weather.field import Banks, Light, light_of, places, veil
from oxreel.engines.animatic.weather.lives import Lives, Moment
from oxreel.engines.animatic.weather.particles import Spots, count, extent, smooth, swell
from oxreel.engines.animatic.weather.tumbling import Kind, Tumbling
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: From far to near: specks to the square unit, speed against the breeze, half a width in units, opacity.
_LAYERS = ((260, 1.2, 0.0013, 0.55), (110, 2.0, 0.0020, 0.50), (14, 3.4, 0.0042, 0.24))
#: Dry leaves and bits of straw.
_DEBRIS = Kind(
    "debris",
    ("willow", "leaf"),
    ((128, 104, 66), (104, 84, 52), (146, 122, 80), (92, 92, 54)),
    ((18, 0.16, 0.016, 0.9, False), (10, 0.22, 0.027, 0.92, False)),
    spin=0.9,
    swing=0.06,
)


class Wind:
    """A wind of a strength; its gusts are the breeze's. Over snow it drives that, and nothing dry."""

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze, *, snow: bool = False) -> None:
        self._canvas, self._amount, self._breeze = canvas, strength, breeze
        self._width, self._height = extent(canvas)
        self._wide = self._width + 0.5
        self._snow = snow
        speed = abs(breeze.speed)
        self._layers = [
            Lives(canvas, f"wind {n}", count(canvas, density * strength), self._wide / (speed * pace) / 1.25,
                  self._wide / (speed * pace) / 0.8)
            for n, (density, pace, *_) in enumerate(_LAYERS)
        ]  # fmt: skip
        self._haze = Banks(canvas, "driven dust", (60, 190), (0, 0.01), bend=16)
        self._debris = Tumbling(canvas, _DEBRIS, strength, breeze)
        _, y = places(canvas)
        self._low = np.exp(-(((y - 0.92) / 0.36) ** 2))

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Drive the haze, the specks and the leaves."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        light = light_of(planes, self._canvas)
        gust = abs(self._breeze.now(seconds) / self._breeze.speed)
        haze = np.clip((self._haze.at(seconds, 1.1 * self._breeze.carried(seconds)) - 0.28) / 0.42, 0, 1)
        share = 0.72 * min(self._amount, 2) * strength * gust * self._low * haze
        tone = (95 + 150 * light.mean, 130, 127) if self._snow else (70 + 150 * light.mean, 121, 133)
        veil(planes, np.clip(share, 0, 0.7).astype(np.float32), *tone)
        if self._snow:
            return
        for lives, layer in zip(self._layers, _LAYERS, strict=True):
            self._fly(lives.at(seconds), seconds, layer, light).draw(planes, self._canvas, strength)
        self._debris.apply(planes, frame, strength)

    def _fly(self, moment: Moment, seconds: float, layer: tuple[float, float, float, float], light: Light) -> Spots:
        _, _, radius, opacity = layer
        flown = moment.age * moment.span
        carried = (self._breeze.carried(seconds) - self._breeze.way(seconds - flown)) * self._wide
        carried /= self._breeze.speed * moment.span
        side = np.sign(self._breeze.speed)
        x = -0.25 + carried if side > 0 else self._width + 0.25 - carried
        bob = 2 * np.pi * (moment.between(2, 0.2, 0.6) * flown + moment.chance(3))
        reach = moment.between(4, 0.01, 0.05)
        # More of it flies low.
        y = self._height * (1.05 - 1.1 * moment.chance(1) ** 1.4) + reach * np.sin(bob)
        vx = side * self._wide / moment.span
        vy = reach * 2 * np.pi * 0.4 * np.cos(bob)
        length = np.hypot(vx, vy) / float(FRAME_RATE) / 2 * 0.8
        # Specks catch the light before something dark, and stand dark against the sky.
        around = light.near(x / self._width, y / self._height)
        value = 16 + 219 * np.clip(around + 0.24 - 0.46 * smooth((around - 0.52) / 0.2), 0, 1)
        return Spots(
            x, y, length + radius, radius * moment.between(5, 0.7, 1.2), opacity * moment.between(6, 0.4, 1) *
            swell(moment.age, 0.08, 0.08), (value, 122.0, 132.0), np.arctan2(vy, vx), tint=0.7,
        )  # fmt: skip
