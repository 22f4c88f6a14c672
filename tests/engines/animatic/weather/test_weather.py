"""Weather and particles: judged by the frames that they leave."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.animatic.scenes import canvas, change, copied, evening, laid, plain, same, shift
from oxreel.engines.animatic.effect import Effect
from oxreel.engines.animatic.plan import Amount, Change, ShotPlan, WeatherKind
from oxreel.engines.animatic.weather import strikes, weather_effects
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes

KINDS: tuple[str, ...] = get_args(WeatherKind)
#: What only adds light, and what also takes some.
GLOWING = ("sparks", "embers", "fireflies")


def weather(planes: Planes, *kinds: str, strength: float = 1.0, seed: int = 7) -> tuple[Effect, ...]:
    plan = ShotPlan(weather=tuple(Amount(kind, strength) for kind in kinds))
    return weather_effects(plan, canvas(planes, seed=seed))


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_it_is_seen_over_a_dark_picture_and_over_a_bright_one(self, kind: str) -> None:
        for ground in (plain(320, 180), plain(320, 180, (150, 180, 210))):
            after = laid(weather(ground, kind), ground, 40)
            assert np.abs(change(after, ground)).max() > 6

    def test_at_strength_0_nothing_changes(self, kind: str) -> None:
        ground = evening(320, 180)
        assert same(laid(weather(ground, kind), ground, 40, 0.0), ground)

    def test_it_fades_in_with_the_strength_of_the_frame(self, kind: str) -> None:
        ground = evening(320, 180)
        effects = weather(ground, kind)
        seen = [np.abs(change(laid(effects, ground, 40, strength), ground)).mean() for strength in (0.25, 0.6, 1)]
        assert 0 < seen[0] < seen[1] < seen[2]

    def test_more_of_it_is_asked_for_and_more_is_seen(self, kind: str) -> None:
        ground = plain(320, 180)
        light, heavy = (
            np.mean(
                [np.abs(change(laid(weather(ground, kind, strength=s), ground, f), ground)).mean() for f in (30, 60)]
            )
            for s in (0.5, 1.5)
        )
        assert heavy > 1.3 * light

    def test_a_frame_asked_for_alone_is_the_frame_of_the_film(self, kind: str) -> None:
        ground = evening(256, 144)
        effects = weather(ground, kind)
        in_order = [laid(effects, ground, frame) for frame in range(9)]
        assert same(laid(weather(ground, kind), ground, 8), in_order[8])
        assert same(laid(effects, ground, 3), in_order[3])

    def test_another_seed_or_shot_has_other_weather(self, kind: str) -> None:
        ground = evening(256, 144)
        first = laid(weather(ground, kind), ground, 40)
        assert not same(laid(weather(ground, kind, seed=8), ground, 40), first)
        plan = ShotPlan(weather=(Amount(kind),))
        assert not same(laid(weather_effects(plan, canvas(ground, shot=1)), ground, 40), first)

    def test_it_stays_within_the_range_of_video(self, kind: str) -> None:
        for ground in (plain(256, 144, (0, 0, 0)), plain(256, 144, (255, 255, 255))):
            effects = weather(ground, kind, strength=1.5)
            for frame in (10, 24, 40, 90):
                luma, cb, cr = laid(effects, ground, frame)
                assert luma.min() >= 16
                assert luma.max() <= 235
                assert min(cb.min(), cr.min()) >= 16
                assert max(cb.max(), cr.max()) <= 240

    def test_it_looks_the_same_at_every_size(self, kind: str) -> None:
        seen = []
        for width, height in ((320, 180), (1280, 720)):
            ground = plain(width, height)
            effects = weather(ground, kind)
            seen.append(np.mean([np.abs(change(laid(effects, ground, f), ground)).mean() for f in (30, 60, 90)]))
        # The faintest motes are lost to rounding sooner where they are smaller.
        assert seen[0] == pytest.approx(seen[1], rel=0.2)

    def test_nothing_pops(self, kind: str) -> None:
        """From frame to frame the mean luma goes on as it went; lightning alone may flash."""
        ground = evening(320, 180)
        effects = weather(ground, kind)[:1]  # a storm without its lightning
        means = [laid(effects, ground, frame)[0].mean() for frame in range(20, 56)]
        assert np.abs(np.diff(means, 2)).max() < 0.5

    def test_portraits_and_squares_have_it_too(self, kind: str) -> None:
        for ground in (plain(144, 256), plain(180, 180)):
            assert np.abs(change(laid(weather(ground, kind), ground, 40), ground)).mean() > 0.02


def moved(kind: str, frames: int, reach: int, *also: str, seed: int = 7) -> tuple[float, float]:
    """Rows and columns that what is drawn moves in so many frames: the middle of several tries."""
    ground = plain(480, 270)
    effects = weather(ground, kind, *also, seed=seed)
    ways = []
    for frame in range(30, 54, 4):
        one, other = (change(laid(effects, ground, f), ground) for f in (frame, frame + frames))
        ways.append(shift(one, other, reach))
    down, right = np.median(ways, axis=0)
    return float(down), float(right)


@pytest.mark.parametrize("kind", ["rain", "snow", "petals"])
def test_what_falls_goes_down(kind: str) -> None:
    frames, least = {"rain": (1, 8), "snow": (6, 3), "petals": (6, 3)}[kind]
    assert moved(kind, frames, 40)[0] >= least


@pytest.mark.parametrize("kind", ["embers", "bubbles", "smoke"])
def test_what_rises_goes_up(kind: str) -> None:
    assert moved(kind, 6, 40)[0] <= -3


def test_wind_carries_snow_to_its_side() -> None:
    for seed in (1, 2, 3, 4):
        calm = abs(moved("snow", 2, 30, seed=seed)[1])
        assert abs(moved("snow", 2, 30, "wind", seed=seed)[1]) > calm + 2


def test_wind_slants_the_rain() -> None:
    """Streaks lean: the picture's structure runs along them."""

    def lean(*kinds: str) -> float:
        ground = plain(480, 270)
        drawn = change(laid(weather(ground, *kinds), ground, 40), ground)
        down, right = np.gradient(drawn)
        return abs(float(np.arctan2(2 * (down * right).sum(), (right**2 - down**2).sum()) / 2))

    assert lean("rain") < 0.08
    assert lean("rain", "wind") > 0.15


