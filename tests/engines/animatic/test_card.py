"""Title cards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oxreel.engines.animatic.card import card
from oxreel.storyboard import Shot

INK = 215


def shot(prompt: str, index: int = 0) -> Shot:
    return Shot(index, prompt, 5, 0, 121)


def test_the_same_seed_draws_the_same_card() -> None:
    assert np.array_equal(card(shot("An ox"), 7, 320, 180), card(shot("An ox"), 7, 320, 180))


def test_shots_and_seeds_draw_different_cards() -> None:
    one = card(shot("An ox"), 7, 320, 180).astype(int)
    assert np.abs(one - card(shot("An ox", index=1), 7, 320, 180)).mean() > 3
    assert np.abs(one - card(shot("An ox"), 8, 320, 180)).mean() > 3


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480)])
@pytest.mark.parametrize(
    "prompt",
    [
        "Ox",
        "An ox walks down a long road in the snow, seen from far away. " * 8,
        "镜头缓慢推进，一头牛走在路上" * 10,
        "W" * 400,
    ],
    ids=["short", "long", "Chinese", "one word"],
)
def test_words_are_set_well_inside_the_canvas(size: tuple[int, int], prompt: str) -> None:
    drawn = card(shot(prompt), 7, *size)
    rows, columns = np.nonzero(drawn.min(axis=2) > INK)
    assert rows.size > 20  # there is type
    width, height = size
    assert columns.min() > 0.1 * width
    assert columns.max() < 0.9 * width
    assert rows.min() > 0.08 * height
    assert rows.max() < 0.92 * height


def test_scripts_that_the_first_typeface_lacks_are_drawn_letter_by_letter_unlike() -> None:
    drawn = [card(shot(prompt), 7, 640, 360) for prompt in ("推", "拉", "É", "Ж")]
    for index, one in enumerate(drawn):
        assert (one.min(axis=2) > INK).sum() > 20
        for other in drawn[:index]:
            assert not np.array_equal(one, other)


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=120))
def test_any_text_can_be_drawn(prompt: str) -> None:
    assert card(shot(prompt), 1, 320, 180).shape == (180, 320, 3)
