"""Grains: drops, crackles, chirps and steps, each a short sound put at its moment and its place."""

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.media.join import SOUND_RATE

Grain = NDArray[np.float32]


def moments(random: np.random.Generator, samples: int, rate: float) -> NDArray[np.intp]:
    """Positions of things that happen `rate` times a second, independently of one another, in order."""
    count = int(random.poisson(rate * samples / SOUND_RATE))
    return np.sort(random.integers(0, max(1, samples), count))


def put(sound: Samples, grain: Grain, at: int, gain: float = 1.0, pan: float = 0.0) -> None:
    """Add a grain from sample `at` on; `pan` is -1 at the left, +1 at the right."""
    first, last = max(0, at), min(sound.shape[1], at + grain.size)
    if last <= first:
        return
    heard = grain[first - at : last - at]
    angle = (np.clip(pan, -1, 1) + 1) * np.pi / 4
    sound[0, first:last] += heard * np.float32(gain * np.cos(angle) * np.sqrt(2))
    sound[1, first:last] += heard * np.float32(gain * np.sin(angle) * np.sqrt(2))


def scatter(
    random: np.random.Generator,
    sound: Samples,
    grains: list[Grain],
    rate: float,
    spread: float = 0.9,
    tail: float = 0.6,
) -> None:
    """Add `rate` of these grains a second, in any order; a few are much louder than most (`tail`: how unequal)."""
    samples = sound.shape[1]
    at = moments(random, samples, rate)
    gains = np.exp(tail * random.standard_normal(at.size))
    angles = (random.uniform(-spread, spread, at.size) + 1) * np.pi / 4
    ears = (gains * np.stack([np.cos(angles), np.sin(angles)])).T.astype(np.float32)
    kinds = random.integers(0, len(grains), at.size)
    for first, kind, ear in zip(at.tolist(), kinds.tolist(), ears, strict=True):
        grain = grains[kind][: samples - first]
        sound[:, first : first + grain.size] += ear[:, np.newaxis] * grain


def rounded(sound: Samples, most: float) -> Samples:
    """The sound with its peaks bent to stay under `most`, as tape does; what is far below it stays as it is."""
    return np.asarray(np.float32(most) * np.tanh(sound / np.float32(most)))


def swing(seconds: float, attack: float, decay: float) -> Grain:
    """An envelope that rises in `attack` seconds, falls by 60 dB in `decay` seconds more, and ends in silence."""
    time = seconds_of(seconds)
    rise = np.clip(time / max(attack, 1e-6), 0, 1)
    fall = 10 ** (-3 * np.maximum(0, time - attack) / decay)
    ending = np.clip((seconds - time) / min(0.01, seconds / 4), 0, 1)
    return np.asarray(np.sin(rise * np.pi / 2) ** 2 * fall * ending, np.float32)


def seconds_of(seconds: float) -> Grain:
    """The time of each sample of a grain that long."""
    return (np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE).astype(np.float32)


def tone(rates: NDArray[np.floating] | float, time: Grain) -> Grain:
    """A sine of that frequency in Hz, or of a frequency for each sample."""
    turns = np.cumsum(np.broadcast_to(np.asarray(rates, np.float64), time.shape)) / SOUND_RATE
    return np.sin(2 * np.pi * turns).astype(np.float32)
