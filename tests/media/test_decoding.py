import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from oxreel.errors import BadReference
from oxreel.media.decoding import Measures, measure, thumbnail


def picture(path: Path, size: tuple[int, int] = (800, 400), orientation: int = 1) -> Path:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", size, (200, 30, 30)).save(path, "JPEG", exif=exif)
    return path


def video(path: Path) -> Path:
    """Three seconds: the first black, then white."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=4, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 320, "yuv420p"
        for number in range(12):
            frame = np.full((320, 640, 3), 0 if number < 4 else 255, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame)))
        container.mux(stream.encode())
    return path


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_pictures_and_videos_are_measured_as_they_are_shown(tmp_path: Path) -> None:
    assert measure(picture(tmp_path / "a")) == Measures(800, 400)
    assert measure(picture(tmp_path / "b", orientation=6)) == Measures(400, 800)
    assert measure(video(tmp_path / "c")) == Measures(640, 320, 3.0)


def test_what_is_neither_or_damaged_has_no_measures(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    (tmp_path / "broken").write_bytes(b"\xff\xd8\xff\xe0 broken")
    (tmp_path / "empty").write_bytes(b"")
    for name in ("text", "broken", "empty"):
        assert measure(tmp_path / name) == Measures()


def test_a_thumbnail_keeps_the_shape(tmp_path: Path) -> None:
    data, content_type = thumbnail(picture(tmp_path / "a"), width=100)
    assert content_type == "image/jpeg"
    assert opened(data).size == (100, 50)


def test_a_videos_thumbnail_is_of_the_second_asked_for(tmp_path: Path) -> None:
    path = video(tmp_path / "v")
    for at, level in ((0.0, 0), (2.0, 255)):
        data, _ = thumbnail(path, height=100, at_seconds=at)
        shown = opened(data)
        assert shown.size == (200, 100)
        pixel = shown.getpixel((100, 50))
        assert isinstance(pixel, tuple)
        assert abs(pixel[0] - level) < 20


def test_what_cannot_be_decoded_has_no_thumbnail(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    with pytest.raises(BadReference, match="not a video"):
        thumbnail(tmp_path / "text")
    with pytest.raises(BadReference):
        thumbnail(tmp_path / "missing")


def test_the_decoder_knows_no_secret_of_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OXREEL_API_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    seen = tmp_path / "seen"
    # Python imports this module by itself whenever it starts.
    (tmp_path / "sitecustomize.py").write_text(f"import os; open({str(seen)!r}, 'w').write(' '.join(os.environ))")
    assert thumbnail(picture(tmp_path / "a"))[1] == "image/jpeg"
    assert "PYTHONPATH" in seen.read_text().split()
    assert "OXREEL_API_KEY" not in seen.read_text().split()
