"""Lightning: when it strikes in a shot, and how it lights the sky."""

from dataclasses import dataclass

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.field import places, shine
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

#: Seconds between two strikes, at least and at most.
_PAUSE = (1.7, 3.6)
#: Of a strike: seconds after it, and strength, of its return strokes; seconds in which their light decays.
_STROKES = ((0.0, 0.75), (0.125, 1.0), (0.36, 0.35))
_DECAY = 0.13


@dataclass(frozen=True)
class Strike:
    """One strike: when (seconds of the shot), where across the canvas (0..1), how bright (0..1)."""

    seconds: float
    place: float
    brightness: float


def strikes(canvas: Canvas) -> tuple[Strike, ...]:
    """The strikes of a stormy shot, in order; the thunder is theirs too."""
    random = canvas.random(0x11647)
    found = []
    length = canvas.frames / float(FRAME_RATE)
    at = min(random.uniform(0.7, 1.9), 0.4 * length)
    while at < length - 0.3:
        found.append(Strike(float(at), float(random.uniform(0.1, 0.9)), float(random.uniform(0.6, 1.0))))
        at += random.uniform(*_PAUSE)
    return tuple(found)


class Lightning:
    """Flashes at the seeded moments: the sky lights up around the strike and dies down softly."""

    def __init__(self, canvas: Canvas, strength: float) -> None:
        self._amount = min(strength, 1.5)
        self._strikes = strikes(canvas)
        self._x, self._y = places(canvas, 36)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Add the light of the strikes that are not yet over."""
        seconds = frame / float(FRAME_RATE)
        for strike in self._strikes:
            bright = self._amount * strength * strike.brightness * _glow(seconds - strike.seconds)
            if bright > 1 / 256:
                sky = np.exp(-(((self._x - strike.place) / 0.42) ** 2) - (self._y / 0.60) ** 2)
                light = np.clip(bright * (0.13 + 0.60 * sky), 0, 0.8).astype(np.float32)
                shine(planes, light, 138, 121, np.asarray(0.55 * light, np.float32))


def _glow(since: float) -> float:
    """The light of a strike that many seconds after it, 0..1: up within a frame, then soft decay."""
    total = 0.0
    for after, strength in _STROKES:
        past = since - after
        if past > -1 / 24:
            total = max(total, strength * (1 + 24 * past if past < 0 else float(np.exp(-past / _DECAY))))
    return total
