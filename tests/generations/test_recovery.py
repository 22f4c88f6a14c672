import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import Database, generations, takes, workers
from oxreel.generations import change, recovery, run
from oxreel.generations.devices import Devices
from oxreel.generations.generation import Generation, Status, find
from oxreel.generations.jobs import job_table

Order = Callable[..., list[Generation]]


def living(database: Database) -> list[str]:
    with database.snapshot() as tx:
        return list(tx.execute(sa.select(workers.c.executor_id)).scalars())


def test_a_worker_in_this_process_is_alive(database: Database) -> None:
    with database.transaction() as tx:
        recovery.sign_on(tx, "me", {"cpu": 1})
        assert recovery.strike_off_dead(tx, 10) == []
        assert recovery.beat(tx, "me")


def test_a_worker_that_is_silent_for_too_long_is_struck_off(database: Database) -> None:
    with database.transaction() as tx:
        recovery.sign_on(tx, "silent", {"cpu": 1})
        tx.execute(sa.update(workers).values(seen_at=workers.c.seen_at - 11_000, process="elsewhere:1@2"))
        assert recovery.strike_off_dead(tx, 10) == ["silent"]
        assert not recovery.beat(tx, "silent")


def test_nobody_is_struck_off_for_silence_when_nobody_could_be_heard(database: Database) -> None:
    with database.transaction() as tx:
        recovery.sign_on(tx, "unheard", {"cpu": 1})
        tx.execute(sa.update(workers).values(seen_at=workers.c.seen_at - 60_000, process="elsewhere:1@2"))
        assert recovery.strike_off_dead(tx, None) == []


def test_a_silent_worker_elsewhere_has_its_time(database: Database) -> None:
    with database.transaction() as tx:
        recovery.sign_on(tx, "slow", {"cpu": 1})
        tx.execute(sa.update(workers).values(seen_at=workers.c.seen_at - 9_000, process="elsewhere:1@2"))
        assert recovery.strike_off_dead(tx, 10) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells processes apart for sure")
def test_a_worker_whose_process_here_is_gone_is_struck_off_at_once(database: Database) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with database.transaction() as tx:
        recovery.sign_on(tx, "gone", {"cpu": 1})
        mine = tx.execute(sa.select(workers.c.process)).scalar_one()
        theirs = mine.replace(f":{os.getpid()}@", f":{child.pid}@")
        tx.execute(sa.update(workers).values(process=theirs))
        started = recovery._started(child.pid)
        tx.execute(sa.update(workers).values(process=f"{theirs.rpartition('@')[0]}@{started}"))
        assert recovery.strike_off_dead(tx, 10) == []
    child.communicate(b"\n")
    with database.transaction() as tx:
        assert recovery.strike_off_dead(tx, 10) == ["gone"]
    assert living(database) == []


def test_a_worker_that_signs_off_leaves_the_list(database: Database) -> None:
    with database.transaction() as tx:
        recovery.sign_on(tx, "a", {"cpu": 1})
        recovery.sign_on(tx, "b", {"cpu": 1})
        recovery.sign_off(tx, "a")
    assert living(database) == ["b"]


def test_a_generation_whose_job_is_lost_fails_and_says_so(studio: Hub, order: Order) -> None:
    [made] = order()
    with studio.database.transaction() as tx:
        tx.execute(sa.delete(job_table(studio.database.is_sqlite)))
    recovery.reconcile(studio)
    with studio.database.snapshot() as tx:
        ended = find(tx, made.id)
    assert ended.status is Status.FAILED
    assert "lost the job" in (ended.error_message or "")


def test_a_job_whose_generation_was_cancelled_is_called_off(studio: Hub, caller: Caller, order: Order) -> None:
    [made] = order()
    with studio.database.transaction() as tx:
        tx.execute(sa.update(generations).values(status=Status.CANCELLED))
    recovery.reconcile(studio)
    status = job_table(studio.database.is_sqlite)
    with studio.database.snapshot() as tx:
        row = tx.execute(sa.select(status).where(status.c.workflow_uuid == made.id)).one()
    assert row.status == "CANCELLED"


def test_a_job_in_a_line_that_no_worker_looks_at_comes_into_that_of_its_engine(studio: Hub, order: Order) -> None:
    [generation] = order()
    job = job_table(studio.database.is_sqlite)
    with studio.database.transaction() as tx:
        tx.execute(sa.update(job).values(queue_name="of-an-earlier-release"))
    recovery.reconcile(studio)
    with studio.database.snapshot() as tx:
        assert tx.execute(sa.select(job.c.queue_name)).scalar_one() == "cpu"
        assert find(tx, generation.id).status is Status.QUEUED


def test_a_worker_films_nothing_that_became_anothers_while_it_waited(studio: Hub, order: Order) -> None:
    [generation] = order()
    job = job_table(studio.database.is_sqlite)
    with studio.database.transaction() as tx:
        tx.execute(sa.update(job).values(status="PENDING", executor_id="another"))
    filming = run.Filming(studio, "me", Devices([], stall_seconds=60))
    with pytest.raises(run._Overtaken):
        filming._open_take(generation.id)
    with studio.database.transaction() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(takes)).scalar_one() == 0
        tx.execute(sa.update(job).values(executor_id="me"))
    opened = filming._open_take(generation.id)
    assert opened is not None
    assert opened[0].generation.id == generation.id


def test_reconciling_leaves_what_is_in_line_alone(studio: Hub, order: Order) -> None:
    [made] = order()
    recovery.reconcile(studio)
    with studio.database.snapshot() as tx:
        assert find(tx, made.id).status is Status.QUEUED


def test_the_records_of_long_ended_jobs_are_forgotten_and_their_generations_kept(
    studio: Hub, caller: Caller, order: Order
) -> None:
    ended, recent, waiting = order(num_generations=3, preview=True)
    for one in (ended, recent):
        change.cancel(studio, caller, one.id)
    status = job_table(studio.database.is_sqlite)
    with studio.database.transaction() as tx:
        old = status.c.updated_at - 8 * 24 * 3_600_000
        tx.execute(sa.update(status).where(status.c.workflow_uuid != recent.id).values(updated_at=old))
    assert recovery.forget_ended_jobs(studio) == 1
    assert recovery.forget_ended_jobs(studio) == 0
    with studio.database.snapshot() as tx:
        assert set(tx.execute(sa.select(status.c.workflow_uuid)).scalars()) == {recent.id, waiting.id}
        assert find(tx, ended.id).status is Status.CANCELLED
