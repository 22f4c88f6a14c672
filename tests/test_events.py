"""Events: none skipped, none told twice, and a sleeper wakes when one is committed."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel import accounts, db, events
from oxreel.db import Database

MINUTE_MS = 60_000
FAR = 10**9


@pytest.fixture
def ada(database: Database) -> tuple[int, int]:
    """A namespace and its key."""
    return _account(database, "ada")


def _account(database: Database, name: str) -> tuple[int, int]:
    with database.transaction() as tx:
        namespace = accounts.create_user(tx, name)
        key, _ = accounts.create_key(tx, name, "key")
    return namespace.id, key.id


def _append(database: Database, account: tuple[int, int], generation: str = "g", kind: str = events.COMPLETED) -> int:
    with database.transaction() as tx:
        return events.append(tx, kind, account[0], generation, account[1], {"generation_id": generation})


def _age(database: Database, minutes: int) -> None:
    with database.transaction() as tx:
        tx.execute(sa.update(db.events).values(created_at=db.events.c.created_at - minutes * MINUTE_MS))


def _claim(
    database: Database, account: tuple[int, int], *, minutes: int = 15, until: int = FAR, patient: bool = False
) -> list[str] | None:
    backlog = events.Backlog(account[1], frozenset({account[0]}), minutes, until)
    with database.transaction() as tx:
        expected = events.has_unsent(tx, backlog)
        found = events.claim(tx, backlog, patient=patient)
    claimed = None if found is None else [event.generation_id for event in found]
    assert expected or not claimed  # another may have claimed between the two looks
    return claimed


def _pass(database: Database, seconds: float) -> None:
    """As if so much time had passed since the claims."""
    with database.transaction() as tx:
        earlier = db.events.c.claimed_until - int(seconds * 1000)
        tx.execute(sa.update(db.events).values(claimed_until=earlier))


def test_events_are_read_in_order_behind_an_id(database: Database, ada: tuple[int, int]) -> None:
    first, second, third = (_append(database, ada, generation) for generation in "abc")
    with database.snapshot() as tx:
        assert [event.id for event in events.after(tx, 0, 10)] == [first, second, third]
        assert [event.id for event in events.after(tx, first, 1)] == [second]
        assert [event.id for event in events.after(tx, 0, 10, until=second)] == [first, second]
        assert events.after(tx, third, 10) == []
        assert events.latest_id(tx) == third
        assert events.after(tx, 0, 1)[0].data == {"generation_id": "a"}


def test_events_are_read_of_the_namespaces_and_kinds_asked_for(database: Database, ada: tuple[int, int]) -> None:
    bob = _account(database, "bob")
    mine = _append(database, ada)
    progress = _append(database, ada, kind=events.PROGRESS)
    _append(database, bob)
    with database.snapshot() as tx:
        assert [event.id for event in events.after(tx, 0, 10, namespaces={ada[0]})] == [mine, progress]
        assert [event.id for event in events.after(tx, 0, 10, namespaces=[ada[0]], kinds=[events.COMPLETED])] == [mine]
        assert events.after(tx, 0, 10, namespaces=[]) == []


def test_an_empty_table_has_the_latest_id_zero(database: Database) -> None:
    with database.snapshot() as tx:
        assert events.latest_id(tx) == 0


def test_a_reader_that_follows_the_ids_skips_nothing_while_many_write(database: Database, ada: tuple[int, int]) -> None:
    """Were commit order not id order, a reader would pass the id of a slower transaction and never see it."""
    writing = threading.Event()
    seen: list[int] = []

    def write(number: int) -> int:
        with database.transaction() as tx:
            event_id = events.append(tx, events.COMPLETED, ada[0], f"g{number}", ada[1], {})
            time.sleep(0.002 * (number % 4))  # the later id would often commit first
        return event_id

    def follow() -> None:
        last = 0
        while True:
            done = not writing.is_set()
            with database.snapshot() as tx:
                for event in events.after(tx, last, 1000):
                    last = event.id
                    seen.append(event.id)
            if done:
                return

    writing.set()
    reader = threading.Thread(target=follow)
    reader.start()
    with ThreadPoolExecutor(6) as pool:
        written = sorted(pool.map(write, range(120)))
    writing.clear()
    reader.join()
    assert seen == written


_WRITER = """
import random, sys, time
from oxreel import db, events
database, chance = db.Database(sys.argv[1]), random.Random(sys.argv[2])
for number in range(int(sys.argv[3])):
    with database.engine.connect() as tx:
        db.take_write_lock(tx)
        told = [events.append(tx, events.COMPLETED, 1, "g", 1, {}) for _ in range(chance.choice((1, 1, 3)))]
        time.sleep(chance.choice((0, 0, 0.002, 0.02)))
        if chance.random() < 0.3:
            tx.rollback()
        else:
            tx.commit()
            print(*told, sep="\\n", flush=True)
