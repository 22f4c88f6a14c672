"""Glowing things: dust in the light, sparks, embers and fireflies."""

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.breeze import Breeze
from oxreel.engines.animatic.weather.field import light_of
from oxreel.engines.animatic.weather.lives import Lives
from oxreel.engines.animatic.weather.particles import GLOW, Spots, count, extent, smooth, swell
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: Half of the colour of the smallest lights would be lost between two samples of chroma: they get so much more.
_VIVID = 2.2


class Dust:
    """Motes that hang in the air and show where there is light."""

    #: From far to near: motes to the square unit, radius in units, opacity, drift in units a second, hardness.
    _LAYERS = (
        (240, 0.0021, 0.80, 0.010, 1.0),
        (100, 0.0036, 0.75, 0.017, 1.2),
        (24, 0.0080, 0.42, 0.030, 1.4),
        (6, 0.0190, 0.22, 0.045, 1.8),
    )

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze) -> None:
        self._canvas, self._breeze = canvas, breeze
        self._width, self._height = extent(canvas)
        self._layers = [
            Lives(canvas, f"dust {n}", count(canvas, layer[0] * strength), 5, 11)
            for n, layer in enumerate(self._LAYERS)
        ]

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Draw the motes that are lit."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        light = light_of(planes, self._canvas)
        for lives, (_, radius, opacity, drift, hardness) in zip(self._layers, self._LAYERS, strict=True):
            moment = lives.at(seconds)
            lived = moment.age * moment.span
            wander = 2 * np.pi * (moment.between(3, 0.05, 0.12) * lived + moment.chance(4))
            x = self._width * moment.chance(1) + drift * (moment.between(5, -1, 1) * lived + np.sin(wander))
            x += 0.3 * (self._breeze.carried(seconds) - self._breeze.way(seconds - lived)) * (0.5 + 20 * drift)
            y = self._height * moment.chance(2) + drift * (moment.between(6, -0.7, 0.5) * lived + np.cos(1.3 * wander))
            # A mote turns, and flashes when a side faces the light.
            twinkle = 0.6 + 0.4 * np.sin(2 * np.pi * (moment.between(7, 0.2, 0.6) * lived + moment.chance(8)))
            around = light.near(x / self._width, y / self._height)
            lit = 0.35 + 0.65 * smooth((around - 0.6 * light.mean) / 0.35)
            Spots(
                x, y, radius * moment.between(9, 0.6, 1.3), radius * moment.between(9, 0.6, 1.3),
                opacity * twinkle * lit * swell(moment.age),
                (np.clip(16 + 219 * (around + 0.5), 130, 235), 121.0, 133.0), hardness=hardness, tint=0.6,
            ).draw(planes, self._canvas, strength)  # fmt: skip


class Embers:
    """Glowing flakes that rise from a fire below the picture, swaying, and go out."""

    #: From far to near: embers to the square unit, units risen in a second, radius in units, opacity.
    _LAYERS = ((60, 0.16, 0.0016, 0.85), (28, 0.26, 0.0026, 0.95), (5, 0.42, 0.0055, 0.75))

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze) -> None:
        self._canvas, self._breeze = canvas, breeze
        self._width, self._height = extent(canvas)
        self._layers = [
            Lives(canvas, f"embers {n}", count(canvas, density * strength), 0.55 * self._height / speed,
                  1.15 * self._height / speed)
            for n, (density, speed, _, _) in enumerate(self._LAYERS)
        ]  # fmt: skip

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Draw a glow and a bright core for each."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        for lives, (_, speed, radius, opacity) in zip(self._layers, self._LAYERS, strict=True):
            moment = lives.at(seconds)
            lived = moment.age * moment.span
            swirl = 2 * np.pi * (moment.between(3, 0.15, 0.45) * lived + moment.chance(4))
            sway = moment.between(5, 0.1, 0.35) * speed
            x = self._width * moment.between(1, -0.1, 1.1)
            x += sway * (np.sin(swirl) + 0.4 * np.sin(2.7 * swirl)) * (0.3 + moment.age)
            x += 0.8 * (self._breeze.carried(seconds) - self._breeze.way(seconds - lived))
            rise = speed * moment.between(2, 0.75, 1.3)
            y = self._height + 0.04 - rise * lived * (1.15 - 0.25 * moment.age)
            # It flickers quickly, cools as it rises, and fades out.
            flicker = 0.72 + 0.28 * np.sin(2 * np.pi * (moment.between(6, 1.2, 2.6) * lived + moment.chance(7)))
            heat = flicker * (1 - 0.55 * moment.age)
            seen = smooth(moment.age / 0.06) * smooth((1 - moment.age) / 0.45) * opacity
            size = radius * moment.between(8, 0.6, 1.3)
            swerve = sway * 2 * np.pi * 0.3 * np.cos(swirl) * (0.3 + moment.age) + 0.8 * self._breeze.now(seconds)
            blur = np.hypot(swerve, rise) / float(FRAME_RATE) / 4
            angle = np.arctan2(-rise, swerve)
            # Orange: BT.709 of sRGB (255, 120, 20).
            Spots(x, y, 9 * size, 9 * size, 0.34 * heat * seen, (170.0, 70.0, 194.0), hardness=GLOW, tint=1.5).draw(
                planes, self._canvas, strength
            )
            Spots(x, y, 1.25 * size + blur, 1.25 * size, heat * seen,
                  (150 + 75 * heat, 62 + 24 * heat, 182 - 34 * heat), angle,
                  hardness=1.6, tint=_VIVID).draw(planes, self._canvas, strength)  # fmt: skip


