"""How many frames are filmed for a shot, and which of them are shown."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engines.diffusers.test_choice import ONE, START, TAIL
from engines.pictures import storyboard
from oxreel.engines.diffusers.families import FAMILIES
from oxreel.engines.diffusers.family import Rules
from oxreel.engines.diffusers.timing import clips_of, filmed_frames, goes_on, model_frames, positions
from oxreel.storyboard import Shot

RULES = [pytest.param(family.rules, id=name) for name, family in FAMILIES.items()]


def only(seconds: int, **more: object) -> Shot:
    return storyboard([{"seconds": seconds, **more}]).shots[0]


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("seconds", [1, 3, 5, 10, 15])
def test_every_length_is_filmed_in_clips_that_the_weights_take(rules: Rules, seconds: int) -> None:
    shot = only(seconds)
    clips = clips_of(shot, rules)
    assert all(clip % rules.frame_step == rules.frame_rest % rules.frame_step for clip in clips)
    assert all(clip >= rules.least_frames for clip in clips)
    assert filmed_frames(shot, rules) >= model_frames(shot, rules)
    if rules.opening:
        assert max(clips) <= rules.most_frames
    else:
        assert len(clips) == 1


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("tail", [None, TAIL])
def test_each_frame_of_a_shot_is_one_that_was_filmed(rules: Rules, tail: object) -> None:
    shot = only(5, tail=tail)
    shown = list(positions(shot, rules))
    assert len(shown) == 121
    assert shown == sorted(shown)
    assert shown[0] == 0
    assert shown[-1] <= filmed_frames(shot, rules) - 1
    if tail is None:
        assert shown[24] == rules.rate


def test_five_seconds_of_wan_are_the_81_frames_that_it_was_trained_on() -> None:
    rules = FAMILIES["wan-i2v"].rules
    assert clips_of(only(5), rules) == (81,)
    assert list(positions(only(5), rules))[:4] == [0, Fraction(2, 3), Fraction(4, 3), 2]


def test_the_last_frame_shown_is_the_last_one_filmed_where_a_picture_lies_on_it() -> None:
    rules = FAMILIES["wan-i2v"].rules
    shot = only(3, tail=TAIL)
    assert clips_of(shot, rules) == (49,)
    assert list(positions(shot, rules))[-1] == 48
    shot = replace(shot, frames=shot.frames + 2)
    assert list(positions(shot, rules))[-1] == filmed_frames(shot, rules) - 1


def test_a_shot_goes_on_only_where_it_has_no_picture_and_the_weights_can() -> None:
    shots = storyboard([{"start": START}, {}, {"references": [ONE]}]).shots
    assert [goes_on(shot, FAMILIES["wan-vace"].rules) for shot in shots] == [False, True, False]
    assert not any(goes_on(shot, FAMILIES["wan-t2v"].rules) for shot in shots)


def test_a_shot_that_goes_on_moves_from_the_frame_before_its_first() -> None:
    rules = FAMILIES["wan-vace"].rules
    shot = storyboard([{"start": START, "seconds": 2}, {"seconds": 2}]).shots[1]
    # 49 frames and the one before them last 49/24 s, 32.7 frames at 16: 34 with both ends, and four more that open.
    assert clips_of(shot, rules) == (41,)
    assert filmed_frames(shot, rules) == 37
    assert next(positions(shot, rules)) == Fraction(2, 3)
