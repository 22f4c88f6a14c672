"""What is heard of a delivered film: in which shots, how loud, how long, and who speaks where."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.animatic.sound.listening import band_level, correlation, level, measured, part
from engines.pictures import landscape, reference, storyboard
from engines.suite import film
from oxreel.engines.animatic import AnimaticEngine
from oxreel.engines.animatic.direction import plan_of
from oxreel.engines.animatic.sound.speech import speech_of
from oxreel.media.decode import sound
from oxreel.media.join import SOUND_RATE, sound_samples
from oxreel.storyboard import Storyboard
from oxreel.units import FRAME_RATE

SHOTS = (
    "Heavy rain on a street",
    'A woman says: "Leave before the storm gets here." She waits',
    "A quiet room",
    "海边",
)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Storyboard:
    """Rain, a line, silence in a room, and the sea: three seconds each."""
    start = reference(tmp_path_factory.mktemp("sound"), "start", landscape(128, 72))
    shots = [{"prompt": prompt, "seconds": 3} for prompt in SHOTS]
    return storyboard([{**shots[0], "start": start}, *shots[1:]], width=128, height=72, audio=True)


@pytest.fixture(scope="module")
def delivered(board: Storyboard, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(AnimaticEngine(), board, tmp_path_factory.mktemp("film"))[0]


@pytest.fixture(scope="module")
def heard(board: Storyboard, delivered: Path) -> NDArray[np.float32]:
    found = sound(delivered, sound_samples(board.frames))
    assert found is not None
    return found


def test_every_shot_is_heard_as_its_words_say(heard: NDArray[np.float32]) -> None:
    rain, _, room, sea = (part(heard, first + 0.7, first + 2.5) for first in (0, 3, 6, 9))
    assert min(level(rain), level(sea)) > -45
    assert level(rain) > level(room) + 6
    assert level(sea) > level(room) + 6
    assert level(room) > -90  # even a quiet room is not digital silence
    assert band_level(rain, 4000, 12000) > band_level(room, 4000, 12000) + 10


def test_the_film_is_as_loud_as_broadcasts_are_and_its_peaks_stay_below_the_limit(heard: NDArray[np.float32]) -> None:
    loudness, peak = measured(heard)
    assert loudness == pytest.approx(-16, abs=1)
    assert peak < -1


def test_sound_and_picture_are_exactly_as_long_as_the_storyboard(board: Storyboard, delivered: Path) -> None:
    with av.open(str(delivered)) as opened:
        kinds = {stream.type: stream.duration * stream.time_base for stream in opened.streams}  # type: ignore[operator]
        samples = sum(frame.samples for frame in opened.decode(audio=0))
    assert kinds == {"video": board.frames / FRAME_RATE, "audio": board.frames / FRAME_RATE}
    # Its last AAC frame may hold silence that no player plays.
    assert 0 <= samples - sound_samples(board.frames) < 1024


def test_a_quoted_line_is_spoken_in_its_shot_and_nowhere_else(board: Storyboard, heard: NDArray[np.float32]) -> None:
    said = speech_of(board, [plan_of(board, shot) for shot in board.shots])
    [(first, last)] = said.spans
    assert 3 * SOUND_RATE <= first < last <= 6 * SOUND_RATE
    stem = said.stem[:, first:last]
    assert correlation(heard[:, first:last], stem) >= 0.8
    for shot in (0, 6, 9):
        assert likeness_anywhere(part(heard, shot, shot + 3), stem) < 0.3


def test_nobody_speaks_where_no_sound_was_asked_for(tmp_path: Path) -> None:
    silent = storyboard([{"prompt": SHOTS[1]}], width=128, height=72)
    with av.open(str(film(AnimaticEngine(), silent, tmp_path)[0])) as opened:
        assert not opened.streams.audio


def likeness_anywhere(heard: NDArray[np.float32], stem: NDArray[np.float32]) -> float:
    """The largest correlation with the stem at any delay."""
    one, other = heard.mean(axis=0).astype(float), stem.mean(axis=0).astype(float)
    size = 1 << (one.size + other.size).bit_length()
    product = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)))
    return float(np.abs(product).max() / max(1e-12, np.linalg.norm(one) * np.linalg.norm(other)))