class Sparks:
    """Sparks thrown up in showers from below the picture; they slow down, fall back and die."""

    _PULL = 1.0
    _PLACES = 3

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze) -> None:
        self._canvas, self._breeze = canvas, breeze
        self._width, self._height = extent(canvas)
        self._lives = Lives(canvas, "sparks", count(canvas, 150 * strength), 0.6, 1.6)
        random = canvas.random(0x59A2)
        self._from = (np.arange(self._PLACES) + random.uniform(0.25, 0.75, self._PLACES)) / self._PLACES

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Draw each as a streak along its way, with a faint glow."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        moment = self._lives.at(seconds)
        lived = moment.age * moment.span
        place = (moment.chance(1) * self._PLACES).astype(np.int64)
        fan = moment.between(2, -0.62, 0.62) + 0.3 * moment.between(3, -1, 1) + 0.35 * self._breeze.speed
        force = moment.between(4, 0.7, 2.3) * np.sqrt(self._height)
        vx, vy = force * np.sin(fan), -force * np.cos(fan)
        # The air brakes them: the way is the integral of a velocity that decays.
        brake = 1.5
        worn = np.exp(-brake * lived)
        gone = (1 - worn) / brake
        x = self._width * self._from[place] + 0.03 * moment.between(5, -1, 1) + vx * gone
        x += 0.35 * (self._breeze.carried(seconds) - self._breeze.way(seconds - lived))
        y = self._height + 0.05 + vy * gone + self._PULL * lived**2 / 2
        vx, vy = vx * worn + 0.35 * self._breeze.now(seconds), vy * worn + self._PULL * lived
        size = moment.between(6, 0.0007, 0.0015)
        # Showers come and go.
        burst = 0.45 + 0.55 * np.sin(2 * np.pi * ((0.37 + 0.11 * place) * (seconds - lived) + 0.31 * place)) ** 2
        heat = (1 - moment.age) ** 0.7
        seen = smooth((1 - moment.age) / 0.35) * burst
        length = np.hypot(vx, vy) / float(FRAME_RATE) / 2
        angle = np.arctan2(vy, vx)
        for wide, opacity, value in (
            (6.0, 0.20 * heat, (160.0, 72.0, 190.0)),
            (1.5, 0.65 + 0.35 * heat, (150 + 60 * heat, 60 + 26 * heat, 184 - 30 * heat)),
            # White hot while it is young.
            (0.7, heat, (234.0, 100.0, 142.0)),
        ):
            Spots(x, y, length + wide * size, wide * size, opacity * seen, value, angle, tint=_VIVID).draw(
                planes, self._canvas, strength
            )


class Fireflies:
    """Small lights that wander low over the ground and glow in slow pulses."""

    #: From far to near: fireflies to the square unit, radius in units, way in units.
    _LAYERS = ((14, 0.0024, 0.05), (9, 0.0036, 0.09), (3, 0.0062, 0.15))

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze) -> None:
        self._canvas, self._breeze = canvas, breeze
        self._width, self._height = extent(canvas)
        self._layers = [
            Lives(canvas, f"fireflies {n}", count(canvas, layer[0] * strength), 3.2, 6.5)
            for n, layer in enumerate(self._LAYERS)
        ]

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Draw a halo, a glow and a core for each that is alight."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        for lives, (_, radius, way) in zip(self._layers, self._LAYERS, strict=True):
            moment = lives.at(seconds)
            lived = moment.age * moment.span
            turn, other = 2 * np.pi * moment.chance(3), 2 * np.pi * moment.chance(4)
            slow, quick = moment.between(5, 0.10, 0.22), moment.between(6, 0.24, 0.45)
            x = self._width * moment.between(1, -0.03, 1.03)
            x += way * (np.sin(2 * np.pi * slow * lived + turn) + 0.35 * np.sin(2 * np.pi * quick * lived + other))
            high = np.minimum(moment.chance(2), moment.chance(9))
            y = self._height * (0.97 - 0.68 * high)
            y += 0.6 * way * (np.cos(2 * np.pi * slow * 1.3 * lived + other) + 0.3 * np.sin(2 * np.pi * quick * lived))
            # Two or three pulses in a life: quick to light up, slow to fade.
            pulse = np.mod(moment.between(7, 2, 3.2) * moment.age + moment.chance(8), 1)
            glow = smooth(pulse / 0.22) * smooth((1 - pulse) / 0.62)
            glow = (0.06 + 0.94 * glow) * swell(moment.age, 0.12, 0.15)
            size = radius * moment.between(10, 0.75, 1.2)
            # Yellow green: BT.709 of sRGB (210, 240, 90).
            for wide, opacity, value in ((15.0, 0.20, 170.0), (5.5, 0.45, 190.0)):
                Spots(
                    x, y, wide * size, wide * size, opacity * glow, (value, 70.0, 126.0), hardness=GLOW, tint=1.5
                ).draw(planes, self._canvas, strength)
            Spots(x, y, 1.25 * size, 1.25 * size, glow, (231.0, 98.0, 128.0)).draw(planes, self._canvas, strength)
