"""Whose turn it is: which of the waiting generations a free worker films next.

Namespaces take turns: the one with the fewest generations on the queue's machines is next, and among those the
one whose last turn is the longest ago. So nobody waits behind another's long line for more than the generation
that is being filmed. Within a namespace the rank decides, then the order of arrival.

A namespace or model that has all that it may have waits, and nobody behind it does. What is counted and taken
is counted and taken in one transaction, one worker at a time, so that no limit is overstepped.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from oxreel.db import generations, now_ms, turns, workers
from oxreel.generations.jobs import APPLICATION, VERSION, job_table, partition
from oxreel.generations.studio import Studio

#: Names the lock on PostgreSQL that whoever takes a turn holds until the end of its transaction.
_LOCK = 0x0F4EE4
#: Milliseconds that a worker waits for others to take their turn; the next look comes soon.
_LOCK_MS = 500
#: Days that a namespace's last turn is remembered.
_REMEMBERED_DAYS = 1
#: Models that are given a part of the line of their own at one look: the look must stay short.
_MOST_MOVES = 20

_LAST_TURNS = sa.select(turns.c.namespace_id, turns.c.taken_at).where(turns.c.queue == sa.bindparam("queue"))
#: The job engine's own line, for jobs that it recovers (DBOS 3.4.0, `INTERNAL_QUEUE_NAME`).
_OF_THE_ENGINE = "_dbos_internal_queue"
_SQLITE, _OTHERS = job_table(is_sqlite=True), job_table(is_sqlite=False)


@dataclass(frozen=True, order=True)
class Head:
    """The first waiting generation of a part of the line; the smallest is first."""

    rank: int
    created_at: int
    sequence: int
    id: str = field(compare=False)
    model: str = field(compare=False)


@dataclass
class Counts:
    """What is being filmed by all workers."""

    on_queue: Counter[int] = field(default_factory=Counter)
    of_namespace: Counter[int] = field(default_factory=Counter)
    of_model: Counter[str] = field(default_factory=Counter)

    def add(self, namespace_id: int, model: str, count: int = 1, *, here: bool = True) -> None:
        """One more generation, on this queue or on another."""
        self.of_namespace[namespace_id] += count
        self.of_model[model] += count
        if here:
            self.on_queue[namespace_id] += count


def someone_waits(tx: sa.Connection, queue: str) -> bool:
    """Whether anything at all waits in a line; costs next to nothing."""
    jobs = _jobs(tx)
    return tx.execute(sa.select(sa.literal(1)).where(*_waiting(tx, jobs, queue)).limit(1)).first() is not None


def take(
    tx: sa.Connection, studio: Studio, queue: str, executor_id: str, owner: str, slots: int, busy: set[str]
) -> list[str]:
    """Ids of the generations that this worker films now, at most as many as it has free slots.

    `busy` is what it still films by its own account. A worker that was struck off gets none.
    """
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql(f"SET LOCAL lock_timeout = {_LOCK_MS}")
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if tx.execute(sa.select(workers.c.executor_id).where(workers.c.executor_id == executor_id)).first() is None:
        return []
    free = slots - len(busy | _held(tx, queue, executor_id))
    if free <= 0:
        return []
    line = _line(tx, queue)
    chosen = _Choice(tx, studio, queue, line, _counts(tx, queue)).next(free)
    taken = _hand_over(tx, [head.id for _, head in chosen], executor_id, owner)
    for namespace_id in {namespace_id for namespace_id, head in chosen if head.id in taken}:
        _note_turn(tx, queue, namespace_id)
    return [head.id for _, head in chosen if head.id in taken]


def forget_old(tx: sa.Connection) -> None:
    """Forget the turns that are long past: whoever had none lately is next anyway."""
    tx.execute(sa.delete(turns).where(turns.c.taken_at < now_ms() - _REMEMBERED_DAYS * 24 * 3_600_000))


def bring_in(tx: sa.Connection, studio: Studio) -> int:
    """How many jobs were put in the line of their engine, because they wait in one that no worker looks at.

    Lines change with the settings, and with releases.
    """
    jobs = _jobs(tx)
    lost = jobs.c.status == sa.literal_column("'ENQUEUED'"), jobs.c.queue_name.not_in((*studio.queues, _OF_THE_ENGINE))
    brought = 0
    for engine in (
        tx.execute(
            sa.select(generations.c.engine).join(jobs, jobs.c.workflow_uuid == generations.c.id).where(*lost).distinct()
        )
        .scalars()
        .all()
    ):
        theirs = sa.exists().where(generations.c.id == jobs.c.workflow_uuid, generations.c.engine == engine)
        moved = sa.update(jobs).where(*lost, theirs).values(queue_name=studio.queue_of(engine))
        brought += tx.execute(moved).rowcount
    return brought


class _Choice:
    """The generations that are next, with what is running counted on as they are chosen."""

    def __init__(
        self, tx: sa.Connection, studio: Studio, queue: str, line: Mapping[int, list[str]], counts: Counts
    ) -> None:
        self._tx, self._studio, self._queue, self._counts = tx, studio, queue, counts
        self._line = {namespace_id: parts for namespace_id, parts in line.items() if self._may_have_more(namespace_id)}
        self._last_turn = _last_turns(tx, queue)
        self._jobs = _jobs(tx)
        self._chosen: list[str] = []
        self._moves = _MOST_MOVES

    def next(self, free: int) -> list[tuple[int, Head]]:
        """At most so many generations, each with its namespace."""
        found: list[tuple[int, Head]] = []
        while self._line and len(found) < free:
            namespace_id = min(self._line, key=self._place)
            head = self._first(namespace_id)
            if head is None:
                del self._line[namespace_id]
                continue
            found.append((namespace_id, head))
            self._chosen.append(head.id)
            self._counts.add(namespace_id, head.model)
            self._last_turn[namespace_id] = float("inf")
            if not self._may_have_more(namespace_id):
                del self._line[namespace_id]
        return found

    def _place(self, namespace_id: int) -> tuple[int, float, int]:
        return self._counts.on_queue[namespace_id], self._last_turn.get(namespace_id, 0), namespace_id

    def _may_have_more(self, namespace_id: int) -> bool:
        return self._counts.of_namespace[namespace_id] < self._studio.settings.namespace_film_slots

    def _is_full(self, model: str) -> bool:
        most = self._studio.film_slots_of(model)
        return most is not None and self._counts.of_model[model] >= most

    def _first(self, namespace_id: int) -> Head | None:
        """The first generation of a namespace whose model may have one more."""
        parts = self._line[namespace_id]
        heads = []
        for part in parts:  # which may grow meanwhile
            model = part.partition("/")[2]
            if not (model and self._is_full(model)) and (head := self._head(part)) is not None:
                heads.append(head)
        return min(heads, default=None)

    def _head(self, part: str) -> Head | None:
        c = self._jobs.c
        query = (
            sa.select(c.priority, c.created_at, generations.c.sequence, c.workflow_uuid, generations.c.model)
            .select_from(self._jobs.join(generations, generations.c.id == c.workflow_uuid))
            .where(*_waiting(self._tx, self._jobs, self._queue), c.queue_partition_key == part)
            # Several are enqueued within a millisecond.
            .order_by(c.priority, c.created_at, generations.c.sequence)
            .limit(1)
        )
        if self._chosen:
            query = query.where(c.workflow_uuid.not_in(self._chosen))
        while self._moves and (row := self._tx.execute(query).first()) is not None:
            head = Head(*row)
            if "/" in part or self._studio.film_slots_of(head.model) is None:
                return head
            self._move(part, head.model)
        return None

    def _move(self, part: str, model: str) -> None:
        """Give a model's jobs a part of their own; they have none because it had no limit when they were enqueued."""
        self._moves -= 1
        own = partition(int(part), model)
        theirs = sa.exists().where(generations.c.id == self._jobs.c.workflow_uuid, generations.c.model == model)
        waiting = _waiting(self._tx, self._jobs, self._queue)
        jobs = sa.update(self._jobs).where(*waiting, self._jobs.c.queue_partition_key == part, theirs)
        self._tx.execute(jobs.values(queue_partition_key=own))
        parts = self._line[int(part)]
        if own not in parts:
            parts.append(own)


