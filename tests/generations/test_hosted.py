import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from oxreel.engines.engine import Engine, Memo, OnFrame, Segment, Stopped
from oxreel.errors import FilmingFailed
from oxreel.generations.hosted import HostedFilm
from oxreel.storyboard import Shot, Storyboard
from support.processes import eventually
from support.small_engines import Grey

SHOT = Shot(index=0, prompt="A lake", seconds=1, first_frame=0, frames=25)
BOARD = Storyboard(generation_id="g", model="m", shots=(SHOT,), width=64, height=64, seed=1)


class NoMemo:
    def read(self) -> Mapping[str, Any]:
        return {}

    def write(self, **entries: Any) -> None:
        """Nothing is kept."""


class Elsewhere(Grey):
    """Does what a test says, and tells when it has ended."""

    def __init__(self, work: Callable[[OnFrame], None]) -> None:
        self._work = work
        self.ended = threading.Event()

    def film(
        self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        try:
            self._work(on_frame)
        finally:
            self.ended.set()
        return Segment(folder / "film.mp4", shot.frames)


def film(engine: Engine, hosted: HostedFilm, told: list[int], folder: Path = Path()) -> Segment:
    async def run() -> Segment:
        return await hosted.film(engine, BOARD, SHOT, folder, told.append, NoMemo())

    return asyncio.run(run())


def wait_for_ever(on_frame: OnFrame) -> None:
    while True:
        on_frame(3)
        time.sleep(0.01)


def test_it_is_filmed_in_a_thread_of_its_own_and_tells_its_progress(tmp_path: Path) -> None:
    threads: list[threading.Thread] = []

    def work(on_frame: OnFrame) -> None:
        threads.append(threading.current_thread())
        on_frame(12)

    told: list[int] = []
    assert film(Elsewhere(work), HostedFilm(stall_seconds=60), told, tmp_path).path == tmp_path / "film.mp4"
    assert told == [0, 12]
    assert threads[0].daemon
    assert threads[0].name == "hosted-film"


def test_what_goes_wrong_there_goes_wrong_here() -> None:
    def work(_: OnFrame) -> None:
        raise FilmingFailed("The provider refused.")

    with pytest.raises(FilmingFailed, match="The provider refused"):
        film(Elsewhere(work), HostedFilm(stall_seconds=60), [])


def test_told_to_stop_it_ends_at_its_next_sign_of_life() -> None:
    hosted, engine = HostedFilm(stall_seconds=60), Elsewhere(wait_for_ever)
    threading.Timer(0.05, hosted.stop).start()
    with pytest.raises(Stopped):
        film(engine, hosted, [])
    assert engine.ended.is_set()
    # Nothing begins any more, as when a worker that ends tries a step again.
    with pytest.raises(Stopped):
        film(Elsewhere(wait_for_ever), hosted, [])


def test_one_that_gives_no_sign_of_life_is_given_up_and_stopped() -> None:
    hurry = threading.Event()

    def work(on_frame: OnFrame) -> None:
        hurry.wait(60)
        on_frame(1)

    engine = Elsewhere(work)
    with pytest.raises(FilmingFailed, match=r"nothing was heard of it for 0\.1 seconds"):
        film(engine, HostedFilm(stall_seconds=0.1), [])
    assert not engine.ended.is_set()
    hurry.set()
    assert eventually(engine.ended.is_set)


def test_one_that_is_called_off_is_waited_for() -> None:
    hosted, engine = HostedFilm(stall_seconds=60), Elsewhere(wait_for_ever)

    async def run() -> None:
        task = asyncio.create_task(hosted.film(engine, BOARD, SHOT, Path(), lambda _: None, NoMemo()))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait({task})
        await hosted.ended(60)

    asyncio.run(run())
    assert engine.ended.is_set()
