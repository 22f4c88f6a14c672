import io
import struct
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from oxreel.errors import BadReference
from oxreel.media.image import Picture, open_picture
from oxreel.media.limits import Limits

LIMITS = Limits()


def normalised(source: Path, *, keep_alpha: bool = False, limits: Limits = LIMITS) -> tuple[Picture, Image.Image]:
    target = source.parent / "normalised.png"
    facts = open_picture(source, target, "input_image", limits, keep_alpha=keep_alpha)
    with Image.open(target) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert (picture.width, picture.height, picture.mode == "RGBA") == (facts.width, facts.height, facts.has_alpha)
        assert picture.mode in ("RGB", "RGBA")
        assert picture.info == {}
        return facts, picture.copy()


def refusal(source: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadReference) as caught:
        open_picture(source, source.parent / "normalised.png", "input_image[0]", limits)
    assert caught.value.message.startswith("input_image[0]: ")
    return caught.value.message


def saved(picture: Image.Image, path: Path, form: str, **options: object) -> Path:
    picture.save(path, form, **options)
    return path


def halves(mode: str = "RGB", size: tuple[int, int] = (400, 320)) -> Image.Image:
    """Red to the left, blue to the right."""
    picture = Image.new("RGB", size, (220, 10, 10))
    picture.paste((10, 10, 220), (size[0] // 2, 0, size[0], size[1]))
    return picture.convert(mode)


def is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 150 and pixel[2] < 90)


def is_blue(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[2] > 150 and pixel[0] < 90)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_every_documented_format_becomes_the_same_rgb_png(form: str, tmp_path: Path) -> None:
    facts, picture = normalised(saved(halves(), tmp_path / "x.bin", form))
    assert facts == Picture(400, 320, has_alpha=False)
    assert is_red(picture.getpixel((20, 20)))
    assert is_blue(picture.getpixel((380, 300)))


def test_a_jpeg_with_further_views_behind_it_is_a_jpeg(tmp_path: Path) -> None:
    path = saved(halves(), tmp_path / "x", "MPO", save_all=True, append_images=[Image.new("RGB", (400, 320))])
    assert is_red(normalised(path)[1].getpixel((20, 20)))


@pytest.mark.parametrize(("mode", "form"), [("P", "PNG"), ("L", "PNG"), ("1", "PNG"), ("L", "JPEG"), ("CMYK", "JPEG")])
def test_every_kind_of_pixel_becomes_rgb(mode: str, form: str, tmp_path: Path) -> None:
    _, picture = normalised(saved(halves(mode), tmp_path / "x", form))
    expected = halves(mode).convert("RGB")
    for at in ((10, 10), (390, 310)):
        seen, wanted = picture.getpixel(at), expected.getpixel(at)
        assert isinstance(seen, tuple)
        assert isinstance(wanted, tuple)
        assert max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) < 12


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 400).astype(np.uint16), (320, 1))
    _, picture = normalised(saved(Image.fromarray(ramp), tmp_path / "x", "PNG"))
    row = np.asarray(picture)[0, :, 0].astype(float)
    assert np.abs(row - np.linspace(0, 255, 400)).max() <= 1


def test_exif_orientation_is_applied_before_the_shape_is_checked(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    facts, picture = normalised(saved(halves(), tmp_path / "x", "JPEG", exif=exif))
    assert (facts.width, facts.height) == (320, 400)
    assert is_red(picture.getpixel((20, 20)))
    assert is_blue(picture.getpixel((20, 380)))


def test_unreadable_exif_does_not_spoil_a_good_picture(tmp_path: Path) -> None:
    garbage = b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xff" * 40
    assert normalised(saved(halves(), tmp_path / "x", "JPEG", exif=garbage))[0].width == 400


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(form: str, tmp_path: Path) -> None:
    later = [Image.new("RGB", (400, 320), (0, 255, number)) for number in range(3)]
    path = saved(halves(), tmp_path / "x", form, save_all=True, append_images=later)
    assert is_red(normalised(path)[1].getpixel((20, 20)))


def translucent() -> Image.Image:
    picture = Image.new("RGBA", (400, 320), (220, 10, 10, 255))
    picture.paste((10, 10, 220, 0), (0, 0, 200, 320))
    picture.putpixel((399, 319), (0, 0, 0, 128))
    return picture


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white(form: str, tmp_path: Path) -> None:
    _, picture = normalised(saved(translucent(), tmp_path / "x", form, lossless=True))
    assert picture.getpixel((10, 10)) == (255, 255, 255)
    assert picture.getpixel((300, 10)) == (220, 10, 10)
    assert picture.getpixel((399, 319)) == (127, 127, 127)


def test_a_transparent_palette_is_laid_on_white_too(tmp_path: Path) -> None:
    path = saved(translucent(), tmp_path / "x", "GIF")
    assert normalised(path)[1].getpixel((10, 10)) == (255, 255, 255)


def test_a_cut_out_keeps_its_alpha_where_asked_and_an_opaque_one_has_none(tmp_path: Path) -> None:
    facts, picture = normalised(saved(translucent(), tmp_path / "x", "PNG"), keep_alpha=True)
    assert facts.has_alpha
    assert picture.getchannel("A").getextrema() == (0, 255)
    assert not normalised(saved(halves("RGBA"), tmp_path / "y", "PNG"), keep_alpha=True)[0].has_alpha


def test_a_profile_is_turned_into_srgb(tmp_path: Path) -> None:
    plain = Image.new("RGB", (400, 400), (100, 150, 200))
    profile = _profile_with_red_and_blue_swapped()
    _, picture = normalised(saved(plain, tmp_path / "x", "PNG", icc_profile=profile))
    seen = picture.getpixel((0, 0))
    assert isinstance(seen, tuple)
    assert max(abs(a - b) for a, b in zip(seen, (200, 150, 100), strict=True)) <= 2


def test_a_profile_that_does_not_fit_the_picture_is_ignored(tmp_path: Path) -> None:
    plain = Image.new("RGB", (400, 400), (100, 150, 200))
    for wrong in (ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), b"not a profile"):
        path = saved(plain, tmp_path / "x", "PNG", icc_profile=wrong)
        assert normalised(path)[1].getpixel((0, 0)) == (100, 150, 200)


