"""Palettes of style references."""

import numpy as np
import pytest

from engines.animatic.look.frames import canvas, legal, looked, meadow, planes_of, same, winter
from oxreel.engines.animatic.look import palette_effects, palette_of


@pytest.mark.parametrize("measured", [True, False])
def test_a_shot_moves_towards_the_palette(measured: bool) -> None:
    orange = (meadow(320, 180) * np.array([1.0, 0.62, 0.3])).astype(np.uint8)
    picture = winter(320, 180)
    effects = palette_effects([palette_of(orange)], canvas(), palette_of(picture) if measured else None)
    before, after = planes_of(picture), looked(picture, effects)
    assert after[2].mean() > before[2].mean() + 8
    assert after[1].mean() < before[1].mean() - 8
    assert after[0].mean() < before[0].mean() - 10
    assert legal(after)


def test_a_pictures_own_palette_changes_it_hardly() -> None:
    picture = winter(320, 180)
    own = palette_of(picture)
    before, after = planes_of(picture), looked(picture, palette_effects([own], canvas(), own))
    assert max(np.abs(a.astype(int) - b).mean() for a, b in zip(after, before, strict=True)) < 1.0


def test_several_palettes_are_mixed() -> None:
    picture = winter(320, 180)
    red, blue = (np.full((64, 64, 3), colour, np.uint8) for colour in ((200, 60, 60), (60, 60, 200)))
    levels = [
        float(looked(picture, palette_effects([palette_of(one) for one in some], canvas()))[2].mean())
        for some in ([blue], [blue, red], [red])
    ]
    assert levels == sorted(levels)
    assert levels[2] > levels[0] + 10


def test_grain_is_lent_and_a_clean_picture_has_none() -> None:
    noise = np.random.default_rng(1).normal(0, 5, (180, 320, 1))
    grainy = np.clip(meadow(320, 180) + noise, 0, 255).astype(np.uint8)
    assert palette_of(meadow(320, 180)).grain == 0
    assert palette_of(winter(640, 360)).grain == 0
    assert palette_of(grainy).grain == pytest.approx(5, abs=1.5)
    assert len(palette_effects([palette_of(grainy)], canvas())) == 2


def test_no_palette_is_no_effect_and_strength_0_changes_nothing() -> None:
    assert palette_effects([], canvas()) == ()
    effects = palette_effects([palette_of(meadow(321, 181))], canvas())
    assert same(looked(winter(320, 180), effects, 3, 0.0), planes_of(winter(320, 180)))
    assert same(looked(winter(320, 180), effects, 3), looked(winter(320, 180), effects, 3))
