"""When lines are spoken."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.animatic.sound.listening import board
from oxreel.engines.animatic.plan import Line, ShotPlan
from oxreel.engines.animatic.sound.dialogue import FASTEST, lines_too_long, pace_for, timing_of

SHOT = board(5, 5).shots[0]
LONG = Line("I have waited for this moment all my life, and now that it is here, I do not know what to say.")


def test_lines_that_fit_are_spoken_at_an_ordinary_pace_after_a_moment() -> None:
    timing = timing_of([1.5, 1.5], SHOT)
    assert pace_for([1.5, 1.5], SHOT) == 1
    assert timing.starts == pytest.approx((0.35, 2.15))
    assert timing.end == pytest.approx(4.75)


def test_lines_that_do_not_fit_are_spoken_faster_up_to_a_limit() -> None:
    assert 1 < pace_for([3.0, 3.0], SHOT) < FASTEST
    assert pace_for([30.0], SHOT) == FASTEST


@given(st.lists(st.floats(0.1, 6), min_size=1, max_size=5))
def test_lines_follow_one_another_within_their_shot(seconds: list[float]) -> None:
    timing = timing_of(seconds, SHOT)
    assert 0.09 < timing.starts[0] <= 0.35
    assert timing.end < 5
    for index in range(1, len(seconds)):
        assert timing.starts[index] >= timing.starts[index - 1] + seconds[index - 1] + 0.1
    if pace_for(seconds, SHOT) == 1:
        assert timing.starts[-1] + seconds[-1] <= timing.end + 1e-6


def test_shots_that_end_before_their_lines_are_known_beforehand() -> None:
    film = board(1, 5, 1, 1)
    plans = [ShotPlan(lines=(LONG,)), ShotPlan(lines=(LONG,)), ShotPlan(lines=(Line("Go!"),)), ShotPlan()]
    assert lines_too_long(film, plans) == [0]
    mandarin = ShotPlan(lines=(Line("我等这一刻等了一辈子，现在它来了，我却不知道说什么。", language="zh"),))
    assert lines_too_long(board(2), [mandarin]) == [0]
    assert lines_too_long(board(6), [mandarin]) == []


def test_asking_beforehand_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from oxreel.engines.animatic.plan import Line, ShotPlan\n"
        "from oxreel.engines.animatic.sound.dialogue import lines_too_long\n"
        "from oxreel.storyboard import Shot, Storyboard\n"
        "lines_too_long(Storyboard('g', 'm', (Shot(0, '', 1, 0, 25),), 64, 64, 1), [ShotPlan(lines=(Line('你好'),))])\n"
        "print(sorted({'av', 'numpy', 'pypinyin', 'espeakng_loader'} & set(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