def _jobs(tx: sa.Connection) -> sa.TableClause:
    return _SQLITE if tx.dialect.name == "sqlite" else _OTHERS


def _waiting(tx: sa.Connection, jobs: sa.TableClause, queue: str) -> list[sa.ColumnElement[bool]]:
    """The jobs of a line that wait, in terms that the job engine's partial indexes are made for."""
    conditions = [jobs.c.queue_name == queue, jobs.c.status == sa.literal_column("'ENQUEUED'")]
    if tx.dialect.name == "sqlite":
        conditions.append(jobs.c.status.in_([sa.literal_column("'ENQUEUED'"), sa.literal_column("'PENDING'")]))
    return conditions


def _running(jobs: sa.TableClause) -> sa.ColumnElement[bool]:
    return jobs.c.status == sa.literal_column("'PENDING'")


def _held(tx: sa.Connection, queue: str, executor_id: str) -> set[str]:
    """Ids of the jobs of a queue that the database says this worker runs."""
    jobs = _jobs(tx)
    mine = jobs.c.executor_id == executor_id, jobs.c.queue_name == queue
    return set(tx.execute(sa.select(jobs.c.workflow_uuid).where(_running(jobs), *mine)).scalars())


def _counts(tx: sa.Connection, queue: str) -> Counts:
    jobs = _jobs(tx)
    here = (jobs.c.queue_name == queue).label("here")
    grouped = (here, generations.c.namespace_id, generations.c.model)
    query = (
        sa.select(*grouped, sa.func.count().label("filmed"))
        .select_from(jobs.join(generations, generations.c.id == jobs.c.workflow_uuid))
        .where(_running(jobs))
        .group_by(*grouped)
    )
    counts = Counts()
    for row in tx.execute(query):
        counts.add(row.namespace_id, row.model, row.filmed, here=bool(row.here))
    return counts


