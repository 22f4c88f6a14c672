"""Sounds of the weather and of the air itself: wind, rain, thunder, a quiet bed."""

import numpy as np

from oxreel.engines.animatic.sound.grains import Grain, put, scatter, seconds_of, swing, tone
from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.noise import Curve, at_sound_rate, band, filtered, noise, slow, stereo
from oxreel.engines.animatic.sound.setting import Setting
from oxreel.media.join import SOUND_RATE

#: Seconds that a gust takes from one ear to the other.
_CROSSING = 0.18


def air(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """Open air with nothing in it: dark, soft, breathing slowly."""
    bed = stereo(random, samples, band(70, 420, slope=0.9), 0.6)
    bed += np.float32(0.1) * stereo(random, samples, band(500, 2_400, slope=0.9), 0.9)
    return np.asarray(bed * np.stack([slow(random, samples, 6.0, 0.65, 1.0) for _ in range(2)]))


def wind(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """Gusts that brighten as they grow and cross from ear to ear, a howl in the strongest."""
    force = min(1.6, setting.strength)
    late = int(_CROSSING * SOUND_RATE)
    gust = slow(random, samples + late, 4.8 - 1.2 * force, 0.33, 1.0)
    gust *= slow(random, samples + late, 0.9, 0.82, 1.12)
    ears = np.stack([gust[late:], gust[:samples]])
    sound = stereo(random, samples, band(70, 260, slope=0.4), 0.6) * ears
    sound += np.float32(0.75) * stereo(random, samples, band(240, 900, slope=0.3), 0.7) * ears**2
    sound += np.float32(0.2 * force) * stereo(random, samples, band(1_300, 6_000, slope=0.7), 0.9) * ears**3
    for pan, lowest in ((-0.5, 330.0), (0.6, 470.0)):
        howl = _howl(random, samples, lowest + 330.0 * gust[:samples] ** 1.5)
        put(sound, howl * gust[:samples] ** 3, 0, 0.2 * force**2, pan)
    return sound


def rain(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """A hiss of many far drops, near ones that tick, some that fall into water."""
    force = max(0.3, setting.strength)
    sound = stereo(random, samples, band(900, 9_500, slope=0.35), 0.9) * slow(random, samples, 3.5, 0.8, 1.1)
    sound += np.float32(0.5 * force) * stereo(random, samples, band(160, 700, slope=0.3), 0.8)
    sound *= np.float32(force**0.7)
    scatter(random, sound, [_tick(random) for _ in range(12)], 260 * force, tail=0.6)
    scatter(random, sound, [_plink(random) for _ in range(12)], 16 * force, tail=0.6)
    if setting.indoors:  # it falls on the roof and the panes, and is heard through them
        sound = filtered(sound, band(120, 1_300)) * np.float32(1.6)
    return np.asarray(sound * np.float32(force**-0.8))


def thunder(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """Strokes some seconds apart: a crack where it is near, and a rumble that rolls away."""
    sound = np.zeros((2, samples), np.float32)
    at = random.uniform(0.25, 0.9)
    while at * SOUND_RATE < samples:
        near = float(np.clip(random.uniform(0.15, 0.85) * setting.strength, 0, 1))
        pan = random.uniform(-0.5, 0.5)
        first = int(at * SOUND_RATE)
        loud = 0.75 + 0.4 * near
        for ear in (-0.6, 0.6):
            put(sound, _rumble(random, near), first, loud, pan + ear)
        if near > 0.25:
            put(sound, _crack(random), first, 0.9 * near, pan)
        at += random.uniform(4.5, 8.5)
    return sound


def _howl(random: np.random.Generator, samples: int, rates: Curve) -> Curve:
    """Noise of a few Hz around a frequency that moves: wind in a gap."""
    wander = [
        at_sound_rate(random.standard_normal(samples * 40 // SOUND_RATE + 2).astype(np.float32), 40, samples)
        for _ in range(2)
    ]
    turns = 2 * np.pi * np.cumsum(rates.astype(np.float64)) / SOUND_RATE
    return np.asarray(wander[0] * np.cos(turns) + wander[1] * np.sin(turns), np.float32)


def _tick(random: np.random.Generator) -> Grain:
    """A drop on something hard."""
    length = random.uniform(0.006, 0.02)
    body = random.standard_normal(round(length * SOUND_RATE)).astype(np.float32) * 0.5
    body += tone(random.uniform(1_800, 6_500), seconds_of(length))[: body.size]
    return np.asarray(body * swing(length, 0.0004, length * 0.8)[: body.size] * np.float32(1.1))


def _plink(random: np.random.Generator) -> Grain:
    """A drop into water: the bubble that it closes rings, and rises."""
    time = seconds_of(random.uniform(0.03, 0.07))
    rate = random.uniform(900, 2_600)
    rising = rate * (1 + random.uniform(2, 7) * time)
    return np.asarray(tone(rising, time) * swing(time.size / SOUND_RATE, 0.001, 0.05)[: time.size] * np.float32(0.5))


def _rumble(random: np.random.Generator, near: float) -> Grain:
    """The roll of a stroke: many reflections, each later one darker."""
    seconds = random.uniform(3.5, 5.5)
    samples = round(seconds * SOUND_RATE)
    time = np.arange(samples, dtype=np.float32) / np.float32(SOUND_RATE)
    rolls = np.zeros(samples, np.float32)
    at = 0.0
    while at < seconds * 0.75:
        width = random.uniform(0.18, 0.55)
        height = np.exp(-1.7 * at / seconds * 2) * random.uniform(0.4, 1.0)
        rise = 0.03 + 0.12 * (1 - near)
        since = np.maximum(0, time - np.float32(at))
        rolls += np.float32(height) * (1 - np.exp(-since / np.float32(rise))) * np.exp(-since / np.float32(width))
        at += random.uniform(0.12, 0.6)
    deep = noise(random, samples, band(32, 110, slope=0.2)) * rolls
    middle = noise(random, samples, band(100, 420, slope=0.6)) * rolls**1.6
    high = noise(random, samples, band(400, 1_600, slope=0.9)) * rolls**3
    ending = np.clip((seconds - time) / 0.8, 0, 1)
    return np.asarray((deep + 0.9 * middle + (0.25 + 0.7 * near) * high) * ending, np.float32)


def _crack(random: np.random.Generator) -> Grain:
    """The tearing sound of a near stroke."""
    seconds = 0.7
    samples = round(seconds * SOUND_RATE)
    tearing = np.zeros((2, samples), np.float32)
    scatter(random, tearing, [random.standard_normal(90).astype(np.float32) * np.hanning(90).astype(np.float32)], 350)
    burst = noise(random, samples, band(500, 5_500, slope=0.6)) + tearing[0]
    return np.asarray(burst * swing(seconds, 0.006, 0.6)[:samples])
