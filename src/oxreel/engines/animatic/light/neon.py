"""Neon: coloured light from both sides, magenta and cyan, breathing slowly."""

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.field import light_of, places, shine, veil
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: BT.709 Cb and Cr of sRGB (255, 40, 190) and (20, 220, 255), a little paled.
_MAGENTA, _CYAN = (163.0, 191.0), (164.0, 62.0)


class Neon:
    """Two signs beyond the edges of the picture light it; the rest of it is night."""

    def __init__(self, canvas: Canvas, strength: float) -> None:
        self._canvas, self._amount = canvas, min(strength, 2.0)
        random = canvas.random(0x9E09)
        self._left, self._right = (_MAGENTA, _CYAN) if random.integers(2) else (_CYAN, _MAGENTA)
        self._phases = random.uniform(0, 1, 4)
        self._height = random.uniform(0.3, 0.6, 2)
        self._x, self._y = places(canvas, 36)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Darken a little, then add both lights, most on what can reflect them."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        amount = self._amount * strength
        light = light_of(planes, self._canvas)
        shape = self._y.shape[0], self._x.shape[1]
        surface = cv2.resize(light.luma, shape[::-1], interpolation=cv2.INTER_LINEAR)
        surface = np.clip((surface - 16) / 150, 0, 1)
        glows = []
        for n, across in enumerate((self._x, 1 - self._x)):
            breath = 1 + 0.16 * np.sin(2 * np.pi * (0.23 * seconds + self._phases[n]))
            breath += 0.07 * np.sin(2 * np.pi * (0.61 * seconds + self._phases[n + 2]))
            glows.append(breath * np.exp(-((across / 0.46) ** 2) - ((self._y - self._height[n]) / 0.85) ** 2))
        both = glows[0] + glows[1]
        dark = np.clip((0.08 + 0.72 * light.mean) * amount * (1 - 0.25 * np.minimum(both, 1)), 0, 0.72)
        veil(planes, np.asarray(dark, np.float32), 24, 140, 128)
        share = glows[0] / np.maximum(both, 1e-3)
        cb, cr = (share * a + (1 - share) * b for a, b in zip(self._left, self._right, strict=True))
        glow = np.clip(amount * both * (0.07 + (0.12 - 0.09 * light.mean) * surface), 0, 0.6).astype(np.float32)
        tint = np.clip(amount * both * (0.30 + 0.22 * surface), 0, 0.75).astype(np.float32)
        shine(planes, glow, np.asarray(cb, np.float32), np.asarray(cr, np.float32), tint)
