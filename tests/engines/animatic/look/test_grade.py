"""Time of day and season."""

from typing import get_args

import numpy as np
import pytest

from engines.animatic.look.frames import canvas, legal, looked, meadow, planes_of, same, winter
from oxreel.engines.animatic.look import grade_effects
from oxreel.engines.animatic.plan import Change, Season, ShotPlan, TimeOfDay
from oxreel.media.encode import Planes


def at(time: TimeOfDay) -> ShotPlan:
    return ShotPlan(time=Change(time, time))


def during(season: Season) -> ShotPlan:
    return ShotPlan(season=Change(season, season))


def mean(planes: Planes) -> tuple[float, float, float]:
    luma, cb, cr = (float(plane.mean()) for plane in planes)
    return luma, cb, cr


def chroma(planes: Planes, rows: slice, columns: slice) -> tuple[float, float]:
    return float(planes[1][rows, columns].mean()), float(planes[2][rows, columns].mean())


def test_night_is_darker_and_bluer() -> None:
    day, night = mean(planes_of(meadow(320, 180))), mean(looked(meadow(320, 180), grade_effects(at("night"), canvas())))
    assert night[0] < 0.55 * day[0]
    assert night[1] > day[1] + 2


def test_a_lit_window_stays_bright_and_warm_at_night() -> None:
    picture = meadow(320, 180)
    luma, cb, cr = looked(picture, grade_effects(at("night"), canvas()))
    window, wall = (slice(76, 86), slice(196, 220)), (slice(62, 70), slice(164, 250))
    assert luma[window].mean() > 150
    assert luma[wall].mean() < 60
    assert cb[38:43, 98:110].mean() < 105
    assert cr[38:43, 98:110].mean() > 135


def test_dusk_lies_between_day_and_night() -> None:
    levels = [mean(looked(meadow(320, 180), grade_effects(at(time), canvas())))[0] for time in ("night", "dusk", "day")]
    assert levels == sorted(levels)


@pytest.mark.parametrize("time", ["golden_hour", "sunrise"])
def test_a_low_sun_is_warm_and_soft(time: TimeOfDay) -> None:
    day, low = planes_of(meadow(320, 180)), looked(meadow(320, 180), grade_effects(at(time), canvas()))
    warmth = [mean(planes)[2] - mean(planes)[1] for planes in (day, low)]
    assert warmth[1] > warmth[0] + 5
    assert np.ptp(np.percentile(low[0], (2, 98))) < np.ptp(np.percentile(day[0], (2, 98)))


def test_a_dark_picture_becomes_day() -> None:
    dark = (meadow(320, 180) * 0.3).astype(np.uint8)
    assert mean(looked(dark, grade_effects(at("day"), canvas(), dark)))[0] > mean(planes_of(dark))[0] + 30


def test_a_picture_of_the_night_is_not_made_darker_again() -> None:
    dark = (meadow(320, 180) * 0.2).astype(np.uint8)
    measured = mean(looked(dark, grade_effects(at("night"), canvas(), dark)))[0]
    assert measured > mean(looked(dark, grade_effects(at("night"), canvas())))[0]


def test_winter_lays_snow_on_the_grass_and_leaves_the_sky_blue() -> None:
    before, after = planes_of(meadow(320, 180)), looked(meadow(320, 180), grade_effects(during("winter"), canvas()))
    grass = slice(80, 90), slice(40, 160)
    assert after[0][150:, 100:].mean() > before[0][150:, 100:].mean() + 50
    assert max(abs(part - 128) for part in chroma(after, *grass)) < 14
    assert after[1][5:20].mean() > 132


def test_autumn_turns_grass_to_orange() -> None:
    blue, red = chroma(
        looked(meadow(320, 180), grade_effects(during("autumn"), canvas())), slice(78, 90), slice(60, 160)
    )
    assert blue < 105
    assert red > 140


def test_spring_is_brighter_than_summer_on_the_grass() -> None:
    spring, summer = (
        looked(meadow(320, 180), grade_effects(during(season), canvas())) for season in ("spring", "summer")
    )
    assert spring[0][150:, 100:].mean() > summer[0][150:, 100:].mean() + 10


