"""Fog and smoke: soft volumes of drifting noise."""

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.breeze import Breeze
from oxreel.engines.animatic.weather.field import Banks, distance, light_of, places, veil
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: How dense ordinary fog is far away (it hides 1 - exp(-density), about a half), and what share of the near it hides.
_FAR, _NEAR = 0.78, 0.11


class Fog:
    """Banks of fog that drift at two depths, thicker where the picture is far away."""

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze) -> None:
        self._canvas, self._amount, self._breeze = canvas, strength, breeze
        side = 1 if breeze.speed > 0 else -1
        self._far = Banks(canvas, "far fog", (80, 200), (0.03 * side, 0.004), bend=16)
        self._near = Banks(canvas, "near fog", (55, 140), (0.07 * side, -0.006), bend=14)
        _, y = places(canvas)
        # It lies low in the distance: thinner above. Before what is near there is next to none.
        # Heavy fog stands higher, and has no gaps.
        heavy = float(np.clip(strength - 1, 0, 1))
        high = 0.45 + 0.45 * heavy
        self._depth = distance(canvas) ** 1.3 * (high + (1 - high) * np.exp(-(((y - 0.52) / 0.24) ** 2)))
        self._gaps = 0.70 - 0.45 * heavy
        self._low = np.exp(-(((y - 0.80) / 0.28) ** 2))

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Lay the far banks and the near ones in one go."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        carried = 0.35 * self._breeze.carried(seconds)
        light = light_of(planes, self._canvas)
        far = self._depth * (1 - self._gaps + self._gaps * _contrast(self._far.at(seconds, 0.5 * carried)))
        near = self._low * _contrast(self._near.at(seconds, carried))
        amount = min(self._amount, 3.0)
        # What both let through is left.
        far = strength * (1 - np.exp(-_FAR * amount**1.7)) * far
        near = strength * min(_NEAR * amount**1.3, 0.5) * near
        share = 1 - (1 - far) * (1 - near)
        value = min(226.0, 76 + 172 * light.mean)
        veil(
            planes,
            np.asarray(share, np.float32),
            value,
            65 + 0.5 * light.cb,
            63.5 + 0.5 * light.cr,
        )


class Smoke:
    """Smoke that rises from below the picture in ragged volumes and thins out above."""

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze) -> None:
        self._canvas, self._amount, self._breeze = canvas, strength, breeze
        self._volumes = Banks(canvas, "smoke", (125, 78), (0, -0.14), bend=30, slope=1.9)
        self._wisps = Banks(canvas, "wisps", (210, 115), (0, -0.22), bend=44, slope=1.6)
        self._plumes = canvas.random(0x530C).uniform(0.08, 0.92, 3)
        self._x, self._y = places(canvas)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Lay the smoke: it lightens what is dark and dulls what is bright."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        carried = 0.5 * self._breeze.carried(seconds)
        light = light_of(planes, self._canvas)
        volumes, wisps = self._volumes.at(seconds, carried), self._wisps.at(seconds, 1.2 * carried)
        shape = np.clip((0.64 * volumes + 0.36 * wisps - 0.38) / 0.34, 0, 1)
        shape = shape * shape * (3 - 2 * shape)
        up = 1 - self._y
        lean = 0.35 * self._breeze.speed * up
        wide = 0.09 + 0.20 * up
        plume = sum(np.exp(-(((self._x - lean - at) / wide) ** 2)) for at in self._plumes)
        thin = np.clip(1.15 - 1.0 * up, 0.12, 1)
        share = 1 - np.exp(-2.0 * self._amount * strength * shape * thin * (0.14 + 1.0 * np.minimum(plume, 1.2)))
        # The thick parts shade themselves.
        value = 52 + 105 * light.mean + 60 * (wisps - 0.5) + 50 * (volumes - 0.5)
        veil(planes, np.asarray(0.80 * share, np.float32), np.asarray(value, np.float32), 129, 128)


def _contrast(noise: np.ndarray) -> np.ndarray:
    """0..1 with clear places between the banks."""
    share = np.clip((noise - 0.34) / 0.36, 0, 1)
    return share * share * (3 - 2 * share)
