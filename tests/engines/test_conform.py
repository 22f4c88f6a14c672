"""Videos of any rate, size and length become exactly the film that was asked for."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from oxreel.engines.conform import Part, deliver, sound_of
from oxreel.errors import FilmingFailed
from oxreel.media.join import sound_samples
from oxreel.units import FRAME_RATE


def video(path: Path, *, frames: int, rate: int, width: int = 320, height: int = 176, tone: bool = False) -> Path:
    """Each frame n is a plain grey of 40 + 2n; `tone` adds a sine of 440 Hz in mono at 24 kHz."""
    with av.open(str(path), "w") as output:
        picture = output.add_stream("libx264", rate=rate)
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        heard = output.add_stream("aac", rate=24_000, layout="mono") if tone else None
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), 40 + 2 * index, np.uint8), "rgb24")
            frame.pts, frame.time_base = index, Fraction(1, rate)
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))
        if heard is not None:
            sine = 0.3 * np.sin(2 * np.pi * 440 * np.arange(24_000 * frames // rate) / 24_000)
            for first in range(0, len(sine) - 1024, 1024):
                block = av.AudioFrame.from_ndarray(sine[None, first : first + 1024].astype(np.float32), "fltp", "mono")
                block.sample_rate, block.pts = 24_000, first
                output.mux(heard.encode(block))
            output.mux(heard.encode(None))
    return path


def greys(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [int(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]


def test_parts_of_any_rate_and_size_become_24_frames_a_second_of_one_size(tmp_path: Path) -> None:
    parts = [
        Part(video(tmp_path / "slow.mp4", frames=33, rate=16), 48),
        Part(video(tmp_path / "fast.mp4", frames=31, rate=30, width=400, height=400), 25),
    ]
    target = tmp_path / "film.mp4"
    deliver(parts, target, 320, 180, audio=True, metadata={"engine": "x"})
    with av.open(str(target)) as film:
        picture, heard = film.streams.video[0], film.streams.audio[0]
        assert (picture.width, picture.height, picture.average_rate) == (320, 180, FRAME_RATE)
        assert picture.time_base is not None
        assert heard.time_base is not None
        assert (picture.duration or 0) * picture.time_base == (heard.duration or 0) * heard.time_base == 73 / FRAME_RATE
        assert film.metadata["engine"] == "x"
    seen = greys(target)
    assert len(seen) == 73
    # Each frame of the slow part is on its way from the one before; the other part begins with its own first frame.
    assert seen[:48] == sorted(seen[:48])
    assert len(set(seen[:48])) > 36
    assert seen[47] - seen[0] == pytest.approx(62, abs=6)
    assert seen[48] == pytest.approx(seen[0], abs=3)
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]


def test_each_part_is_heard_in_its_own_place(tmp_path: Path) -> None:
    silent = Part(video(tmp_path / "silent.mp4", frames=24, rate=24), 24)
    loud = Part(video(tmp_path / "loud.mp4", frames=24, rate=24, tone=True), 25)
    heard = sound_of([silent, loud])
    assert heard.shape == (2, sound_samples(49))
    assert not heard[:, : sound_samples(24)].any()
    assert float(np.abs(heard[:, sound_samples(26) : sound_samples(40)]).max()) > 0.2
    assert not sound_of([silent]).any()


def test_a_film_without_sound_has_none_though_its_parts_have(tmp_path: Path) -> None:
    loud = Part(video(tmp_path / "loud.mp4", frames=25, rate=24, tone=True), 25)
    deliver([loud], tmp_path / "film.mp4", 320, 180, audio=False, metadata={})
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert not film.streams.audio


def test_a_frame_that_is_missing_is_held_and_a_second_is_refused(tmp_path: Path) -> None:
    source = video(tmp_path / "source.mp4", frames=24, rate=24)
    deliver([Part(source, 25)], tmp_path / "film.mp4", 320, 180, audio=False, metadata={})
    assert len(greys(tmp_path / "film.mp4")) == 25
    with pytest.raises(FilmingFailed, match=r"lasts 1\.0 s where 2\.0 s"):
        deliver([Part(source, 49)], tmp_path / "late.mp4", 320, 180, audio=False, metadata={})
    assert not (tmp_path / "late.mp4").exists()


def test_what_is_no_video_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "page.mp4").write_text("<html>busy</html>")
    with pytest.raises(FilmingFailed, match="cannot be used: The file is not a video"):
        deliver([Part(tmp_path / "page.mp4", 24)], tmp_path / "film.mp4", 320, 180, audio=True, metadata={})
    assert not (tmp_path / "film.mp4").exists()
