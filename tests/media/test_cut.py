"""Copied beginnings of films: the very frames, or nothing."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from oxreel.errors import BadReference
from oxreel.media.cut import copy_frames, seconds_that_play
from oxreel.media.encode import planes_of


def film(path: Path, frames: int = 60, *, b_frames: int = 3, rate: int = 24, codec: str = "libx264") -> Path:
    """A film whose frames all look different, with frames that need later ones."""
    with av.open(str(path), "w") as container:
        stream: VideoStream = container.add_stream(codec, rate=rate, options=_options(codec))  # type: ignore[assignment]
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        stream.codec_context.max_b_frames = b_frames
        stream.codec_context.time_base = Fraction(1, rate)
        for index in range(frames):
            ramp = (np.add.outer(np.arange(90), np.arange(160)) * 2 + index * 7) % 230
            frame = av.VideoFrame.from_ndarray(ramp.astype(np.uint8), format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _options(codec: str) -> dict[str, str]:
    return {"preset": "veryfast"} if codec == "libx264" else {}


def lumas(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [planes_of(frame)[0].tobytes() for frame in container.decode(video=0)]


def test_a_whole_film_is_copied_frame_by_frame(tmp_path: Path) -> None:
    source = film(tmp_path / "source.mp4")
    assert copy_frames(source, tmp_path / "copy.mp4", 60)
    assert lumas(tmp_path / "copy.mp4") == lumas(source)


@pytest.mark.parametrize("b_frames", [0, 3])
def test_what_is_cut_off_at_the_end_is_never_needed_by_what_stays(tmp_path: Path, b_frames: int) -> None:
    source = film(tmp_path / "source.mp4", b_frames=b_frames)
    whole, cut = lumas(source), 0
    for frames in range(50, 60):
        if copy_frames(source, tmp_path / "copy.mp4", frames):
            cut += 1
            assert lumas(tmp_path / "copy.mp4") == whole[:frames]
        else:
            assert not (tmp_path / "copy.mp4").exists()
        (tmp_path / "copy.mp4").unlink(missing_ok=True)
    assert cut == 10 if b_frames == 0 else 0 < cut < 10


def test_another_rate_a_shorter_film_and_another_codec_are_not_copied(tmp_path: Path) -> None:
    target = tmp_path / "copy.mp4"
    assert not copy_frames(film(tmp_path / "30.mp4", rate=30), target, 60)
    assert not copy_frames(film(tmp_path / "short.mp4", frames=59), target, 60)
    assert not copy_frames(film(tmp_path / "mpeg4.mp4", b_frames=0, codec="mpeg4"), target, 60)
    assert not target.exists()


def test_a_damaged_film_is_not_copied_and_plays_for_as_long_as_it_does(tmp_path: Path) -> None:
    data = film(tmp_path / "source.mp4", frames=120).read_bytes()
    moov = data.rfind(b"moov") - 4
    broken = tmp_path / "broken.mp4"
    # Its tables are whole, and half of what they name is gone.
    body = bytearray(data)
    half = (data.find(b"mdat") + moov) // 2
    body[half:moov] = bytes(moov - half)
    broken.write_bytes(body)
    assert not copy_frames(broken, tmp_path / "copy.mp4", 120)
    assert seconds_that_play(broken) < seconds_that_play(tmp_path / "source.mp4") == pytest.approx(5, abs=0.1)


def test_what_is_no_film_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"no film")
    with pytest.raises(BadReference):
        copy_frames(tmp_path / "no.mp4", tmp_path / "copy.mp4", 10)
