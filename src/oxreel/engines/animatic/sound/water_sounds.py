"""Sounds of water: the sea, a river, and being under it."""

import numpy as np

from oxreel.engines.animatic.sound.grains import Grain, moments, put, scatter, seconds_of, swing, tone
from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.noise import Curve, band, slow, stereo
from oxreel.engines.animatic.sound.setting import Setting
from oxreel.media.join import SOUND_RATE


def sea(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """Waves every six to ten seconds: a swell that rises, breaks, and runs back as foam; surf in the distance."""
    swell, breaking, foam = (np.zeros((2, samples), np.float32) for _ in range(3))
    time = np.arange(samples, dtype=np.float32) / np.float32(SOUND_RATE)
    # A wave breaks within the first two seconds, so that the shortest shot is at the sea; one before it runs back.
    at = random.uniform(0.8, 2.0) - 4.0 - 8.0
    while at * SOUND_RATE < samples:
        period, height, pan = random.uniform(6, 10), random.uniform(0.7, 1.0), random.uniform(-0.35, 0.35)
        since = (time - np.float32(at)) / np.float32(period)
        for track, wave in (
            (swell, _wave(since, 0.34, 0.14, 0.16)),
            (breaking, _wave(since, 0.40, 0.045, 0.13)),
            (foam, _wave(since, 0.50, 0.08, 0.26)),
        ):
            put(track, wave, 0, height, pan)
        at += period
    sound = stereo(random, samples, band(60, 320, slope=0.5), 0.6) * (0.15 + swell)
    sound += np.float32(0.8) * stereo(random, samples, band(250, 2_600, slope=0.7), 0.8) * (0.12 + 1.25 * breaking)
    sound += (
        np.float32(0.42) * stereo(random, samples, band(1_600, 8_500, slope=0.5), 0.95) * (0.06 + foam + 0.5 * breaking)
    )
    sound *= slow(random, samples, 0.5, 0.88, 1.1)
    return np.asarray(sound)


def river(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """Running water: a rush, and the babble of bubbles that close among the stones."""
    force = max(0.3, setting.strength)
    sound = np.float32(0.55 * force) * stereo(random, samples, band(350, 3_800, slope=0.5), 0.8)
    sound *= np.stack([slow(random, samples, 1.1, 0.7, 1.15) for _ in range(2)])
    sound += np.float32(0.3 * force) * stereo(random, samples, band(90, 380, slope=0.4), 0.6)
    scatter(random, sound, [_bubble(random, 420, 1_700) for _ in range(48)], 75, 0.8, tail=0.75)
    scatter(random, sound, [_bubble(random, 220, 520) for _ in range(12)], 7, 0.5, tail=0.5)
    return np.asarray(sound * np.float32(force**-0.7))


def underwater(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """A deep, closed hum with bubbles that rise now and then."""
    sound = stereo(random, samples, band(45, 190, slope=0.7), 0.5) * slow(random, samples, 4.0, 0.6, 1.0)
    sound += np.float32(0.15) * stereo(random, samples, band(250, 700, slope=0.8), 0.7)
    for at in moments(random, samples, 0.45):
        pan = random.uniform(-0.7, 0.7)
        for index in range(int(random.integers(3, 9))):
            start = int(at) + int(index * random.uniform(0.05, 0.11) * SOUND_RATE)
            put(sound, _bubble(random, 260, 800), start, random.uniform(0.2, 0.7), pan)
    return sound


def _wave(since: Curve, top: float, rise: float, fall: float) -> Curve:
    """A bump of height 1 at `top` of a wave's period: bell-shaped, of its own width on either side."""
    width = np.where(since < top, np.float32(rise), np.float32(fall))
    return np.asarray(np.exp(-(((since - np.float32(top)) / width) ** 2)), np.float32)


def _bubble(random: np.random.Generator, lowest: float, highest: float) -> Grain:
    """A bubble rings, higher as it shrinks; small ones ring shorter."""
    rate = float(np.exp(random.uniform(np.log(lowest), np.log(highest))))
    seconds = min(0.1, 32 / rate)
    time = seconds_of(seconds)
    rising = rate * (1 + random.uniform(0.5, 3.5) * time)
    return np.asarray(tone(rising, time) * swing(seconds, 0.15 * seconds, seconds)[: time.size] * np.float32(0.8))
