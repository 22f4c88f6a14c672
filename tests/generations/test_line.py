"""A worker's place at the line, where all that waits has to wait for others."""

import time
from collections.abc import Callable
from typing import Any, cast

import pytest
import sqlalchemy as sa
from dbos import DBOS

from oxreel.bootstrap import Hub
from oxreel.db import generations
from oxreel.generations import recovery, turns
from oxreel.generations.generation import Generation
from oxreel.generations.jobs import job_table
from oxreel.generations.line import Line
from oxreel.generations.run import Filming

Order = Callable[..., list[Generation]]


class Films:
    """What a worker films, as it says."""

    def __init__(self, *ids: str) -> None:
        self.ids = set(ids)

    def running(self, queue: str) -> set[str]:
        return self.ids if queue == "cpu" else set()


def line(studio: Hub, films: Films, **settings: Any) -> Line:
    """The line of a worker with free slots, where one film of a namespace runs elsewhere and no second may."""
    changed = studio.settings.model_copy(update={"namespace_film_slots": 1, **settings})
    studio = Hub(**{**vars(studio), "settings": changed})
    with studio.database.transaction() as tx:
        recovery.sign_on(tx, "other", {"cpu": 1})
        recovery.sign_on(tx, "me", {"cpu": 9})
        assert len(turns.take(tx, studio, "cpu", "other", "token", 1, set())) == 1
    return Line(studio, "me", {"cpu": 9}, cast(Filming, films), cast(DBOS, None))


def tries(studio: Hub) -> list[str]:
    """Grows with each try to take something."""
    found: list[str] = []

    def note(*now: Any) -> None:
        if "WITH RECURSIVE parts" in now[2]:
            found.append(now[2])

    sa.event.listen(studio.database.engine, "before_cursor_execute", note)
    return found


def test_a_line_that_has_to_wait_for_others_is_left_alone_for_a_while(studio: Hub, order: Order) -> None:
    order(num_generations=4, preview=True)
    films = Films("mine")
    mine, tried = line(studio, films, poll_seconds=60), tries(studio)
    for _ in range(30):
        mine._look("cpu", 9)
    assert 1 <= len(tried) < 10
    # One that it took begins, and ends: its place may be free for what waits.
    films.ids = {"mine", "begun"}
    mine._look("cpu", 9)
    films.ids = {"mine"}
    before = len(tried)
    mine._look("cpu", 9)
    assert len(tried) == before + 1
    # Nothing waits any more: what comes next is taken at once.
    jobs = job_table(studio.database.is_sqlite)
    with studio.database.transaction() as tx:
        tx.execute(sa.update(jobs).where(jobs.c.status == "ENQUEUED").values(status="CANCELLED"))
        tx.execute(sa.update(generations).where(generations.c.status == "queued").values(status="cancelled"))
    mine._look("cpu", 9)
    order(preview=True)
    before = len(tried)
    mine._look("cpu", 9)
    assert len(tried) == before + 1


def test_a_turn_that_others_hold_for_long_is_no_trouble(
    studio: Hub, order: Order, caplog: pytest.LogCaptureFixture
) -> None:
    if studio.database.is_sqlite:
        pytest.skip("SQLite's writers wait for one another without a lock of ours")
    order(num_generations=2, preview=True)
    mine = line(studio, Films(), poll_seconds=0.01)
    with caplog.at_level("DEBUG", "oxreel.generations.line"), studio.database.transaction() as tx:
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(turns._LOCK)))
        mine.open()
        for _ in range(600):
            if caplog.records:
                break
            time.sleep(0.1)
        mine.close()
    assert {record.getMessage() for record in caplog.records} == {"line_not_seen"}