database.close()
"""


def test_a_reader_that_follows_sees_once_and_in_order_what_many_processes_write(
    database: Database, ada: tuple[int, int]
) -> None:
    """Some of their transactions are slow, some are rolled back, and ids of those are never seen."""
    assert ada == (1, 1)  # as the writers name them
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, database.url, str(seed), "40"], stdout=subprocess.PIPE, text=True
        )
        for seed in range(4)
    ]
    last, seen, end = 0, [], time.monotonic() + 120
    done = False
    while not done and time.monotonic() < end:
        done = all(writer.poll() is not None for writer in writers)
        with database.snapshot() as tx:
            come = [event.id for event in events.after(tx, last, 1000)]
        seen += come
        last = max([last, *come])
    told = [int(line) for writer in writers for line in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0] * 4
    assert len(told) > 100
    assert seen == sorted(told)


def test_a_key_claims_its_unsent_completions_once_and_in_order(database: Database, ada: tuple[int, int]) -> None:
    for generation in "abc":
        _append(database, ada, generation)
    assert _claim(database, ada) == ["a", "b", "c"]
    assert _claim(database, ada) == []


def test_what_was_claimed_and_not_sent_can_be_claimed_again_once_the_claim_ran_out(
    database: Database, ada: tuple[int, int]
) -> None:
    """As by a process that was killed in between."""
    sent, _ = (_append(database, ada, generation) for generation in "ab")
    assert _claim(database, ada) == ["a", "b"]
    with database.transaction() as tx:
        events.mark_sent(tx, {sent})
    _append(database, ada, "c")
    assert _claim(database, ada, patient=True) is None  # "b" is still to come, and comes before "c"
    _pass(database, events.CLAIM_SECONDS)
    assert _claim(database, ada, patient=True) == ["b", "c"]
    assert _claim(database, ada, patient=True) is None
    assert _claim(database, ada) == []


def test_a_claim_keeps_no_stream_of_another_key_waiting(database: Database, ada: tuple[int, int]) -> None:
    with database.transaction() as tx:
        other, _ = accounts.create_key(tx, "ada", "other")
    _append(database, ada, "a")
    assert _claim(database, ada) == ["a"]
    _append(database, (ada[0], other.id), "b")
    assert _claim(database, (ada[0], other.id), patient=True) == ["b"]


def test_a_key_claims_nothing_of_another_key(database: Database, ada: tuple[int, int]) -> None:
    with database.transaction() as tx:
        other, _ = accounts.create_key(tx, "ada", "other")
    _append(database, ada)
    assert _claim(database, (ada[0], other.id)) == []
    assert _claim(database, ada) == ["g"]


def test_a_key_claims_nothing_of_a_namespace_that_it_left(database: Database, ada: tuple[int, int]) -> None:
    bob = _account(database, "bob")
    _append(database, (bob[0], ada[1]))
    assert _claim(database, ada) == []
    assert _claim(database, (bob[0], ada[1])) == ["g"]


def test_only_the_completions_of_the_last_minutes_are_claimed(database: Database, ada: tuple[int, int]) -> None:
    _append(database, ada, "old")
    _age(database, 16)
    _append(database, ada, "new")
    _append(database, ada, "cancelled", events.ENDED)
    _append(database, ada, "running", events.PROGRESS)
    assert _claim(database, ada, minutes=0) == []
    assert _claim(database, ada, minutes=15) == ["new"]
    assert _claim(database, ada, minutes=60) == ["old"]


def test_what_will_come_live_is_not_claimed(database: Database, ada: tuple[int, int]) -> None:
    first = _append(database, ada, "a")
    _append(database, ada, "b")
    assert _claim(database, ada, until=first) == ["a"]
    assert _claim(database, ada) == ["b"]


def test_what_was_sent_live_is_not_claimed(database: Database, ada: tuple[int, int]) -> None:
    sent = _append(database, ada, "a")
    _append(database, ada, "b")
    with database.transaction() as tx:
        events.mark_sent(tx, {sent})
    assert _claim(database, ada) == ["b"]


def test_a_claim_that_was_not_delivered_can_be_given_back(database: Database, ada: tuple[int, int]) -> None:
    ids = [_append(database, ada, generation) for generation in "ab"]
    assert _claim(database, ada) == ["a", "b"]
    with database.transaction() as tx:
        events.give_back(tx, ids[1:])
    assert _claim(database, ada) == ["b"]


def test_of_many_streams_that_connect_at_once_one_gets_each_completion(
    database: Database, ada: tuple[int, int]
) -> None:
    written = [f"g{number}" for number in range(30)]
    for generation in written:
        _append(database, ada, generation)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: _claim(database, ada), range(8)))
    assert sorted(generation for claim in claims for generation in claim or ()) == sorted(written)


def test_old_events_and_passed_progress_are_pruned(database: Database, ada: tuple[int, int]) -> None:
    _append(database, ada, "ancient")
    _age(database, 8 * 24 * 60)
    _append(database, ada, "yesterday")
    _append(database, ada, "yesterday", events.PROGRESS)
    _age(database, 2 * 60)
    _append(database, ada, "now", events.PROGRESS)
    assert events.prune(database, 7) == 2
    with database.snapshot() as tx:
        kept = [(event.generation_id, event.kind) for event in events.after(tx, 0, 10)]
    assert kept == [("yesterday", events.COMPLETED), ("now", events.PROGRESS)]


def test_pruning_commits_batch_by_batch(
    database: Database, ada: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        _append(database, ada)
    _age(database, 8 * 24 * 60)
    _append(database, ada, "kept")
    removed: list[int] = []
    monkeypatch.setattr("oxreel.events.event._BATCH", 2)

    def counted(_: object, cursor: Any, statement: str, *__: object) -> None:
        if statement.startswith("DELETE"):
            removed.append(cursor.rowcount)

    def committed(_: object) -> None:
        removed.append(0)

    sa.event.listen(database.engine, "after_cursor_execute", counted)
    sa.event.listen(database.engine, "commit", committed)
    assert events.prune(database, 7) == 5
    assert [number for number in removed if number] == [2, 2, 1]
    assert not any(one and other for one, other in pairwise(removed))
    with database.snapshot() as tx:
        assert [event.generation_id for event in events.after(tx, 0, 10)] == ["kept"]


def test_an_id_is_never_used_again(database: Database, ada: tuple[int, int]) -> None:
    """A client that remembers an id would otherwise miss the event that took its place."""
    last = _append(database, ada)
    with database.transaction() as tx:
        tx.execute(sa.delete(db.events))
    assert _append(database, ada) > last


@contextmanager
def _sleeper(database: Database, woken: threading.Event, stopping: threading.Event) -> Iterator[threading.Thread]:
    watch = events.watch(database)

    def sleep() -> None:
        watch.wait(stopping)
        woken.set()

    thread = threading.Thread(target=sleep)
    thread.start()
    try:
        yield thread
    finally:
        stopping.set()
        thread.join()
        watch.close()


def test_a_commit_of_the_same_process_wakes_a_sleeper(database: Database, ada: tuple[int, int]) -> None:
    woken, stopping = threading.Event(), threading.Event()
    with _sleeper(database, woken, stopping):
        assert not woken.wait(0.2)
        _append(database, ada)
        assert woken.wait(1.5)  # the slow poll would need longer


def test_an_append_that_was_rolled_back_wakes_nobody(database: Database, ada: tuple[int, int]) -> None:
    woken, stopping = threading.Event(), threading.Event()
    with _sleeper(database, woken, stopping):
        with database.engine.connect() as tx:
            db.take_write_lock(tx)
            events.append(tx, events.COMPLETED, ada[0], "g", ada[1], {})
            tx.rollback()
        assert not woken.wait(0.4)


def test_a_sleeper_stops_when_told(database: Database) -> None:
    woken, stopping = threading.Event(), threading.Event()
    with _sleeper(database, woken, stopping) as thread:
        stopping.set()
        thread.join(1.0)
        assert not thread.is_alive()
