"""What is written on an element can be read in the delivered film."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from engines.animatic.quality.screening import Luma, badge, ox, screened
from engines.pictures import reference, storyboard
from oxreel.media.colour import planes_from_rgb

#: Correlation of the lettering with what it was.
LEGIBLE = 0.8
#: Where the lettering is on the badge, of 400: left, top, right, bottom.
LETTERS = (40, 110, 360, 290)


def lettering(folder: Path) -> Luma:
    """The known text as it is on the element's picture."""
    badge(folder, "known")
    with Image.open(folder / "known.png") as image:
        ground = Image.new("RGB", image.size, (236, 231, 216))
        ground.paste(image, mask=image.getchannel("A"))
    return planes_from_rgb(np.asarray(ground.crop(LETTERS)))[0]


def likeness(frame: Luma, text: Luma) -> float:
    """The best correlation with the text at any place and size."""
    best = -1.0
    for height in range(24, 120, 2):
        size = round(height * text.shape[1] / text.shape[0]), height
        if size[0] < frame.shape[1]:
            small = cv2.resize(text, size, interpolation=cv2.INTER_AREA)
            best = max(best, float(cv2.matchTemplate(frame, small, cv2.TM_CCOEFF_NORMED).max()))
    return best


@pytest.mark.parametrize(
    "prompt",
    [
        "@Element1 stands by the road, push in",
        "@Element1 walks to the right, light snow, handheld",
        "@Element1 at night",
    ],
)
def test_the_text_on_an_element_can_be_read(tmp_path: Path, prompt: str) -> None:
    shot = {
        "start": reference(tmp_path, "start", ox()), "references": [badge(tmp_path)], "prompt": prompt, "seconds": 2,
    }  # fmt: skip
    frames = screened(storyboard([shot], width=640, height=360), tmp_path / "film").luma
    text = lettering(tmp_path)
    assert likeness(frames[0], text) < 0.6  # nobody stands in the start picture
    for number in (36, 48):
        assert likeness(frames[number], text) >= LEGIBLE


def test_the_text_on_a_picture_that_cannot_be_cut_out_can_be_read_on_its_print(tmp_path: Path) -> None:
    shot = {
        "start": reference(tmp_path, "start", ox()), "references": [badge(tmp_path, cut=False)],
        "prompt": "@Element1 is shown, slow push in", "seconds": 2,
    }  # fmt: skip
    frames = screened(storyboard([shot], width=640, height=360), tmp_path / "film").luma
    assert likeness(frames[36], lettering(tmp_path)) >= LEGIBLE


def test_the_text_on_a_start_picture_can_be_read_to_the_end(tmp_path: Path) -> None:
    badge(tmp_path, "sign")
    picture = ox().resize((640, 360))
    with Image.open(tmp_path / "sign.png") as sign:
        small = sign.resize((200, 200))
        picture.paste(small, (220, 80), small)
    shot = {"start": reference(tmp_path, "start", picture), "prompt": "Push in, heavy rain", "seconds": 2}
    frames = screened(storyboard([shot], width=640, height=360), tmp_path / "film").luma
    assert likeness(frames[-1], lettering(tmp_path)) >= LEGIBLE
