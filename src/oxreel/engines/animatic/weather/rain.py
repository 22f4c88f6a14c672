"""Rain: streaks at several depths, splashes on the ground and a cool dark day."""

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.breeze import Breeze
from oxreel.engines.animatic.weather.field import Banks, Field, darken, distance, light_of, places, veil
from oxreel.engines.animatic.weather.lives import Lives
from oxreel.engines.animatic.weather.particles import Spots, count, extent, smooth
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: From far to near: drops to the square unit, units fallen in a second, half a width in units, opacity.
_LAYERS = ((760, 1.5, 0.0010, 0.42), (300, 2.5, 0.0014, 0.52), (80, 4.0, 0.0021, 0.46), (9, 6.0, 0.0048, 0.20))
#: Streaks are as long as a drop falls while the shutter is open: half of a frame, and a little more to be seen.
_SHUTTER = 0.62 / float(FRAME_RATE)
#: How far drops go aside for each unit that they fall, in a breeze of one unit in a second.
_LEAN = 0.45
#: Cool grey, against neutral.
_CB, _CR = 133.0, 125.0


class Rain:
    """Rain of a strength: 0.5 a drizzle, 1 ordinary, 1.5 heavy; `gloom` 0..1 is how black the clouds are."""

    def __init__(self, canvas: Canvas, strength: float, breeze: Breeze, *, gloom: float = 0.0) -> None:
        self._gloom = gloom
        self._canvas, self._amount, self._breeze = canvas, strength, breeze
        self._width, self._height = extent(canvas)
        self._tall = self._height + 0.3
        self._layers = [
            Lives(canvas, f"rain {speed}", count(canvas, density * strength), self._tall / speed, self._tall / speed)
            for density, speed, _, _ in _LAYERS
        ]
        self._splashes = Lives(canvas, "splashes", count(canvas, 110 * strength), 0.22, 0.34)
        self._haze = Banks(canvas, "rain haze", (120, 40), (0, 0.9), bend=3)
        self._cover = _cover(canvas)
        # Clouds take more light from the sky than from the ground.
        _, y = places(canvas)
        self._clouds = np.asarray(0.16 + 0.26 * np.exp(-((y / 0.5) ** 2)) + 0 * self._cover, np.float32)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Darken the frame, and let it rain."""
        if strength <= 0:
            return
        seconds = frame / float(FRAME_RATE)
        mean = light_of(planes, self._canvas).mean
        self._darken(planes, seconds, strength, mean)
        value = 128 + 100 * mean
        lean = _LEAN * self._breeze.now(seconds)
        for lives, (_, speed, radius, opacity) in zip(self._layers, _LAYERS, strict=True):
            self._fall(lives, seconds, speed, radius, opacity, lean, value).draw(planes, self._canvas, strength)
        self._splash(planes, seconds, strength, value)

    def _darken(self, planes: Planes, seconds: float, strength: float, mean: float) -> None:
        """Overcast: less light and less colour, by how much there is of them; then curtains of rain in the distance."""
        amount = min(self._amount, 2.0) * strength
        # What is dark already stays as it is: night is not made darker by rain.
        bright = float(smooth(np.array([(mean - 0.22) / 0.4]))[0])
        gloom = self._gloom * strength * bright
        gain = 1 - 0.15 * min(amount, 1.5) * bright - gloom * self._clouds
        contrast = (0.10 * min(amount, 1.5) + 0.34 * self._gloom * strength) * bright
        keep = 1 - (0.14 * min(amount, 1.5) + 0.08 * self._gloom * strength) * (0.4 + 0.6 * bright)
        darken(planes, np.asarray(gain, np.float32), contrast, (keep, 16 * (1 - keep), -10 * (1 - keep)))
        curtains = self._haze.at(seconds, self._breeze.carried(seconds))
        share = (0.02 + 0.32 * self._cover * curtains) * amount
        value = 34 + 120 * mean * (1 - 0.45 * gloom)
        veil(planes, np.clip(share, 0, 0.5).astype(np.float32), value, _CB, _CR)

    def _fall(
        self, lives: Lives, seconds: float, speed: float, radius: float, opacity: float, lean: float, value: float
    ) -> Spots:
        moment = lives.at(seconds)
        size, brightness = moment.between(2, 0.7, 1.25), moment.between(3, 0.45, 1.0)
        slant = lean + moment.between(4, -0.02, 0.02)
        y = -0.15 + self._tall * moment.age
        drifted = slant * self._tall
        # What is driven out at one side comes in again at the other, both beyond the edges.
        wide = self._width + 0.2
        x = np.mod(wide * moment.chance(1) + drifted * moment.age, wide) - 0.1
        return Spots(
            x,
            y,
            along=speed * _SHUTTER / 2 * size * np.hypot(1, slant) + radius,
            across=radius * size,
            opacity=opacity * brightness,
            colour=(value, _CB, _CR),
            angle=np.arctan2(1, slant),
            tint=0,  # streaks are nearly the colour of what is behind them
        )

    def _splash(self, planes: Planes, seconds: float, strength: float, value: float) -> None:
        moment = self._splashes.at(seconds)
        depth = np.sqrt(moment.chance(2))
        x, y = self._width * moment.chance(1), self._height * (0.66 + 0.36 * depth)
        near = 0.35 + 0.65 * depth
        fading = smooth(moment.age / 0.15) * (1 - moment.age) ** 1.5
        ring = (0.002 + 0.009 * np.sqrt(moment.age)) * near
        Spots(x, y, ring, ring * 0.28, 0.42 * fading, (value, _CB, _CR), tint=0).draw(planes, self._canvas, strength)
        # The crown: two droplets that are thrown up and fall back.
        for channel, side in ((3, -1), (4, 1)):
            flight = moment.age * (1.15 - moment.age) * 4
            high, out = moment.between(channel, 0.006, 0.016) * near, moment.between(channel + 2, 0.003, 0.010) * near
            Spots(
                x + side * out * moment.age, y - high * flight, 0.0016 * near, 0.0013 * near, 0.5 * fading,
                (value + 15, _CB, _CR), tint=0,
            ).draw(planes, self._canvas, strength)  # fmt: skip


def _cover(canvas: Canvas) -> Field:
    """How much rain hangs between the camera and what a cell shows."""
    _, y = places(canvas)
    return np.asarray(distance(canvas) * (1.1 - 0.4 * y), np.float32)
