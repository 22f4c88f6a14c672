"""Sounds that people make: a city, a crowd, an engine, the tone of a room."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.sound.grains import Grain, moments, put, seconds_of
from oxreel.engines.animatic.sound.loudness import Samples, fast_length
from oxreel.engines.animatic.sound.noise import Curve, band, filtered, noise, slow, stereo
from oxreel.engines.animatic.sound.reverb import reverberated
from oxreel.engines.animatic.sound.setting import Setting
from oxreel.media.join import SOUND_RATE

#: First three formants of five vowels in Hz, of a man (Peterson and Barney, 1952, table II).
_VOWELS = ((730, 1_090, 2_440), (530, 1_840, 2_480), (270, 2_290, 3_010), (570, 840, 2_410), (300, 870, 2_240))
#: The crowd is made at a quarter of the rate: there is little above 5 kHz in voices across a room.
_CROWD_SHARE = 4


def city(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """A rumble of streets all around, cars that pass, a horn blocks away."""
    sound = stereo(random, samples, band(45, 210, slope=0.6), 0.5) * slow(random, samples, 5.0, 0.75, 1.0)
    sound += np.float32(0.5) * stereo(random, samples, band(180, 1_100, slope=0.8), 0.9)
    time = np.arange(samples, dtype=np.float32) / np.float32(SOUND_RATE)
    at = random.uniform(-1.0, 1.5)
    while at * SOUND_RATE < samples:
        _pass_by(random, sound, time - np.float32(at))
        at += random.uniform(2.2, 4.5) / max(0.5, setting.strength)
    horns = np.zeros((2, samples), np.float32)
    for first in moments(random, samples, 0.16 * setting.strength):
        horn, pan, loud = _horn(random), random.uniform(-0.8, 0.8), random.uniform(0.12, 0.3)
        put(horns, horn, int(first), loud, pan)
        if random.uniform() < 0.5:
            put(horns, horn, int(first) + horn.size + int(random.uniform(0.05, 0.15) * SOUND_RATE), loud, pan)
    return np.asarray(sound + reverberated(random, horns, 1.6, 0.5, highest=2_500))


def crowd(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """People who talk at once, none to be understood."""
    short = samples // _CROWD_SHARE + 2
    rate = SOUND_RATE // _CROWD_SHARE
    buses = np.zeros((len(_VOWELS), 2, short), np.float32)
    for _ in range(8 + round(6 * setting.strength)):
        pitch = random.uniform(95, 150) if random.uniform() < 0.55 else random.uniform(170, 250)
        melody = slow(random, short, 0.55 / _CROWD_SHARE, 0.78, 1.3)
        turns = np.cumsum(pitch * melody.astype(np.float64)) / rate
        # The pulse of a voice, rounded so that it does not alias at this rate.
        pulse = np.exp(np.float32(-6) * (turns % 1).astype(np.float32)) - np.float32(0.166)
        angle, near = random.uniform(0.1, np.pi / 2 - 0.1), random.uniform(0.35, 1.0)
        ears = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32) * np.float32(near)
        for first, last in _syllables(random, short, rate):
            said = pulse[first:last] * np.hanning(last - first).astype(np.float32)
            buses[int(random.integers(0, len(_VOWELS))), :, first:last] += (
                said * ears * np.float32(random.uniform(0.6, 1))
            )
    sound = _through_mouths(buses, samples)
    breath = stereo(random, samples, band(350, 3_200, slope=0.5), 0.9) * slow(random, samples, 0.6, 0.6, 1.0)
    return reverberated(random, filtered(sound, band(150, 4_200)) + np.float32(0.35) * breath, 0.8, 0.45)


def room(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """The tone of a room: air from a vent, the mains very faintly."""
    sound = stereo(random, samples, band(60, 300, slope=0.9), 0.5)
    sound += np.float32(0.12) * stereo(random, samples, band(350, 3_000, slope=0.8), 0.8)
    sound *= slow(random, samples, 5.0, 0.88, 1.0)
    time = np.arange(samples, dtype=np.float32) / np.float32(SOUND_RATE)
    for order, loud in ((2, 0.05), (4, 0.02), (6, 0.008)):
        sound += np.float32(loud) * np.sin(np.float32(2 * np.pi * 50 * order) * time + np.float32(random.uniform(0, 6)))
    return np.asarray(sound)


def engine(random: np.random.Generator, samples: int, setting: Setting) -> Samples:
    """A four-stroke engine whose revolutions and load come and go: its harmonics and the noise of its exhaust."""
    load = slow(random, samples, 3.2, 0.15, 1.0)
    # Cycles a second of all four cylinders (two revolutions): 1,300 to 3,000 revolutions a minute.
    cycles = (11.0 + 13.0 * load * min(1.3, setting.strength)) * slow(random, samples, 0.35, 0.985, 1.015)
    turns = np.cumsum(cycles.astype(np.float64)) / SOUND_RATE
    points = 2_048
    place = ((turns % 1) * points).astype(np.float32)
    index = place.astype(np.intp)
    way = place - index
    tables = []
    for steep in (1.15, 0.75):  # the more load, the brighter
        orders = np.arange(1, 97)
        # Every fourth order is a firing; the others are what makes it an engine rather than an organ.
        heights = orders**-steep * np.where(orders % 4 == 0, 1.0, np.where(orders % 2 == 0, 0.35, 0.16))
        heights *= np.exp(0.5 * random.standard_normal(orders.size))
        spectrum = np.zeros(points // 2 + 1, np.complex128)
        spectrum[1:97] = heights * np.exp(2j * np.pi * random.uniform(0, 1, orders.size))
        table = np.fft.irfft(spectrum)
        table = np.append(table, table[0]) / np.sqrt(np.mean(table**2))
        tables.append((table[index] * (1 - way) + table[index + 1] * way).astype(np.float32))
    beat = np.float32(0.55) + np.float32(0.45) * np.cos(2 * np.pi * 4 * turns).astype(np.float32)
    body = (1 - load) * tables[0] + load * tables[1]
    exhaust = noise(random, samples, band(120, 1_500, slope=0.6)) * beat * (0.15 + 0.35 * load)
    mono = (body + exhaust) * (0.6 + 0.4 * load)
    sound = np.stack([mono, mono]) + np.float32(0.12) * stereo(random, samples, band(200, 3_000, slope=0.7), 0.9)
    return reverberated(random, filtered(sound, band(55, 3_500, slope=0.25)), 0.35, 0.25)


def _pass_by(random: np.random.Generator, sound: Samples, since: Curve) -> None:
    """Add a car that comes, passes and goes: its tyres hiss most when it is near."""
    half, side, loud = random.uniform(0.7, 1.6), random.choice((-1.0, 1.0)), random.uniform(0.5, 1.1)
    near = (since > -4 * half) & (since < 6 * half)
    span = np.flatnonzero(near)
    if span.size < 2:
        return
    part = slice(int(span[0]), int(span[-1]) + 1)
    way = since[part] / np.float32(half)
    level = 1 / (1 + way**2) * np.float32(loud)
    level *= np.minimum(1, (way + 4) / 1.0) * np.minimum(1, (6 - way) / 2.0)
    size = way.size
    tyres = noise(random, size, band(500, 2_600, slope=0.4)) * level**1.5
    motor = noise(random, size, band(80, 320, slope=0.3)) * level
    angle = (np.arctan(way * 1.2) * side / np.pi * 1.6 + 1) * np.pi / 4
    car = np.float32(0.7) * tyres + np.float32(0.7) * motor
    sound[0, part] += car * np.cos(angle)
    sound[1, part] += car * np.sin(angle)


def _horn(random: np.random.Generator) -> Grain:
    """A car's horn: two reeds a third apart."""
    seconds = random.uniform(0.2, 0.7)
    time = seconds_of(seconds)
    low = random.uniform(330, 420)
    sound = sum(np.sin(2 * np.pi * rate * order * time) / order for rate in (low, low * 1.26) for order in range(1, 9))
    envelope = np.clip(time / 0.03, 0, 1) * np.clip((seconds - time) / 0.06, 0, 1)
    return np.asarray(filtered((sound * envelope).astype(np.float32), band(250, 1_800)))


