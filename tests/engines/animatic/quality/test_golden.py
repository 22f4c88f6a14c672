"""Golden frames: what a varied dozen of requests looks like, against pictures that somebody looked at.

After a change that is meant to be seen, draw them anew, look at each, and commit them with the change:

    OXREEL_RENEW_GOLDEN=1 pytest tests/engines/animatic/quality/test_golden.py
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engines.animatic.quality.screening import badge, mascot, ox
from engines.pictures import landscape, reference, storyboard
from engines.suite import film
from oxreel.engines.animatic import AnimaticEngine

GOLDEN = Path(__file__).parents[1] / "golden"
RENEW = os.environ.get("OXREEL_RENEW_GOLDEN") == "1"
SIZE = (192, 108)
#: Codes that samples differ by on average, and the correlation of luma: another processor may round otherwise.
MOST_APART, LEAST_ALIKE = 3.0, 0.98


def start(folder: Path) -> dict[str, Any]:
    return {"start": reference(folder, "start", ox())}


def tail(folder: Path) -> dict[str, Any]:
    return {**start(folder), "tail": reference(folder, "tail", landscape(640, 360), "tail_image_url")}


def actors(folder: Path) -> dict[str, Any]:
    return {**start(folder), "references": [mascot(folder), badge(folder, "Element2")]}


def nothing(_: Path) -> dict[str, Any]:
    return {}


#: Each request by its file's name: its prompt, its pictures and the frame that is looked at.
REQUESTS: dict[str, tuple[str, Callable[[Path], dict[str, Any]], int]] = {
    "push-in": ("Fast push in, pan right", start, 24),
    "noir-rain": ("Film noir, heavy rain, static camera", start, 18),
    "night-snow": ("Night, heavy snow, orbit right", start, 20),
    "summer": ("Winter turns to summer", start, 24),
    "tail": ("The camera pans to the hills", tail, 12),
    "actors": ("@Element1 waves, @Element2 stands beside it, golden hour", actors, 24),
    "puppy": ("A puppy runs through a park", nothing, 12),
    "shore": ("Aerial view of waves crashing on a rocky shore", nothing, 12),
    "city": ("A woman walks down a city street at night, neon signs, cyberpunk", nothing, 12),
    "title": ('Sunrise over the sea, a sailboat, title "Home"', nothing, 12),
    "watercolour": ("A man and a cat in a room, watercolour", nothing, 12),
    "chinese": ("秋天的森林里，一只狐狸，落叶飘舞", nothing, 12),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_looks_as_it_did(tmp_path: Path, name: str) -> None:
    prompt, given, number = REQUESTS[name]
    board = storyboard([{**given(tmp_path), "prompt": prompt}], width=SIZE[0], height=SIZE[1])
    seen = frame_of(film(AnimaticEngine(), board, tmp_path / "film")[0], number)
    golden = GOLDEN / f"{name}.png"
    if RENEW:
        GOLDEN.mkdir(exist_ok=True)
        Image.fromarray(seen).save(golden, optimize=True)
    with Image.open(golden) as image:
        wanted = np.asarray(image.convert("RGB"))
    apart = np.abs(seen.astype(float) - wanted).mean()
    alike = np.corrcoef(seen.mean(axis=2).ravel(), wanted.mean(axis=2).ravel())[0, 1]
    assert apart <= MOST_APART, f"{golden.name} differs by {apart:.1f} codes; see the top of this file"
    assert alike >= LEAST_ALIKE, f"{golden.name} correlates by {alike:.3f}; see the top of this file"


def test_no_golden_frame_is_without_its_request() -> None:
    assert {file.stem for file in GOLDEN.glob("*.png")} == set(REQUESTS)


def frame_of(file: Path, number: int) -> NDArray[np.uint8]:
    """That frame of the delivered film: uint8 (height, width, 3) sRGB."""
    with av.open(str(file)) as delivered:
        for index, frame in enumerate(delivered.decode(video=0)):
            if index == number:
                return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    raise AssertionError(f"the film has no frame {number}")
