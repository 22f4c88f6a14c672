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
    ((14, 0.16, 0.010, 0.65, False), (6, 0.22, 0.017, 0.7, True)),
    spin=0.9,
    swing=0.06,
)

#: The densest haze of an ordinary wind: so much of the contrast of what is behind it is lost.
_VEIL = 0.16


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
        snow = 1.0 if self._snow else _snowy(light)
        gust = abs(self._breeze.now(seconds) / self._breeze.speed)
        haze = np.clip((self._haze.at(seconds, 1.1 * self._breeze.carried(seconds)) - 0.28) / 0.42, 0, 1)
        # Spindrift goes in streaks, each denser than dust.
        haze = haze * (1 + snow * (1.1 * haze - 0.6))
        share = _VEIL * min(self._amount, 2) * strength * (0.7 + 0.3 * gust) * self._low * haze
        # Spindrift is as bright as the snow that it comes from; dust is a little brighter than the ground.
        dust, drift = (60 + 150 * light.mean, 106, 140), (150 + 75 * light.mean, 130, 127)
        value, cb, cr = (one + (other - one) * snow for one, other in zip(dust, drift, strict=True))
        veil(planes, np.clip(share, 0, 0.4).astype(np.float32), min(value, 228.0), cb, cr)
        if self._snow:
            return
        for lives, layer in zip(self._layers, _LAYERS, strict=True):
            self._fly(lives.at(seconds), seconds, layer, light, snow).draw(planes, self._canvas, strength)
        # Nothing dry lies about where there is snow.
        self._debris.apply(planes, frame, strength * (1 - snow))

    def _fly(
        self, moment: Moment, seconds: float, layer: tuple[float, float, float, float], light: Light, snow: float
    ) -> Spots:
        _, _, radius, opacity = layer
        flown = moment.age * moment.span
        carried = (self._breeze.carried(seconds) - self._breeze.way(seconds - flown)) * self._wide
        carried /= self._breeze.speed * moment.span
        side = np.sign(self._breeze.speed)
        x = -0.25 + carried if side > 0 else self._width + 0.25 - carried
        bob = 2 * np.pi * (moment.between(2, 0.2, 0.6) * flown + moment.chance(3))
        reach = moment.between(4, 0.01, 0.05)
        # Most of it flies low.
        y = self._height * (1.05 - 0.95 * moment.chance(1) ** 2) + reach * np.sin(bob)
        vx = side * self._wide / moment.span
        vy = reach * 2 * np.pi * 0.4 * np.cos(bob)
        length = np.hypot(vx, vy) / float(FRAME_RATE) / 2 * 0.8
        # Specks catch the light before something dark, and stand a little darker against the sky.
        around = light.near(x / self._width, y / self._height)
        shade = 0.22 - 0.42 * smooth((around - 0.56) / 0.2)
        driven = 0.30 - 0.40 * smooth((around - 0.74) / 0.14)  # white before trees, in its own shadow before snow
        value = 16 + 219 * np.clip(around + shade + (driven - shade) * snow, 0, 1)
        opacity *= 1 + 0.5 * snow
        seen = opacity * moment.between(6, 0.4, 1) * swell(moment.age, 0.08, 0.08)
        colour = value, 122.0 + 12 * snow, 132.0 - 7 * snow
        size = radius * moment.between(5, 0.7, 1.2)
        return Spots(x, y, length + radius, size, seen, colour, np.arctan2(vy, vx), tint=0.7)


def _snowy(light: Light) -> float:
    """0..1: whether what lies in the lower half of a frame is snow: bright, and without a colour that snow has not."""
    lower = (light.luma[light.luma.shape[0] // 2 :].mean() - 16) / 219
    colour = max(light.cr - 128, 128 - light.cb, 0)
    return float(smooth(np.array([(lower - 0.66) / 0.12]))[0] * smooth(np.array([(9 - colour) / 5]))[0])