def _profile_with_red_and_blue_swapped() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for index in range(struct.unpack(">I", profile[128:132])[0]):
        at = 132 + 12 * index
        name = bytes(profile[at : at + 4])
        profile[at : at + 4] = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}.get(name, name)
    return bytes(profile)


@pytest.mark.parametrize(
    ("size", "why"),
    [
        ((299, 400), "299x400 px; each side must be at least 300 px"),
        ((120, 80), "120x80 px; each side must be at least 300 px"),
        ((300, 751), r"300x751 px, width / height is 0.40; it must be between 0.40 and 2.50"),
        ((751, 300), r"751x300 px, width / height is 2.50; it must be between 0.40 and 2.50"),
    ],
)
def test_a_shape_outside_the_limits_is_refused_with_its_size(size: tuple[int, int], why: str, tmp_path: Path) -> None:
    assert why in refusal(saved(Image.new("RGB", size), tmp_path / "x", "PNG"))


@pytest.mark.parametrize("size", [(300, 300), (300, 750), (750, 300)])
def test_a_shape_right_at_the_limits_is_taken(size: tuple[int, int], tmp_path: Path) -> None:
    assert normalised(saved(Image.new("RGB", size), tmp_path / "x", "PNG"))[0].width == size[0]


def test_too_many_bytes_are_refused_with_the_limit(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff\xd8\xff" + b"x" * 10_400_000)
    assert "the picture has 10.4 MB; at most 10 MB are allowed" in refusal(tmp_path / "x")


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has this size, and hardly any bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("size", "why"),
    [
        ((9000, 8000), "9000x8000 px, 72.0 million pixels; at most 64 million are allowed"),
        ((60_000, 60_000), "far too many pixels; at most 64 million"),
    ],
)
def test_a_decompression_bomb_is_refused_before_it_is_decoded(size: tuple[int, int], why: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(png_of(*size))
    assert why in refusal(tmp_path / "x")


def test_a_jpeg_of_endless_scans_is_refused(tmp_path: Path) -> None:
    jpeg = saved(halves(), tmp_path / "x", "JPEG", progressive=True).read_bytes()
    scan = jpeg.rindex(b"\xff\xda")
    (tmp_path / "x").write_bytes(jpeg[:-2] + jpeg[scan:-2] * 200 + jpeg[-2:])
    assert "more than 100 scans" in refusal(tmp_path / "x")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"hello world", "it is text"),
        (b"<!DOCTYPE html><html>", "it is an HTML page"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "it is an SVG drawing"),
        (b"%PDF-1.7", "it is a PDF"),
        (b'{"error": "not found"}', "it is JSON"),
        (b"\0\0\0\x18ftypmp42", "it is an MP4 video"),
        (b"\0\0\0\x18ftypheic", "it is a HEIC picture"),
        (b"\0\0\0\x18ftypavif", "it is an AVIF picture"),
        (b"\0\1\2\3", "it is of an unknown kind"),
        (b"\x89PNG\r\n\x1a\n", "starts like a PNG but is damaged"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(data)
    assert why in refusal(tmp_path / "picture.png")


@pytest.mark.parametrize("form", ["BMP", "TIFF", "ICO", "PPM", "TGA"])
def test_a_picture_of_another_format_is_refused_whatever_its_name(form: str, tmp_path: Path) -> None:
    assert "send a JPEG, PNG, GIF or WebP" in refusal(saved(halves(), tmp_path / "x.png", form))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_truncated_picture_is_refused(form: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = Image.fromarray(rng.integers(0, 255, (320, 400, 3), np.uint8))
    data = saved(noise, tmp_path / "x", form).read_bytes()
    (tmp_path / "x").write_bytes(data[: len(data) // 2])
    assert "damaged" in refusal(tmp_path / "x") or "cannot be" in refusal(tmp_path / "x")


GOOD = {}
for _form in ("JPEG", "PNG", "GIF", "WEBP"):
    _buffer = io.BytesIO()
    halves().save(_buffer, _form)
    GOOD[_form] = _buffer.getvalue()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(sorted(GOOD)),
    changes=st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.integers(0, 2**16),
)
def test_any_damage_gives_a_picture_or_a_bad_reference_and_nothing_else(
    form: str, changes: list[tuple[int, int]], cut: int, tmp_path: Path
) -> None:
    data = bytearray(GOOD[form])
    for at, value in changes:
        data[at % min(len(data), 600)] = value
    (tmp_path / "x").write_bytes(data[: max(1, len(data) - cut % 200)])
    with suppress(BadReference):
        open_picture(tmp_path / "x", tmp_path / "y", "input_image", replace(LIMITS, image_pixels=1_000_000))