def test_rain_darkens_a_bright_day_and_cools_it() -> None:
    ground = plain(320, 180, (200, 200, 190))
    luma, cb, _ = laid(weather(ground, "rain"), ground, 40)
    assert luma.mean() < ground[0].mean() - 5
    assert cb.mean() > ground[1].mean() + 0.5


@pytest.mark.parametrize("kind", GLOWING)
def test_what_glows_only_brightens_the_night(kind: str) -> None:
    ground = plain(320, 180)
    grown = change(laid(weather(ground, kind), ground, 40), ground)
    assert grown.min() >= 0
    assert grown.max() > 60


def test_fog_hides_what_is_far_more_than_what_is_near() -> None:
    ground = evening(320, 180)
    near = np.zeros((18, 32), np.float32)
    near[:, 16:] = 1
    plan = ShotPlan(weather=(Amount("fog"),))
    place = canvas(ground)
    told = type(place)(place.width, place.height, place.frames, place.seed, place.shot, near)
    grown = np.mean([change(laid(weather_effects(plan, told), ground, f), ground) for f in (0, 40, 80)], axis=0)
    assert grown[:, :140].mean() > 1.4 * grown[:, 180:].mean()


def test_lightning_flashes_at_the_moments_that_thunder_is_told() -> None:
    ground = plain(320, 180)
    struck = strikes(canvas(ground))
    assert struck
    effects = weather(ground, "storm")
    for strike in struck:
        frame = round(strike.seconds * 24)
        before, after = (laid(effects, ground, f)[0].mean() for f in (frame - 3, frame + 3))
        assert after > before + 8
        later = laid(effects, ground, frame + 24)[0].mean()
        assert later == pytest.approx(before, abs=2)


def test_leaves_are_green_in_summer_and_brown_in_autumn() -> None:
    ground = plain(320, 180, (128, 128, 128))
    reds = []
    for season in ("summer", "autumn"):
        plan = ShotPlan(weather=(Amount("leaves", 1.5),), season=Change(season, season))
        reds.append(
            np.mean([laid(weather_effects(plan, canvas(ground)), ground, f)[2].mean() for f in range(0, 90, 9)])
        )
    assert reds[0] < ground[2].mean() < reds[1]


