"""Source videos as sources, whatever state they are in."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engines.moved import HEIGHT, WIDTH, camera_over, filmed, textured
from oxreel.engines.animatic.resampling import blank
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.video import SourceVideo, first_picture, light_of, picture_of
from oxreel.errors import BadReference
from oxreel.media.colour import planes_from_rgb


def steps(target: Path, frames: int = 24) -> Path:
    """A video that gets brighter with each frame: luma of about 20 + 8 for each."""

    def grey(picture: Picture, frame: int) -> None:
        picture[:] = 20 + 8 * frame

    return filmed(target, camera_over(frames), draw=grey)


def levels(source: SourceVideo, frames: list[int]) -> list[int]:
    """Which of the steps the frames show."""
    found = []
    for frame in frames:
        out = blank(WIDTH, HEIGHT)
        source.fill(frame, out)
        found.append(round(((float(out[0].mean()) - 16) / 219 * 255 - 20) / 8))
    return found


def test_frames_are_shown_in_order_from_any_start(tmp_path: Path) -> None:
    video = steps(tmp_path / "video.mp4")
    assert levels(SourceVideo(video, WIDTH, HEIGHT), [0, 1, 2, 7]) == [0, 1, 2, 7]
    assert levels(SourceVideo(video, WIDTH, HEIGHT, first=9), [0, 0, 1, 5]) == [9, 9, 10, 14]


def test_a_frame_that_has_passed_is_shown_again(tmp_path: Path) -> None:
    assert levels(SourceVideo(steps(tmp_path / "video.mp4"), WIDTH, HEIGHT), [5, 2, 3]) == [5, 2, 3]


def test_the_last_frame_is_held_where_the_video_ends(tmp_path: Path) -> None:
    video = steps(tmp_path / "video.mp4", frames=6)
    assert levels(SourceVideo(video, WIDTH, HEIGHT), [4, 5, 6, 60]) == [4, 5, 5, 5]
    assert levels(SourceVideo(video, WIDTH, HEIGHT, first=100), [0, 3]) == [5, 5]
    assert levels(SourceVideo(steps(tmp_path / "single.mp4", frames=1), WIDTH, HEIGHT), [0, 30]) == [0, 0]


def test_a_closed_source_opens_again(tmp_path: Path) -> None:
    source = SourceVideo(steps(tmp_path / "video.mp4"), WIDTH, HEIGHT)
    assert levels(source, [3]) == [3]
    source.close()
    assert levels(source, [4]) == [4]


def test_frames_of_uneven_length_are_shown_at_their_time(tmp_path: Path) -> None:
    target = tmp_path / "uneven.mp4"
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"x264-params": "bframes=0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for level, milliseconds in enumerate((0, 40, 500, 510, 900)):
            picture = np.full((HEIGHT, WIDTH, 3), 20 + 8 * level, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format="yuv420p", dst_colorspace="ITU709"
            )
            frame.pts, frame.time_base = milliseconds, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert levels(SourceVideo(target, WIDTH, HEIGHT), [0, 1, 8, 11, 12, 20, 22, 40]) == [0, 1, 1, 1, 3, 3, 4, 4]


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"not a video" * 50)
    with pytest.raises(BadReference):
        SourceVideo(tmp_path / "video.mp4", WIDTH, HEIGHT).fill(0, blank(WIDTH, HEIGHT))
    with pytest.raises(BadReference):
        first_picture(tmp_path / "video.mp4", WIDTH, HEIGHT)


def test_the_first_picture_fits_the_canvas(tmp_path: Path) -> None:
    video = steps(tmp_path / "video.mp4")
    for width, height in ((WIDTH, HEIGHT), (180, 320), (200, 200)):
        picture = first_picture(video, width, height, frame=3)
        assert picture.shape == (height, width, 3)
        assert np.abs(picture.astype(int) - 44).max() <= 4


def test_light_is_that_of_the_frames_asked_for(tmp_path: Path) -> None:
    video = steps(tmp_path / "video.mp4")
    assert light_of(video, 1) == pytest.approx(20 / 255, abs=0.01)
    assert light_of(video, 4, first=10) == pytest.approx((20 + 8 * 11.5) / 255, abs=0.01)


def test_a_picture_survives_the_way_into_planes_and_back() -> None:
    picture = textured(3)
    away = np.abs(picture_of(planes_from_rgb(picture)).astype(int) - picture)
    assert np.median(away) <= 2
    assert away.mean() < 4
    grey = np.arange(256, dtype=np.uint8).repeat(4).reshape(1, -1, 1).repeat(64, 0).repeat(3, 2)
    assert np.abs(picture_of(planes_from_rgb(np.ascontiguousarray(grey))).astype(int) - grey).max() <= 1
