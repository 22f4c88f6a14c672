"""Sounds of animals: birds by day, insects by night."""

from collections.abc import Callable

import numpy as np

from oxreel.engines.animatic.sound.grains import Grain, put, seconds_of, tone
from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.noise import band, slow, stereo
from oxreel.engines.animatic.sound.reverb import reverberated
from oxreel.engines.animatic.sound.setting import Setting
from oxreel.media.join import SOUND_RATE

Song = Callable[[np.random.Generator], list[tuple[float, Grain]]]


def birds(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """A few birds at their places, each with its own song and its own pauses, under open sky."""
    sound = np.zeros((2, samples), np.float32)
    count = 3 + round(2 * setting.strength)
    for index in range(count):
        song = (_whistler, _triller, _warbler, _tit)[(index + int(random.integers(0, 2))) % 4]
        voice = np.random.default_rng(random.integers(0, 2**63))
        habit = int(random.integers(0, 2**63))
        pan, near = random.uniform(-0.9, 0.9), random.uniform(0.25, 1.0) if index else 1.0
        at = random.uniform(0.1, 0.8) + index * random.uniform(0.3, 1.2)
        while at * SOUND_RATE < samples:
            # The same bird sings nearly the same song again.
            notes = song(np.random.default_rng(habit))
            tempo, loud = voice.uniform(0.94, 1.06), voice.uniform(0.7, 1.0)
            for start, note in notes[: max(1, len(notes) - int(voice.integers(0, 2)))]:
                put(sound, note, int((at + start * tempo) * SOUND_RATE), near * loud, pan)
            at += notes[-1][0] + voice.uniform(1.6, 5.0)
    sound = reverberated(random, sound, 0.9, 0.16, highest=6_500)
    bed = stereo(random, samples, band(150, 1_400, slope=0.9), 0.8) * slow(random, samples, 4.0, 0.6, 1.0)
    return np.asarray(sound + np.float32(0.035) * bed)


def insects(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """Crickets near and far, each at its own pitch and pace, over the even trill of many."""
    sound = np.zeros((2, samples), np.float32)
    for index in range(3 + round(2 * setting.strength)):
        rate, pace = random.uniform(4_000, 4_900), random.uniform(1.7, 2.6)
        pulses, spacing = int(random.integers(3, 5)), random.uniform(0.026, 0.036)
        near, pan = (1.0, -0.35) if not index else (random.uniform(0.12, 0.5), random.uniform(-1, 1))
        chirp = _chirp(rate, pulses, spacing)
        at = random.uniform(0, 1 / pace)
        while at * SOUND_RATE < samples:
            # A cricket rests now and then.
            if random.uniform() > 0.06:
                put(sound, chirp, int(at * SOUND_RATE), near * random.uniform(0.85, 1.0), pan)
            at += random.normal(1, 0.02) / pace
    time = np.arange(samples, dtype=np.float32) / np.float32(SOUND_RATE)
    for ear in range(2):
        beat = np.float32(0.5) + np.float32(0.5) * np.sin(2 * np.pi * random.uniform(38, 46) * time)
        trill = stereo(random, samples, band(2_500, 3_100, order=8), 0.0)[0] * beat**2
        sound[ear] += np.float32(0.035) * trill * slow(random, samples, 5.0, 0.5, 1.0)
    sound = reverberated(random, sound, 0.5, 0.1, highest=7_000)
    return np.asarray(sound + np.float32(0.02) * stereo(random, samples, band(100, 900, slope=0.9), 0.8))


def _note(start: float, end: float, seconds: float, bend: float = 0.0, loud: float = 1.0) -> Grain:
    """A whistled note from one frequency in Hz to another, bent in the middle, with a breath of the octave."""
    time = seconds_of(seconds)
    way = time / seconds
    rates = start * (end / start) ** way * (1 + bend * np.sin(np.pi * way))
    sound = tone(rates, time) + np.float32(0.1) * tone(2 * rates, time)
    return np.asarray(sound * np.sin(np.pi * way) ** 0.8 * np.float32(loud), np.float32)


def _whistler(random: np.random.Generator) -> list[tuple[float, Grain]]:
    """A thrush: a few full notes that slide, one repeated."""
    notes, at = [], 0.0
    for _ in range(int(random.integers(3, 6))):
        start = random.uniform(2_000, 3_600)
        length = random.uniform(0.09, 0.24)
        note = _note(start, start * random.uniform(0.75, 1.35), length, random.uniform(-0.12, 0.12))
        for _ in range(int(random.integers(1, 3))):
            notes.append((at, note))
            at += length + random.uniform(0.03, 0.1)
    return notes


def _triller(random: np.random.Generator) -> list[tuple[float, Grain]]:
    """A finch: a run of quick falling notes, and a flourish."""
    high, low = random.uniform(4_300, 5_400), random.uniform(2_600, 3_300)
    count, step = int(random.integers(8, 15)), random.uniform(0.055, 0.085)
    notes = [
        (index * step, _note(high * (1 - 0.015 * index), low, 0.75 * step, loud=0.45 + 0.5 * index / count))
        for index in range(count)
    ]
    return [*notes, (count * step + 0.03, _note(low, high * 0.8, 0.16, 0.1))]


def _warbler(random: np.random.Generator) -> list[tuple[float, Grain]]:
    """A warbler: soft notes that wander down."""
    notes, at, rate = [], 0.0, random.uniform(4_200, 5_000)
    for _ in range(int(random.integers(7, 12))):
        length = random.uniform(0.06, 0.13)
        notes.append((at, _note(rate, rate * random.uniform(0.85, 0.98), length, random.uniform(0, 0.08), 0.7)))
        at += length + random.uniform(0.01, 0.05)
        rate = max(2_300, rate * random.uniform(0.86, 1.02))
    return notes


def _tit(random: np.random.Generator) -> list[tuple[float, Grain]]:
    """A great tit: two pitches in turn, like a squeaking pump."""
    high, low = random.uniform(4_700, 5_600), random.uniform(3_300, 4_000)
    notes = []
    for index in range(int(random.integers(3, 6))):
        notes.append((index * 0.36, _note(high, high * 0.98, 0.11, loud=0.8)))
        notes.append((index * 0.36 + 0.17, _note(low, low * 0.97, 0.15, loud=0.8)))
    return notes


def _chirp(rate: float, pulses: int, spacing: float) -> Grain:
    """A cricket's chirp: pulses of one pitch, each a stroke of the wings, louder toward the end."""
    size = int((pulses * spacing + 0.01) * SOUND_RATE)
    sound = np.zeros((2, size), np.float32)
    time = seconds_of(0.62 * spacing)
    pulse = tone(rate * (1.01 - 0.02 * time / time[-1]), time) * np.sin(np.pi * time / time[-1]) ** 2
    for index in range(pulses):
        put(sound, pulse, int(index * spacing * SOUND_RATE), (index + 2) / (pulses + 1) / np.sqrt(2))
    return np.asarray(sound[0])