def test_a_storm_brings_its_own_rain() -> None:
    ground = plain(256, 144)
    assert same(
        laid(weather(ground, "storm", "rain"), ground, 40),
        laid(weather(ground, "storm"), ground, 40),
    )


def test_wind_raises_dust_where_it_is_dry_alone() -> None:
    ground = plain(320, 180, (90, 90, 90))
    dry, wet = weather(ground, "wind"), weather(ground, "wind", "rain")
    assert len(wet) == 1
    assert laid(dry, ground, 40)[1].mean() < ground[1].mean() - 0.5
    snowy = weather(ground, "wind", "snow")
    assert laid(snowy, ground, 40)[1].mean() > ground[1].mean() - 0.2


def test_no_weather_is_no_effect() -> None:
    assert weather_effects(ShotPlan(), canvas(plain(64, 64))) == ()
    assert weather_effects(ShotPlan(weather=(Amount("snow", 0.0),)), canvas(plain(64, 64))) == ()


@settings(max_examples=25, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
    strength=st.floats(0.1, 3),
    seed=st.integers(-(2**63), 2**64),
    frame=st.integers(0, 15 * 24),
    size=st.sampled_from([(64, 36), (36, 64), (90, 50), (130, 130)]),
)
def test_any_weather_can_be_laid_on_any_frame(
    kinds: list[str], strength: float, seed: int, frame: int, size: tuple[int, int]
) -> None:
    ground = plain(*size)
    planes = copied(ground)
    for effect in weather(planes, *kinds, strength=strength, seed=seed):
        effect.apply(planes, frame, 1.0)
    assert planes[0].min() >= 16
    assert planes[0].max() <= 235


def test_ordinary_fog_leaves_what_is_near_clear_and_what_is_far_to_be_seen() -> None:
    """By the contrast of stripes, near below and far above: what is left of it."""
    stripes = np.full((180, 320, 3), 60, np.uint8)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 180
    ground = planes_from_rgb(stripes)
    near = np.repeat(np.linspace(0, 1, 18, dtype=np.float32)[:, None], 32, axis=1)
    place = replace(canvas(ground), nearness=near)
    left: dict[float, NDArray[np.float64]] = {}
    for strength in (1.0, 2.0):
        effects = weather_effects(ShotPlan(weather=(Amount("fog", strength),)), place)
        seen = laid(effects, ground, 40)[0]
        left[strength] = seen.std(axis=1) / ground[0].std(axis=1)
    assert left[1.0][150:].min() > 0.85
    assert left[1.0].min() > 0.42
    assert left[2.0].min() < 0.35


def test_rain_and_storm_take_light_from_a_day_and_hardly_any_from_a_night() -> None:
    day, night = plain(320, 180, (200, 205, 210)), plain(320, 180, (58, 60, 72))
    for kind in ("rain", "storm"):
        fallen = [ground[0].mean() - laid(weather(ground, kind)[:1], ground, 40)[0].mean() for ground in (day, night)]
        assert fallen[0] > 12
        assert fallen[1] < 4


def test_a_storm_keeps_the_contrast_of_the_day() -> None:
    steps = np.repeat(np.linspace(60, 235, 320).astype(np.uint8)[None, :, None], 180, 0).repeat(3, 2)
    ground = planes_from_rgb(steps)
    after = laid(weather(ground, "storm")[:1], ground, 40)[0][120:].mean(axis=0)
    before = ground[0][120:].mean(axis=0)
    ratios = [(seen[-20:].mean() - 16) / (seen[:20].mean() - 16) for seen in (after, before)]
    assert ratios[0] > ratios[1]


def test_wind_over_snow_drives_snow_and_leaves_the_contrast() -> None:
    picture = np.full((180, 320, 3), (228, 232, 240), np.uint8)
    picture[60:90, ::20] = picture[61:91, 1::20] = picture[60:90, 2::20] = (60, 70, 80)
    ground = planes_from_rgb(picture)
    for frame in (20, 50, 80):
        after = laid(weather(ground, "wind"), ground, frame)
        assert after[0].std() > 0.92 * ground[0].std()
        assert abs(after[1].mean() - ground[1].mean()) < 1
