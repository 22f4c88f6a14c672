"""The canvas keeps the tier's area and the shape, in even pixels."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oxreel.catalogue import Size, Tier
from oxreel.catalogue.canvas import canvas


@pytest.mark.parametrize(
    ("tier", "shape", "size"),
    [
        ("1080p", Fraction(16, 9), (1920, 1080)),
        ("1080p", Fraction(9, 16), (1080, 1920)),
        ("1080p", Fraction(1), (1440, 1440)),
        ("2160p", Fraction(16, 9), (3840, 2160)),
        ("2160p", Fraction(9, 16), (2160, 3840)),
        ("2160p", Fraction(1), (2880, 2880)),
        ("720p", Fraction(16, 9), (1280, 720)),
        ("720p", Fraction(1), (960, 960)),
    ],
)
def test_the_usual_shapes_have_the_usual_sizes(tier: Tier, shape: Fraction, size: Size) -> None:
    assert canvas(tier, shape) == size


@given(st.sampled_from(["720p", "1080p", "2160p"]), st.fractions(Fraction(2, 5), Fraction(5, 2)))
def test_any_shape_is_even_and_nearly_its_own(tier: Tier, shape: Fraction) -> None:
    width, height = canvas(tier, shape)
    area = canvas(tier, Fraction(1))[0] ** 2
    assert width % 2 == height % 2 == 0
    assert abs(width * height / area - 1) < 0.003
    assert abs(Fraction(width, height) / shape - 1) < Fraction(1, 200)
