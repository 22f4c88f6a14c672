"""The sounds of the catalogue: each like its thing, none like a test tone."""

import numpy as np
import pytest

from engines.animatic.sound.listening import Samples, band_level, level, part
from oxreel.engines.animatic.sound.catalogue import CATALOGUE
from oxreel.engines.animatic.sound.loudness import loudness
from oxreel.engines.animatic.sound.setting import Ground, Setting
from oxreel.media.join import SOUND_RATE


def made(kind: str, seconds: float = 8, seed: int = 3, setting: Setting | None = None) -> Samples:
    """That sound at its level."""
    entry = CATALOGUE[kind]
    setting = setting or Setting()
    sound = entry.make(np.random.default_rng([seed, 5]), int(seconds * SOUND_RATE), setting)
    return sound * np.float32(entry.gain(setting.strength))


def envelope(sound: Samples, low: float = 20, high: float = 20_000) -> np.ndarray:
    """How loud the sound is between two frequencies, 200 times a second."""
    length = sound.shape[1]
    rates = np.fft.rfftfreq(length, 1 / SOUND_RATE)
    heard = np.fft.irfft(np.fft.rfft(sound.mean(axis=0)) * ((rates > low) & (rates < high)), length)
    step = SOUND_RATE // 200
    return np.asarray(np.sqrt(np.mean(heard[: length // step * step].reshape(-1, step) ** 2, axis=1)))


def beat(sound: Samples, low: float, high: float) -> float:
    """The strongest rhythm of a sound between two rates a second."""
    curve = envelope(sound)
    power = np.abs(np.fft.rfft((curve - curve.mean()) * np.hanning(curve.size), 16 * curve.size))
    rates = np.fft.rfftfreq(16 * curve.size, 1 / 200)
    within = (rates > low) & (rates < high)
    return float(rates[within][np.argmax(power[within])])


@pytest.mark.parametrize("kind", CATALOGUE)
def test_each_is_as_loud_as_the_catalogue_says_whatever_the_seed(kind: str) -> None:
    heard = [loudness(made(kind, 6, seed)) for seed in range(3)]
    assert np.mean(heard) == pytest.approx(CATALOGUE[kind].level, abs=3)


@pytest.mark.parametrize("kind", CATALOGUE)
@pytest.mark.parametrize("samples", [1, 100, 2_000, 50_001])
def test_each_can_be_made_at_any_length(kind: str, samples: int) -> None:
    sound = CATALOGUE[kind].make(np.random.default_rng(1), samples, Setting())
    assert sound.shape == (2, samples)
    assert sound.dtype == np.float32
    assert np.all(np.isfinite(sound))


@pytest.mark.parametrize("kind", CATALOGUE)
def test_each_is_wide_and_has_no_offset(kind: str) -> None:
    sound = made(kind)
    assert abs(float(sound.mean())) < 0.01 * float(np.sqrt(np.mean(sound**2)))
    assert not np.array_equal(sound[0], sound[1])


@pytest.mark.parametrize("kind", CATALOGUE)
def test_a_stronger_one_is_louder(kind: str) -> None:
    light, heavy = (loudness(made(kind, setting=Setting(strength=strength))) for strength in (0.5, 1.5))
    assert heavy > light + 4


@pytest.mark.parametrize("kind", sorted(set(CATALOGUE) - {"insects", "birds", "room", "engine"}))
def test_none_is_a_tone(kind: str) -> None:
    spectrum = np.abs(np.fft.rfft(made(kind).mean(axis=0))) ** 2
    assert spectrum.max() < 0.05 * spectrum.sum()


def test_where_each_has_its_energy() -> None:
    low, high = ("air", "thunder", "room", "city", "underwater"), ("rain", "birds", "insects")
    for kind in low:
        assert band_level(made(kind), 20, 500) > band_level(made(kind), 500, 16_000)
    for kind in high:
        assert band_level(made(kind), 1_000, 16_000) > band_level(made(kind), 20, 1_000)


def test_wind_and_sea_swell_and_rain_does_not() -> None:
    swings = {}
    for kind in ("wind", "sea", "rain"):
        seconds = envelope(made(kind, 20)).reshape(-1, 100).mean(axis=1)
        swings[kind] = 20 * np.log10(np.quantile(seconds, 0.95) / np.quantile(seconds, 0.05))
    assert swings["wind"] > 5
    assert swings["sea"] > 8
    assert swings["rain"] < 4


def test_waves_break_every_six_to_ten_seconds() -> None:
    hiss = envelope(made("sea", 40), 1_500, 8_000).reshape(-1, 50).mean(axis=1)  # four a second
    smooth = np.convolve(hiss, np.hanning(9) / np.hanning(9).sum(), "same")
    tops = [n for n in range(8, smooth.size - 8) if smooth[n] == smooth[n - 8 : n + 9].max() > 1.5 * np.median(smooth)]
    assert 5 < np.median(np.diff(tops)) / 4 < 11


def test_thunder_rolls_away() -> None:
    curve = envelope(made("thunder", 12))
    first = int(np.argmax(curve > 0.2 * curve.max()))
    assert curve[first : first + 100].mean() > 3 * curve[first + 500 : first + 600].mean()


def test_birds_leave_pauses_and_slide_from_note_to_note() -> None:
    curve = envelope(made("birds", 15), 2_000, 9_000)
    assert 0.1 < float(np.mean(curve < 0.15 * curve.max())) < 0.95


@pytest.mark.parametrize(("cadence", "ground"), [(1.9, "hard"), (2.8, "gravel"), (1.6, "snow"), (2.2, "soft")])
def test_steps_fall_at_their_cadence(cadence: float, ground: Ground) -> None:
    sound = made("footsteps", 10, setting=Setting(cadence=cadence, ground=ground))
    assert beat(sound, 1, 4) == pytest.approx(cadence, rel=0.03)


def test_snow_crunches_and_stone_knocks() -> None:
    snow, stone = (made("footsteps", setting=Setting(ground=ground)) for ground in ("snow", "hard"))
    assert band_level(snow, 1_000, 6_000) - band_level(snow, 40, 300) > 3 + (
        band_level(stone, 1_000, 6_000) - band_level(stone, 40, 300)
    )


def test_rain_is_muffled_by_walls() -> None:
    outside, inside = (made("rain", setting=Setting(indoors=walls)) for walls in (False, True))
    assert band_level(inside, 4_000, 12_000) < band_level(outside, 4_000, 12_000) - 10
    assert level(part(inside, 1, 2)) > -60


def test_an_engine_has_harmonics_that_move() -> None:
    sound = made("engine", 12).mean(axis=0)
    tops = []
    for first in range(0, sound.size - SOUND_RATE, SOUND_RATE):
        spectrum = np.abs(np.fft.rfft(sound[first : first + SOUND_RATE] * np.hanning(SOUND_RATE)))
        tops.append(int(np.argmax(spectrum[25:140])) + 25)
    assert max(tops) > 1.15 * min(tops)
