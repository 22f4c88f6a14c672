"""Where the sky is."""

import numpy as np
from PIL import Image

from engines.animatic.look.frames import canvas, looked, meadow, planes_of, winter
from oxreel.engines.animatic.look import grade_effects
from oxreel.engines.animatic.look.sky import sky
from oxreel.engines.animatic.plan import Change, ShotPlan


def test_the_sky_is_above_the_land() -> None:
    found = sky(planes_of(meadow(320, 180)), (45, 80))
    assert found.shape == (45, 80)
    assert found[:14, 22:38].min() > 0.9
    assert found[24:, :].max() < 0.1
    assert found[:12, 12:15].min() > 0.9
    # The wall and the tree stand before it.
    assert found[17:22, 45:60].max() < 0.3


def test_the_sun_and_clouds_are_in_the_sky_and_snow_is_not() -> None:
    found = sky(planes_of(winter(640, 360)), (90, 160))
    assert found[32:34, 109:112].min() > 0.6
    assert found[6:9, 50:70].min() > 0.8
    assert found[62:].max() < 0.05
    assert found[55:].mean() < 0.01


def test_green_from_edge_to_edge_is_no_sky() -> None:
    leaves = np.full((180, 320, 3), (70, 120, 50), np.uint8)
    assert sky(planes_of(leaves), (45, 80)).max() < 0.5


def test_the_sky_keeps_still_while_the_camera_pushes_in() -> None:
    """Second differences: of its shares (0.16 measured, 0.45 without the blur), and of mean luma by its gate."""
    picture = winter(1280, 720)
    shares, levels = [], []
    summer = grade_effects(ShotPlan(season=Change("summer", "summer")), canvas(640, 360), picture)
    for frame in range(16):
        side = 4 * frame
        crop = Image.fromarray(picture[side : 720 - side, side * 16 // 9 : 1280 - side * 16 // 9])
        seen = np.asarray(crop.resize((640, 360), Image.Resampling.BOX))
        shares.append(sky(planes_of(seen), (45, 80)))
        levels.append(float(looked(seen, summer, frame)[0].mean()))
    assert np.percentile(np.abs(np.diff(shares, 2, axis=0)), 99.5) < 0.25
    assert np.abs(np.diff(levels, 2)).max() < 1.5
