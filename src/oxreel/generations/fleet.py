"""The fleet as the database knows it: its workers, its lines, and what is in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel.db import generations, now_ms, workers
from oxreel.generations.jobs import job_table


@dataclass(frozen=True)
class WorkerState:
    """One worker that is in the list of the living."""

    name: str
    #: Videos that it films at a time, by queue, and how many it films now.
    slots: dict[str, int]
    busy: dict[str, int]
    #: UNIX ms.
    since: int
    #: Seconds since its last sign of life.
    silent_seconds: float
    #: It was asked to end, and takes nothing new.
    draining: bool


@dataclass(frozen=True)
class LineState:
    """The generations of one queue, or of one model."""

    name: str
    queued: int
    running: int
    #: Seconds that the oldest queued one has waited; None where none waits.
    oldest_wait_seconds: float | None


@dataclass(frozen=True)
class Fleet:
    """What `oxreel status` tells."""

    workers: list[WorkerState]
    queues: list[LineState]
    models: list[LineState]


def fleet(tx: sa.Connection) -> Fleet:
    """Workers in the order that they came, queues and models with generations in them by name."""
    now: int = tx.execute(sa.select(now_ms())).scalar_one()
    jobs = _jobs(tx)
    return Fleet(
        workers=_workers(tx, jobs, now),
        queues=_lines(((row.queue_name, row) for row in jobs), now),
        models=_lines(((row.model, row) for row in jobs), now),
    )


def _jobs(tx: sa.Connection) -> list[sa.Row[Any]]:
    """How many generations are in line and filmed, by queue, model and worker."""
    job = job_table(tx.dialect.name == "sqlite")
    if not sa.inspect(tx).has_table(job.name, schema=job.schema):
        # No hub was started on this database yet.
        return []
    running = (job.c.status == "PENDING").label("running")
    # Those in line have none yet; after a hand-over it is still the last one's.
    worker = sa.case((job.c.status == "PENDING", job.c.executor_id)).label("worker")
    grouped = (job.c.queue_name, generations.c.model, running, worker)
    oldest = sa.func.min(generations.c.enqueued_at).label("oldest")
    query = (
        sa.select(*grouped, sa.func.count().label("jobs"), oldest)
        .select_from(job.join(generations, generations.c.id == job.c.workflow_uuid))
        .where(job.c.status.in_(("ENQUEUED", "PENDING")))
        .group_by(*grouped)
    )
    return list(tx.execute(query))


def _workers(tx: sa.Connection, jobs: Iterable[sa.Row[Any]], now: int) -> list[WorkerState]:
    busy: dict[str, dict[str, int]] = {}
    for row in jobs:
        if row.running:
            queues = busy.setdefault(row.worker, {})
            queues[row.queue_name] = queues.get(row.queue_name, 0) + row.jobs
    return [
        WorkerState(
            name=row.executor_id,
            slots=row.slots,
            busy={queue: busy.get(row.executor_id, {}).get(queue, 0) for queue in row.slots},
            since=row.started_at,
            silent_seconds=max(now - row.seen_at, 0) / 1000,
            draining=row.draining_since is not None,
        )
        for row in tx.execute(sa.select(workers).order_by(workers.c.started_at, workers.c.executor_id))
    ]


def _lines(jobs: Iterable[tuple[str, sa.Row[Any]]], now: int) -> list[LineState]:
    queued: dict[str, int] = {}
    running: dict[str, int] = {}
    oldest: dict[str, int] = {}
    for name, row in jobs:
        counts = running if row.running else queued
        counts[name] = counts.get(name, 0) + row.jobs
        if not row.running:
            oldest[name] = min(row.oldest, oldest.get(name, row.oldest))
    return [
        LineState(
            name=name,
            queued=queued.get(name, 0),
            running=running.get(name, 0),
            oldest_wait_seconds=max(now - oldest[name], 0) / 1000 if name in oldest else None,
        )
        for name in sorted({*queued, *running})
    ]
