"""The soundtrack of a film: loudness, lengths, cuts, and who is heard where."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engines.animatic.sound.listening import board, correlation, delivered, level, measured, part
from oxreel.engines.animatic.plan import Action, Amount, Line, ShotPlan
from oxreel.engines.animatic.sound.soundtrack import soundtrack_of
from oxreel.engines.animatic.sound.speech import speech_of
from oxreel.media.join import SOUND_RATE, sound_samples

STORM = ShotPlan(sounds=(Amount("rain", 1.5), Amount("wind"), Amount("thunder"), Amount("sea")))
STEPS = ShotPlan(sounds=(Amount("footsteps"),))
TALK = ShotPlan(
    places=("street",), sounds=(Amount("city"),), lines=(Line("We have to leave before the storm gets here.", "Anna"),)
)
MANDARIN = ShotPlan(places=("room",), sounds=(Amount("room"),), lines=(Line("你好，我们终于到家了。", "小明", "zh"),))
FILMS = {
    "nothing to hear": [ShotPlan()],
    "a storm": [STORM],
    "steps alone": [STEPS],
    "steps in snow": [ShotPlan(sounds=(Amount("footsteps"),), places=("snowfield",), actions=(Action("run"),))],
    "a fire": [ShotPlan(sounds=(Amount("fire", 1.5),))],
    "birds": [ShotPlan(sounds=(Amount("birds"),))],
    "speech and two more shots": [TALK, STORM, MANDARIN],
}


@pytest.mark.parametrize("film", FILMS)
def test_a_delivered_film_has_the_loudness_and_peaks_of_broadcast(film: str, tmp_path: Path) -> None:
    plans = FILMS[film]
    storyboard = board(*[3] * len(plans))
    made = soundtrack_of(storyboard, plans)
    assert made is not None
    loudness, peak = measured(delivered(made, storyboard.frames, tmp_path))
    assert loudness == pytest.approx(-16, abs=1)
    assert peak < -1


@pytest.mark.parametrize("seconds", [(1,), (3, 5, 7), (15,)])
def test_it_is_exactly_as_long_as_the_film(seconds: tuple[int, ...]) -> None:
    storyboard = board(*seconds)
    made = soundtrack_of(storyboard, [ShotPlan()] * len(seconds))
    assert made is not None
    assert made.dtype == np.float32
    assert made.shape == (2, sound_samples(storyboard.frames))
    assert np.all(np.isfinite(made))
    assert np.abs(made.mean()) < 1e-4


def test_a_film_that_asked_for_none_has_none() -> None:
    assert soundtrack_of(board(2, audio=False), [TALK]) is None


def test_every_shot_has_a_sound_of_its_own() -> None:
    plans = [ShotPlan(sounds=(Amount("birds"),)), ShotPlan(sounds=(Amount("rain"),)), ShotPlan()]
    made = soundtrack_of(board(3, 3, 3), plans)
    assert made is not None
    levels = [level(part(made, first + 0.2, first + 2.3)) for first in (0, 3, 6)]
    assert min(levels) > -50
    assert levels[1] > levels[2] + 6, "the rain is in the second shot, and only air in the third"


def test_a_sound_that_goes_on_is_not_begun_anew_at_a_cut() -> None:
    rain = ShotPlan(sounds=(Amount("rain"),))
    one, two = soundtrack_of(board(4), [rain]), soundtrack_of(board(2, 2), [rain, rain])
    assert one is not None
    assert two is not None
    assert correlation(one, two) > 0.99


@pytest.mark.parametrize("kinds", [("engine", "room"), ("room", "engine"), ("city", "air")])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_clicks_at_a_cut(kinds: tuple[str, str], seed: int) -> None:
    """Deep sounds that were cut off would jump; their samples hardly differ from one to the next."""
    made = soundtrack_of(board(3, 3, seed=seed), [ShotPlan(sounds=(Amount(kind),)) for kind in kinds])
    assert made is not None
    steps = np.abs(np.diff(made)).max(axis=0)
    cut = 3 * SOUND_RATE
    there = steps[cut - 2_400 : cut + 2_400].max()
    usual = np.concatenate([steps[SOUND_RATE : cut - 4_800], steps[cut + 4_800 : -SOUND_RATE]]).max()
    assert there < 1.2 * usual


def test_it_comes_out_of_silence_and_goes_back_to_it() -> None:
    made = soundtrack_of(board(3), [STORM])
    assert made is not None
    assert level(made[:, :240]) < level(part(made, 1, 2)) - 25
    assert level(made[:, -240:]) < level(part(made, 1, 2)) - 25


def test_a_line_is_heard_in_its_shot_and_nowhere_else(tmp_path: Path) -> None:
    storyboard, plans = board(4, 4, 4), [STORM, TALK, STORM]
    made = soundtrack_of(storyboard, plans)
    assert made is not None
    heard = delivered(made, storyboard.frames, tmp_path)
    speech = speech_of(storyboard, plans)
    (first, last), *_ = speech.spans
    assert 4 * SOUND_RATE < first < last < 8 * SOUND_RATE
    assert correlation(heard[:, first:last], speech.stem[:, first:last]) > 0.8
    assert not part(speech.stem, 0, 4).any()
    assert not part(speech.stem, 8, 12).any()
    stray = speech.stem[:, first:last]
    assert abs(correlation(part(heard, 0.5, 0.5 + stray.shape[1] / SOUND_RATE)[:, : stray.shape[1]], stray)) < 0.2


def test_two_processes_make_the_same_bytes() -> None:
    code = (
        "import hashlib, sys\n"
        "from engines.animatic.sound.test_soundtrack import FILMS, board, soundtrack_of\n"
        "made = soundtrack_of(board(3, 3, 3), FILMS['speech and two more shots'])\n"
        "print(hashlib.sha256(made.tobytes()).hexdigest())\n"
    )
    tests = Path(__file__).parents[3]
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            cwd=tests,
            env={"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    made = soundtrack_of(board(3, 3, 3), FILMS["speech and two more shots"])
    assert made is not None
    assert said == {hashlib.sha256(made.tobytes()).hexdigest()}


def test_it_follows_its_seed() -> None:
    one, other = (soundtrack_of(board(2, seed=seed), [STORM]) for seed in (1, 2))
    assert one is not None
    assert other is not None
    assert abs(correlation(one, other)) < 0.1
