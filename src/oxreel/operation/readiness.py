"""Whether a process can do its work now, and if not, why: one sentence for each thing that is wrong."""

import threading
import time
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from oxreel.bootstrap import Hub
from oxreel.errors import OxReelError, WrongSetting
from oxreel.log import Log
from oxreel.migrations import is_behind

log = Log(__name__)

#: What is wrong with one thing, None where nothing is.
Check = Callable[[], str | None]

#: Seconds that a check may take.
LIMIT_SECONDS = 3.0
#: Seconds that an answer holds: the probes of many must not become load, and a store takes money for each look.
_HOLDS_SECONDS = {"storage": 15.0}
_HOLDS_OTHERWISE = 1.0


class Readiness:
    """The checks of one process. Each runs in a thread of its own, so that one that hangs keeps nobody waiting."""

    def __init__(self, checks: Mapping[str, Check], *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._checks = {
            name: _Watched(check, limit_seconds, _HOLDS_SECONDS.get(name, _HOLDS_OTHERWISE))
            for name, check in checks.items()
        }
        self._stopping = False

    def stop(self) -> None:
        """Not ready from now on: this process is asked to end."""
        self._stopping = True

    def trouble(self) -> dict[str, str]:
        """What is wrong, by name; nothing where the process is ready."""
        if self._stopping:
            return {"shutdown": "This process is about to end."}
        for one in self._checks.values():
            one.begin()
        found = {name: one.result() for name, one in self._checks.items()}
        return {name: said for name, said in found.items() if said is not None}


def of_hub(hub: Hub) -> dict[str, Check]:
    """What every process of a hub needs: its database, at this version's schema, and its store."""
    return {
        "database": lambda: _database(hub),
        "schema": lambda: _schema(hub),
        "storage": lambda: _storage(hub),
    }


def _database(hub: Hub) -> str | None:
    with hub.database.snapshot() as tx:
        tx.execute(sa.select(1))
    return None


def _schema(hub: Hub) -> str | None:
    if is_behind(hub.database):
        return "The database's schema is older than this version: start one process of this version to bring it up."
    return None


def _storage(hub: Hub) -> str | None:
    try:
        hub.objects.check()
    except WrongSetting as error:
        # What it says may name hosts and folders, which are nobody's who may only ask.
        log.warning("storage_not_ready", error=str(error))
        return "The store of files does not take a file and give it back; the log says more."
    return None


class _Watched:
    """A check that is made once at a time, and not again while its last answer holds."""

    def __init__(self, check: Check, limit_seconds: float, holds_seconds: float) -> None:
        self._check = check
        self._limit = limit_seconds
        self._holds = holds_seconds
        self._turn = threading.Lock()
        self._done = threading.Event()
        self._began = self._ended = float("-inf")
        self._said: str | None = None

    def begin(self) -> None:
        """Start looking, unless somebody looks or just looked."""
        with self._turn:
            looking = self._began > self._ended
            if looking or time.monotonic() < self._ended + self._holds:
                return
            self._began = time.monotonic()
            self._done.clear()
        threading.Thread(target=self._look, name="readiness", daemon=True).start()

    def result(self) -> str | None:
        """What the look found that is under way, or the last one."""
        if not self._done.wait(max(self._began + self._limit - time.monotonic(), 0.0)):
            return f"No answer within {self._limit:g} s."
        return self._said

    def _look(self) -> None:
        try:
            said = self._check()
        except OxReelError as error:
            said = error.message
        except Exception:
            # What it says may name hosts and paths, which are nobody's who may only ask.
            log.exception("readiness_check_failed")
            said = "It failed; the log says how."
        with self._turn:
            self._said = said
            self._ended = time.monotonic()
            self._done.set()
