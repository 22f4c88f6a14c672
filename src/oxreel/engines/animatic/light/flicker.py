"""Flicker: the unsteady light of a candle or a fire, never a strobe."""

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.field import Light, light_of, places, shine, veil
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: Waves of a flame: cycles in a second, share. Slow enough that the mean luma's second difference stays below 1.5.
_WAVES = ((0.43, 0.34), (0.97, 0.30), (1.71, 0.22), (2.63, 0.10), (3.9, 0.04))


class Flicker:
    """A warm light that breathes, strongest where the picture is already lit."""

    def __init__(self, canvas: Canvas, strength: float) -> None:
        self._canvas, self._amount = canvas, min(strength, 2.0)
        random = canvas.random(0xF11C)
        self._phases = random.uniform(0, 1, len(_WAVES))
        self._x, self._y = places(canvas, 36)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Brighten the lit places when the flame stands high, and let the picture sink when it ducks."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        flame = float(
            sum(
                share * np.sin(2 * np.pi * (f * seconds + p))
                for (f, share), p in zip(_WAVES, self._phases, strict=True)
            )
        )
        amount = self._amount * strength
        light = light_of(planes, self._canvas)
        lit = _lit(light, self._x.shape[1], self._y.shape[0])
        # The room around the light is a little darker and warmer than without it.
        edge = np.clip(1 - lit, 0, 1) * (0.12 - 0.06 * flame)
        veil(planes, np.asarray(edge * amount * 0.8, np.float32), 22, 122, 134)
        glow = lit * (0.065 + 0.075 * flame) * amount
        shine(planes, np.clip(glow, 0, 0.5).astype(np.float32), 106, 148,
              np.clip(0.10 * amount * (0.35 + lit) * (1 + 0.6 * flame), 0, 0.5).astype(np.float32))  # fmt: skip


def _lit(light: Light, columns: int, rows: int) -> np.ndarray:
    """0..1: where the picture is lit, softly."""
    wide = cv2.resize(light.luma, (columns, rows), interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(wide, (0, 0), 3.5)
    share = np.clip((soft - soft.mean() + 18) / 70, 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)
