"""The first frame is the request's picture and the last one its tail, whatever happens between them."""

from pathlib import Path
from typing import Any

import pytest

from engines.animatic.quality.screening import SHAPES, badge, detailed, fitted, mascot, psnr, screened
from engines.pictures import landscape, reference, storyboard

#: Decibels of luma after encoding.
FIRST, LAST = 50, 48
PROMPTS = {
    "moves": "Handheld push in, then pan left",
    "weather": "Heavy rain and fog at night, film noir, lightning, the camera orbits",
    "looks": 'Sunset turns to night, VHS, neon flicker, the title "Exact", fade to black',
    "actors": "@Element1 runs to the right and @Element2 waves, snow falls, watercolour",
}


def shot(folder: Path, prompt: str) -> dict[str, Any]:
    """Two seconds from one picture to an unrelated one."""
    return {
        "start": reference(folder, "start", landscape(500, 400, 1)),
        "tail": reference(folder, "tail", landscape(640, 300, 2), "tail_image_url"),
        "references": [mascot(folder), badge(folder, "Element2")] if "@" in prompt else [],
        "prompt": prompt,
        "seconds": 2,
    }


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS)
@pytest.mark.parametrize("size", SHAPES.values(), ids=SHAPES)
def test_the_first_frame_is_the_start_picture_and_the_last_is_the_tail(
    tmp_path: Path, size: tuple[int, int], prompt: str
) -> None:
    frames = screened(storyboard([shot(tmp_path, prompt)], width=size[0], height=size[1]), tmp_path / "film").luma
    assert psnr(frames[0], fitted(landscape(500, 400, 1), size)) >= FIRST
    assert psnr(frames[-1], fitted(landscape(640, 300, 2), size)) >= LAST
    # Everything that was asked for is there in between.
    assert psnr(frames[24], fitted(landscape(500, 400, 1), size)) < 30


@pytest.mark.parametrize("size", SHAPES.values(), ids=SHAPES)
def test_related_pictures_are_exact_at_both_ends_of_their_morph(tmp_path: Path, size: tuple[int, int]) -> None:
    whole = detailed(700, 700)
    first, last = whole.crop((40, 60, 600, 620)), whole.crop((70, 70, 600, 600))
    ends = {
        "start": reference(tmp_path, "start", first),
        "tail": reference(tmp_path, "tail", last, "tail_image_url"),
        "prompt": "Push in, light snow",
    }
    frames = screened(storyboard([ends], width=size[0], height=size[1]), tmp_path / "film").luma
    assert psnr(frames[0], fitted(first, size)) >= FIRST
    assert psnr(frames[-1], fitted(last, size)) >= LAST


def test_the_ends_of_a_film_of_several_shots_are_those_of_its_first_and_its_last(tmp_path: Path) -> None:
    both = shot(tmp_path, PROMPTS["weather"])
    shots = [
        {"start": both["start"], "prompt": both["prompt"]},
        {"prompt": "Dissolve to the same valley, dust in the air"},
        {"tail": both["tail"], "prompt": "A storm, fade to white"},
    ]
    frames = screened(storyboard(shots), tmp_path / "film").luma
    assert psnr(frames[0], fitted(landscape(500, 400, 1), (320, 180))) >= FIRST
    assert psnr(frames[-1], fitted(landscape(640, 300, 2), (320, 180))) >= LAST


def test_the_ends_are_exact_in_full_hd_too(tmp_path: Path) -> None:
    ends = {**shot(tmp_path, "Push in"), "seconds": 1}
    frames = screened(storyboard([ends], width=1920, height=1080), tmp_path / "film").luma
    assert psnr(frames[0], fitted(landscape(500, 400, 1), (1920, 1080))) >= FIRST
    assert psnr(frames[-1], fitted(landscape(640, 300, 2), (1920, 1080))) >= LAST
