"""What is heard of a plan."""

from dataclasses import replace
from typing import get_args

import pytest

from oxreel.engines.animatic.plan import Action, Amount, Change, ShotPlan, Sound
from oxreel.engines.animatic.sound.catalogue import CATALOGUE
from oxreel.engines.animatic.sound.hearing import Heard, heard_in
from oxreel.engines.animatic.sound.setting import Setting

STEPS = (Amount("footsteps"),)


def steps(plan: ShotPlan) -> Heard:
    return next(one for one in heard_in(plan) if one.kind == "footsteps")


def test_a_shot_with_nothing_to_hear_has_air() -> None:
    assert heard_in(ShotPlan()) == (Heard("air", 1.0, Setting()),)


def test_every_sound_of_the_plan_is_heard_once_and_at_its_strength() -> None:
    plan = ShotPlan(sounds=(Amount("rain", 0.5), Amount("wind"), Amount("rain", 1.5)))
    assert {one.kind: one.strength for one in heard_in(plan)} == {"air": 1.0, "rain": 1.5, "wind": 1.0}


def test_every_sound_that_a_plan_may_name_is_in_the_catalogue() -> None:
    assert set(get_args(Sound)) <= set(CATALOGUE)


def test_the_sea_is_heard_from_below_under_water() -> None:
    plan = ShotPlan(sounds=(Amount("sea", 0.5),), places=("underwater",))
    assert [one.kind for one in heard_in(plan)] == ["air", "underwater"]


@pytest.mark.parametrize(
    ("plan", "ground"),
    [
        (ShotPlan(places=("street",)), "hard"),
        (ShotPlan(places=("forest",)), "soft"),
        (ShotPlan(places=("road",)), "gravel"),
        (ShotPlan(places=("snowfield",)), "snow"),
        (ShotPlan(places=("street",), weather=(Amount("snow"),)), "snow"),
        (ShotPlan(places=("park",), season=Change("autumn", "winter")), "snow"),
        (ShotPlan(places=("room",), weather=(Amount("snow"),)), "hard"),
    ],
)
def test_steps_fall_on_the_ground_that_the_shot_shows(plan: ShotPlan, ground: str) -> None:
    assert steps(replace(plan, sounds=STEPS)).setting.ground == ground


def test_steps_keep_time_with_who_takes_them() -> None:
    walk, run, amble, dog = (
        steps(ShotPlan(sounds=STEPS, actions=(action,)))
        for action in (Action("walk"), Action("run"), Action("walk", "woman", pace=0.55), Action("run", "dog"))
    )
    assert walk.setting.cadence == 1.9
    assert run.setting.cadence == 2.8
    assert amble.setting.cadence < 1.7
    assert dog.setting.cadence > 4
    assert dog.strength < run.strength


def test_rain_is_heard_through_walls_indoors() -> None:
    rain = Amount("rain"), Amount("wind")
    inside = {one.kind: one.setting.indoors for one in heard_in(ShotPlan(sounds=rain, places=("room",)))}
    assert inside == {"air": False, "rain": True, "wind": False}
