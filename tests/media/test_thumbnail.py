"""Small pictures of stored pictures and videos."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from media.conftest import MakeVideo
from oxreel.errors import BadReference
from oxreel.media.thumbnail import image_thumbnail, video_thumbnail


def opened(made: tuple[bytes, str]) -> Image.Image:
    data, content_type = made
    picture = Image.open(io.BytesIO(data))
    assert Image.MIME[picture.format or ""] == content_type
    return picture


def stored(path: Path, size: tuple[int, int] = (400, 200), mode: str = "RGB", **how: object) -> Path:
    Image.new(mode, size, (200, 60, 30) if mode == "RGB" else (200, 60, 30, 90)).save(path, **how)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (100, None, (100, 50)),
        (None, 100, (200, 100)),
        (100, 100, (100, 50)),
        (4000, 4000, (400, 200)),
        (None, None, (400, 200)),
    ],
)
def test_a_picture_keeps_its_shape_and_is_never_enlarged(
    tmp_path: Path, width: int | None, height: int | None, size: tuple[int, int]
) -> None:
    assert opened(image_thumbnail(stored(tmp_path / "a.jpg"), width, height)).size == size


def test_a_picture_that_lies_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(image_thumbnail(stored(tmp_path / "a.jpg", exif=exif), 100, None)).size == (100, 200)


def test_see_through_pictures_stay_so(tmp_path: Path) -> None:
    small = opened(image_thumbnail(stored(tmp_path / "a.png", mode="RGBA"), 100, None))
    assert small.format == "PNG"
    assert small.getpixel((5, 5)) == pytest.approx((200, 60, 30, 90), abs=2)


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.gif", "a.bmp"])
def test_other_formats_become_jpeg(tmp_path: Path, name: str) -> None:
    small = opened(image_thumbnail(stored(tmp_path / name), 50, 50))
    assert small.format == "JPEG"
    red, green, blue = small.getpixel((10, 10))  # type: ignore[misc]
    assert abs(red - 200) + abs(green - 60) + abs(blue - 30) < 12


@pytest.mark.parametrize("content", [b"", b"<svg></svg>", b"\x89PNG\r\n\x1a\n....", b"GIF89a"])
def test_what_is_not_a_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(BadReference, match="not a picture"):
        image_thumbnail(tmp_path / "a.png", 50, 50)


def test_a_decompression_bomb_is_refused(tmp_path: Path) -> None:
    bomb = stored(tmp_path / "a.png", (8, 8))
    data = bytearray(bomb.read_bytes())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    bomb.write_bytes(data)
    with pytest.raises(BadReference):
        image_thumbnail(bomb, 50, 50)


@pytest.mark.parametrize(("seconds", "grey"), [(0.0, 40), (0.5, 64), (0.99, 86), (7.0, 86)])
def test_a_video_shows_the_frame_of_the_moment(make_video: MakeVideo, seconds: float, grey: int) -> None:
    small = opened(video_thumbnail(make_video("a.mp4"), seconds, 100, None))
    assert small.size == (100, 56)
    red, green, blue = small.getpixel((50, 20))  # type: ignore[misc]
    shown = round((grey - 16) * 255 / 219)
    assert max(abs(red - shown), abs(green - shown), abs(blue - shown)) <= 3


def test_the_colours_of_a_video_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "red.mp4"
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.full((180, 320, 3), (200, 60, 30), np.uint8), "rgb24")
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    red, green, blue = opened(video_thumbnail(path, 0, 100, None)).getpixel((50, 20))  # type: ignore[misc]
    assert max(abs(red - 200), abs(green - 60), abs(blue - 30)) <= 6


def test_what_is_not_a_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(BadReference):
        video_thumbnail(tmp_path / "a.mp4", 0, 100, None)
