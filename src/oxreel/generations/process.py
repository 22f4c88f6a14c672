"""The worker's side of a filming process: start, give tasks, hear progress, end it surely."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
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
    "finish": "Joining the shots stalled: they were not finished",
}


class FilmingProcess:
    """One child process, started at its first task; it and all that it started end with `end`."""

    def __init__(self, *, stall_seconds: float, device: str | None = None) -> None:
        self._process: Process | None = None
        self._stall_seconds = stall_seconds
        #: The one GPU that it sees; None leaves it what the machine shows.
        self._device = device

    @property
    def pid(self) -> int | None:
        """Of the process, None where none runs."""
        return None if self._process is None else self._process.pid

    async def do(self, task: dict[str, Any], on_frames: OnFrames | None = None) -> Any:
        """The result of a task. Raises the error that it met, FilmingFailed when the process breaks."""
        process = self._process or await self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(task).encode() + b"\n")
            await process.stdin.drain()
        except ConnectionError:
            raise await self._broken(process) from None
        while True:
            message = await self._answer(process, task["task"])
            if "frames" in message:
                if on_frames is not None:
                    await on_frames(message["frames"])
            elif "failed" in message:
                kind = _KINDS.get(message["failed"]["kind"], FilmingFailed)
                raise kind(message["failed"]["message"])
            else:
                return message["done"]

    async def end(self) -> None:
        """Kill the process and everything it started."""
        self.kill()
        process, self._process = self._process, None
        if process is not None:
            await process.wait()

    def kill(self) -> None:
        """Kill it without waiting, from any thread."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _start(self) -> Process:
        environment = chosen_environment()
        if self._device is not None:
            environment["CUDA_VISIBLE_DEVICES"] = self._device
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "oxreel.engines.child", str(os.getpid()),
            stdin=PIPE, stdout=PIPE, limit=_LONGEST_ANSWER, start_new_session=True, env=environment,
        )  # fmt: skip
        return self._process

    async def _answer(self, process: Process, task: str) -> dict[str, Any]:
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self._stall_seconds):
                line = await process.stdout.readline()
        except TimeoutError:
            what = _STALLS.get(task, "The filming process stalled: it said nothing")
            raise FilmingFailed(f"{what} for {self._stall_seconds:g} seconds, so it was stopped.") from None
        if not line:
            raise await self._broken(process)
        message: dict[str, Any] = json.loads(line)
        return message

    async def _broken(self, process: Process) -> FilmingFailed:
        code = await process.wait()
        log.warning("filming_process_broke", exit_code=code)
        if code == -signal.SIGKILL:
            return FilmingFailed("The filming process was killed, most likely because the machine ran out of memory.")
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return FilmingFailed(f"The filming process ended {how}; the worker's log says more.")
