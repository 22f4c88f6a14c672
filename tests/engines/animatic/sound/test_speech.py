"""What is said in a film."""

import numpy as np
import pytest

from engines.animatic.sound.listening import board, correlation, level
from oxreel.engines.animatic.plan import Line, ShotPlan
from oxreel.engines.animatic.sound.loudness import loudness
from oxreel.engines.animatic.sound.speech import speech_of
from oxreel.engines.animatic.sound.utterance import spoken
from oxreel.engines.animatic.sound.voices import cast
from oxreel.media.join import SOUND_RATE

LONG = Line("I have waited for this moment all my life, and now that it is here, I do not know what to say.", "Anna")
TWO = ShotPlan(
    places=("street",), lines=(Line("Where are you?", "Anna", voice="woman"), Line("Here!", "Ben", voice="man"))
)


def test_lines_follow_one_another_in_their_shot() -> None:
    spans = speech_of(board(3, 5), [ShotPlan(), TWO]).spans
    assert len(spans) == 2
    assert spans[0][0] == pytest.approx(3.35 * SOUND_RATE, abs=2)
    assert spans[1][0] >= spans[0][1] + 0.2 * SOUND_RATE
    assert spans[1][1] < 8 * SOUND_RATE


def test_it_is_the_voice_that_was_cast() -> None:
    speech = speech_of(board(4), [ShotPlan(lines=(LONG,))])
    pace = (speech.spans[0][1] - speech.spans[0][0]) / SOUND_RATE
    assert pace < 3.95
    speech = speech_of(board(8), [ShotPlan(lines=(LONG,))])
    first, last = speech.spans[0]
    dry = spoken(LONG, cast([ShotPlan(lines=(LONG,))])["anna"])
    assert last - first == dry.size
    assert correlation(speech.stem[:1, first:last], dry[np.newaxis]) > 0.9


def test_a_line_that_is_too_long_is_hurried_and_then_faded_before_the_cut() -> None:
    speech = speech_of(board(2, 2), [ShotPlan(lines=(LONG,)), ShotPlan()])
    first, last = speech.spans[0]
    assert last <= 2 * SOUND_RATE
    assert not speech.stem[:, 2 * SOUND_RATE :].any()
    assert np.abs(speech.stem[:, 2 * SOUND_RATE - 1]).max() < 0.01
    assert level(speech.stem[:, first : first + SOUND_RATE]) > -30


def test_every_line_is_equally_loud() -> None:
    speech = speech_of(board(6), [TWO])
    heard = [loudness(speech.stem[:, first:last]) for first, last in speech.spans]
    assert heard == pytest.approx([-16, -16], abs=2)


def test_two_speakers_stand_apart() -> None:
    speech = speech_of(board(6), [TWO])
    tilt = [level(speech.stem[0, first:last]) - level(speech.stem[1, first:last]) for first, last in speech.spans]
    assert tilt[0] * tilt[1] < 0


def test_a_film_without_words_has_no_speech() -> None:
    speech = speech_of(board(2), [ShotPlan(lines=(Line("…"), Line("")))])
    assert speech.spans == ()
    assert not speech.stem.any()
