"""Light: judged by the frames that it leaves."""

from typing import get_args

import numpy as np
import pytest

from engines.animatic.scenes import canvas, change, evening, laid, plain, same
from oxreel.engines.animatic.effect import Effect
from oxreel.engines.animatic.light import light_effects
from oxreel.engines.animatic.light.lamp import lamp
from oxreel.engines.animatic.plan import Amount, LightKind, ShotPlan
from oxreel.engines.animatic.weather.field import light_of
from oxreel.media.encode import Planes

KINDS: tuple[str, ...] = get_args(LightKind)
#: Second difference of the mean luma that a shot may show (the engine's gate for flicker).
STEADY = 1.5


def light(planes: Planes, kind: str, strength: float = 1.0, seed: int = 7) -> tuple[Effect, ...]:
    return light_effects(ShotPlan(light=(Amount(kind, strength),)), canvas(planes, seed=seed))


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_at_strength_0_nothing_changes(self, kind: str) -> None:
        ground = evening(320, 180)
        assert same(laid(light(ground, kind), ground, 40, 0.0), ground)

    def test_it_is_seen_and_fades_in(self, kind: str) -> None:
        ground = evening(320, 180)
        seen = [np.abs(change(laid(light(ground, kind), ground, 40, s), ground)).mean() for s in (0.3, 0.65, 1)]
        assert 0 < seen[0] < seen[1] < seen[2]
        assert seen[2] > 0.4

    def test_a_frame_asked_for_alone_is_the_frame_of_the_film(self, kind: str) -> None:
        ground = evening(256, 144)
        effects = light(ground, kind)
        in_order = [laid(effects, ground, frame) for frame in range(7)]
        assert same(laid(light(ground, kind), ground, 6), in_order[6])

    def test_it_moves_without_a_jerk(self, kind: str) -> None:
        for ground in (evening(320, 180), plain(320, 180, (190, 200, 210))):
            effects = light(ground, kind)
            frames = [laid(effects, ground, frame)[0] for frame in range(48)]
            assert np.abs(np.diff([frame.mean() for frame in frames], 2)).max() < STEADY
            assert not np.array_equal(frames[0], frames[24])

    def test_it_stays_within_the_range_of_video(self, kind: str) -> None:
        for ground in (plain(256, 144, (0, 0, 0)), plain(256, 144, (255, 255, 255)), evening(256, 144)):
            for frame in (0, 17, 60):
                luma, cb, cr = laid(light(ground, kind, 1.5), ground, frame)
                assert luma.min() >= 16
                assert luma.max() <= 235
                assert min(cb.min(), cr.min()) >= 16
                assert max(cb.max(), cr.max()) <= 240

    def test_it_looks_the_same_at_every_size(self, kind: str) -> None:
        seen = []
        for size in ((320, 180), (1280, 720)):
            ground = evening(*size)
            seen.append(np.abs(change(laid(light(ground, kind), ground, 40), ground)).mean())
        assert seen[0] == pytest.approx(seen[1], rel=0.15)

    def test_portraits_and_squares_have_it_too(self, kind: str) -> None:
        for size in ((144, 256), (180, 180)):
            ground = evening(*size)
            assert np.abs(change(laid(light(ground, kind), ground, 40), ground)).mean() > 0.2


def test_a_moon_is_found_where_it_stands() -> None:
    ground = evening(640, 360)
    x, y, sure = lamp(light_of(ground, canvas(ground)), canvas(ground))
    assert (x, y) == pytest.approx((0.7, 0.22), abs=0.03)
    assert sure == 1


def test_where_nothing_stands_out_the_light_comes_from_beyond_an_upper_corner() -> None:
    ground = plain(320, 180, (120, 140, 160))
    x, y, sure = lamp(light_of(ground, canvas(ground)), canvas(ground))
    assert sure == 0
    assert y < 0
    assert x < 0.25 or x > 0.75


def test_shafts_are_strongest_towards_the_light() -> None:
    ground = evening(320, 180)
    grown = change(laid(light(ground, "god_rays"), ground, 40), ground)
    assert grown.mean() > 1
    assert grown[:90, 130:].mean() > 1.5 * grown[90:, :130].mean()


def test_neon_has_another_colour_on_each_side() -> None:
    ground = plain(320, 180, (60, 60, 60))
    _, _, cr = laid(light(ground, "neon"), ground, 40)
    left, right = float(cr[:, :30].mean()), float(cr[:, -30:].mean())
    assert abs(left - right) > 25
    assert min(left, right) < 120
    assert max(left, right) > 136


def test_ghosts_of_a_flare_lie_across_the_middle_from_the_light() -> None:
    ground = evening(640, 360)
    grown = change(laid(light(ground, "lens_flare"), ground, 40), ground)
    # The moon is at 0.7, 0.22: its mirror image is the largest ghost.
    assert grown[230:330, 130:250].mean() > grown[230:330, 430:550].mean() + 1
    assert np.unravel_index(int(grown.argmax()), grown.shape)[1] == pytest.approx(448, abs=40)


def test_no_light_is_no_effect() -> None:
    assert light_effects(ShotPlan(), canvas(plain(64, 64))) == ()


def test_neon_lights_a_night_and_darkens_a_day() -> None:
    night, day = plain(320, 180, (40, 42, 52)), plain(320, 180, (200, 205, 210))
    assert change(laid(light(night, "neon"), night, 40), night).mean() > 3
    assert change(laid(light(day, "neon"), day, 40), day).mean() < -20


def test_what_has_a_colour_of_its_own_keeps_it_under_neon() -> None:
    ground = plain(320, 180, (190, 20, 30))
    assert laid(light(ground, "neon"), ground, 40)[2].min() > 150
