"""Neon: coloured light from both sides, magenta and cyan, breathing slowly."""

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.field import Banks, darken, light_of, places, shine, tinge
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: BT.709 Cb and Cr of sRGB (255, 40, 190) and (20, 220, 255), a little paled.
_MAGENTA, _CYAN = (163.0, 191.0), (164.0, 62.0)


#: How much light they throw on what is near them, and on wet ground.
_GLOW, _WET = 0.13, 0.20


class Neon:
    """Two signs beyond the edges of the picture light it, and shine back from the ground; the rest of it is night."""

    def __init__(self, canvas: Canvas, strength: float) -> None:
        self._canvas, self._amount = canvas, min(strength, 2.0)
        random = canvas.random(0x9E09)
        self._left, self._right = (_MAGENTA, _CYAN) if random.integers(2) else (_CYAN, _MAGENTA)
        self._phases = random.uniform(0, 1, 4)
        self._height = random.uniform(0.3, 0.6, 2)
        self._x, self._y = places(canvas, 36)
        self._ripples = Banks(canvas, "neon ground", (330, 36), (0, 0.02), bend=5)
        self._ground = np.clip((self._y - 0.62) / 0.2, 0, 1)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Darken what is brighter than a night, then add both lights, most on what can reflect them."""
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
            glows.append(breath * np.exp(-((across / 0.42) ** 2) - ((self._y - self._height[n]) / 0.75) ** 2))
        both = glows[0] + glows[1]
        # A picture of the night is dark enough: only what is brighter is darkened, and its colours stay.
        bright = min(1.0, max(0.0, light.mean - 0.34) / 0.4)
        gain = np.clip(1 - 0.46 * bright * amount * (1 - 0.35 * np.minimum(both, 1)), 0.3, 1)
        darken(planes, np.asarray(gain, np.float32), min(0.4 * bright * amount, 0.6), (1.0, 0.0, 0.0))
        share = glows[0] / np.maximum(both, 1e-3)
        cb, cr = (
            np.asarray(share * a + (1 - share) * b, np.float32) for a, b in zip(self._left, self._right, strict=True)
        )
        ripples = cv2.resize(self._ripples.at(seconds), shape[::-1], interpolation=cv2.INTER_AREA)
        ripples = np.clip((ripples - 0.42) / 0.3, 0, 1)
        wet = self._ground * ripples * both * (1 - 0.6 * surface)
        glow = np.clip(amount * (both * _GLOW * (0.35 + 0.65 * surface) + _WET * wet), 0, 0.6).astype(np.float32)
        shine(planes, glow, cb, cr, np.zeros_like(glow))
        tinge(planes, np.clip(amount * (0.34 * both + 0.5 * wet), 0, 0.75).astype(np.float32), cb, cr)
