"""Styles."""

from typing import get_args

import numpy as np
import pytest

from engines.animatic.look.frames import canvas, legal, looked, meadow, planes_of, same, winter
from oxreel.engines.animatic.look import grain_effects, style_effects
from oxreel.engines.animatic.plan import Amount, ShotPlan, Style

STYLES = get_args(Style)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("width", "height"), [(320, 180), (180, 320), (258, 254)])
def test_every_style_is_legal_and_repeats(style: Style, width: int, height: int) -> None:
    picture, plan = winter(width, height), ShotPlan(style=style)
    effects, again = (style_effects(plan, canvas(width, height)) for _ in range(2))
    later = looked(picture, effects, 9)
    assert legal(later)
    looked(picture, again, 30)
    assert same(later, looked(picture, again, 9))


@pytest.mark.parametrize("style", STYLES)
def test_every_style_does_nothing_at_strength_0_and_comes_in_gradually(style: Style) -> None:
    picture = winter(320, 180)
    effects = style_effects(ShotPlan(style=style), canvas())
    start = planes_of(picture)
    assert same(looked(picture, effects, 9, 0.0), start)
    away = [
        float(np.abs(looked(picture, effects, 9, strength)[0].astype(int) - start[0]).mean())
        for strength in (0.1, 0.5, 1.0)
    ]
    assert away[0] < away[1] < away[2]
    assert away[0] < 0.35 * away[2] + 1


@pytest.mark.parametrize("style", [style for style in STYLES if style not in ("vintage", "vhs", "pencil")])
def test_what_stands_still_does_so_in_styles_that_do_not_move(style: Style) -> None:
    effects = style_effects(ShotPlan(style=style), canvas())
    assert same(looked(winter(320, 180), effects, 3), looked(winter(320, 180), effects, 50))


@pytest.mark.parametrize("style", STYLES)
def test_brightness_does_not_flicker(style: Style) -> None:
    """The gate of the study: the second difference of mean luma stays within 1.5 codes."""
    effects = style_effects(ShotPlan(style=style), canvas())
    means = [float(looked(winter(320, 180), effects, frame)[0].mean()) for frame in range(24)]
    assert np.abs(np.diff(means, 2)).max() <= 1.5


def test_a_pencil_draws_eight_times_a_second() -> None:
    effects = style_effects(ShotPlan(style="pencil"), canvas())
    frames = [looked(meadow(320, 180), effects, frame) for frame in (3, 4, 5, 6)]
    assert same(frames[0], frames[2])
    assert not same(frames[2], frames[3])


@pytest.mark.parametrize("style", ["noir", "pencil"])
def test_styles_without_colour_have_none(style: Style) -> None:
    _, cb, cr = looked(meadow(320, 180), style_effects(ShotPlan(style=style), canvas()))
    assert max(np.ptp(cb), np.ptp(cr)) <= 12


def test_noir_has_more_contrast_and_dark_corners() -> None:
    before, after = (
        planes_of(meadow(320, 180)),
        looked(meadow(320, 180), style_effects(ShotPlan(style="noir"), canvas())),
    )
    assert after[0][60:120, 80:240].std() > 1.1 * before[0][60:120, 80:240].std()
    assert after[0][:10, :10].mean() < before[0][:10, :10].mean() - 40


def test_comics_and_anime_are_more_vivid_and_flatter() -> None:
    noisy = meadow(320, 180).astype(int) + np.random.default_rng(1).normal(0, 6, (180, 320, 1)).astype(int)
    picture = noisy.clip(0, 255).astype(np.uint8)
    before = planes_of(picture)
    for style in ("comic", "anime"):
        after = looked(picture, style_effects(ShotPlan(style=style), canvas()))
        assert np.abs(after[1].astype(int) - 128).mean() > 1.1 * np.abs(before[1].astype(int) - 128).mean()
    smooth = looked(picture, style_effects(ShotPlan(style="anime"), canvas()))[0]
    assert smooth[140:170, 100:200].std() < 0.5 * before[0][140:170, 100:200].std()


def test_cyberpunk_has_teal_shadows_and_magenta_lights() -> None:
    ramp = np.repeat(np.linspace(10, 245, 320).astype(np.uint8)[None, :, None], 180, 0).repeat(3, 2)
    _, cb, cr = looked(ramp, style_effects(ShotPlan(style="cyberpunk"), canvas()))
    assert cb[45, 15:40].mean() > 134
    assert cr[45, 15:40].mean() < 124
    assert min(cb[45, 120:145].mean(), cr[45, 120:145].mean()) > 134


def test_grain_is_asked_for_by_a_style_or_by_words_only() -> None:
    assert grain_effects(ShotPlan(), canvas()) == ()
    assert grain_effects(ShotPlan(style="anime"), canvas()) == ()
    assert len(grain_effects(ShotPlan(style="vintage"), canvas())) == 1
    assert len(grain_effects(ShotPlan(light=(Amount("grain", 0.5),)), canvas())) == 1


def test_grain_has_the_deviation_it_says_and_changes_with_the_frame() -> None:
    grey = np.full((360, 640, 3), 126, np.uint8)
    effects = grain_effects(ShotPlan(light=(Amount("grain"),)), canvas(640, 360))
    one, other, half = looked(grey, effects, 1), looked(grey, effects, 2), looked(grey, effects, 1, 0.5)
    assert one[0].std() == pytest.approx(4.0, abs=0.25)
    assert half[0].std() == pytest.approx(2.0, abs=0.25)
    assert abs(float(one[0].mean()) - float(planes_of(grey)[0].mean())) < 0.3
    assert abs(np.corrcoef(one[0].ravel(), other[0].ravel())[0, 1]) < 0.05
    assert same(looked(grey, effects, 1, 0.0), planes_of(grey))


def test_grain_spares_black_and_white_and_stays_legal() -> None:
    effects = grain_effects(ShotPlan(light=(Amount("grain", 3.0),)), canvas())
    for level in (0, 255):
        flat = np.full((180, 320, 3), level, np.uint8)
        assert same(looked(flat, effects, 4), planes_of(flat))
    assert legal(looked(winter(320, 180), effects, 4))


def test_cyberpunk_does_not_darken_a_night() -> None:
    night = (meadow(320, 180) * 0.4).astype(np.uint8)
    after = looked(night, style_effects(ShotPlan(style="cyberpunk"), canvas()))
    assert after[0][40:140, 60:260].mean() > 0.85 * planes_of(night)[0][40:140, 60:260].mean()


def test_a_pencil_leaves_paper_white_where_nothing_is_drawn_and_outlines_what_is() -> None:
    picture = np.full((180, 320, 3), (90, 150, 205), np.uint8)
    picture[70:120, 120:200] = 40, 60, 90
    after = looked(picture, style_effects(ShotPlan(style="pencil"), canvas()))[0]
    assert after[20:50, 30:290].mean() > 205
    assert after[20:50, 30:290].std() < 9
    assert after[80:110, 118:124].min(axis=1).mean() < 90
