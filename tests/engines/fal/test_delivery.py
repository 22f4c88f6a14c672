"""What fal made as the delivered film."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from engines.fal.boards import quick_board
from oxreel.engines.engine import Segment
from oxreel.engines.fal import FalEngine
from oxreel.errors import FilmingFailed
from oxreel.media.encode import planes_of
from oxreel.settings import Settings
from support.fal import kling_film


def delivered(folder: Path, data: bytes, **more: Any) -> Path:
    came, target, made = folder / "came.mp4", folder / "film.mp4", quick_board(**more)
    came.write_bytes(data)
    FalEngine(Settings()).finish(made, [Segment(came, made.frames)], target)
    return target


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(film.streams.video[0]) if packet.size]


def test_a_film_as_long_as_asked_keeps_every_bit_of_its_picture_and_its_size(tmp_path: Path) -> None:
    # Larger than the canvas, as real Kling's films are now and then.
    film = delivered(tmp_path, kling_film(73, 328, 184))
    assert packets(film) == packets(tmp_path / "came.mp4")
    with av.open(str(film)) as opened:
        assert (opened.streams.video[0].width, opened.streams.video[0].height) == (328, 184)
        assert not opened.streams.audio


def test_a_film_that_is_too_long_loses_its_last_frames_and_one_that_is_too_short_holds_its_last(tmp_path: Path) -> None:
    for frames in (80, 73 - 4):
        film = delivered(tmp_path, kling_film(frames))
        with av.open(str(film)) as opened:
            brightness = [round(float(planes_of(frame)[0].mean())) for frame in opened.decode(video=0)]
        wanted = [40 + min(index, frames - 1) for index in range(73)]
        assert len(brightness) == 73
        assert all(abs(one - other) <= 2 for one, other in zip(brightness, wanted, strict=True))


@pytest.mark.parametrize(("size", "told"), [((640, 360), True), ((1024, 576), False)])
def test_a_film_far_smaller_than_its_endpoint_makes_is_delivered_and_told_to_the_operator(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, size: tuple[int, int], told: bool
) -> None:
    film = delivered(tmp_path, kling_film(73, *size), route="fal-ai/kling-video/o3/standard/text-to-video")
    with av.open(str(film)) as opened:
        assert (opened.streams.video[0].width, opened.streams.video[0].height) == size
    assert any("fal_film_is_small" in record.message for record in caplog.records) == told


def test_half_a_film_is_none(tmp_path: Path) -> None:
    with pytest.raises(FilmingFailed, match=r"1\.5 s of it play, and 3\.0 s were asked for"):
        delivered(tmp_path, kling_film(36))


@pytest.mark.parametrize(("asked", "came"), [(True, True), (True, False), (False, True)])
def test_there_is_sound_where_it_was_asked_for_and_only_there(tmp_path: Path, asked: bool, came: bool) -> None:
    film = delivered(tmp_path, kling_film(73, audio=came), audio=asked)
    with av.open(str(film)) as opened:
        assert bool(opened.streams.audio) is asked
        if asked:
            heard = [np.abs(frame.to_ndarray()).max() for frame in opened.decode(opened.streams.audio[0])]
            assert (max(heard) > 0.1) == came


def test_several_pieces_are_not_a_film_of_fal(tmp_path: Path) -> None:
    made, came = quick_board(), tmp_path / "came.mp4"
    came.write_bytes(kling_film(73))
    with pytest.raises(FilmingFailed, match="one piece"):
        FalEngine(Settings()).finish(made, [Segment(came, 70), Segment(came, 3)], tmp_path / "film.mp4")
