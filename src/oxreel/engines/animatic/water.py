"""Water: the lower part of the picture shimmers where it looks like water."""

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.water_kernels import ripple
from oxreel.engines.animatic.weather.field import Field, grid, sampled
from oxreel.engines.animatic.weather.field_kernels import shrink
from oxreel.engines.animatic.weather.lives import Lives
from oxreel.engines.animatic.weather.particles import Spots, count, extent, smooth
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: Cells of the shorter side in which water is looked for.
_CELLS = 36
#: Of the height: where water may begin, and where it is sure of its place.
_HORIZON, _GROUND = 0.48, 0.70
#: Units that a sample is moved aside at most, at the picture's lower edge.
_REACH = 0.0062


def water_effects(plan: ShotPlan, canvas: Canvas) -> tuple[Effect, ...]:
    """Shimmering water where the plan has it."""
    return (Water(canvas),) if plan.water else ()


class Water:
    """Rows of the water sway against each other, more and wider towards the viewer, and glints light up on it."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._width, self._height = extent(canvas)
        self._shape = grid(canvas, _CELLS)
        self._glints = Lives(canvas, "glints", count(canvas, 260), 0.5, 1.3)
        self._phases = canvas.random(0x3A7E).uniform(0, 2 * np.pi, 4)
        self._things = _things(canvas, self._shape)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Ripple the water in place, then lay the glints over it."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        luma = self._shrunk(planes[0])
        mask = self._mask(luma, self._shrunk(planes[1]), self._shrunk(planes[2]))
        self._ripple(planes, mask, seconds, strength)
        self._glint(planes, mask, luma, seconds, strength)

    def _shrunk(self, plane: np.ndarray) -> Field:
        out = np.empty(self._shape, np.float32)
        shrink(plane, out)
        return out

    def _mask(self, luma: Field, cb: Field, cr: Field) -> Field:
        """0..1: where it looks like water: low in the picture, and blue, or grey and bright; never a thing in it."""
        y = (np.arange(self._shape[0], dtype=np.float32) + 0.5)[:, None] / self._shape[0]
        low = np.clip((y - _HORIZON) / (_GROUND - _HORIZON), 0, 1)
        blue = np.clip(((cb - 128) - 0.6 * (cr - 128) - 1) / 12, 0, 1)
        # Green and brown are land.
        land = np.clip((128 - cb - 3) / 12, 0, 1)
        like = np.clip(0.25 + 0.75 * blue - land, 0, 1)
        total = float((low * blue).sum() / max(float(low.sum()), 1e-6))
        # Where hardly anything is blue, the lower part is all there is to go by.
        unsure = np.clip(1 - total / 0.08, 0, 1)
        like = like + unsure * np.clip(0.65 - like, 0, 1)
        # It reaches up from the lower edge: what is blue beyond something else is not it.
        like = np.minimum.accumulate(np.maximum(like, 1 - low)[::-1], axis=0)[::-1] if total > 0 else like
        soft = cv2.GaussianBlur(np.asarray(like * self._things, np.float32), (0, 0), 1.2)
        return np.asarray(soft * low * low * (3 - 2 * low), np.float32)

    def _ripple(self, planes: Planes, mask: Field, seconds: float, strength: float) -> None:
        for plane in planes:
            height, width = plane.shape
            unit = min(height, width)
            y = (np.arange(height) + 0.5) / height
            # Waves are seen ever flatter towards the horizon: their phase runs with the distance.
            depth = np.maximum(y - 0.36, 0.02)
            far = 1 / depth
            a, b, c, d = self._phases
            first = np.sin(13.0 * far + 2.1 * seconds + a) + 0.6 * np.sin(23.0 * far + 3.3 * seconds + b)
            second = np.sin(17.0 * far + 2.7 * seconds + c) + 0.6 * np.sin(7.0 * far + 1.3 * seconds + d)
            reach = _REACH * unit * strength * np.clip((y - _HORIZON) / (1 - _HORIZON), 0, 1)
            waves = np.column_stack([first * reach, second * reach]).astype(np.float32)
            ripple(plane, mask, waves, np.float32(2 * np.pi * 1.6 / unit))

    def _glint(self, planes: Planes, mask: Field, luma: Field, seconds: float, strength: float) -> None:
        moment = self._glints.at(seconds)
        depth = moment.chance(2)
        x, y = self._width * moment.chance(1), self._height * (_HORIZON + (1 - _HORIZON) * depth)
        there = sampled(mask, x / self._width, y / self._height)
        bright = (sampled(luma, x / self._width, y / self._height) - 16) / 219
        mean = float(np.clip((luma.mean() - 16) / 219, 0, 1))
        twinkle = smooth(moment.age / 0.3) * smooth((1 - moment.age) / 0.6)
        long = (0.003 + 0.011 * depth) * moment.between(3, 0.6, 1.4)
        # The path of the sun or of lamps glints most.
        opacity = twinkle * smooth((there - 0.3) / 0.4) * np.clip(0.34 + 1.6 * (bright - 0.8 * mean), 0.14, 0.9)
        x = x + 0.006 * np.sin(2 * np.pi * moment.age + 6 * moment.chance(4))
        Spots(x, y, long, 0.0014 + 0.0014 * depth, opacity, (np.clip(60 + 219 * (bright + 0.4), 90, 235), 128.0, 128.0),
              tint=0.3).draw(planes, self._canvas, strength)  # fmt: skip


def _things(canvas: Canvas, shape: tuple[int, int]) -> Field:
    """0 where something nearer than the water around it stands in it, as far as the depth tells; 1 elsewhere."""
    if canvas.nearness is None:
        return np.ones(shape, np.float32)
    near = cv2.resize(canvas.nearness, shape[::-1], interpolation=cv2.INTER_AREA)
    above = near - np.median(near, axis=1, keepdims=True)
    return np.asarray(1 - np.clip((above - 0.10) / 0.15, 0, 1), np.float32)
