"""Connections and transactions, on SQLite and on PostgreSQL."""

import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from oxreel.errors import Unavailable


@dataclass(frozen=True)
class Pool:
    """How many connections one process has, and how long it waits."""

    #: Connections that are kept open, and how many more there may be in a rush.
    kept: int = 10
    overflow: int = 30
    #: Seconds that whoever needs a connection waits for a free one.
    wait_seconds: float = 10.0
    #: Seconds that one statement may take on PostgreSQL, waiting for locks included; 0: as long as it likes.
    statement_seconds: float = 60.0


#: Seconds that a new connection to PostgreSQL may take.
_CONNECT_SECONDS = 10
#: Seconds that a writer waits for SQLite's one turn.
_TURN_SECONDS = 30.0


class Database:
    """One engine, shared with the job engine, so that a job and its rows commit together."""

    def __init__(self, url: str, pool: Pool | None = None) -> None:
        parsed = sa.make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed.render_as_string(hide_password=False)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._pool = pool or Pool()
        if self.is_sqlite and parsed.database:
            _make_private(Path(parsed.database))
        self.engine = self._make_engine(self._pool)
        self._patient: sa.Engine | None = None
        # SQLite lets whoever waits for its one writer sleep and try again; threads of one process queue better.
        self._turn = threading.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            self._reader = self.engine
        else:
            # What a transaction of the default level reads is as new with each statement: beginning and ending
            # one would only be two more ways to the server and back.
            self._reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    def patient_engine(self) -> sa.Engine:
        """An engine of the same database without limits: for the few transactions that must not fail for being late."""
        if self._patient is None:
            self._patient = self._make_engine(Pool(kept=1, overflow=-1, statement_seconds=0))
        return self._patient

    def _make_engine(self, pool: Pool) -> sa.Engine:
        parsed = sa.make_url(self.url)
        limited = self.is_sqlite or "connect_timeout" in parsed.query
        engine = sa.create_engine(
            parsed,
            pool_size=pool.kept,
            max_overflow=pool.overflow,
            pool_timeout=pool.wait_seconds,
            # A restart of the server breaks every connection: each is looked at before it is lent.
            pool_pre_ping=not self.is_sqlite,
            connect_args={} if limited else {"connect_timeout": _CONNECT_SECONDS},
        )
        prepare = _prepare_sqlite if self.is_sqlite else partial(_prepare_postgresql, pool.statement_seconds)
        event.listen(engine, "connect", prepare)
        return engine

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction that may write: all of it happens, or none. Raises Unavailable."""
        with self._outage_told(), self._own_turn(), self.engine.begin() as tx:
            take_write_lock(tx)
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A connection for reading. Raises Unavailable."""
        with self._outage_told(), self._reader.connect() as tx:
            yield tx

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=_TURN_SECONDS):
            raise Unavailable(_BUSY, retry_after=_RETRY_SECONDS)
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _outage_told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.TimeoutError as error:
            most, seconds = self._pool.kept + self._pool.overflow, self._pool.wait_seconds
            raise Unavailable(
                f"The database has no connection free: all {most} of this process are in use, and none came back "
                f"within {seconds:g} s. Try again in a moment.",
                retry_after=_RETRY_SECONDS,
            ) from error
        except sa.exc.DBAPIError as error:
            if (said := self._outage(error)) is None:
                raise
            raise Unavailable(said, retry_after=_RETRY_SECONDS) from error

    def _outage(self, error: sa.exc.DBAPIError) -> str | None:
        """What to say where the database, and not a statement of ours, is at fault."""
        if self.is_sqlite:
            return _BUSY if "database is locked" in str(error.orig) else None
        code = getattr(error.orig, "sqlstate", None)
        if code == _LOCK_NOT_AVAILABLE:
            return None
        if code == _QUERY_CANCELED:
            return f"The database did not answer within {self._pool.statement_seconds:g} s; it is busy. Try again."
        away = error.connection_invalidated or isinstance(error, sa.exc.OperationalError)
        return "The database does not answer at the moment. Try again in a few seconds." if away else None

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self._patient is not None:
            self._patient.dispose()


_BUSY = "The database is busy: another process writes to it for too long. Try again in a moment."
#: Seconds after which another try is worthwhile.
_RETRY_SECONDS = 5
#: PostgreSQL's codes for a statement that took too long, and for a lock that whoever asked would not wait for.
_QUERY_CANCELED, _LOCK_NOT_AVAILABLE = "57014", "55P03"


def _make_private(file: Path) -> None:
    """Make a missing file, for its owner alone to read; SQLite gives the files beside it the same mode."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.name == ":memory:" or str(file).startswith("file:"):
        return
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))


def take_write_lock(tx: sa.Connection) -> None:
    """Make what `tx` reads from here on stay true until it commits.

    SQLite would begin only at the first write, so that a check before it could be outdated; PostgreSQL
    locks row by row (`SELECT ... FOR UPDATE`) instead.
    """
    if tx.dialect.name == "sqlite" and not tx.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        tx.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare_postgresql(statement_seconds: float, connection: Any, _: Any) -> None:
    connection.execute(f"SET statement_timeout = {int(statement_seconds * 1000)}")
    # Undone otherwise when the pool takes the connection back.
    connection.commit()


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA busy_timeout = 30000")
    connection.execute("PRAGMA foreign_keys = ON")
    # Measured: WAL with NORMAL enqueues ten times faster than the rollback journal and loses nothing
    # when a process is killed (a power cut may lose the last moments, never the order).
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
