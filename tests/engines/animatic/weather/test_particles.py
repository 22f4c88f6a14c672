"""Particles: spots and stamps between the samples."""

import numpy as np
import pytest

from engines.animatic.scenes import canvas, change, copied, plain
from oxreel.engines.animatic.weather.field import veil
from oxreel.engines.animatic.weather.lives import Lives
from oxreel.engines.animatic.weather.particles import Spots
from oxreel.engines.animatic.weather.tumbling import draw
from oxreel.media.encode import Planes

GROUND = plain(160, 120, (40, 40, 40))


def spot(x: float, y: float, radius: float, opacity: float = 1.0) -> Planes:
    """A white spot; x, y and radius in pixels."""
    planes = copied(GROUND)
    at = np.array([x]) / 120, np.array([y]) / 120
    Spots(*at, radius / 120, radius / 120, opacity, (235.0, 128.0, 128.0)).draw(planes, canvas(planes), 1.0)
    return planes


def middle(drawn: np.ndarray) -> tuple[float, float]:
    y, x = np.mgrid[0 : drawn.shape[0], 0 : drawn.shape[1]]
    return float((drawn * x).sum() / drawn.sum()), float((drawn * y).sum() / drawn.sum())


@pytest.mark.parametrize("radius", [2.0, 6.0])
def test_a_spot_moves_by_parts_of_a_pixel(radius: float) -> None:
    """Whole pixels would make slow snow jitter."""
    for offset in np.arange(0, 1, 0.125):
        x, y = middle(change(spot(60 + offset, 50 + offset / 2, radius), GROUND))
        assert x == pytest.approx(59.5 + offset, abs=0.06)
        assert y == pytest.approx(49.5 + offset / 2, abs=0.06)


def test_a_stamp_moves_by_parts_of_a_pixel() -> None:
    places = []
    for offset in np.arange(0, 1, 0.125):
        planes = copied(GROUND)
        pose = np.array([[(60 + offset) / 120, 50 / 120, 18 / 120, 0.3, 1.0]])
        draw(planes, canvas(planes), "petal", pose, np.array([[200.0, 128.0, 128.0]]), np.ones(1), False)
        places.append(middle(change(planes, GROUND))[0])
    assert np.diff(places) == pytest.approx(0.125, abs=0.04)


def test_a_spot_too_small_for_the_samples_becomes_fainter_instead() -> None:
    totals = [change(spot(60.3, 50.6, radius), GROUND).sum() for radius in (0.75, 1.5)]
    assert totals[0] == pytest.approx(totals[1] / 4, rel=0.1)


def test_spots_beyond_the_edges_are_cut_off() -> None:
    for x, y in ((0, 0), (160, 120), (-30, 60), (80, 500), (159.6, 3)):
        spot(x, y, 8)
    assert change(spot(0, 60, 8), GROUND).max() > 50
    assert np.array_equal(spot(-20, 60, 8)[0], GROUND[0])


def test_a_long_spot_lies_along_its_angle() -> None:
    planes = copied(GROUND)
    at = np.array([0.5]), np.array([0.5])
    Spots(*at, 0.2, 0.02, 1.0, (235.0, 128.0, 128.0), angle=np.pi / 4).draw(planes, canvas(planes), 1.0)
    drawn = change(planes, GROUND)
    assert drawn[59 + 14, 59 + 14] > 30
    assert drawn[59 - 14, 59 + 14] == 0


def test_a_veil_of_nothing_changes_nothing_and_a_whole_one_is_its_colour() -> None:
    random = np.random.default_rng(5)
    noise: Planes = tuple(random.integers(16, 236, plane.shape).astype(np.uint8) for plane in GROUND)  # type: ignore[assignment]
    planes = copied(noise)
    veil(planes, np.zeros((9, 16), np.float32), 200, 120, 130)
    assert all(np.array_equal(a, b) for a, b in zip(planes, noise, strict=True))
    veil(planes, np.ones((9, 16), np.float32), 200, 120, 130)
    assert [int(plane.min()) for plane in planes] == [int(plane.max()) for plane in planes] == [200, 120, 130]


def test_a_veil_shows_no_steps() -> None:
    """A slow ramp is dithered: its local mean follows the ramp between two levels."""
    planes = plain(640, 64, (0, 0, 0))
    ramp = np.tile(np.linspace(0, 0.05, 80, dtype=np.float32), (8, 1))
    veil(planes, np.ascontiguousarray(ramp), 116, 128, 128)
    columns = planes[0].reshape(64, 40, 16).mean(axis=(0, 2))
    assert np.all(np.diff(columns) > 0)


def test_each_life_has_its_own_chance_and_keeps_it() -> None:
    lives = Lives(canvas(GROUND), "test", 400, 1.0, 1.0)
    first, same_life, next_life = lives.at(0.0), lives.at(0.01), lives.at(1.0)
    stays = first.age < 0.98
    assert np.array_equal(first.chance(1)[stays], same_life.chance(1)[stays])
    assert np.abs(first.chance(1) - next_life.chance(1)).mean() > 0.2
    assert abs(np.corrcoef(first.chance(1), first.chance(2))[0, 1]) < 0.2
    assert 0.4 < first.chance(3).mean() < 0.6
