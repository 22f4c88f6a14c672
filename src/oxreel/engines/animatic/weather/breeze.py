"""The breeze of a shot: one wind for everything that flies in it."""

from dataclasses import dataclass

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.weather.lives import Values

#: Gusts: their share of the speed, cycles in a second, phase in turns.
_GUSTS = ((0.28, 0.31, 0.1), (0.17, 0.73, 0.6))
#: Units of the canvas in a second: where no wind is asked for, and an ordinary one.
_CALM, _WINDY = 0.05, 0.55


@dataclass(frozen=True)
class Breeze:
    """Its mean speed in units of the canvas in a second, to the right or (negative) to the left."""

    speed: float

    def now(self, seconds: float) -> float:
        """The speed in this moment."""
        return self.speed * float(1 + sum(a * np.sin(2 * np.pi * (f * seconds + p)) for a, f, p in _GUSTS))

    def carried(self, seconds: float) -> float:
        """Units that something has been carried since the shot began: the integral of `now`."""
        return float(self.way(np.array([seconds]))[0])

    def way(self, seconds: Values) -> Values:
        """`carried` for many times."""
        swung = np.zeros(len(seconds))
        for a, f, p in _GUSTS:
            swung += a / (2 * np.pi * f) * (np.cos(2 * np.pi * p) - np.cos(2 * np.pi * (f * seconds + p)))
        return self.speed * (seconds + swung)


def breeze_of(plan: ShotPlan, canvas: Canvas) -> Breeze:
    """The wind that the plan asks for; a storm has one too. Its side is the seed's."""
    side = 1 if canvas.random(0xB7EE).integers(2) else -1
    asked = max((amount.strength for amount in plan.weather if amount.kind in {"wind", "storm"}), default=0.0)
    return Breeze(side * (_CALM + _WINDY * asked))
