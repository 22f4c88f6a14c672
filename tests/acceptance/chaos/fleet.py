"""A fleet of one hub's processes, watched over: what ends is started again, as an operator's supervisor would."""

import contextlib
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Self

import httpx

from support.quick_hub import QuickHub

#: Seconds between two looks at which processes have ended.
_LOOK_SECONDS = 0.1
#: Seconds that a process may take to answer: machines are busy.
_PATIENCE_SECONDS = 120
_OF_A_PROCESS = ("OXREEL_PORT", "PYTHONPATH")


class Fleet:
    """API processes and workers that share one database and one folder."""

    def __init__(self, folder: Path, *, apis: int, workers: int, **variables: str) -> None:
        first = QuickHub(folder / "data", **variables)
        shared = {name: value for name, value in first.variables.items() if name not in _OF_A_PROCESS}
        self.settings = first.settings
        self.key = first.key
        self.apis = [first, *(QuickHub(folder / "data", **shared) for _ in range(apis - 1))]
        self.workers = [QuickHub(folder / "data", **shared) for _ in range(workers)]
        self._stopping = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def __enter__(self) -> Self:
        # All at once, on a database without tables.
        for one in self._members:
            one.launch(self._command(one))
        self._supervisor.start()
        try:
            for api in self.apis:
                _wait_for(api)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        for one in reversed(self._members):
            one.stop()

    def end(self) -> None:
        """End every process in order."""
        self._stopping.set()
        if self._supervisor.is_alive():
            self._supervisor.join()
        for one in self._members:
            one.end()

    def some_api(self, chance: random.Random) -> str:
        """Address of one of the API processes, alive or not."""
        return chance.choice(self.apis).url

    def kill_a_worker(self, chance: random.Random) -> str:
        """What was done: kill -9 to one of the workers."""
        return _kill(chance.choice(self.workers), "a worker")

    def kill_an_api(self, chance: random.Random) -> str:
        """What was done: kill -9 to one of the API processes, and so to the worker inside, while the others answer."""
        victim = chance.choice(self.apis)
        for one in self.apis:
            _wait_for(one)
        return _kill(victim, f"the API on port {victim.port}")

    @property
    def _members(self) -> list[QuickHub]:
        return [*self.apis, *self.workers]

    def _command(self, one: QuickHub) -> str:
        return "serve" if one in self.apis else "worker"

    def _supervise(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            for one in self._members:
                if one.has_ended:
                    one.launch(self._command(one))


def _wait_for(api: QuickHub) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            if api.client.get("/api/health").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the API on port {api.port} does not answer:\n{api.log.read_text()[-5000:]}")


def _kill(victim: QuickHub, name: str) -> str:
    # Not `victim.kill()`: the supervisor waits for it.
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim.pid, signal.SIGKILL)
    return f"killed {name}"
