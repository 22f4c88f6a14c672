"""Filming is a stream of frames: it can be watched, and it can be stopped between any two of them."""

import threading
import time
from pathlib import Path

import pytest

from engines.animatic.quality.screening import mascot, ox
from engines.pictures import reference, storyboard
from oxreel.engines.animatic import AnimaticEngine
from oxreel.engines.animatic.ahead import DEPTH
from oxreel.engines.animatic.stage import Stage
from oxreel.storyboard import Reference, Storyboard


@pytest.fixture
def busy(tmp_path: Path) -> Storyboard:
    """Two seconds with everything that keeps something open: a source video, an actor, weather."""
    (tmp_path / "given").mkdir()
    start = reference(tmp_path / "given", "start", ox())
    source = storyboard([{"start": start, "prompt": "pan left", "seconds": 2}])
    made = AnimaticEngine().film(source, source.shots[0], tmp_path / "given", lambda _: None).path
    video = Reference("Video1", "input_video", "video", str(made), 320, 180, seconds=2.0)
    shot = {"references": [mascot(tmp_path / "given")], "prompt": "@Element1 walks left, heavy snow", "seconds": 2}
    (tmp_path / "filmed").mkdir()
    return storyboard([shot], video=video)


def open_files(folder: Path) -> list[str]:
    """Files below the folder that this process has open."""
    links = [Path("/proc/self/fd") / name.name for name in Path("/proc/self/fd").iterdir()]
    return [
        str(link.readlink()) for link in links if link.is_symlink() and str(link.readlink()).startswith(str(folder))
    ]


@pytest.mark.parametrize("last", [1, 25, 48])
def test_a_film_that_is_cancelled_leaves_nothing_behind(busy: Storyboard, tmp_path: Path, last: int) -> None:
    told: list[int] = []

    def tell(frames: int) -> None:
        told.append(frames)
        if frames == last:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        AnimaticEngine().film(busy, busy.shots[0], tmp_path / "filmed", tell)
    assert told == list(range(1, last + 1))
    assert not list((tmp_path / "filmed").iterdir())
    assert not open_files(tmp_path)
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_no_more_frames_are_drawn_than_wait_for_the_encoder(
    busy: Storyboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    frames_of = Stage.frames

    def counted(stage: Stage, board: Storyboard, shot: object) -> object:
        for number, planes in enumerate(frames_of(stage, board, shot)):  # type: ignore[arg-type]
            drawn.append(number)
            yield planes

    def stop(frames: int) -> None:
        if frames == 4:
            time.sleep(0.5)  # an encoder that is slow: time enough to draw everything
            raise InterruptedError

    monkeypatch.setattr(Stage, "frames", counted)
    with pytest.raises(InterruptedError):
        AnimaticEngine().film(busy, busy.shots[0], tmp_path / "filmed", stop)
    # Four were encoded; some wait, and one more was being drawn.
    assert 4 <= len(drawn) <= 4 + DEPTH + 2


def test_progress_is_the_frames_that_were_encoded(busy: Storyboard, tmp_path: Path) -> None:
    told: list[int] = []
    segment = AnimaticEngine().film(busy, busy.shots[0], tmp_path / "filmed", told.append)
    assert told == list(range(1, 50))
    assert segment.frames == 49
