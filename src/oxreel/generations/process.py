"""The worker's side of a filming process: start, give tasks, hear progress, end it surely."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from oxreel import errors
from oxreel.errors import FilmingFailed, OxReelError
from oxreel.log import Log
from oxreel.media.environment import chosen_environment

log = Log(__name__)

#: Called with the frames filmed so far in this task.
OnFrames = Callable[[int], Awaitable[None]]
#: Longest line that a filming process may answer, in bytes.
_LONGEST_ANSWER = 16 * 1024 * 1024
#: Errors that a filming process may name; whatever else it says is a failure to film.
_KINDS: dict[str, type[OxReelError]] = {
    "BadReference": errors.BadReference,
    "InvalidParams": errors.InvalidParams,
    "UnsupportedMediaType": errors.UnsupportedMediaType,
}
#: How a task that stalls is told.
_STALLS = {
    "prepare": "Preparing the references stalled: none was finished",
    "film": "Filming stalled: no frame came",
    "finish": "Joining the shots stalled: nothing was done",
}


class _Silent(Exception):
    """The process ended before it said a word about its task."""


class FilmingProcess:
    """One child process, started at its first task; it and all that it started end with `end`."""

    def __init__(self, *, stall_seconds: float, environment: Mapping[str, str] | None = None) -> None:
        self._process: Process | None = None
        self._stall_seconds = stall_seconds
        self._environment = environment
        #: It was given a task and has not said yet what came of it.
        self._busy = False
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, None where none runs."""
        return None if self._process is None else self._process.pid

    async def do(self, task: dict[str, Any], on_frames: OnFrames | None = None) -> Any:
        """The result of a task. Raises the error that it met, FilmingFailed when the process breaks."""
        process = self._process or await self._start()
        try:
            return await self._give(process, task, on_frames)
        except _Silent:
            raise await self._broken(process) from None

    async def end(self) -> None:
        """Kill the process and everything it started."""
        self.kill()
        if (process := self._process) is not None:
            await process.wait()
        if self._process is process:
            self._process, self._busy = None, False

    def end_from_outside(self, seconds: float) -> None:
        """Kill it and return once it is gone, or when the time is up; from any thread but its event loop's."""
        self.kill()
        if self._loop is not None and self._loop.is_running():
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self.end(), self._loop).result(seconds)

    def kill(self) -> None:
        """Kill it without waiting, from any thread."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _start(self) -> Process:
        environment = chosen_environment() if self._environment is None else self._environment
        self._loop = asyncio.get_running_loop()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "oxreel.engines.child", str(os.getpid()),
            stdin=PIPE, stdout=PIPE, limit=_LONGEST_ANSWER, start_new_session=True, env=environment,
        )  # fmt: skip
        return self._process

    async def _give(self, process: Process, task: dict[str, Any], on_frames: OnFrames | None) -> Any:
        """What came of a task. Raises _Silent where the process ended before it said a word about it."""
        assert process.stdin is not None
        self._busy, heard = True, False
        try:
            process.stdin.write(json.dumps(task).encode() + b"\n")
            await process.stdin.drain()
        except ConnectionError:
            raise _Silent from None
        while True:
            message = await self._answer(process, task["task"])
            if message is None:
                if heard:
                    raise await self._broken(process)
                raise _Silent
            heard = True
            if "frames" in message:
                if on_frames is not None:
                    await on_frames(message["frames"])
                continue
            self._busy = message.get("ends", False)
            if "failed" in message:
                kind = _KINDS.get(message["failed"]["kind"], FilmingFailed)
                raise kind(message["failed"]["message"])
            if "done" not in message:
                raise FilmingFailed("The filming process was told to stop by somebody else than its worker.")
            return message["done"]

    async def _answer(self, process: Process, task: str) -> dict[str, Any] | None:
        """What it says next, None once it has ended. Raises FilmingFailed for one that says nothing for too long."""
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self._stall_seconds):
                line = await process.stdout.readline()
        except TimeoutError:
            self.kill()
            what = _STALLS.get(task, "The filming process stalled: it said nothing")
            raise FilmingFailed(f"{what} for {self._stall_seconds:g} seconds, so it was stopped.") from None
        return json.loads(line) if line else None

    async def _broken(self, process: Process) -> FilmingFailed:
        code = await process.wait()
        log.warning("filming_process_broke", exit_code=code)
        if code == -signal.SIGKILL:
            return FilmingFailed("The filming process was killed, most likely because the machine ran out of memory.")
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return FilmingFailed(f"The filming process ended {how}; the worker's log says more.")


class WarmProcess(FilmingProcess):
    """A filming process that outlives the film: what it has loaded is there for the next one."""

    async def do(self, task: dict[str, Any], on_frames: OnFrames | None = None) -> Any:
        """The result of a task. Raises the error that it met, FilmingFailed when the process breaks."""
        try:
            if self._process is not None:
                try:
                    return await self._give(self._process, task, on_frames)
                except _Silent:
                    # It ended since the last film: that is no fault of this one.
                    log.warning("warm_process_was_gone", exit_code=await self._process.wait())
                    await self.end()
            return await super().do(task, on_frames)
        except OxReelError:
            if self._busy:
                # It has ended, ends or hangs: the next film gets another one.
                await self.end()
            raise

    async def call_off(self, seconds: float) -> None:
        """Have it drop the task that nobody waits for any more, and keep what it has loaded; else kill it."""
        process = self._process
        if not self._busy or process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            # To it alone, not to what it started.
            process.send_signal(signal.SIGUSR1)
        try:
            async with asyncio.timeout(seconds):
                self._busy = not await self._rests(process)
        except TimeoutError:
            log.warning("warm_process_does_not_stop", pid=process.pid, seconds=seconds)
        if self._busy:
            await self.end()

    async def _rests(self, process: Process) -> bool:
        """Whether it can film the next one, once it was told to drop this one."""
        said = await self._last_word(process)
        if "done" in said or ("failed" in said and "ends" not in said):
            # It was through before it heard that; and would drop the next film, unless it hears it by then.
            assert process.stdin is not None
            with contextlib.suppress(ConnectionError):
                process.stdin.write(b'{"task": "rest"}\n')
                await process.stdin.drain()
            said = await self._last_word(process)
        return bool(said) and "ends" not in said

    async def _last_word(self, process: Process) -> dict[str, Any]:
        """What came of its task; nothing where it ended over it."""
        assert process.stdout is not None
        while line := await process.stdout.readline():
            message: dict[str, Any] = json.loads(line)
            if "frames" not in message:
                return message
        return {}
