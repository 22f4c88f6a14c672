"""Lens flare: the glow of a bright place, and its ghosts on the axis through the middle of the picture."""

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.light.lamp import lamp
from oxreel.engines.animatic.weather.field import light_of, places, shine, veil
from oxreel.engines.animatic.weather.particles import Spots, extent
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: Ghosts: place on the axis (1 the lamp, -1 its mirror), radius in units, opacity, Cb, Cr, hardness.
_GHOSTS = (
    (0.58, 0.030, 0.13, 106.0, 146.0, 3.0),
    (0.36, 0.062, 0.075, 112.0, 122.0, 5.0),
    (0.16, 0.018, 0.15, 140.0, 112.0, 2.5),
    (-0.22, 0.046, 0.085, 150.0, 118.0, 4.5),
    (-0.46, 0.100, 0.055, 118.0, 112.0, 6.0),
    (-0.66, 0.026, 0.12, 108.0, 150.0, 3.0),
    (-1.02, 0.165, 0.045, 148.0, 130.0, 7.0),
)


class LensFlare:
    """A flare that lives with the light: it goes where the light goes, and shimmers a little."""

    def __init__(self, canvas: Canvas, strength: float) -> None:
        self._canvas, self._amount = canvas, min(strength, 2.0)
        self._phase = float(canvas.random(0x1E45).uniform(0, 1))
        self._x, self._y = places(canvas)
        self._width, self._height = extent(canvas)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Add the glow, a streak across and the ghosts."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        light = light_of(planes, self._canvas)
        at_x, at_y, sure = lamp(light, self._canvas)
        # A lamp that is not in the picture stands just beyond its corner: only its glow comes in.
        at_x = sure * at_x + (1 - sure) * float(np.clip(at_x, -0.03, 1.03))
        at_y = sure * at_y + (1 - sure) * -0.05
        at_x += 0.012 * np.sin(2 * np.pi * (0.07 * seconds + self._phase))
        at_y += 0.008 * np.sin(2 * np.pi * (0.05 * seconds + 2 * self._phase))
        shimmer = 1 + 0.06 * np.sin(2 * np.pi * (0.31 * seconds + self._phase))
        amount = self._amount * strength * shimmer
        # Over a bright picture light shows by the shade around it, and ghosts by their colour.
        self._glow(planes, at_x, at_y, amount, 0.30 * light.mean**2)
        amount *= 1 + 0.9 * light.mean**2
        x, y = at_x * self._width, at_y * self._height
        mx, my = self._width / 2, self._height / 2
        for place, radius, opacity, cb, cr, hardness in _GHOSTS:
            Spots(
                np.array([mx + (x - mx) * place]), np.array([my + (y - my) * place]), radius, radius,
                opacity * amount, (225.0, cb, cr), hardness=hardness, tint=1.8,
            ).draw(planes, self._canvas, 1.0)  # fmt: skip

    def _glow(self, planes: Planes, at_x: float, at_y: float, amount: float, shade: float) -> None:
        dx, dy = (self._x - at_x) * self._width, (self._y - at_y) * self._height
        square = dx * dx + dy * dy
        reach = np.sqrt(square)
        glow = 0.42 * np.exp(-square / 0.0045) + 0.24 * np.exp(-reach / 0.16) + 0.06 * np.exp(-reach / 0.6)
        streak = 0.22 * np.exp(-((dy / 0.011) ** 2)) * np.exp(-np.abs(dx) / 0.42)
        # A faint ring at the rim of the lens.
        ring = 0.045 * np.exp(-(((reach - 0.36) / 0.022) ** 2))
        light = np.clip(amount * (glow + streak + ring), 0, 0.85)
        veil(
            planes, np.asarray(np.clip(shade * amount * (1 - np.exp(-square / 0.35)), 0, 0.5), np.float32), 70, 131, 125
        )
        cool = (streak + ring) / np.maximum(glow + streak + ring, 1e-4)
        shine(planes, light.astype(np.float32), np.asarray(112 + 34 * cool, np.float32),
              np.asarray(136 - 16 * cool, np.float32), np.asarray(0.5 * light, np.float32))  # fmt: skip
