"""Clearing what is only kept for a while: once each time for a whole fleet, and all of it."""

import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from oxreel.db import events, idempotency_keys
from oxreel.generations.jobs import job_table
from support.processes import eventually
from support.quick_hub import QuickHub

BODY = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A hill", "duration": 3}


def sweeps(hub: QuickHub) -> list[tuple[str, str, str]]:
    """Id, status and executor of every sweep that the job engine knows."""
    jobs = job_table(hub.database.is_sqlite).c
    with hub.database.snapshot() as tx:
        found = sa.select(jobs.workflow_uuid, jobs.status, jobs.executor_id).where(jobs.workflow_uuid.like("sched-%"))
        return [tuple(row) for row in tx.execute(found)]


def done(*logs: Path) -> list[str]:
    """The line of each sweep that these processes made."""
    return [line for log in logs for line in log.read_text().splitlines() if " swept " in line]


def test_two_workers_sweep_once_each_time_it_is_due(tmp_path: Path) -> None:
    hub = QuickHub(tmp_path / "data", OXREEL_SWEEP_SCHEDULE="* * * * * *")
    hub.start()
    worker = QuickHub(tmp_path / "data", **hub.variables)
    worker.log = tmp_path / "worker.log"
    worker.launch("worker")
    assert hub.client.post("/api/ai/queue", json=BODY, headers={"Idempotency-Key": "old"}).status_code == 200
    with hub.database.transaction() as tx:
        tx.execute(sa.update(idempotency_keys).values(created_at=0))
    logs = (hub.log, worker.log)
    assert eventually(lambda: " worker_started " in worker.log.read_text())
    before = len(done(*logs))
    assert eventually(lambda: len(done(*logs)) >= before + 4)
    worker.end()
    hub.end()
    known = sweeps(hub)
    for line in done(*logs):
        parts = line.partition(" swept ")[2].split()
        assert parts
        assert all(part.endswith("=done") for part in parts)
    finished = [one for one in known if one[1] == "SUCCESS"]
    # Each time once: as many lines as there are times, whoever wrote them.
    due = [datetime.fromisoformat(one[0].removeprefix("sched-sweep-")) for one in finished]
    assert len(done(*logs)) == len(set(due))
    assert {one[2] for one in finished} <= {_executor(log) for log in logs}
    with hub.database.snapshot() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(idempotency_keys)).scalar_one() == 0
    hub.stop()


def _executor(log: Path) -> str:
    [started] = [line for line in log.read_text().splitlines() if " worker_started " in line]
    return next(word.removeprefix("executor=") for word in started.split() if word.startswith("executor="))


def test_what_was_due_while_no_worker_ran_is_made_up_for_once(tmp_path: Path) -> None:
    # Due on the first of January alone: only the last one can come in this test's time.
    hub = QuickHub(tmp_path / "data", OXREEL_SWEEP_SCHEDULE="0 0 1 1 *")
    hub.start()
    assert eventually(lambda: len(done(hub.log)) == 1)
    with hub.database.transaction() as tx:
        tx.execute(sa.update(events).values(created_at=0))
    hub.end()
    hub.start()
    [(name, _, _)] = sweeps(hub)
    assert str(datetime.now(UTC).year) in name
    # It would come at once.
    time.sleep(2)
    assert len(done(hub.log)) == 1
    hub.stop()
