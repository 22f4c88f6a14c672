import hashlib
import io
from importlib import resources

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from engines.pictures import landscape
from oxreel.engines.animatic.cutout import LONGEST, Pixels, cut_out, framed_card

_SAMPLES = resources.files("oxreel.samples")
_RED = (190, 40, 60)


def _figure(size: int = 400, ground: tuple[int, int, int] = (244, 246, 248)) -> Image.Image:
    """A red figure with white eyes, standing before a plain wall with a soft shadow."""
    fine = 4
    picture = Image.new("RGB", (size * fine, size * fine), ground)
    draw = ImageDraw.Draw(picture)
    unit = size * fine / 100
    draw.ellipse((35 * unit, 15 * unit, 65 * unit, 45 * unit), fill=_RED)
    draw.rectangle((40 * unit, 40 * unit, 60 * unit, 85 * unit), fill=_RED)
    for x in (45, 55):
        draw.ellipse(((x - 3) * unit, 26 * unit, (x + 3) * unit, 32 * unit), fill=ground)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def _cut(picture: Image.Image | Pixels, *, strict: bool = False) -> Pixels:
    found = cut_out(picture, strict=strict)
    assert found is not None
    return found


def test_a_figure_before_a_plain_wall_is_cut_out_with_its_own_pixels() -> None:
    picture = _figure()
    found = _cut(picture, strict=True)
    # The figure is 120 by 280 pixels, and one clear pixel stands around it.
    assert found.shape[0] == pytest.approx(282, abs=4)
    assert found.shape[1] == pytest.approx(122, abs=4)
    whole = found[..., 3] == 255
    assert whole.mean() > 0.4
    source = np.asarray(picture)
    top, left = 60, 140
    offsets = [(dy, dx) for dy in range(-4, 3) for dx in range(-4, 3)]
    exact = [
        np.array_equal(
            source[top + dy :, left + dx :][: found.shape[0], : found.shape[1]][whole], found[..., :3][whole]
        )
        for dy, dx in offsets
    ]
    assert sum(exact) == 1


