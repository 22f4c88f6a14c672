"""Messages on their way: each is one worker's at a time, and ends once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from oxreel import db, webhooks
from oxreel.db import Database
from oxreel.network.connection import Reach
from oxreel.units import UnixMs
from oxreel.webhooks import Delivery, delivery
from oxreel.webhooks.crowd import Crowd
from oxreel.webhooks.exchange import Answer
from oxreel.webhooks.schedule import DAY_MS
from webhooks.conftest import Tell, shift

REACH = Reach((), 20.0)
LEASE_SECONDS = 50
URL = "https://hooks.example/a"
AGAIN = Answer(503, "answered with status 503")


def claim(database: Database, places: int = 16) -> list[Delivery]:
    with database.transaction() as tx:
        return delivery.claim(tx, Crowd(places), REACH)


def record(database: Database, sent: Delivery, answer: Answer, lot: float = 0.5) -> None:
    with database.transaction() as tx:
        delivery.record(tx, sent, UnixMs(5), 12, answer, lot)


def read(database: Database, one: Delivery) -> Delivery:
    with database.snapshot() as tx:
        return webhooks.find(tx, one.message_id, frozenset([one.namespace_id]))


def tried(database: Database, one: Delivery) -> list[tuple[int | None, str | None]]:
    with database.snapshot() as tx:
        return [(attempt.status_code, attempt.error) for attempt in webhooks.attempts(tx, [one])[one.id]]


def due_in(database: Database, crowd: Crowd | None = None) -> int | None:
    with database.snapshot() as tx:
        return delivery.due_in(tx, crowd or Crowd(16))


def test_a_message_is_due_at_once_and_claimed_once(database: Database, tell: Tell) -> None:
    assert due_in(database) is None
    told = tell("ada", URL)
    assert told.host == "hooks.example:443"
    assert told.message_id.startswith("msg_")
    assert (due_in(database) or 0) <= 0
    [claimed] = claim(database)
    assert (claimed.id, claimed.data) == (told.id, {"n": 1})
    assert claim(database) == []
    assert 40_000 < (due_in(database) or 0) <= LEASE_SECONDS * 1000


def test_what_a_killed_worker_had_claimed_is_due_again_when_its_lease_ends(database: Database, tell: Tell) -> None:
    tell("ada", URL)
    [first] = claim(database)
    shift(database, LEASE_SECONDS, "due_at")
    [second] = claim(database)
    assert (second.id, second.message_id) == (first.id, first.message_id)
    assert second.claim != first.claim
    # The first worker was only slow: it changes nothing any more, but what it did is known.
    record(database, first, Answer(200))
    assert read(database, first).status == "pending"
    record(database, second, Answer(204))
    assert read(database, first).status == "delivered"
    assert tried(database, first) == [(200, None), (204, None)]


def test_of_many_workers_each_message_is_claimed_by_one(database: Database, tell: Tell) -> None:
    told = [tell(f"user{number % 5}", f"https://h{number}.example/") for number in range(30)]
    with ThreadPoolExecutor(6) as pool:
        rounds = [one for found in pool.map(lambda _: claim(database), range(12)) for one in found]
    while more := claim(database):
        rounds += more
    assert sorted(one.id for one in rounds) == sorted(one.id for one in told)


def test_a_failed_attempt_is_made_again_later_and_a_taken_message_is_not(database: Database, tell: Tell) -> None:
    told = tell("ada", URL)
    [sent] = claim(database)
    record(database, sent, AGAIN)
    waiting = read(database, told)
    assert (waiting.status, waiting.tries, waiting.claim) == ("pending", 1, None)
    assert 0 < (due_in(database) or 0) <= 2500
    assert claim(database) == []
    shift(database, 3, "due_at")
    [again] = claim(database)
    record(database, again, Answer(200))
    ended = read(database, told)
    assert (ended.status, ended.tries) == ("delivered", 2)
    assert ended.ended_at is not None
    assert due_in(database) is None
    assert tried(database, told) == [(503, "answered with status 503"), (200, None)]


def test_an_endpoint_that_asks_for_peace_gets_it(database: Database, tell: Tell) -> None:
    tell("ada", URL)
    [sent] = claim(database)
    record(database, sent, Answer(429, "answered with status 429", retry_after=600.0))
    assert 590_000 < (due_in(database) or 0) <= 600_000


def test_after_a_day_a_message_has_failed(database: Database, tell: Tell) -> None:
    told = tell("ada", URL)
    shift(database, DAY_MS / 1000 + 1, "begun_at", "due_at")
    [sent] = claim(database)
    record(database, sent, Answer(error="no answer within 20 s"))
    assert read(database, told).status == "failed"
    assert claim(database) == []
    assert tried(database, told) == [(None, "no answer within 20 s")]


def test_gone_ends_every_message_of_the_namespace_to_that_url_and_no_other(database: Database, tell: Tell) -> None:
    gone = [tell("ada", URL) for _ in range(3)]
    others = [tell("ada", "https://hooks.example/b"), tell("bob", URL)]
    sent = min(claim(database), key=lambda one: one.id)
    record(database, sent, Answer(410, "answered with status 410"))
    assert [read(database, one).status for one in gone] == ["stopped"] * 3
    assert [read(database, one).status for one in others] == ["pending"] * 2
    # What is told later is sent: its request named the URL anew.
    assert read(database, tell("ada", URL)).status == "pending"


def test_two_workers_that_hear_of_it_at_once_do_not_block_each_other(database: Database, tell: Tell) -> None:
    for _ in range(4):
        tell("ada", URL)
    claimed = claim(database)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: record(database, one, Answer(410, "gone")), claimed))
    assert {read(database, one).status for one in claimed} == {"stopped"}


def test_no_host_and_no_namespace_takes_all_places(database: Database, tell: Tell) -> None:
    for number in range(12):
        tell("ada", f"https://slow{number % 6}.example/")
    for _ in range(6):
        tell("bob", "https://hooks.example/")
    claimed = claim(database, places=16)
    by_namespace = [sum(one.namespace_id == namespace for one in claimed) for namespace in (1, 2)]
    assert by_namespace == [8, 4]
    full = Crowd(16)
    for one in claimed:
        assert full.take(one.host, one.namespace_id)
    # What there is no room for is not due: whoever waits for it would look without end.
    assert due_in(database, full) is None
    full.leave("hooks.example:443", claimed[-1].namespace_id)
    assert (due_in(database, full) or 0) <= 0
    assert full.free == 5


def test_what_a_worker_gives_back_is_due_at_once(database: Database, tell: Tell) -> None:
    tell("ada", URL)
    [first] = claim(database)
    with database.transaction() as tx:
        delivery.give_back(tx, {first.claim or ""})
    [second] = claim(database)
    assert second.id == first.id


def test_a_replay_begins_a_new_day_with_the_same_id(database: Database, tell: Tell) -> None:
    told = tell("ada", URL)
    [sent] = claim(database)
    record(database, sent, Answer(200))
    shift(database, 2 * DAY_MS / 1000, "begun_at", "due_at", "ended_at", "created_at")
    with database.transaction() as tx:
        again = webhooks.replay(tx, told.message_id, frozenset([told.namespace_id]))
    assert (again.status, again.tries, again.ended_at) == ("pending", 0, None)
    [sent] = claim(database)
    assert sent.message_id == told.message_id
    record(database, sent, AGAIN)
    assert read(database, told).status == "pending"


def test_old_messages_are_forgotten_with_their_attempts(database: Database, tell: Tell) -> None:
    told = [tell("ada", URL), tell("ada", URL)]
    sent, _ = claim(database)
    record(database, sent, Answer(200))
    shift(database, 8 * DAY_MS / 1000, "begun_at", "due_at", "ended_at", "created_at")
    tell("ada", URL)
    assert webhooks.prune(database, days=7) == 1
    with database.snapshot() as tx:
        left = set(tx.execute(sa.select(db.webhook_deliveries.c.id)).scalars())
        assert tx.execute(sa.select(sa.func.count()).select_from(db.webhook_attempts)).scalar() == 0
    assert sent.id not in left
    assert len(left) == 2  # one of them is old and still to be sent
    assert {one.id for one in told} & left


def test_forgetting_commits_batch_by_batch(database: Database, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        tell("ada", URL)
    for sent in claim(database):
        record(database, sent, Answer(200))
    shift(database, 8 * DAY_MS / 1000, "begun_at", "due_at", "ended_at", "created_at")
    monkeypatch.setattr(delivery, "_BATCH", 1)
    done: list[str] = []

    def seen(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("DELETE FROM webhook_deliveries"):
            done.append("deleted")

    sa.event.listen(database.engine, "after_cursor_execute", seen)
    sa.event.listen(database.engine, "commit", lambda _: done.append("committed"))
    assert webhooks.prune(database, days=7) == 3
    assert " ".join(done).count("deleted committed") == 3


def test_a_url_that_nobody_checked_is_told_nothing(database: Database, tell: Tell) -> None:
    told = tell("ada", URL)
    message = webhooks.Message(told.namespace_id, told.generation_id, "x", "not a URL", "http://h", {})
    with database.transaction() as tx:
        webhooks.add(tx, message)
        assert tx.execute(sa.select(sa.func.count()).select_from(db.webhook_deliveries)).scalar() == 1
