"""God rays: soft shafts from the brightest place of the picture, or from beyond an upper corner."""

from zlib import crc32

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.light.lamp import lamp
from oxreel.engines.animatic.weather.field import Field, Light, darken, distance, light_of, places, shine
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: Waves around the lamp: how many to a turn, at least and at most, and how many of them.
_TURNS = (5, 34)
_COUNT = 24


class GodRays:
    """Shafts that turn slowly and breathe, and break on what stands before the light."""

    def __init__(self, canvas: Canvas, strength: float) -> None:
        self._canvas, self._amount = canvas, min(strength, 2.0)
        random = canvas.random(crc32(b"god rays"))
        self._turns = random.integers(*_TURNS, _COUNT).astype(np.float64)
        self._phases = random.uniform(0, 2 * np.pi, _COUNT)
        # Radians in a second: each wave goes its own way, so that shafts come and go.
        self._speeds = random.uniform(-0.34, 0.34, _COUNT)
        self._sizes = (self._turns / _TURNS[0]) ** -0.6
        self._x, self._y = places(canvas)
        self._aspect = canvas.width / canvas.height
        self._air = 0.6 + 0.4 * distance(canvas)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Add the light of the shafts."""
        if strength <= 0:
            return
        light = light_of(planes, self._canvas)
        at_x, at_y, sure = lamp(light, self._canvas)
        dx, dy = (self._x - np.float32(at_x)) * np.float32(self._aspect), self._y - np.float32(at_y)
        reach = np.sqrt(dx * dx + dy * dy)
        shafts = self._shafts(np.arctan2(dx, dy), frame / float(FRAME_RATE))
        # From a sun in the picture they start at its rim, from beyond the corner they come in whole.
        near = np.clip(reach / (0.05 + 0.45 * sure), 0, 1) ** 1.3
        fall = near * np.exp(-reach / (1.15 - 0.35 * sure))
        down = 0.25 + 0.75 * np.clip(0.55 * dy / np.maximum(reach, 1e-3) + 0.55, 0, 1)
        halo = (0.05 + 0.10 * sure) * np.exp(-((reach / 0.32) ** 2))
        passed = _passed(light, at_x, at_y, shafts.shape)
        ray = self._amount * strength * (0.66 * shafts * fall * down * (0.30 + 0.70 * passed) + halo)
        # In a dark picture a faint shaft shows as well as a strong one in a bright picture.
        ray *= 0.5 + 0.5 * min(1.0, light.mean / 0.35)
        # There is more lit air before what is far.
        ray = np.clip(ray * self._air, 0, 0.6).astype(np.float32)
        # In a bright picture shafts show by the shade between them: less light there, no less contrast.
        shade = self._amount * strength * (0.02 + 0.24 * light.mean**2) * (1 - shafts * fall)
        firm = 0.16 * min(1.0, max(0.0, light.mean - 0.2) / 0.3) * self._amount * strength
        gain = 1 - np.clip(shade * np.minimum(near + 0.2, 1), 0, 0.5)
        darken(planes, np.asarray(gain, np.float32), firm, (1.0, 0.0, 0.0))
        shine(planes, ray, 112, 139, np.asarray(0.55 * ray, np.float32))

    def _shafts(self, angle: Field, seconds: float) -> Field:
        """0..1 by the angle from straight down: computed around the circle, then looked up."""
        around = np.linspace(-np.pi, np.pi, 1441)
        total = np.zeros_like(around)
        for turns, phase, speed, size in zip(self._turns, self._phases, self._speeds, self._sizes, strict=True):
            total += size * np.sin(turns * around + phase + speed * seconds * 2)
        total /= np.sqrt((self._sizes**2).sum() / 2)
        wave = np.clip((total + 0.7) / 3.0, 0, 1)
        table = (wave * wave * (3 - 2 * wave)).astype(np.float32)
        place = (angle + np.float32(np.pi)) * np.float32(1440 / (2 * np.pi))
        index = np.minimum(place.astype(np.int64), 1439)
        share = place - index
        return np.asarray(table[index] + share * (table[index + 1] - table[index]), np.float32)


def _passed(light: Light, at_x: float, at_y: float, shape: tuple[int, int]) -> Field:
    """0..1: how bright it is on the way from the lamp to each cell: what is dark there casts a shadow."""
    rows, columns = light.luma.shape
    bright = np.clip((light.luma - light.luma.mean()) / 60 + 0.6, 0, 1).astype(np.float32)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    lx, ly = np.float32(at_x * columns - 0.5), np.float32(at_y * rows - 0.5)
    total = np.zeros_like(bright)
    steps = 12
    for step in range(steps):
        share = np.float32((step + 0.5) / steps)
        total += cv2.remap(
            bright, lx + (x - lx) * share, ly + (y - ly) * share, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    soft = cv2.GaussianBlur(total / steps, (0, 0), 0.8)
    return np.asarray(cv2.resize(soft, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)
