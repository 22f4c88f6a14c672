"""Loudness and true peaks, against ffmpeg's meter."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.animatic.sound.listening import measured
from oxreel.engines.animatic.sound.loudness import fast_length, loudness, true_peaks
from oxreel.engines.animatic.sound.mastering import CEILING, TARGET, limited, mastered, true_peak
from oxreel.media.join import SOUND_RATE


def noise(seconds: float = 4, level: float = 0.1) -> np.ndarray:
    return (np.random.default_rng(1).standard_normal((2, int(seconds * SOUND_RATE))) * level).astype(np.float32)


def sine(rate: float, seconds: float = 4, level: float = 0.5, phase: float = 0.3) -> np.ndarray:
    time = np.arange(int(seconds * SOUND_RATE)) / SOUND_RATE
    return np.stack([level * np.sin(2 * np.pi * rate * time + phase)] * 2).astype(np.float32)


@pytest.mark.parametrize("rate", [40, 100, 997, 3_000, 12_000])
def test_tones_are_as_loud_as_ffmpeg_says(rate: float) -> None:
    assert loudness(sine(rate)) == pytest.approx(measured(sine(rate))[0], abs=0.1)


def test_noise_and_silence_in_turn_are_as_loud_as_ffmpeg_says() -> None:
    heard = noise(8)
    heard[:, : 3 * SOUND_RATE] *= 0.001
    heard[:, 5 * SOUND_RATE : 6 * SOUND_RATE] *= 0.2
    assert loudness(heard) == pytest.approx(measured(heard)[0], abs=0.1)


def test_a_tone_of_full_scale_in_both_channels_is_at_zero() -> None:
    """BS.1770: 997 Hz of 0 dBFS in one channel is -3.01 LKFS."""
    assert loudness(sine(997, level=1)) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("silence", [np.zeros((2, 5), np.float32), np.zeros((2, 48_000), np.float32)])
def test_silence_has_no_loudness_and_stays_silence(silence: np.ndarray) -> None:
    assert loudness(silence) == -math.inf
    assert true_peak(silence) == -math.inf
    assert not mastered(silence).any()


def test_a_peak_between_samples_is_found() -> None:
    between = sine(SOUND_RATE / 4, phase=np.pi / 4)
    assert np.abs(between).max() < 0.36
    assert float(true_peaks(between)[100:-100].max()) == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize("level", [1e-3, 0.01, 0.5, 3.0])
def test_a_master_is_at_its_target_and_under_its_ceiling(level: float) -> None:
    heard = noise(3, level)
    heard[:, ::9_000] *= 12
    loud, peak = measured(mastered(heard))
    assert loud == pytest.approx(TARGET, abs=0.5)
    assert peak < CEILING + 0.1


def test_what_is_under_the_ceiling_is_left_alone() -> None:
    heard = noise(1, 0.05)
    assert limited(heard) is heard


def test_the_limiter_is_smooth() -> None:
    heard = sine(200, 1, 0.4)
    heard[:, 24_000:24_100] *= 4
    gain = limited(heard)[0] / heard[0]
    clean = gain[np.abs(heard[0]) > 0.05]
    assert np.abs(np.diff(clean)).max() < 0.05


@given(st.integers(1, 3_000_000))
def test_a_fast_length_is_long_enough_and_not_much_longer(samples: int) -> None:
    length = fast_length(samples)
    assert samples <= length <= max(2, 1.1 * samples + 2)
    for factor in (2, 3, 5):
        while length % factor == 0:
            length //= factor
    assert length == 1
