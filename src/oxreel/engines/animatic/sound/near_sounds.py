"""Sounds that are near: a fire, and footsteps."""

import numpy as np

from oxreel.engines.animatic.sound.grains import Grain, put, rounded, scatter, swing
from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.noise import Response, band, filtered, noise, slow, stereo
from oxreel.engines.animatic.sound.reverb import reverberated
from oxreel.engines.animatic.sound.setting import Setting
from oxreel.media.join import SOUND_RATE


def fire(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """Flames that flutter, and wood that crackles: mostly small, sometimes a pop."""
    force = max(0.3, setting.strength)
    flutter = slow(random, samples, 0.22, 0.35, 1.1) * slow(random, samples, 2.5, 0.7, 1.0)
    sound = np.float32(0.8) * stereo(random, samples, band(60, 330, slope=0.5), 0.5) * flutter
    sound += np.float32(0.22) * stereo(random, samples, band(700, 5_500, slope=0.6), 0.8) * flutter**1.5
    crackles = np.zeros((2, samples), np.float32)
    scatter(random, crackles, [_crackle(random) for _ in range(24)], 26 * force, 0.6, tail=0.75)
    # It crackles in bouts.
    crackles *= slow(random, samples, 0.7, 0.1, 1.3)
    scatter(random, crackles, [_pop(random) for _ in range(6)], 0.9 * force, 0.5, tail=0.3)
    return np.asarray(sound + rounded(crackles, 3.2))


def footsteps(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """Steps in time, left and right in turn, no two quite alike, on the ground that the shot shows."""
    sound = np.zeros((2, samples), np.float32)
    step, index, at = 1 / setting.cadence, 0, 0.12
    running = setting.cadence > 2.3
    while at * SOUND_RATE < samples:
        grain = _step(random, setting.ground, running)
        first = int((at + random.normal(0, 0.012) * step) * SOUND_RATE)
        put(sound, grain, first, random.uniform(0.82, 1.0) * (1.0 if index % 2 else 0.93), 0.14 if index % 2 else -0.14)
        index, at = index + 1, at + step
    sound = rounded(sound, 1.2)
    echo = (0.45, 0.3) if setting.indoors else (0.16, 0.12)
    return reverberated(random, sound, *echo, highest=4_000)


def _step(random: np.random.Generator, ground: str, running: bool) -> Grain:
    """Heel, sole and what they press: 0.3 s, the loudest moment at its start."""
    seconds = 0.3
    size = round(seconds * SOUND_RATE)
    grain = np.zeros((2, size), np.float32)
    thump = noise(random, size, band(60, 170, order=3)) * swing(seconds, 0.004, 0.13)
    roll = 0.045 if running else random.uniform(0.075, 0.1)
    heavy = 1.35 if running else 1.0
    if ground == "hard":
        heel = noise(random, size, band(450, 2_600, slope=0.3)) * swing(seconds, 0.0012, 0.06)
        sole = noise(random, size, band(900, 4_500, slope=0.5)) * swing(seconds, 0.006, 0.09)
        parts = ((thump, 0.0, 0.9 * heavy), (heel, 0.0, 1.0), (sole, roll, 0.3))
    elif ground == "soft":
        press = noise(random, size, band(180, 900, slope=0.5)) * swing(seconds, 0.012, 0.16)
        blades = _crushed(random, size, 260, 0.16, band(1_500, 7_000))
        parts = ((thump, 0.0, 1.1 * heavy), (press, 0.0, 0.7), (blades, 0.012, 0.55))
    elif ground == "gravel":
        stones = _crushed(random, size, 420, 0.17, band(900, 6_000))
        parts = ((thump, 0.0, 0.6 * heavy), (stones, 0.0, 0.7), (stones[::3], roll, 0.5))
    else:
        # Snow that is pressed squeaks and breaks in many small grains, slower than it is hit.
        crunch = _crushed(random, size, 1_500, 0.2, band(600, 3_600, slope=0.3))
        parts = ((thump, 0.0, 0.5 * heavy), (crunch, 0.0, 0.7), (crunch, roll, 0.35))
    for part, late, gain in parts:
        put(grain, part.astype(np.float32), int(late * SOUND_RATE), gain)
    return np.asarray(grain[0])


def _crushed(random: np.random.Generator, size: int, rate: float, seconds: float, colour: Response) -> Grain:
    """Many tiny breaks within a step, of one colour, their root mean square near 1 where they are densest."""
    breaks = np.zeros((2, size), np.float32)
    grain = np.hanning(32).astype(np.float32) * random.standard_normal(32).astype(np.float32)
    scatter(random, breaks, [grain], rate, tail=0.5)
    sound = filtered(breaks[0], colour)
    sound /= np.float32(max(1e-9, float(np.sqrt(np.mean(sound**2)))))
    return np.asarray(sound * swing(size / SOUND_RATE, 0.02, seconds * 1.6)[:size])


def _crackle(random: np.random.Generator) -> Grain:
    seconds = random.uniform(0.002, 0.011)
    burst = random.standard_normal(round(seconds * SOUND_RATE)).astype(np.float32)
    return np.asarray(burst * swing(seconds, 0.0003, seconds)[: burst.size] * np.float32(0.9))


def _pop(random: np.random.Generator) -> Grain:
    seconds = 0.07
    size = round(seconds * SOUND_RATE)
    body = noise(random, size, band(200, 900)) * swing(seconds, 0.001, 0.06)[:size]
    snap = noise(random, size, band(1_500, 8_000)) * swing(seconds, 0.0004, 0.015)[:size]
    return np.asarray(1.5 * body + 1.3 * snap, np.float32)
