"""Size classes: as a storyboard asks for one, and as an endpoint films it."""

from oxreel.catalogue.canvas import STANDARD_SHAPE, TIERS, canvas

#: Pixels of a frame, by the class as the wire calls it: "720p", "1080p", "4k".
_PIXELS = {name: width * height for name, tier in TIERS.items() for width, height in [canvas(tier, STANDARD_SHAPE)]}
#: Pixels of a frame, below and above which it is in the small or the large class.
_LESS_THAN_1080P, _MORE_THAN_1080P = 1_500_000, 4_000_000
#: Share of a class's pixels below which a film is far from it; real ones are a little off, such as 1928x1072.
_FAR = 0.5


def size_class(width: int, height: int) -> str:
    """The class of a frame, whatever its shape."""
    pixels = width * height
    return "720p" if pixels < _LESS_THAN_1080P else "4k" if pixels > _MORE_THAN_1080P else "1080p"


def is_far_below(width: int, height: int, name: str) -> bool:
    """Whether a frame is far smaller than those of a class."""
    return width * height < _FAR * _PIXELS[name]


def is_larger(one: str, other: str) -> bool:
    """Whether one class is the larger."""
    return _PIXELS[one] > _PIXELS[other]
