"""Delivery: what is heard of a film."""

from pathlib import Path

import numpy as np
import pytest

from engines.animatic.sound.listening import board, correlation, level, measured, part
from engines.pictures import storyboard
from oxreel.engines.animatic.delivery import HIGHEST_PEAK, _lower_peaks, deliver
from oxreel.engines.animatic.direction import plan_of
from oxreel.engines.animatic.sound.mastering import CEILING, limited, true_peak
from oxreel.engines.animatic.sound.speech import speech_of
from oxreel.media.decode import sound
from oxreel.media.encode import Encoder
from oxreel.media.join import SOUND_RATE, join, sound_samples
from oxreel.storyboard import Reference, Storyboard


def segments(film: Storyboard, folder: Path) -> list[Path]:
    """A grey segment for each shot."""
    chroma = np.full((32, 32), 128, np.uint8)
    made = []
    for shot in film.shots:
        made.append(folder / f"{shot.index}.mp4")
        with Encoder(made[-1], 64, 64) as encoder:
            for _ in range(shot.frames):
                encoder.write((np.full((64, 64), 90, np.uint8), chroma, chroma))
    return made


def heard_in(film: Storyboard, folder: Path) -> np.ndarray:
    deliver(film, segments(film, folder), folder / "film.mp4", {})
    heard = sound(folder / "film.mp4", sound_samples(film.frames))
    assert heard is not None
    return heard


def test_words_in_quotation_marks_are_heard_in_their_shot(tmp_path: Path) -> None:
    film = storyboard(
        [
            {"prompt": "Heavy rain over a dark street", "seconds": 3},
            {"prompt": 'A woman says: "We have to leave before the storm gets here."', "seconds": 4},
            {"prompt": "A quiet room", "seconds": 3},
        ],
        audio=True,
    )
    heard = heard_in(film, tmp_path)
    speech = speech_of(film, [plan_of(film, shot) for shot in film.shots])
    (first, last), *more = speech.spans
    assert not more
    assert 3 * SOUND_RATE < first < last < 7 * SOUND_RATE
    assert correlation(heard[:, first:last], speech.stem[:, first:last]) > 0.8
    assert level(part(heard, 0.5, 2.5)) > level(part(heard, 7.5, 9)) + 3
    loudness, peak = measured(heard)
    assert loudness == pytest.approx(-16, abs=1)
    assert peak < HIGHEST_PEAK


def test_peaks_that_the_encoder_made_higher_are_taken_down(tmp_path: Path) -> None:
    film = board(4)
    # A square wave that climbs: cutting its upper harmonics makes it ring.
    turns = np.cumsum(np.linspace(0.02, 2.5, sound_samples(film.frames)))
    made = np.stack([0.7 * np.sign(np.sin(turns))] * 2).astype(np.float32)
    made = limited(made, CEILING)
    grey, target = segments(film, tmp_path), tmp_path / "film.mp4"
    join(grey, target, sound=made)
    before = sound(target, made.shape[1])
    assert before is not None
    assert true_peak(before) > HIGHEST_PEAK
    _lower_peaks(grey, target, made, {})
    after = sound(target, made.shape[1])
    assert after is not None
    assert true_peak(after) < HIGHEST_PEAK


def test_the_sound_of_a_source_is_kept_at_its_own_level_and_nobody_speaks_over_it(tmp_path: Path) -> None:
    film = board(2)
    tone = (0.05 * np.sin(2 * np.pi * 440 * np.arange(sound_samples(film.frames)) / SOUND_RATE)).astype(np.float32)
    join(segments(film, tmp_path), tmp_path / "source.mp4", sound=np.stack([tone, tone]))
    source = Reference("Video1", "video", "video", str(tmp_path / "source.mp4"), 64, 64, seconds=2)
    kept = storyboard([{"seconds": 2, "prompt": 'He says "Hello"'}], video=source, keep_audio=True, audio=True)
    heard = heard_in(kept, tmp_path)
    assert correlation(heard, np.stack([tone, tone])) > 0.99
    assert level(heard) == pytest.approx(level(tone), abs=0.5)


def test_a_film_that_asked_for_no_sound_has_none(tmp_path: Path) -> None:
    film = board(1, audio=False)
    deliver(film, segments(film, tmp_path), tmp_path / "film.mp4", {})
    assert sound(tmp_path / "film.mp4", 100) is None
