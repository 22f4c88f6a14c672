"""Several workers on one database: kinds of machine, limits over all of them, hand-over, and dead ones that wake."""

import contextlib
import json
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from oxreel.db import events, generations, ledger_entries, now_ms, takes, workers
from oxreel.generations.jobs import job_table
from support.hub import RunningHub
from support.postgresql import NOT_INSTALLED, PostgreSQL, has_postgresql
from support.processes import eventually, filming_processes
from support.quick_hub import QuickHub

MODEL, OTHER = "kling-video-o3-pro-text-to-video", "kling-video-o3-4k-text-to-video"
SHORT: dict[str, Any] = {"model": MODEL, "prompt": "A lake", "duration": 3}


class Fleet:
    """An API process alone, and workers beside it."""

    def __init__(self, folder: Path, kind: type[RunningHub], **variables: str) -> None:
        self._folder, self._kind = folder, kind
        self.hub = kind(folder / "data", OXREEL_SERVE_WORKER="false", **variables).start()
        self.workers: list[RunningHub] = []

    def add_worker(self, **variables: str) -> RunningHub:
        """One more worker, on the API's database and storage; its log is a file of its own."""
        worker = self._kind(self._folder / "data", **{**self.hub.variables, **variables})
        worker.log = self._folder / f"worker-{len(self.workers)}.log"
        self.workers.append(worker)
        worker.start("worker")
        return worker

    def wait_for_workers(self, count: int) -> None:
        """Return once so many are in the list."""
        assert eventually(lambda: self.count(sa.select(workers.c.executor_id)) == count)

    def count(self, query: sa.Select[Any]) -> int:
        """How many rows a query finds."""
        with self.hub.database.snapshot() as tx:
            return len(tx.execute(query).all())

    def outcomes(self) -> Counter[str]:
        """How the takes ended, so far."""
        with self.hub.database.snapshot() as tx:
            return Counter(tx.execute(sa.select(takes.c.outcome)).scalars())

    def money(self, generation_id: str) -> Counter[str]:
        """What the ledger holds of a generation, by kind."""
        with self.hub.database.snapshot() as tx:
            mine = ledger_entries.c.generation_id == generation_id
            return Counter(tx.execute(sa.select(ledger_entries.c.kind).where(mine)).scalars())

    def completions(self, generation_id: str) -> int:
        """How many times its completion was told."""
        told = events.c.generation_id == generation_id, events.c.kind == "media_generation_completed"
        return self.count(sa.select(events.c.id).where(*told))

    def stop(self) -> None:
        """End everything."""
        for one in [*self.workers, self.hub]:
            one.stop()


@pytest.fixture
def start_fleet(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Fleet]]:
    """Starts a fleet on the test's database."""
    started: list[Fleet] = []

    def start(kind: type[RunningHub] = QuickHub, **variables: str) -> Fleet:
        fleet = Fleet(tmp_path, kind, **{"OXREEL_DATABASE_URL": database_url, **variables})
        started.append(fleet)
        return fleet

    yield start
    for fleet in started:
        fleet.stop()


def filmed_at_once(fleet: Fleet, *conditions: sa.ColumnElement[bool]) -> int:
    """The most generations that were being filmed at the same moment."""
    spans = sa.select(takes.c.started_at, takes.c.ended_at).join(generations, generations.c.id == takes.c.generation_id)
    with fleet.hub.database.snapshot() as tx:
        rows = tx.execute(spans.where(*conditions)).all()
    changes = sorted([(row.started_at, 1) for row in rows] + [(row.ended_at, -1) for row in rows])
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