def _line(tx: sa.Connection, queue: str) -> dict[int, list[str]]:
    """The parts of a line in which something waits, by namespace.

    One look into the index for each part, however long it is: neither database can skip to the next by itself.
    """
    jobs = _jobs(tx)
    waiting = _waiting(tx, jobs, queue)
    key = jobs.c.queue_partition_key
    parts = sa.select(sa.func.min(key).label("part")).where(*waiting, key.is_not(None)).cte("parts", recursive=True)
    following = sa.select(sa.func.min(key)).where(*waiting, key > parts.c.part).scalar_subquery()
    parts = parts.union_all(sa.select(following).where(parts.c.part.is_not(None)))
    found: dict[int, list[str]] = {}
    for part in tx.execute(sa.select(parts.c.part).where(parts.c.part.is_not(None))).scalars():
        found.setdefault(int(part.partition("/")[0]), []).append(part)
    return found


def _last_turns(tx: sa.Connection, queue: str) -> dict[int, float]:
    return {row.namespace_id: row.taken_at for row in tx.execute(_LAST_TURNS, {"queue": queue})}


def _note_turn(tx: sa.Connection, queue: str, namespace_id: int) -> None:
    mine = turns.c.queue == queue, turns.c.namespace_id == namespace_id
    if tx.execute(sa.update(turns).where(*mine).values(taken_at=now_ms())).rowcount == 0:
        tx.execute(sa.insert(turns).values(queue=queue, namespace_id=namespace_id, taken_at=now_ms()))


def _hand_over(tx: sa.Connection, ids: list[str], executor_id: str, owner: str) -> set[str]:
    """Which of these jobs are this worker's now: as the job engine itself takes them from a line (3.4.0)."""
    if not ids:
        return set()
    jobs = _jobs(tx)
    values: dict[str, Any] = {
        "status": "PENDING",
        "owner_xid": owner,
        "executor_id": executor_id,
        "application_name": APPLICATION,
        "application_version": VERSION,
        "recovery_attempts": jobs.c.recovery_attempts + 1,
        "started_at_epoch_ms": now_ms(),
        "updated_at": now_ms(),
    }
    mine = jobs.c.workflow_uuid.in_(ids), jobs.c.status == sa.literal_column("'ENQUEUED'")
    return set(tx.execute(sa.update(jobs).where(*mine).values(values).returning(jobs.c.workflow_uuid)).scalars())
