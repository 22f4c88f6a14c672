"""The ambience under the speech."""

import numpy as np
import pytest

from oxreel.engines.animatic.sound.mixing import ducking, mixed
from oxreel.engines.animatic.sound.speech import Speech
from oxreel.media.join import SOUND_RATE

SAMPLES = 8 * SOUND_RATE


def at(second: float) -> int:
    return int(second * SOUND_RATE)


def test_it_is_12_db_softer_while_somebody_speaks_and_as_before_elsewhere() -> None:
    gain = ducking([(at(2), at(4))], SAMPLES)
    assert np.all(20 * np.log10(gain[at(2.01) : at(3.99)]) == pytest.approx(-12, abs=0.05))
    assert np.all(gain[: at(1.8)] == 1)
    assert np.all(gain[at(4.6) :] == 1)


def test_it_goes_down_quickly_and_comes_back_slowly_and_never_jumps() -> None:
    gain = ducking([(at(2), at(4))], SAMPLES)
    assert np.abs(np.diff(gain)).max() < 0.001
    halfway = [float(20 * np.log10(gain[at(second)])) for second in (1.92, 4.25)]
    assert halfway == pytest.approx([-6, -6], abs=1)


def test_it_does_not_come_back_in_a_short_pause() -> None:
    assert ducking([(at(1), at(2)), (at(2.5), at(3))], SAMPLES)[at(2.25)] < 0.26
    assert ducking([(at(1), at(2)), (at(4), at(5))], SAMPLES)[at(3)] == 1


def test_without_speech_the_ambience_is_left_alone() -> None:
    ambience = np.ones((2, 100), np.float32)
    assert mixed(ambience, Speech(np.zeros((2, 100), np.float32), ())) is ambience
