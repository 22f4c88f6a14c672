"""Timing: how movement gathers speed and comes to rest."""

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]


def ease(t: Curve, ramp: float = 0.35) -> Curve:
    """0..1 over time 0..1: gathers speed, keeps it, and comes to rest, smoothly (raised-cosine ramps)."""
    speed = 1 / (1 - ramp)

    def gathering(time: Curve) -> Curve:
        share = np.clip(time / ramp, 0, 1)
        return speed * ramp * (share / 2 - np.sin(np.pi * share) / (2 * np.pi))

    middle = speed * np.clip(t - ramp, 0, 1 - 2 * ramp)
    return np.asarray(np.clip(gathering(t) + middle + speed * ramp / 2 - gathering(1 - np.clip(t, 0, 1)), 0, 1))
