"""What is made for a generation elsewhere, by a provider: its engine's memo, and what it costs.

The memo outlives workers. A take writes to it for as long as no other was opened, even when its generation has
ended meanwhile: what was just submitted must be known to whoever calls it off.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from oxreel.db import LEFT, Database, generations, now_ms, take_write_lock, takes, workers
from oxreel.engines.engine import Stopped
from oxreel.errors import Unavailable
from oxreel.generations.generation import Status, find
from oxreel.generations.life import Standing
from oxreel.log import Log

log = Log(__name__)

#: The entry that is also a column: what making it costs the operator, in micro-dollars.
COST = "cost_micro_usd"
#: Seconds between two tries of what the database did not answer.
_AGAIN_SECONDS = 0.5

T = TypeVar("T")


class KeptMemo:
    """The memo of a generation for the take that films it: an engine's `Memo`."""

    def __init__(
        self,
        database: Database,
        generation_id: str,
        take_id: int,
        is_stopped: Callable[[], bool],
        on_wait: Callable[[], None],
    ) -> None:
        self._database = database
        self._generation_id, self._take_id = generation_id, take_id
        self._is_stopped = is_stopped
        #: Called at each try that the database does not answer: the film waits for us, and has not stalled.
        self._on_wait = on_wait

    def read(self) -> Mapping[str, Any]:
        """All that was written so far, by whichever worker; empty at first."""
        return self._patiently(self._read)

    def write(self, **entries: Any) -> None:
        """Add plain values; they are safe once this returns. Raises Stopped once the take is not to film any more.

        Where that is because the generation has ended, they are written all the same.
        """
        if self._patiently(lambda: self._write(entries)) is not Standing.HELD:
            raise Stopped

    def _read(self) -> dict[str, Any]:
        with self._database.snapshot() as tx:
            return find(tx, self._generation_id).upstream or {}

    def _write(self, entries: Mapping[str, Any]) -> Standing:
        with self._database.transaction() as tx:
            return write(tx, self._generation_id, entries, self._take_id)

    def _patiently(self, work: Callable[[], T]) -> T:
        """What `work` returns, tried again while the database is away: what was paid for must not be forgotten."""
        while True:
            try:
                return work()
            except Unavailable as error:
                if self._is_stopped():
                    raise Stopped from error
                self._on_wait()
                log.warning("memo_waits", generation=self._generation_id, reason=error.message)
                time.sleep(_AGAIN_SECONDS)


def write(tx: sa.Connection, generation_id: str, entries: Mapping[str, Any], take_id: int) -> Standing:
    """How the take stands; the entries are in the memo unless another one was opened since.

    What a generation is told after its end is to be called off, even where that was done before.
    """
    take_write_lock(tx)
    generation = find(tx, generation_id, lock=True)
    newest = tx.execute(sa.select(sa.func.max(takes.c.id)).where(takes.c.generation_id == generation_id)).scalar()
    if newest != take_id:
        return Standing.LOST
    _add(tx, generation_id, generation.upstream, entries)
    if generation.status is Status.PROCESSING:
        return Standing.HELD
    tx.execute(sa.update(generations).where(generations.c.id == generation_id).values(abandoned_at=None))
    return Standing.ENDED


def left(tx: sa.Connection, engines: Iterable[str]) -> list[str]:
    """Ids of generations of these engines that ended while something may still be made for them, the oldest first.

    Not while a living worker still holds their take: it may be about to write down what it has just submitted.
    """
    held = sa.exists().where(
        takes.c.generation_id == generations.c.id,
        takes.c.outcome == "open",
        takes.c.executor_id == workers.c.executor_id,
    )
    query = sa.select(generations.c.id).where(LEFT, generations.c.engine.in_(list(engines)), ~held)
    return list(tx.execute(query.order_by(generations.c.completed_at)).scalars())


def note(tx: sa.Connection, generation_id: str, entries: Mapping[str, Any]) -> None:
    """Add what was heard from elsewhere to a memo, whichever take films it. Raises NotFound."""
    take_write_lock(tx)
    _add(tx, generation_id, find(tx, generation_id, lock=True).upstream, entries)


def note_abandoned(
    tx: sa.Connection, generation_id: str, entries: Mapping[str, Any], seen: Mapping[str, Any] | None
) -> None:
    """Write down what calling it off came to; and that nothing more is made elsewhere, if the memo is still as seen.

    It is left otherwise: what was written meanwhile may be what there is to call off. Raises NotFound.
    """
    take_write_lock(tx)
    memo = find(tx, generation_id, lock=True).upstream
    _add(tx, generation_id, memo, entries)
    if memo == seen:
        tx.execute(sa.update(generations).where(generations.c.id == generation_id).values(abandoned_at=now_ms()))


def _add(tx: sa.Connection, generation_id: str, memo: Mapping[str, Any] | None, entries: Mapping[str, Any]) -> None:
    values: dict[str, Any] = {"upstream": {**(memo or {}), **entries}}
    if (cost := entries.get(COST)) is not None:
        values["upstream_cost"] = int(cost)
    tx.execute(sa.update(generations).where(generations.c.id == generation_id).values(**values))
