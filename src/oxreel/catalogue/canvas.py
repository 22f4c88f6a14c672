"""The canvas: how many pixels a video of a tier and a shape has."""

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Literal

#: (width, height) in pixels.
Size = tuple[int, int]
#: Height of the 16:9 picture: 1080p is 1920x1080, 2160p is 3840x2160, 720p is 1280x720.
Tier = Literal["720p", "1080p", "2160p"]
#: The tiers as the wire's `resolution` and the settings call them.
TIERS: Mapping[str, Tier] = {"720p": "720p", "1080p": "1080p", "4k": "2160p"}

#: The default shape of every model.
STANDARD_SHAPE = Fraction(16, 9)
#: Kling takes start images of these shapes (width over height), and nothing beyond is filmed.
NARROWEST_START, WIDEST_START = Fraction(2, 5), Fraction(5, 2)

_AREAS: dict[Tier, int] = {"720p": 1280 * 720, "1080p": 1920 * 1080, "2160p": 3840 * 2160}


def canvas(tier: Tier, shape: Fraction) -> Size:
    """(width, height), both even, of the tier's area and that shape: 1:1 at 1080p is 1440x1440."""
    area = _AREAS[tier]
    return _even_root(area * shape), _even_root(area / shape)


def shape_of(size: Size) -> Fraction:
    """The shape of a picture, kept within what Kling films."""
    return min(max(Fraction(*size), NARROWEST_START), WIDEST_START)


def _even_root(square: Fraction) -> int:
    """The even whole number nearest to the square root, without the rounding of floats."""
    quarter = square / 4
    root = isqrt(int(quarter))
    return 2 * (root + (quarter > Fraction(2 * root + 1, 2) ** 2))
