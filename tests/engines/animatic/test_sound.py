"""The ambience."""

import numpy as np
import pytest

from oxreel.engines.animatic.sound import ambience

SAMPLES = 121 * 2000


def test_it_is_as_long_as_asked_quiet_and_never_clips() -> None:
    bed = ambience(SAMPLES, 1)
    assert bed.shape == (2, SAMPLES)
    loudness = 20 * np.log10(np.sqrt(np.mean(bed**2)))
    assert -50 < loudness < -40
    assert np.abs(bed).max() < 0.2


def test_it_comes_out_of_silence_and_goes_back_to_it() -> None:
    bed = ambience(SAMPLES, 1)
    assert np.abs(bed[:, :480]).max() < 0.001
    assert np.abs(bed[:, -480:]).max() < 0.001


def test_it_follows_its_seed() -> None:
    assert np.array_equal(ambience(SAMPLES, 1), ambience(SAMPLES, 1))
    assert not np.array_equal(ambience(SAMPLES, 1), ambience(SAMPLES, 2))


@pytest.mark.parametrize("samples", [1, 2, 100, 50_000])
def test_any_length_will_do(samples: int) -> None:
    assert np.all(np.isfinite(ambience(samples, 1)))