def _syllables(random: np.random.Generator, short: int, rate: int) -> Iterator[tuple[int, int]]:
    """First and last sample of each syllable of one talker, who pauses between phrases."""
    at = random.uniform(-1.5, 1.0)
    while at * rate < short:
        for _ in range(int(random.integers(4, 12))):
            length = random.uniform(0.12, 0.26)
            first, last = max(0, int(at * rate)), min(short, int((at + length * 1.2) * rate))
            if last > first:
                yield first, last
            at += length
        at += random.uniform(0.3, 1.6)


def _through_mouths(buses: NDArray[np.float32], samples: int) -> Samples:
    """The pulses of each vowel through its formants, at the full rate, their root mean square 1."""
    short = buses.shape[2]
    length = fast_length(short)
    rates = np.fft.rfftfreq(length, _CROWD_SHARE / SOUND_RATE)
    heard = np.zeros((2, rates.size), np.complex64)
    for spectrum, formants in zip(np.fft.rfft(buses, length), _VOWELS, strict=True):
        gain = sum(
            height / np.sqrt(1 + ((rates - 1.06 * formant) / (45 + 0.06 * formant)) ** 2)
            for formant, height in zip(formants, (1.0, 0.6, 0.35), strict=True)
        )
        heard += spectrum * np.asarray(gain, np.float32)
    # More points of the same waves: a longer spectrum with nothing in its upper part.
    full = np.fft.irfft(np.pad(heard, ((0, 0), (0, length * _CROWD_SHARE // 2 + 1 - rates.size))))[:, :samples]
    return np.asarray(full / np.float32(max(1e-9, float(np.sqrt(np.mean(full**2))))), np.float32)