def test_white_eyes_before_a_white_wall_stay_eyes() -> None:
    found = _cut(_figure())
    rows, columns = found.shape[:2]
    head = found[rows // 8 : rows // 3, columns // 4 : columns * 3 // 4, 3]
    assert head.min() == 255


def test_no_colour_of_the_wall_is_left_at_the_edges() -> None:
    found = _cut(_figure(ground=(40, 200, 90)))
    edge = found[..., :3][(found[..., 3] > 40) & (found[..., 3] < 255)].astype(int)
    assert edge[:, 1].mean() < 90, "green spill"


def test_the_mascot_comes_out_of_its_drawn_background_whole_and_alone() -> None:
    with (_SAMPLES / "bloxy_cropped_512x512.png").open("rb") as file, Image.open(file) as picture:
        found = _cut(picture, strict=True)
    # The robot alone spans 337 by 426 pixels; the cubes that float around it lie outside.
    assert found.shape[0] == pytest.approx(426, abs=6)
    assert found.shape[1] == pytest.approx(337, abs=6)
    alpha = found[..., 3]
    whole = alpha == 255
    assert 0.5 < whole.mean() < 0.75
    assert ((alpha > 0) & ~whole).mean() < 0.04, "a ragged or smoky edge"
    # Its face is not pierced, and the wall does not show through between its arm and its body.
    assert alpha[150:250, 60:200].min() == 255
    assert alpha[262:266, 252:256].max() == 0


def test_a_word_keeps_every_letter_and_loses_the_wall_inside_them() -> None:
    picture = Image.new("RGB", (900, 300), (255, 255, 255))
    ImageDraw.Draw(picture).text((60, 60), "BOOM i.", font=ImageFont.load_default(150), fill=_RED)
    found = _cut(picture)
    ink = np.asarray(picture.convert("L")) < 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    seen = np.asarray(Image.fromarray(found[..., 3]).resize((ink.shape[1] + 2, ink.shape[0] + 2)))[1:-1, 1:-1] > 128
    assert (seen & ink).sum() / (seen | ink).sum() > 0.9


def test_what_compression_left_beside_the_outline_is_cut_off() -> None:
    file = io.BytesIO()
    _figure().save(file, "JPEG", quality=60)
    with Image.open(file) as picture:
        found = _cut(picture)
    assert found.shape[0] == pytest.approx(282, abs=5)
    # Of what is whole nearly nothing is white: the eyes alone are.
    white = (found[..., 3] > 128) & (found[..., 1] > 150)
    rows, columns = white.shape
    white[rows // 8 : rows // 4, columns // 5 : columns * 4 // 5] = False
    assert white.mean() < 0.001


@pytest.mark.parametrize("strict", [False, True])
def test_scenes_are_not_cut_out(strict: bool) -> None:
    with (_SAMPLES / "ox_zoom_out_1926_1076.png").open("rb") as file, Image.open(file) as picture:
        assert cut_out(picture, strict=strict) is None
    assert cut_out(landscape(640, 360), strict=strict) is None
    assert cut_out(landscape(640, 360, seed=5).filter(ImageFilter.GaussianBlur(6)), strict=strict) is None
    assert cut_out(Image.new("RGB", (300, 200), (120, 130, 140)), strict=strict) is None


def test_a_sun_in_the_sky_is_no_figure() -> None:
    down = np.linspace(0, 1, 360)[:, None, None]
    sky = np.where(down < 0.6, np.array([250, 150, 80]) * (0.5 + down * 0.8), np.array([30, 40, 80]) * (1.3 - down / 2))
    picture = Image.fromarray(np.clip(sky * np.ones((360, 640, 1)), 0, 255).astype(np.uint8))
    ImageDraw.Draw(picture).ellipse((290, 110, 370, 190), fill=(255, 240, 200))
    assert cut_out(picture, strict=True) is None


def test_own_alpha_is_trimmed_to_its_outline_and_loses_the_fringe() -> None:
    fine = Image.new("L", (1600, 1600), 0)
    ImageDraw.Draw(fine).ellipse((400, 200, 1200, 1400), fill=255)
    alpha = np.asarray(fine.resize((400, 400), Image.Resampling.BOX))
    share = alpha[..., None] / 255
    # As it comes off a white page: the soft edge is mixed with white.
    pixels = np.dstack([np.rint(np.array(_RED) * share + 255 * (1 - share)), alpha]).astype(np.uint8)
    found = _cut(pixels)
    assert found.shape in {(303, 203, 4), (302, 202, 4)}
    rim = (found[..., 3] > 20) & (found[..., 3] < 240)
    assert rim.any()
    assert found[..., 1][rim].max() < 60, "white is left in the rim"


def test_an_alpha_that_hides_nothing_is_keyed() -> None:
    picture = _figure()
    picture.putalpha(255)
    assert _cut(picture).shape[0] == pytest.approx(282, abs=4)


def test_a_photograph_becomes_a_print_that_shows_all_of_it() -> None:
    picture = landscape(640, 360)
    card = framed_card(picture)
    height, width = card.shape[:2]
    alpha = card[..., 3]
    assert alpha[height // 2, width // 2] == 255
    assert alpha[0].max() < 16
    assert 640 < width < 640 * 1.3
    source = np.asarray(picture)
    top, left = (height - 360) // 2, (width - 640) // 2
    assert np.array_equal(card[top + 20 : top + 340, left + 20 : left + 620, :3], source[20:340, 20:620])
    # A thin white mat all around, and a soft shadow beyond it, heavier below.
    assert (card[height // 2, left - 8, :3] > 240).all()
    assert alpha[-top // 2].max() > alpha[top // 2].max() > 0


def test_a_huge_picture_is_reduced() -> None:
    found = _cut(_figure(3000))
    assert max(found.shape) <= LONGEST


def test_the_same_picture_is_cut_out_the_same_every_time() -> None:
    one, other = (hashlib.sha256(_cut(_figure()).tobytes()).digest() for _ in range(2))
    assert one == other