def test_no_limit_is_overstepped_by_several_workers_together(start_fleet: Callable[..., Fleet]) -> None:
    fleet = start_fleet(
        OXREEL_MODEL_FILM_SLOTS=json.dumps({OTHER: 2}), OXREEL_FILM_SLOTS="3", OXREEL_TEST_FILM_MS="200-300"
    )
    scarce = [fleet.hub.enqueue(model=OTHER, prompt="A lake", preview=True, priority="high") for _ in range(8)]
    plenty = [fleet.hub.enqueue(**SHORT, preview=True) for _ in range(8)]
    for _ in range(2):
        fleet.add_worker()
    rows = [fleet.hub.wait_for(one) for one in scarce + plenty]
    assert {row["status"] for row in rows} == {"succeeded"}
    assert eventually(lambda: fleet.outcomes() == {"finished": 16})
    assert filmed_at_once(fleet, generations.c.model == OTHER) == 2
    assert 2 < filmed_at_once(fleet) <= 6
    with fleet.hub.database.snapshot() as tx:
        who = Counter(tx.execute(sa.select(takes.c.executor_id)).scalars())
        each = [filmed_at_once(fleet, takes.c.executor_id == one) for one in who]
    assert len(each) == 2
    assert max(each) <= 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_that_drains_finishes_what_it_films_and_one_that_does_not_hands_it_over(
    start_fleet: Callable[..., Fleet],
) -> None:
    fleet = start_fleet(OXREEL_TEST_FILM_MS="1500-1500")
    patient = fleet.add_worker(OXREEL_DRAIN_SECONDS="120")
    first, second = (fleet.hub.enqueue(**SHORT, preview=True) for _ in range(2))
    fleet.hub.wait_for(first, "processing")
    patient.end()
    assert fleet.hub.wait_for(first)["status"] == "succeeded"
    assert fleet.hub.wait_for(second, "queued")
    assert fleet.outcomes() == {"finished": 1}

    hasty = fleet.add_worker()
    fleet.hub.wait_for(second, "processing")
    hasty.end()
    assert fleet.outcomes() == {"finished": 1, "interrupted": 1}

    asked_twice = fleet.add_worker(OXREEL_DRAIN_SECONDS="3600")
    assert eventually(lambda: fleet.outcomes()["open"] == 1)
    os.kill(asked_twice.pid, signal.SIGTERM)
    assert eventually(lambda: "worker_draining" in asked_twice.log.read_text())
    asked_twice.end()
    assert "worker_stopped" in asked_twice.log.read_text()
    assert fleet.outcomes() == {"finished": 1, "interrupted": 2}

    fleet.add_worker()
    assert fleet.hub.wait_for(second)["status"] == "succeeded"
    assert eventually(lambda: fleet.outcomes() == {"finished": 2, "interrupted": 2})


def test_a_worker_that_was_declared_dead_and_wakes_finishes_nothing(start_fleet: Callable[..., Fleet]) -> None:
    fleet = start_fleet(OXREEL_TEST_FILM_MS="9000-9000", OXREEL_HEARTBEAT_SECONDS="0.5", OXREEL_DEAD_AFTER_SECONDS="4")
    for _ in range(2):
        fleet.add_worker()
    fleet.wait_for_workers(2)
    generation = fleet.hub.enqueue(**SHORT)
    fleet.hub.wait_for(generation, "processing")
    with fleet.hub.database.snapshot() as tx:
        filming = tx.execute(sa.select(takes.c.executor_id)).scalar_one()
    [sleeper] = [one for one in fleet.workers if filming in one.log.read_text()]
    put_to_sleep(sleeper, fleet.hub)
    assert eventually(lambda: fleet.outcomes() == {"lost": 1, "open": 1})
    # Its film is ready the moment that it wakes.
    os.kill(sleeper.pid, signal.SIGCONT)
    assert eventually(lambda: sleeper.exit_code() == -signal.SIGKILL)
    assert fleet.hub.wait_for(generation, "processing", "succeeded")
    assert fleet.hub.wait_for(generation)["status"] == "succeeded"
    assert eventually(lambda: fleet.outcomes() == {"lost": 1, "finished": 1})
    assert fleet.money(generation) == {"hold": 1, "settle": 1}
    assert fleet.completions(generation) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_job_that_a_worker_took_without_hearing_so_goes_back_in_line(start_fleet: Callable[..., Fleet]) -> None:
    fleet = start_fleet(OXREEL_TEST_FILM_MS="1500-1500")
    worker = fleet.add_worker()
    fleet.wait_for_workers(1)
    first, second = (fleet.hub.enqueue(**SHORT, preview=True) for _ in range(2))
    fleet.hub.wait_for(first, "processing")
    jobs = job_table(is_sqlite=True)
    with fleet.hub.database.transaction() as tx:
        # As the database had it, if the answer to the worker's commit were lost.
        mine = sa.select(workers.c.executor_id).scalar_subquery()
        taken = {"status": "PENDING", "executor_id": mine, "started_at_epoch_ms": now_ms() - 60_000}
        tx.execute(sa.update(jobs).where(jobs.c.workflow_uuid == second).values(taken))
    assert fleet.hub.wait_for(second)["status"] == "succeeded"
    assert "job_put_back" in worker.log.read_text()


