"""How large weights are, and the plans by which they fit."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from engines.diffusers.staged import CLIP
from oxreel.engines.diffusers.memory import Sizes, plans, sizes_of

#: As Wan2.2-A14B in 16 bits, and five seconds of it at 720p.
WAN = Sizes({"transformer": 28_600_000_000, "transformer_2": 28_600_000_000, "text_encoder": 11_400_000_000})
FILM = replace(CLIP, width=1280, height=720, frames=81)


@pytest.mark.parametrize(
    ("gigabytes", "plan"),
    [
        (141, "everything in memory"),
        (80, "everything in memory, decoded in tiles"),
        (48, "one model at a time"),
        (40, "one model at a time, in tiles"),
        (24, "one model at a time, in tiles and 8 bits"),
        (16, "some layers at a time, in tiles"),
        (4, "some layers at a time, in tiles"),
    ],
)
def test_the_fastest_plan_that_fits_comes_first(gigabytes: int, plan: str) -> None:
    possible = plans(WAN, FILM, gigabytes * 10**9)
    assert possible[0].name == plan
    assert possible[-1].name == "some layers at a time, in tiles"


def test_a_longer_film_needs_a_smaller_plan() -> None:
    short, long = (plans(WAN, replace(FILM, frames=frames), 84 * 10**9) for frames in (81, 241))
    assert len(long) < len(short)


def test_a_processor_has_everything_in_memory_anyway() -> None:
    possible = plans(WAN, FILM, None, "cpu")
    assert {plan.offload for plan in possible} == {"none"}
    assert [plan.tiling for plan in possible] == [False, True]


def test_sizes_are_those_of_the_weights_once_they_are_loaded(tiny_weights: dict[str, dict[str, Any]]) -> None:
    folder = Path(tiny_weights["tiny-wan-i2v"]["folder"])
    pipeline = import_module("diffusers").WanImageToVideoPipeline.from_pretrained(folder, local_files_only=True)
    sizes = sizes_of(folder, bits=16)
    for part in ("transformer", "transformer_2", "text_encoder", "vae"):
        count = sum(weights.numel() for weights in getattr(pipeline, part).parameters())
        assert sizes.parts[part] == count * (4 if part == "vae" else 2)
    assert sizes.all == sum(sizes.parts.values())
