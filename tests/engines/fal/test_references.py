"""References on their way to fal: of its sizes, within the request or uploaded before it."""

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engines.fal.boards import board, picture
from engines.pictures import reference
from engines.suite import Notes
from oxreel.engines.fal import FalEngine, pictures
from oxreel.engines.fal.pictures import sent
from oxreel.errors import BadReference, FilmingFailed
from oxreel.storyboard import Reference
from support.fal import FakeFal, Fault, kling_film


def noise(width: int, height: int) -> Image.Image:
    """A picture that no PNG can make small."""
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8))


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def film(engine: FalEngine, folder: Path, **shot: Any) -> None:
    made = board([{"seconds": 3, **shot}])
    engine.film(made, made.shots[0], folder, lambda _: None, Notes())


def test_a_picture_that_fits_is_sent_as_it_is(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    start = picture(tmp_path, "start", "start_image_url")
    film(engine, tmp_path, start=start)
    head, _, data = fal.jobs[0].input["start_image_url"].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == Path(start.path).read_bytes()
    assert not fal.uploads


def test_a_large_picture_becomes_a_jpeg_that_looks_the_same(tmp_path: Path) -> None:
    before = noise(1200, 1100)
    made = sent(reference(tmp_path, "start", before))
    assert (made.content_type, made.name) == ("image/jpeg", "start.jpg")
    after = opened(made.data)
    assert after.size == before.size
    assert np.abs(np.asarray(after, float) - np.asarray(before, float)).mean() < 8


def test_a_huge_picture_is_made_smaller_until_kling_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_MOST_BYTES", 1_500_000)
    made = sent(reference(tmp_path, "start", noise(1200, 1100)))
    assert len(made.data) <= 1_500_000
    assert opened(made.data).width < 1200


@pytest.mark.parametrize("size", [(299, 500), (400, 160)])
def test_a_small_picture_is_enlarged_to_what_kling_takes(tmp_path: Path, size: tuple[int, int]) -> None:
    made = opened(sent(picture(tmp_path, "start", size=size)).data)
    assert min(made.size) == 300
    assert made.width / made.height == pytest.approx(size[0] / size[1], rel=0.01)


def test_a_cut_out_that_becomes_a_jpeg_stands_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    made = opened(sent(reference(tmp_path, "Element1", clear)).data)
    assert made.format == "JPEG"
    assert made.getpixel((150, 150)) == (255, 255, 255)


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = picture(tmp_path, "start", "input_image")
    Path(broken.path).write_bytes(Path(broken.path).read_bytes()[:200])
    with pytest.raises(BadReference, match=r"^input_image: "):
        sent(broken)


def source_video(folder: Path) -> Reference:
    path = folder / "video.mp4"
    path.write_bytes(kling_film(73))
    return Reference("Video1", "input_video", "video", str(path), 320, 180, seconds=3.0)


def test_what_is_too_large_for_a_request_is_uploaded_without_the_key(fal: FakeFal, tmp_path: Path) -> None:
    engine = FalEngine(fal.settings(tmp_path / "data", fal_inline_megabytes=0))
    made = board(model="kling-video-o3-pro-video-to-video-edit", video=source_video(tmp_path), keep_audio=True)
    engine.film(made, made.shots[0], tmp_path, lambda _: None, Notes())
    [(name, data)] = fal.uploads.items()
    assert data == kling_film(73)
    assert fal.jobs[0].input["video_url"] == f"{fal.url}/files/{name}"
    [put] = [headers for method, _, headers in fal.heard if method == "PUT"]
    assert (put["content-type"], "authorization" in put) == ("video/mp4", False)


def test_the_same_picture_is_sent_once_and_small_ones_first_come_within_the_request(
    fal: FakeFal, tmp_path: Path
) -> None:
    one, other = picture(tmp_path, "Image1", "input_image[0]"), picture(tmp_path, "Image2", "input_image[1]")
    room = Path(one.path).stat().st_size / 1_000_000
    engine = FalEngine(fal.settings(tmp_path / "data", fal_inline_megabytes=room + 0.0001))
    film(engine, tmp_path, references=[one, other])
    first, second = fal.jobs[0].input["image_urls"]
    assert first.startswith("data:image/png;base64,")
    assert second.startswith(f"{fal.url}/files/")


@pytest.mark.parametrize("place", ["initiate", "upload"])
def test_an_upload_that_breaks_off_is_begun_again_and_given_up_in_the_end(
    fal: FakeFal, tmp_path: Path, place: Any
) -> None:
    engine = FalEngine(fal.settings(tmp_path / "data", fal_inline_megabytes=0))
    start = picture(tmp_path, "start", "start_image_url")
    fal.faults[place] = [Fault(500), Fault(drop=True)]
    film(engine, tmp_path, start=start)
    assert len(fal.jobs) == 1
    fal.faults[place] = [Fault(500) for _ in range(3)]
    with pytest.raises(FilmingFailed, match="could not be uploaded"):
        film(engine, tmp_path, start=start)
    assert len(fal.jobs) == 1


def test_nothing_is_uploaded_to_the_inside_of_the_network(fal: FakeFal, tmp_path: Path) -> None:
    engine = FalEngine(fal.settings(tmp_path / "data", fal_inline_megabytes=0))
    fal.faults["initiate"] = [Fault(answer={"upload_url": "http://127.0.0.1:9/inside"}) for _ in range(3)]
    with pytest.raises(FilmingFailed, match="not on the public internet"):
        film(engine, tmp_path, start=picture(tmp_path, "start", "start_image_url"))


def test_the_key_is_never_part_of_what_is_sent(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    film(engine, tmp_path, start=picture(tmp_path, "start", "start_image_url"))
    assert not re.search("fal-key", str(fal.jobs[0].input))
