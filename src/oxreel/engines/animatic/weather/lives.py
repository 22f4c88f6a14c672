"""Lives: when particles are born and end, and what chance gives each one, in closed form."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas

#: float64 (particles,).
Values = NDArray[np.float64]
#: uint64 (particles,).
Numbers = NDArray[np.uint64]

_STEP = 0x9E37_79B9_7F4A_7C15  # SplitMix64 (Steele, Lea, Flood 2014), here as a hash
_FIRST, _SECOND = np.uint64(0xBF58_476D_1CE4_E5B9), np.uint64(0x94D0_49BB_1331_11EB)


@dataclass(frozen=True)
class Moment:
    """The particles at one time: each is in its n-th life."""

    #: How much of its life is over, 0..1.
    age: Values
    #: Seconds that a life lasts.
    span: Values
    _identity: Numbers

    def chance(self, channel: int) -> Values:
        """0..1 for each particle, another one in each of its lives; channels are independent."""
        return _unit(_mixed(self._identity + np.uint64(channel * _STEP % 2**64)))

    def between(self, channel: int, low: float, high: float) -> Values:
        """The channel's chance, from low to high."""
        return low + (high - low) * self.chance(channel)


class Lives:
    """A number of particles that live again and again, each time elsewhere."""

    def __init__(self, canvas: Canvas, purpose: str, count: int, shortest: float, longest: float) -> None:
        random = canvas.random(crc32(purpose.encode()))
        self._numbers = random.integers(0, 2**63, count).astype(np.uint64)
        self._span = random.uniform(shortest, longest, count)
        self._phase = random.uniform(0, 1, count)

    def at(self, seconds: float) -> Moment:
        """Where in its life each one is; the same for any frame asked alone."""
        lived = seconds / self._span + self._phase + 1  # one more: none is in a life before its first
        life = np.floor(lived)
        return Moment(lived - life, self._span, _mixed(self._numbers + life.astype(np.uint64) * _FIRST))


def _mixed(number: Numbers) -> Numbers:
    number = (number ^ (number >> np.uint64(30))) * _FIRST
    number = (number ^ (number >> np.uint64(27))) * _SECOND
    return number ^ (number >> np.uint64(31))


def _unit(number: Numbers) -> Values:
    return (number >> np.uint64(11)).astype(np.float64) * 2.0**-53
