"""Segments and sound as one film."""

from pathlib import Path

import av
import numpy as np
import pytest

from media.conftest import MakeVideo
from oxreel.errors import FilmingFailed
from oxreel.media.join import join, sound_samples


def test_packets_are_copied_in_order(make_video: MakeVideo, tmp_path: Path) -> None:
    segments = [make_video("a.mp4", frames=24), make_video("b.mp4", frames=49), make_video("c.mp4", frames=24)]
    assert join(segments, tmp_path / "film.mp4") == 97

    def packets(path: Path) -> list[bytes]:
        with av.open(str(path)) as video:
            return [bytes(packet) for packet in video.demux(video=0) if packet.size]

    assert packets(tmp_path / "film.mp4") == [packet for segment in segments for packet in packets(segment)]


def test_every_frame_stands_at_its_moment_and_each_seam_is_a_keyframe(make_video: MakeVideo, tmp_path: Path) -> None:
    join([make_video("a.mp4", frames=24), make_video("b.mp4", frames=49)], tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as film:
        frames = list(film.decode(video=0))
    assert [frame.time for frame in frames] == pytest.approx([n / 24 for n in range(73)])
    assert frames[0].key_frame
    assert frames[24].key_frame


@pytest.mark.parametrize("frames", [25, 121, 361])
def test_sound_and_picture_are_equally_long(make_video: MakeVideo, tmp_path: Path, frames: int) -> None:
    sound = np.random.default_rng(1).uniform(-0.1, 0.1, (2, sound_samples(frames))).astype(np.float32)
    join([make_video("a.mp4", frames=frames)], tmp_path / "film.mp4", sound=sound)
    with av.open(str(tmp_path / "film.mp4")) as film:
        lengths = {
            stream.duration * stream.time_base for stream in film.streams if stream.duration and stream.time_base
        }
        heard = sum(frame.samples for frame in film.decode(audio=0))
    assert {float(length) for length in lengths} == {frames / 24}
    assert abs(heard - sound_samples(frames)) < 1024


def test_the_sound_is_heard_at_its_moment(make_video: MakeVideo, tmp_path: Path) -> None:
    sound = np.zeros((2, sound_samples(49)), np.float32)
    sound[:, 48_000:48_480] = 0.8 * np.sin(np.arange(480) / 5)
    join([make_video("a.mp4", frames=49)], tmp_path / "film.mp4", sound=sound)
    with av.open(str(tmp_path / "film.mp4")) as film:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in film.decode(audio=0)])
    assert np.flatnonzero(np.abs(heard) > 0.3)[0] == pytest.approx(48_000, abs=200)


def test_what_the_film_says_about_itself_can_be_read(make_video: MakeVideo, tmp_path: Path) -> None:
    said = {"engine": "animatic", "comment": '{"prompt": "牛"}'}
    join([make_video("a.mp4")], tmp_path / "film.mp4", metadata=said)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.metadata.items() >= said.items()
        assert "creation_time" not in film.metadata


def test_segments_that_differ_do_not_join_and_leave_nothing(make_video: MakeVideo, tmp_path: Path) -> None:
    segments = [make_video("a.mp4"), make_video("b.mp4", width=180, height=320)]
    with pytest.raises(FilmingFailed, match=r"b\.mp4"):
        join(segments, tmp_path / "film.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]


def test_a_segment_that_is_gone_is_a_failure_to_film(make_video: MakeVideo, tmp_path: Path) -> None:
    with pytest.raises(FilmingFailed):
        join([make_video("a.mp4"), tmp_path / "gone.mp4"], tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()
