"""Source videos as frames and sound of a film."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from media.conftest import MakeVideo
from oxreel.errors import BadReference
from oxreel.media.decode import pictures, sound, video_frames
from oxreel.media.encode import Encoder


def greys(path: Path, *, first: int = 0, count: int = 24, width: int = 320, height: int = 180) -> list[float]:
    return [float(luma.mean()) for luma, _, _ in video_frames(path, width, height, first=first, count=count)]


def test_a_video_of_24_frames_a_second_gives_each_frame_once(make_video: MakeVideo) -> None:
    assert greys(make_video("a.mp4")) == pytest.approx([40 + 2 * n for n in range(24)], abs=0.6)


def test_a_later_shot_begins_where_the_earlier_one_ended(make_video: MakeVideo) -> None:
    assert greys(make_video("a.mp4"), first=10, count=5) == pytest.approx([60, 62, 64, 66, 68], abs=0.6)


def test_a_video_that_ends_early_holds_its_last_frame(make_video: MakeVideo) -> None:
    assert greys(make_video("a.mp4"), first=22, count=5) == pytest.approx([84, 86, 86, 86, 86], abs=0.6)
    assert greys(make_video("a.mp4"), first=100, count=2) == pytest.approx([86, 86], abs=0.6)


@pytest.mark.parametrize(("rate", "expected"), [(12, [40, 40, 42, 42, 44, 44]), (48, [40, 44, 48, 52, 56, 60])])
def test_other_rates_are_retimed(tmp_path: Path, rate: int, expected: list[int]) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=rate, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for index in range(24):
            frame = av.VideoFrame.from_ndarray(
                np.concatenate([np.full((180, 320), 40 + 2 * index, np.uint8), np.full((90, 320), 128, np.uint8)]),
                "yuv420p",
            )
            frame.pts, frame.time_base = index, Fraction(1, rate)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    seen = greys(path, count=6)
    assert seen == pytest.approx(expected, abs=1.2)  # the change of colour space rounds


def test_the_picture_covers_the_canvas(make_video: MakeVideo) -> None:
    for size in ((180, 320), (320, 320), (64, 64), (640, 360)):
        (luma, cb, cr) = next(video_frames(make_video("a.mp4"), *size, first=0, count=1))
        assert luma.shape == size[::-1]
        assert cb.shape == cr.shape == (size[1] // 2, size[0] // 2)
        assert luma.min() > 30


def test_a_video_that_lies_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    picture = np.full((180, 320, 3), 60, np.uint8)
    picture[:, :160] = 200
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=24, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        output.mux(stream.encode(None))
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd") + 44
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, 180 << 16, 0, 0x40000000)
    data[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    path.write_bytes(data)
    luma = next(video_frames(path, 180, 320, first=0, count=1))[0]
    # Turned clockwise by a quarter, what was left is on top.
    assert luma[:150].mean() > 150
    assert luma[170:].mean() < 90


def test_sound_is_trimmed_and_filled_with_silence(make_video: MakeVideo) -> None:
    path = make_video("a.mp4", tone=True)
    short, long = sound(path, 10_000), sound(path, 96_000)
    assert short is not None
    assert long is not None
    assert short.shape == (2, 10_000)
    assert np.abs(long[:, 60_000:]).max() == 0
    assert np.abs(np.fft.rfft(long[0, 4_800:43_200])).argmax() * 48_000 / 38_400 == pytest.approx(440, abs=2)


def test_a_silent_video_has_no_sound(make_video: MakeVideo) -> None:
    assert sound(make_video("a.mp4"), 1_000) is None


def test_what_is_not_a_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video at all")
    with pytest.raises(BadReference):
        next(video_frames(tmp_path / "a.mp4", 320, 180, first=0, count=1))


def test_single_pictures_are_found_from_either_end(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with Encoder(path, 64, 48) as encoder:
        for level in range(20, 220, 20):
            chroma = np.full((24, 32), 128, np.uint8)
            encoder.write((np.full((48, 64), level, np.uint8), chroma, chroma))
    found = [float(picture.mean()) for picture in pictures(path, [0, 3, -1, -2, 99, -99])]
    grey = [(level - 16) * 255 / 219 for level in (20, 80, 200, 180, 200, 20)]
    assert found == pytest.approx(grey, abs=4)
