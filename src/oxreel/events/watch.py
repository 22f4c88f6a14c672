"""Waiting for the next commit without asking for rows: how a dispatcher sleeps.

SQLite counts commits of other connections in `PRAGMA data_version`, a look at shared memory that costs
microseconds; a connection kept for nothing else sees those of its own process too. PostgreSQL notifies.
"""

import threading
import time
from typing import Any, Protocol

from oxreel.db import Database
from oxreel.events.event import CHANNEL

#: Seconds between two looks at SQLite's counter: half of it is what an event waits on average.
_LOOK_SECONDS = 0.03
#: Seconds of sleep on PostgreSQL before looking whether the process stops.
_NAP_SECONDS = 0.25
#: Seconds after which rows are read although nothing was announced.
_SLOW_POLL_SECONDS = 2.0


class Watch(Protocol):
    """A sleep that a commit ends."""

    def wait(self, stopping: threading.Event) -> None:
        """Return once something may have been committed, or `stopping` is set."""

    def close(self) -> None:
        """Give the connection back."""


def watch(database: Database) -> Watch:
    """A watch that misses nothing committed from now on."""
    return _SqliteWatch(database) if database.is_sqlite else _PostgresqlWatch(database)


class _SqliteWatch:
    def __init__(self, database: Database) -> None:
        self._connection = _own_connection(database)
        self._seen = self._version()

    def wait(self, stopping: threading.Event) -> None:
        until = time.monotonic() + _SLOW_POLL_SECONDS
        while not stopping.wait(_LOOK_SECONDS) and time.monotonic() < until:
            version = self._version()
            if version != self._seen:
                self._seen = version
                return

    def close(self) -> None:
        self._connection.close()

    def _version(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version


class _PostgresqlWatch:
    def __init__(self, database: Database) -> None:
        self._connection = _own_connection(database)
        self._connection.autocommit = True
        self._connection.execute(f"LISTEN {CHANNEL}")

    def wait(self, stopping: threading.Event) -> None:
        until = time.monotonic() + _SLOW_POLL_SECONDS
        while not stopping.is_set() and time.monotonic() < until:
            if any(True for _ in self._connection.notifies(timeout=_NAP_SECONDS, stop_after=1)):
                return

    def close(self) -> None:
        self._connection.close()


def _own_connection(database: Database) -> Any:
    """A driver's connection that the pool has given away for good."""
    lent = database.engine.raw_connection()
    connection = lent.driver_connection
    lent.detach()
    return connection
