"""Fades from and to black and white."""

import numpy as np

from engines.animatic.look.frames import canvas, legal, looked, meadow, planes_of, same
from oxreel.engines.animatic.look import fade_effects
from oxreel.engines.animatic.plan import ShotPlan


def test_a_film_comes_out_of_black_and_goes_into_white() -> None:
    plan = ShotPlan(transition="fade_black", ending="fade_white")
    effects = fade_effects(plan, canvas(), True, True)
    picture = meadow(320, 180)
    means = [float(looked(picture, effects, frame)[0].mean()) for frame in range(72)]
    assert np.all(looked(picture, effects, 0)[0] == 16)
    assert np.all(looked(picture, effects, 71)[0] == 235)
    assert same(looked(picture, effects, 36), planes_of(picture))
    assert np.diff(means[:22]).min() >= 0
    assert np.diff(means[50:]).min() >= 0
    assert np.abs(np.diff(means)).max() < 14
    assert all(legal(looked(picture, effects, frame)) for frame in (0, 5, 66, 71))


def test_between_two_shots_the_first_goes_as_the_second_comes() -> None:
    picture = meadow(320, 180)
    going = fade_effects(ShotPlan(), canvas(), True, False, follows="fade_black")
    coming = fade_effects(ShotPlan(transition="fade_black"), canvas(), False, True)
    assert np.all(looked(picture, going, 71)[0] == 16)
    assert np.all(looked(picture, coming, 0)[0] == 16)
    assert same(looked(picture, going, 0), planes_of(picture))
    assert same(looked(picture, coming, 71), planes_of(picture))


def test_an_ending_belongs_to_the_last_shot_and_a_cut_fades_nothing() -> None:
    assert fade_effects(ShotPlan(ending="fade_black"), canvas(), True, False) == ()
    assert fade_effects(ShotPlan(transition="dissolve"), canvas(), False, True) == ()


def test_an_anchored_frame_is_not_faded() -> None:
    plan = ShotPlan(transition="fade_black", ending="fade_black")
    assert fade_effects(plan, canvas(), True, True, anchored=frozenset({0, 71})) == ()
    assert len(fade_effects(plan, canvas(), True, True, anchored=frozenset({0}))) == 1


def test_a_fade_of_strength_0_changes_nothing() -> None:
    effects = fade_effects(ShotPlan(transition="fade_white"), canvas(), True, True)
    assert same(looked(meadow(320, 180), effects, 0, 0.0), planes_of(meadow(320, 180)))