def put_to_sleep(worker: RunningHub, hub: RunningHub) -> None:
    """Stop a worker, but not while it has SQLite's one turn to write."""
    while True:
        os.kill(worker.pid, signal.SIGSTOP)
        if not hub.database.is_sqlite:
            return
        file = str(hub.database.engine.url.database)
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(file, timeout=1)) as connection,
        ):
            connection.execute("BEGIN IMMEDIATE")
            return
        os.kill(worker.pid, signal.SIGCONT)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_film_on_a_gpu_has_one_of_its_own(start_fleet: Callable[..., Fleet]) -> None:
    fleet = start_fleet(
        RunningHub, OXREEL_ENGINE_QUEUES=json.dumps({"animatic": "gpu"}), CUDA_VISIBLE_DEVICES="GPU-a,GPU-b"
    )
    fleet.add_worker(OXREEL_QUEUES="cpu")
    fleet.wait_for_workers(1)
    for _ in range(3):
        fleet.hub.enqueue(**SHORT, preview=True)
    worker = fleet.add_worker(OXREEL_QUEUES="gpu")
    seen: set[tuple[str, ...]] = set()

    def both_are_used() -> bool:
        seen.add(tuple(sorted(filter(None, map(gpu_of, filming_processes(worker.pid))))))
        return ("GPU-a", "GPU-b") in seen

    assert eventually(both_are_used)
    for _ in range(20):
        both_are_used()
        time.sleep(0.05)
    assert seen <= {("GPU-a", "GPU-b"), ("GPU-a",), ("GPU-b",), ()}
    assert not filming_processes(fleet.workers[0].pid)


def gpu_of(pid: int) -> str:
    """The GPU that a process sees."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    except OSError:
        return ""
    return next((one.partition("=")[2] for one in variables if one.startswith("CUDA_VISIBLE_DEVICES=")), "")


@pytest.mark.skipif(not has_postgresql(), reason=NOT_INSTALLED)
def test_workers_go_on_when_postgresql_was_restarted(tmp_path: Path) -> None:
    with PostgreSQL() as server:
        variables = {"OXREEL_DATABASE_URL": server.url, "OXREEL_TEST_FILM_MS": "1000-1500", "OXREEL_FILM_SLOTS": "2"}
        fleet = Fleet(tmp_path, QuickHub, **variables)
        try:
            for _ in range(2):
                fleet.add_worker()
            fleet.wait_for_workers(2)
            made = [fleet.hub.enqueue(**SHORT) for _ in range(6)]
            assert eventually(lambda: fleet.outcomes()["open"] >= 2)
            server.restart("immediate")

            def all_succeeded() -> bool:
                with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
                    rows = [fleet.hub.client.get(f"/api/ai/queue/{one}").json() for one in made]
                    return all(row["status"] == "succeeded" for row in rows)
                return False

            assert eventually(all_succeeded, seconds=180)
            assert all(fleet.money(one) == {"hold": 1, "settle": 1} for one in made)
            assert all(fleet.completions(one) == 1 for one in made)
        finally:
            fleet.stop()
