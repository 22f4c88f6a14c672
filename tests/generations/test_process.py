import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image

from oxreel.errors import BadReference, FilmingFailed
from oxreel.generations.process import FilmingProcess, WarmProcess
from oxreel.media.limits import Limits
from oxreel.media.prepare import Source
from oxreel.storyboard import Shot, Storyboard

T = TypeVar("T")


def with_process(use: Callable[[FilmingProcess], Awaitable[T]], stall_seconds: float = 120) -> T:
    """What `use` returns, given a filming process that is ended afterwards."""

    async def run() -> T:
        process = FilmingProcess(stall_seconds=stall_seconds)
        try:
            return await use(process)
        finally:
            await process.end()

    return asyncio.run(run())


def film(folder: Path, seconds: int = 3) -> dict[str, Any]:
    shot = Shot(index=0, prompt="A quiet lake", seconds=seconds, first_frame=0, frames=24 * seconds + 1)
    board = Storyboard(generation_id="g", model="m", shots=(shot,), width=640, height=360, seed=1)
    return {"task": "film", "engine": "animatic", "storyboard": board.to_json(), "part": 0, "folder": str(folder)}


def test_it_films_and_tells_each_step_of_progress(tmp_path: Path) -> None:
    heard: list[int] = []

    async def use(process: FilmingProcess) -> Any:
        async def on_frames(frames: int) -> None:
            heard.append(frames)

        return await process.do(film(tmp_path), on_frames)

    segment = with_process(use)
    assert segment["frames"] == 73
    assert Path(segment["path"]).stat().st_size > 1000
    assert heard == sorted(heard)
    assert heard[-1] == 73


def test_an_error_of_ours_crosses_with_its_kind_and_words(tmp_path: Path) -> None:
    source = Source("Image1", "input_image[0]", "image", url="data:image/png;base64,aGVsbG8=")
    task = {
        "task": "prepare",
        "sources": [source.to_json()],
        "limits": Limits().to_json(),
        "folder": str(tmp_path),
    }

    async def use(process: FilmingProcess) -> None:
        with pytest.raises(BadReference, match=r"input_image\[0\]"):
            await process.do(task)
        # The process lives on and takes the next task.
        with pytest.raises(FilmingFailed, match="does not know the task 'dance'"):
            await process.do({"task": "dance"})

    with_process(use)


def test_a_process_that_is_killed_is_a_failure_to_film_with_a_sentence(tmp_path: Path) -> None:
    async def use(process: FilmingProcess) -> None:
        async def kill_it(_: int) -> None:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)

        with pytest.raises(FilmingFailed, match="ran out of memory"):
            await process.do(film(tmp_path, seconds=10), kill_it)

    with_process(use)


@pytest.mark.parametrize(
    ("task", "why"),
    [("film", "no frame came"), ("prepare", "references stalled: none was finished"), ("finish", "Joining the shots")],
)
def test_a_process_that_stalls_is_given_up(task: str, why: str) -> None:
    async def use(process: FilmingProcess) -> None:
        with pytest.raises(FilmingFailed, match=rf"{why}.* for 0\.01 seconds"):
            await process.do({"task": task})

    with_process(use, stall_seconds=0.01)


def test_preparing_gives_a_sign_of_life_after_each_reference(tmp_path: Path) -> None:
    Image.new("RGB", (400, 400)).save(tmp_path / "picture", "PNG")
    sources = [Source(f"Image{n}", "input_image", "image", file=tmp_path / "picture") for n in (1, 2, 3)]
    task = {
        "task": "prepare",
        "sources": [source.to_json() for source in sources],
        "limits": Limits().to_json(),
        "folder": str(tmp_path),
    }
    heard: list[int] = []

    async def use(process: FilmingProcess) -> None:
        async def on_frames(frames: int) -> None:
            heard.append(frames)

        assert len(await process.do(task, on_frames)) == 3

    with_process(use)
    assert heard == [0, 0, 0]


def test_ending_it_leaves_no_process_behind(tmp_path: Path) -> None:
    async def use(process: FilmingProcess) -> int:
        with pytest.raises(FilmingFailed):
            await process.do({"task": "dance"})
        assert process.pid is not None
        return process.pid

    pid = with_process(use)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_filming_process_knows_its_engines_settings_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = {"OXREEL_ANIMATIC_WORKERS": "1", "SSL_CERT_FILE": "/certificates.pem", "LC_ALL": "C.UTF-8"}
    kept_back = ("OXREEL_API_KEY", "OXREEL_DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "SOME_TOKEN")
    for name, text in {**passed, **dict.fromkeys(kept_back, "secret")}.items():
        monkeypatch.setenv(name, text)

    async def use(process: FilmingProcess) -> bytes:
        with pytest.raises(FilmingFailed):
            await process.do({"task": "dance"})
        return await asyncio.to_thread(Path(f"/proc/{process.pid}/environ").read_bytes)

    known = dict(line.split("=", 1) for line in with_process(use).decode().split("\0") if line)
    assert passed.items() <= known.items()
    assert known.keys().isdisjoint(kept_back)
    assert "secret" not in known.values()


def test_a_task_that_breaks_the_process_is_told_in_the_log_with_its_generation(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OXREEL_LOG_FORMAT", "json")

    async def use(process: FilmingProcess) -> None:
        with pytest.raises(FilmingFailed, match="with exit code 1; the worker's log says more"):
            await process.do({"task": "film", "generation": "g-1"})

    with_process(use)
    [line] = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert (line["event"], line["generation"], line["task"]) == ("filming_task_broke", "g-1", "film")
    assert "KeyError" in line["exception"]


def test_a_film_that_is_called_off_before_its_process_reads_of_it_is_dropped_and_the_process_stays(
    tmp_path: Path,
) -> None:
    async def use(process: WarmProcess) -> None:
        await process.do(film(tmp_path / "first", seconds=1))
        pid = process.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        await called_off_at_once(process, film(tmp_path / "second", seconds=1))
        calling_off = asyncio.create_task(process.call_off(120))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGCONT)
        await calling_off
        assert list((tmp_path / "second").iterdir()) == []
        assert (await process.do(film(tmp_path / "third", seconds=1)))["frames"] == 25
        assert process.pid == pid

    with_warm_process(tmp_path, use)


def test_a_film_that_is_called_off_after_its_end_does_not_stop_the_next_one(tmp_path: Path) -> None:
    async def use(process: WarmProcess) -> None:
        await process.do(film(tmp_path / "first", seconds=1))
        pid = process.pid
        await called_off_at_once(process, {"task": "dance"})
        assert process._process is not None
        # Until its answer lies there, unread, of which nothing tells.
        while not process._process.stdout._buffer:  # type: ignore[union-attr]  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await process.call_off(120)
        assert (await process.do(film(tmp_path / "third", seconds=1)))["frames"] == 25
        assert process.pid == pid

    with_warm_process(tmp_path, use)


async def called_off_at_once(process: WarmProcess, task: dict[str, Any]) -> None:
    """Give a task, and wait for it no longer than it takes to send it."""
    doing = asyncio.create_task(process.do(task))
    await asyncio.sleep(0)
    doing.cancel()
    await asyncio.wait({doing})


def with_warm_process(folder: Path, use: Callable[[WarmProcess], Awaitable[None]]) -> None:
    for name in ("first", "second", "third"):
        (folder / name).mkdir()

    async def run() -> None:
        process = WarmProcess(stall_seconds=120)
        try:
            await use(process)
        finally:
            await process.end()

    asyncio.run(run())
