"""Water: what shimmers, and what stays."""

from itertools import pairwise

import numpy as np
import pytest

from engines.animatic.scenes import canvas, evening, laid, same
from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.water import water_effects
from oxreel.engines.animatic.water_kernels import ripple

PLAN = ShotPlan(water=True)
GROUND = evening(480, 270)
WATER = slice(round(0.78 * 270), 270)


def test_water_moves_and_the_land_stays() -> None:
    effects = water_effects(PLAN, canvas(GROUND))
    one, other = (laid(effects, GROUND, frame) for frame in (10, 20))
    for frame in (one, other):
        assert np.array_equal(frame[0][:130], GROUND[0][:130])
        assert np.abs(frame[0].astype(int) - GROUND[0])[WATER].mean() > 0.3
    assert np.abs(one[0].astype(int) - other[0])[WATER].mean() > 0.3


def test_what_is_blue_beyond_land_is_not_water() -> None:
    """A blue roof, then grass, then the lake: the roof stays."""
    height, width = 240, 320
    bars = np.tile(np.where(np.arange(width) % 16 < 8, 60, 160).astype(np.uint8), (height, 1))
    cb, cr = np.full((120, 160), 155, np.uint8), np.full((120, 160), 108, np.uint8)
    cb[76:90], cr[76:90] = 96, 118
    planes = bars, cb, cr
    moves = [
        np.abs(laid(water_effects(PLAN, canvas(planes)), planes, frame)[0].astype(int) - bars).mean(axis=1)
        for frame in range(0, 60, 12)
    ]
    assert np.mean(moves, axis=0)[:140].max() < 0.5
    assert np.mean(moves, axis=0)[200:].mean() > 3


def test_it_sways_more_towards_the_viewer() -> None:
    """Measured on vertical bars: how far their edges go."""
    height, width = 240, 320
    bars = np.tile(np.where(np.arange(width) % 16 < 8, 60, 160).astype(np.uint8), (height, 1))
    planes = bars, np.full((120, 160), 150, np.uint8), np.full((120, 160), 110, np.uint8)
    moves = np.mean(
        [
            np.abs(laid(water_effects(PLAN, canvas(planes)), planes, frame)[0].astype(int) - bars).mean(axis=1)
            for frame in range(0, 60, 6)
        ],
        axis=0,
    )
    assert moves[210:].mean() > 1.5 * moves[150:180].mean() > 0
    assert moves[:110].max() == 0


def test_at_strength_0_nothing_changes_and_it_fades_in() -> None:
    effects = water_effects(PLAN, canvas(GROUND))
    assert same(laid(effects, GROUND, 10, 0.0), GROUND)
    seen = [np.abs(laid(effects, GROUND, 10, s)[0].astype(int) - GROUND[0]).mean() for s in (0.3, 1.0)]
    assert 0 < seen[0] < seen[1]


def test_a_frame_asked_for_alone_is_the_frame_of_the_film() -> None:
    effects = water_effects(PLAN, canvas(GROUND))
    in_order = [laid(effects, GROUND, frame) for frame in range(6)]
    assert same(laid(water_effects(PLAN, canvas(GROUND)), GROUND, 5), in_order[5])


def test_a_thing_that_stands_in_the_water_is_left_alone() -> None:
    near = np.tile(np.linspace(0, 0.6, 34, dtype=np.float32)[:, None], (1, 60))
    near[20:, 25:35] = 1.0
    place = canvas(GROUND)
    told = Canvas(place.width, place.height, place.frames, place.seed, place.shot, near)
    moves = np.mean(
        [np.abs(laid(water_effects(PLAN, told), GROUND, f)[0].astype(int) - GROUND[0]) for f in range(0, 48, 6)], axis=0
    )
    assert moves[WATER, 225:255].mean() < 0.3 * moves[WATER, 40:160].mean()


def test_it_goes_on_smoothly() -> None:
    effects = water_effects(PLAN, canvas(GROUND))
    frames = [laid(effects, GROUND, frame)[0].astype(int) for frame in range(24)]
    steps = [np.abs(b - a)[WATER].mean() for a, b in pairwise(frames)]
    assert max(steps) < 3 * np.median(steps)
    assert np.abs(np.diff([frame.mean() for frame in frames], 2)).max() < 0.3


@pytest.mark.parametrize("slope", [0.0, 0.9])
def test_samples_are_taken_from_between_the_samples(slope: float) -> None:
    """A ramp that is moved by 1.5 samples reads 1.5 samples on, whatever way the kernel takes."""
    ramp = np.tile((np.arange(200) + 20).astype(np.uint8), (4, 1))
    moved = ramp.copy()
    waves = np.tile(np.array([[1.5 + 20 * slope, 0.0]], np.float32), (4, 1))
    ripple(moved, np.ones((2, 2), np.float32), waves, np.float32(0.0))
    expected = ramp[:, 60:140] + 1.5 + 20 * slope
    assert np.abs(moved[:, 60:140] - expected).max() <= 0.51


def test_dry_land_has_no_water() -> None:
    assert water_effects(ShotPlan(), canvas(GROUND)) == ()
