"""Several workers on one database: kinds of machine, limits over all of them, hand-over, and dead ones that wake."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel.db import generations, takes, workers
from support.hub import RunningHub
from support.processes import eventually
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
