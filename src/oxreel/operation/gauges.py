"""What is true of the whole hub, read from its database when somebody asks, and held for a moment.

Every process of a hub gives the same: take it from one of them, or the greatest of all.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from oxreel.bootstrap import Hub
from oxreel.db import balances, generations, ledger_entries, now_ms, workers
from oxreel.errors import InvalidParams
from oxreel.generations.generation import Status
from oxreel.log import Log
from oxreel.metrics import OTHER

log = Log(__name__)

#: Seconds that what was read holds, and at least so many times as long as reading it took.
_HOLDS_SECONDS, _HOLDS_TIMES = 1.0, 20
#: Entries of the ledger older than this are counted once: no transaction that wrote one is still open.
_SETTLED_MS = 15 * 60_000
_DOLLAR = 1_000_000


class Gauges(Collector):
    """The families of one hub; make one for each process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._ledger = _LedgerTotals()
        self._families: list[Metric] = []
        self._good_until = float("-inf")
        #: What is old in the ledger is added up once: by one reader at a time.
        self._turn = threading.Lock()

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry would read the database to learn the names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The families. Where the database is away, only that it is."""
        with self._turn:
            families = self._fresh()
        up = GaugeMetricFamily("oxreel_database_up", "Whether what follows could be read from the database.")
        up.add_metric([], float(bool(families)))
        yield up
        yield from families

    def _fresh(self) -> list[Metric]:
        began = time.monotonic()
        if began >= self._good_until:
            try:
                self._families = list(self._read())
            except Exception:
                log.exception("gauges_not_read")
                self._families = []
            took = time.monotonic() - began
            self._good_until = time.monotonic() + max(_HOLDS_SECONDS, took * _HOLDS_TIMES)
        return self._families

    def _read(self) -> Iterator[Metric]:
        with self._hub.database.snapshot() as tx:
            now: int = tx.execute(sa.select(now_ms())).scalar_one()
            yield from _line(self._hub, tx, now)
            yield from _fleet(tx, now)
            yield from self._ledger.families(tx, now)


def _line(hub: Hub, tx: sa.Connection, now: int) -> Iterator[Metric]:
    depth = GaugeMetricFamily("oxreel_queue_depth", "Generations that wait.", labels=("model", "queue"))
    oldest = GaugeMetricFamily(
        "oxreel_queue_oldest_wait_seconds", "Seconds that the first of them has waited.", labels=("model", "queue")
    )
    row = generations.c
    waiting = tx.execute(
        sa.select(row.model, row.engine, sa.func.count(), sa.func.min(row.enqueued_at))
        .where(row.status == Status.QUEUED)
        .group_by(row.model, row.engine)
    )
    lines: dict[tuple[str, str], tuple[int, int]] = {}
    for model, engine, count, since in waiting:
        line = (model, queue_of(hub, engine))
        number, first = lines.get(line, (0, since))
        lines[line] = (number + count, min(first, since))
    for labels, (number, first) in sorted(lines.items()):
        depth.add_metric(labels, number)
        oldest.add_metric(labels, max(now - first, 0) / 1000)
    yield depth
    yield oldest
    filmed = tx.execute(
        sa.select(row.engine, sa.func.count()).where(row.status == Status.PROCESSING).group_by(row.engine)
    )
    running = GaugeMetricFamily(
        "oxreel_generations_processing", "Generations that are being filmed.", labels=("engine", "queue")
    )
    for engine, count in filmed:
        running.add_metric([engine, queue_of(hub, engine)], count)
    yield running


def queue_of(hub: Hub, engine: str) -> str:
    """The queue of an engine; `other` for one that this version does not have."""
    try:
        return hub.queue_of(engine)
    except InvalidParams:
        return OTHER


def _fleet(tx: sa.Connection, now: int) -> Iterator[Metric]:
    number, silent_since = tx.execute(sa.select(sa.func.count(), sa.func.min(workers.c.seen_at))).one()
    alive = GaugeMetricFamily("oxreel_workers", "Workers in the list of the living.")
    alive.add_metric([], number)
    yield alive
    oldest = GaugeMetricFamily(
        "oxreel_workers_oldest_heartbeat_seconds", "Seconds since the sign of life that is the longest ago."
    )
    if silent_since is not None:
        oldest.add_metric([], max(now - silent_since, 0) / 1000)
    yield oldest


class _LedgerTotals:
    """Sums of an append-only ledger: what is old is added up once, only what is new each time."""

    def __init__(self) -> None:
        self._counted_until = 0
        self._sums: dict[str, int] = dict.fromkeys(("grant", "hold", "settle", "release"), 0)

    def families(self, tx: sa.Connection, now: int) -> Iterator[Metric]:
        """Dollars by kind of entry, and what stands in the balances."""
        self._count_old(tx, now)
        totals = self._sums | {
            kind: self._sums[kind] + more for kind, more in _sums(tx, ledger_entries.c.id > self._counted_until)
        }
        moved = CounterMetricFamily(
            "oxreel_ledger_dollars", "Dollars that the ledger's entries moved, by their kind.", labels=("kind",)
        )
        for kind, total in totals.items():
            moved.add_metric([kind], total / _DOLLAR)
        yield moved
        available, held = tx.execute(
            sa.select(
                sa.func.coalesce(sa.func.sum(balances.c.available), 0),
                sa.func.coalesce(sa.func.sum(balances.c.held), 0),
            )
        ).one()
        for name, said, amount in (
            ("oxreel_ledger_available_dollars", "Dollars that all namespaces together can spend.", available),
            ("oxreel_ledger_held_dollars", "Dollars that are set aside for generations that have not ended.", held),
        ):
            family = GaugeMetricFamily(name, said)
            family.add_metric([], int(amount) / _DOLLAR)
            yield family

    def _count_old(self, tx: sa.Connection, now: int) -> None:
        # Ids ascend with time but for the length of a transaction, so the newest that is old enough bounds the old.
        id_, at = ledger_entries.c.id, ledger_entries.c.created_at
        newest = tx.execute(
            sa.select(id_).where(id_ > self._counted_until, at < now - _SETTLED_MS).order_by(id_.desc()).limit(1)
        ).scalar()
        if newest is None:
            return
        for kind, more in _sums(tx, sa.and_(id_ > self._counted_until, id_ <= newest)):
            self._sums[kind] += more
        self._counted_until = newest


def _sums(tx: sa.Connection, which: sa.ColumnElement[bool]) -> list[tuple[str, int]]:
    entries: Any = ledger_entries.c
    rows = tx.execute(sa.select(entries.kind, sa.func.sum(entries.amount)).where(which).group_by(entries.kind))
    return [(kind, int(total)) for kind, total in rows]
