"""Signs of life, and what happens to the generations of workers that give none.

A worker beats in the table `workers`. Every worker looks after the others: one that is silent for too long,
or whose process on this machine is gone, is struck off and its jobs go back in line. A worker that finds
itself struck off must end, because another one films its generations now.
"""

import os
import platform
import uuid
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS

from oxreel.db import generations, now_ms, workers
from oxreel.errors import FilmingFailed
from oxreel.generations import life, turns
from oxreel.generations.generation import ACTIVE, Status
from oxreel.generations.jobs import job_table
from oxreel.generations.studio import Studio
from oxreel.log import Log

log = Log(__name__)

#: SQLite limits the variables of one statement.
_JOBS_AT_A_TIME = 500

#: What the job engine calls jobs that are in line, running, or waiting for their time.
_ALIVE = ("ENQUEUED", "PENDING", "DELAYED")


def new_executor_id() -> str:
    """A name that no worker had before: a restarted worker is another one."""
    return f"{platform.node()}-{uuid.uuid4().hex[:12]}"


def sign_on(tx: sa.Connection, executor_id: str, slots: Mapping[str, int]) -> None:
    """Enter a worker in the list of the living, with what it films at a time of each queue."""
    process = _process(os.getpid())
    times = {"started_at": now_ms(), "seen_at": now_ms()}
    tx.execute(sa.insert(workers).values(executor_id=executor_id, process=process, slots=dict(slots), **times))


def note_draining(tx: sa.Connection, executor_id: str) -> None:
    """Write down that a worker takes nothing new because it was asked to end."""
    tx.execute(sa.update(workers).where(workers.c.executor_id == executor_id).values(draining_since=now_ms()))


def sign_off(tx: sa.Connection, executor_id: str) -> None:
    """Strike a worker off, so that its jobs are taken over at once."""
    tx.execute(sa.delete(workers).where(workers.c.executor_id == executor_id))


def beat(tx: sa.Connection, executor_id: str) -> bool:
    """Whether the worker is still in the list, its sign of life renewed."""
    beaten = tx.execute(sa.update(workers).where(workers.c.executor_id == executor_id).values(seen_at=now_ms()))
    return beaten.rowcount == 1


def strike_off_dead(tx: sa.Connection, dead_after_seconds: float | None) -> list[str]:
    """Ids of the workers struck off just now: silent for too long, or gone from this machine.

    None: silence proves nothing now, because nobody could be heard.
    """
    dead: set[str] = set()
    if dead_after_seconds is not None:
        silent = workers.c.seen_at < now_ms() - int(dead_after_seconds * 1000)
        dead.update(tx.execute(sa.select(workers.c.executor_id).where(silent)).scalars())
    here = _machine()
    for worker in tx.execute(sa.select(workers)):
        machine, _, process = worker.process.rpartition(":")
        if machine == here and not _runs(process):
            dead.add(worker.executor_id)
    if dead:
        tx.execute(sa.delete(workers).where(workers.c.executor_id.in_(dead)))
    return sorted(dead)


def take_over(studio: Studio) -> int:
    """How many executors' running jobs were put back in line, because those are not among the living."""
    status = job_table(studio.database.is_sqlite)
    with studio.database.snapshot() as tx:
        running = tx.execute(sa.select(status.c.executor_id).where(status.c.status == "PENDING").distinct())
        orphaned = set(running.scalars()) - set(tx.execute(sa.select(workers.c.executor_id)).scalars())
    if orphaned:
        # Private, so the version is pinned and tests/acceptance shows that it works.
        DBOS._recover_pending_workflows(sorted(str(one) for one in orphaned))
        log.info("jobs_taken_over", executors=len(orphaned))
    return len(orphaned)


def reconcile(studio: Studio) -> None:
    """Bring rows and jobs together where a crash or a fault of the job engine parted them."""
    status = job_table(studio.database.is_sqlite)
    alive = status.c.status.in_(_ALIVE)
    active_rows = generations.outerjoin(status, status.c.workflow_uuid == generations.c.id)
    no_job = sa.and_(generations.c.status.in_(ACTIVE), sa.or_(status.c.status.is_(None), ~alive))
    # From the jobs' side, which are few: cancelled generations are as many as ever were.
    was_cancelled = sa.exists().where(
        generations.c.id == status.c.workflow_uuid, generations.c.status == Status.CANCELLED
    )
    with studio.database.snapshot() as tx:
        lost = list(tx.execute(sa.select(generations.c.id).select_from(active_rows).where(no_job)).scalars())
        called_off = list(tx.execute(sa.select(status.c.workflow_uuid).where(alive, was_cancelled)).scalars())
    for generation_id in lost:
        message = "The hub lost the job of this generation, so it was ended. Nothing was charged; please retry it."
        with studio.database.transaction() as tx:
            if life.fail(tx, generation_id, FilmingFailed(message)):
                log.warning("generation_reconciled", generation=generation_id)
    for generation_id in called_off:
        studio.jobs.call_off(generation_id)
    _bring_in(studio)


def _bring_in(studio: Studio) -> None:
    """Put jobs that wait where no worker looks in the line of their engine."""
    status = job_table(studio.database.is_sqlite).c
    with studio.database.snapshot() as tx:
        used = set(tx.execute(sa.select(status.queue_name).where(status.status == "ENQUEUED").distinct()).scalars())
    if used - set(studio.queues):
        with studio.database.transaction() as tx:
            if brought := turns.bring_in(tx, studio):
                log.warning("jobs_brought_in", jobs=brought)


def forget_ended_jobs(studio: Studio) -> int:
    """How many jobs that ended long ago were forgotten, at most some hundreds at a time; generations stay."""
    status = job_table(studio.database.is_sqlite)
    before = now_ms() - studio.settings.job_days * 24 * 3_600_000
    ended = sa.select(status.c.workflow_uuid).where(~status.c.status.in_(_ALIVE), status.c.updated_at < before)
    with studio.database.snapshot() as tx:
        ids = list(tx.execute(ended.limit(_JOBS_AT_A_TIME)).scalars())
    if ids:
        studio.jobs.forget(ids)
    return len(ids)


def _process(pid: int) -> str:
    """This machine, boot and process namespace, the process and when it started: nothing else is ever the same."""
    return f"{_machine()}:{pid}@{_started(pid)}"


def _machine() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id")
    namespace = Path("/proc/self/ns/pid")
    if not boot.exists() or not namespace.exists():
        # Not Linux: processes cannot be told apart surely, so only silence counts.
        return f"{platform.node()}:{uuid.uuid4().hex}"
    return f"{platform.node()}:{boot.read_text().strip()}:{namespace.stat().st_ino}"


def _runs(process: str) -> bool:
    pid, _, started = process.partition("@")
    return _started(int(pid)) == started


def _started(pid: int) -> str:
    """Clock tick at which a process started, "" where there is none (field 22 of /proc/PID/stat)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    # A killed process that nobody has waited for yet is as dead as it will be.
    return "" if fields[0] in ("Z", "X") else fields[19]