@pytest.mark.parametrize(("width", "height"), [(640, 360), (360, 640), (400, 400)])
def test_from_winter_to_summer_snow_becomes_grass_under_a_blue_sky(width: int, height: int) -> None:
    picture = winter(width, height)
    effects = grade_effects(ShotPlan(season=Change("winter", "summer")), canvas(width, height), picture)
    before, after = planes_of(picture), looked(picture, effects, 71)
    ground, sky = slice(height * 7 // 20, height * 9 // 20), slice(2, height // 20)
    blue, red = chroma(after, ground, slice(0, width // 8))
    assert blue < 110
    assert red < 124
    assert after[1][sky].mean() >= before[1][sky].mean() - 1
    assert after[1][sky].mean() > 140


def test_white_things_stay_white_in_the_summer_of_a_picture_without_snow() -> None:
    picture = meadow(320, 180)
    picture[120:160, 200:260] = 240, 238, 235
    after = looked(picture, grade_effects(during("summer"), canvas(), picture))
    assert after[0][125:155, 205:255].mean() > 200
    assert abs(after[1][63:77, 103:127].mean() - 128) < 6


@pytest.mark.parametrize(
    "plan",
    [
        ShotPlan(season=Change("winter", "summer")),
        ShotPlan(season=Change("summer", "winter")),
        ShotPlan(time=Change("day", "night")),
        ShotPlan(time=Change("night", "day")),
    ],
)
def test_a_change_begins_with_the_picture_and_travels_without_jumps(plan: ShotPlan) -> None:
    picture = winter(320, 180)
    start = [plane.astype(int) for plane in planes_of(picture)]
    effects = grade_effects(plan, canvas(), picture)
    away = []
    for frame in range(72):
        seen = looked(picture, effects, frame)
        away.append(sum(float(np.abs(a.astype(int) - b).mean()) for a, b in zip(seen, start, strict=True)))
    steps = np.diff(away)
    assert away[0] == 0
    assert steps.min() > -0.02 * away[-1]
    assert steps.max() < 0.06 * away[-1]


def test_a_change_reaches_the_far_before_the_near() -> None:
    picture = winter(320, 180)
    effects = grade_effects(ShotPlan(season=Change("winter", "summer")), canvas(), picture)
    begin, middle, end = (looked(picture, effects, frame)[1].astype(int) for frame in (0, 36, 71))
    far, near = slice(45, 55), slice(80, 90)
    done = [np.abs(middle - begin)[rows].mean() / np.abs(end - begin)[rows].mean() for rows in (far, near)]
    assert done[0] > done[1] + 0.1


@pytest.mark.parametrize("kind", [*get_args(TimeOfDay), *get_args(Season)])
def test_every_grade_is_legal_repeats_and_does_nothing_at_strength_0(kind: str) -> None:
    change = Change(kind, kind)
    plan = ShotPlan(time=change) if kind in get_args(TimeOfDay) else ShotPlan(season=change)
    picture = winter(180, 320)
    effects, again = (grade_effects(plan, canvas(180, 320), picture) for _ in range(2))
    assert len(effects) == 1
    assert legal(looked(picture, effects, 30))
    assert same(looked(picture, effects, 30), looked(picture, again, 30))
    assert same(looked(picture, effects, 30, 0.0), planes_of(picture))
    assert not same(looked(picture, effects, 30, 0.5), planes_of(picture))


def test_words_that_are_no_season_grade_nothing() -> None:
    assert grade_effects(ShotPlan(season=Change("monsoon", "monsoon")), canvas()) == ()
    assert grade_effects(ShotPlan(), canvas()) == ()


def test_a_brown_beast_is_seen_at_night_and_stays_warm() -> None:
    picture = meadow(320, 180)
    picture[110:150, 230:270] = 120, 66, 36
    luma, cb, cr = looked(picture, grade_effects(at("night"), canvas(), picture))
    assert luma[112:148, 232:268].mean() > 34
    assert cr[57:73, 117:133].mean() - cb[57:73, 117:133].mean() > 4


def test_golden_hour_keeps_the_contrast_and_the_colours_of_what_is_near() -> None:
    picture = meadow(320, 180)
    picture[120:175, 100:220:2] = 120, 66, 36
    before, after = planes_of(picture), looked(picture, grade_effects(at("golden_hour"), canvas(), picture))
    near = slice(125, 170), slice(105, 215)
    assert after[0][near].std() > 0.8 * before[0][near].std()
    assert np.abs(after[1][62:85].astype(int) - 128).mean() > np.abs(before[1][62:85].astype(int) - 128).mean()


def test_a_thaw_spares_what_a_brown_thing_encloses() -> None:
    picture = np.full((180, 320, 3), (225, 232, 245), np.uint8)
    picture[90:140, 130:190] = 128, 72, 40
    picture[112:118, 156:164] = 232, 226, 222
    plan = ShotPlan(season=Change("winter", "summer"))
    after = looked(picture, grade_effects(plan, canvas(), picture), 71)
    assert after[1][150 // 2 : 170 // 2].mean() < 112
    assert after[1][57:58, 79:81].mean() > 118


def test_grades_are_smooth_over_smooth_colours() -> None:
    """No dither or table shows as a step from a sample to the next."""
    across = np.linspace(0, 1, 320)[None, :, None]
    picture = (np.array([250, 225, 170]) * across + np.array([120, 150, 210]) * (1 - across)).astype(np.uint8)
    picture = np.repeat(picture, 180, axis=0)
    for time in get_args(TimeOfDay):
        luma = looked(picture, grade_effects(at(time), canvas(), picture))[0].astype(int)
        assert np.abs(np.diff(luma, axis=1)).max() <= 8
        assert np.abs(np.diff(luma, axis=0)).max() <= 4
