"""The families by name; adding one of a new architecture is an entry here and a module that loads it."""

from dataclasses import replace
from fractions import Fraction

from oxreel.engines.diffusers.family import Family, Rules

_WAN = "oxreel.engines.diffusers.wan:load"

#: Wan 2.1 and 2.2 (the makers' model cards and the pipelines of diffusers 0.42.1, read 2026-11).
_WAN_IMAGE = Rules(
    can=frozenset({"start", "negative"}),
    rate=Fraction(16),
    frame_step=4,
    frame_rest=1,
    most_frames=81,
    size_multiple=16,
    pixels=1280 * 720,
    opening=1,
    steps=40,
    guidance=3.5,
)

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("wan-i2v", _WAN_IMAGE, _WAN),
        Family(
            "wan-flf2v",
            replace(_WAN_IMAGE, can=frozenset({"start", "tail", "negative"}), steps=50, guidance=5.5),
            _WAN,
        ),
    )
}
