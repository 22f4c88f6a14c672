"""Senders against real receivers: all is sent, signed, again where it failed, and nobody waits for the slow."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from oxreel import metrics, webhooks
from oxreel.db import Database
from oxreel.network.connection import Reach
from oxreel.webhooks import Delivery, Sender
from support.processes import eventually
from support.receiver import Receiver, Reply, quiet
from webhooks.conftest import Tell, shift

Start = Callable[..., Sender]


def render(one: Delivery) -> dict[str, Any]:
    return {"generation_id": one.generation_id, **one.data}


@pytest.fixture
def start(database: Database) -> Iterator[Start]:
    """Starts senders that may send to this machine: `start(places=4)`."""
    running: list[Sender] = []

    def started(places: int = 16, seconds: float = 20.0) -> Sender:
        running.append(Sender(database, Reach(("127.0.0.1",), seconds), places, render))
        running[-1].start()
        return running[-1]

    yield started
    for one in running:
        one.stop()


def status(database: Database, one: Delivery) -> str:
    with database.snapshot() as tx:
        return str(webhooks.find(tx, one.message_id, frozenset([one.namespace_id])).status)


def tried(database: Database, one: Delivery) -> int:
    with database.snapshot() as tx:
        return len(webhooks.attempts(tx, [one])[one.id])


def secret(database: Database, one: Delivery) -> str:
    with database.transaction() as tx:
        return webhooks.current(tx, one.namespace_id)[0].text


@contextmanager
def held() -> Iterator[threading.Event]:
    """An event that is set in the end, so that no receiver stays."""
    let_go = threading.Event()
    try:
        yield let_go
    finally:
        let_go.set()


def test_a_message_arrives_signed_once(database: Database, tell: Tell, start: Start) -> None:
    with Receiver() as receiver:
        told = tell("ada", receiver.url)
        start()
        [got] = receiver.wait()
        message = got.verified(secret(database, told))
        assert message["type"] == "media_generation_completed"
        assert message["data"] == {"generation_id": told.generation_id, "n": 1}
        assert got.id == told.message_id
        assert eventually(lambda: status(database, told) == "delivered")
        assert quiet(receiver)()


def test_a_message_that_failed_is_sent_again_as_the_same(database: Database, tell: Tell, start: Start) -> None:
    with Receiver(Reply(500), Reply(200)) as receiver:
        told = tell("ada", receiver.url)
        start()
        receiver.wait(1)
        assert eventually(lambda: status(database, told) == "pending" and tried(database, told) == 1)
        shift(database, 6, "due_at")
        first, second = receiver.wait(2)
        assert eventually(lambda: status(database, told) == "delivered")
    assert first.id == second.id
    assert first.verified(secret(database, told)) == second.verified(secret(database, told))


def test_an_attempt_that_failed_is_a_warning_in_the_log(
    database: Database, tell: Tell, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "oxreel.webhooks.sender")
    with Receiver(Reply(500)) as failing, Receiver() as taking:
        refused, failed, taken = tell("ada", "https://127.0.0.2/"), tell("ada", failing.url), tell("ada", taking.url)
        start()
        assert eventually(lambda: all(tried(database, one) == 1 for one in (refused, failed, taken)))
        assert eventually(lambda: len(_lines(caplog)) == 3)
    found = {line["delivery"]: (record.levelname, record.getMessage()) for record, line in _lines(caplog)}
    assert found == {
        refused.message_id: ("WARNING", "webhook_not_taken"),
        failed.message_id: ("WARNING", "webhook_not_taken"),
        taken.message_id: ("INFO", "webhook_sent"),
    }


def _lines(caplog: pytest.LogCaptureFixture) -> list[tuple[logging.LogRecord, dict[str, Any]]]:
    """The lines about attempts, with their fields."""
    return [(record, vars(record)["fields"]) for record in caplog.records if record.getMessage().startswith("webhook_")]


def test_several_senders_share_the_work_and_send_nothing_twice(database: Database, tell: Tell, start: Start) -> None:
    with Receiver() as one, Receiver() as other:
        told = [tell(f"user{number % 4}", (one if number % 2 else other).url) for number in range(40)]
        for _ in range(3):
            start(places=4)
        one.wait(20)
        other.wait(20)
        assert eventually(lambda: all(status(database, each) == "delivered" for each in told))
        ids = [got.id for got in one.received + other.received]
    assert sorted(ids) == sorted(each.message_id for each in told)


def test_nobody_waits_for_an_endpoint_that_is_slow(database: Database, tell: Tell, start: Start) -> None:
    with held() as let_go, Receiver(Reply(after=let_go)) as slow, Receiver() as quick:
        late = [tell("ada", slow.url) for _ in range(30)]
        soon = [tell("ada", quick.url), tell("bob", quick.url)]
        start(places=8)
        quick.wait(2)
        assert eventually(lambda: all(status(database, each) == "delivered" for each in soon))
        assert len(slow.received) == 2  # a quarter of the places
        let_go.set()
        slow.wait(30)
        assert eventually(lambda: all(status(database, each) == "delivered" for each in late))


def test_an_attempt_that_takes_too_long_gives_its_place_back(database: Database, tell: Tell, start: Start) -> None:
    with held() as let_go, Receiver(Reply(after=let_go)) as slow:
        told = [tell("ada", slow.url) for _ in range(3)]
        start(places=1, seconds=0.3)
        slow.wait(3)
        assert {status(database, each) for each in told} == {"pending"}


def test_a_sender_that_is_stopped_gives_back_what_it_cannot_finish(
    database: Database, tell: Tell, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oxreel.webhooks.sender._PATIENCE_SECONDS", 0.2)
    with held() as let_go, Receiver(Reply(after=let_go), Reply(200)) as receiver:
        told = tell("ada", receiver.url)
        first = start()
        receiver.wait(1)
        first.stop()
        with database.snapshot() as tx:
            left = webhooks.find(tx, told.message_id, frozenset([told.namespace_id]))
        assert (left.status, left.claim) == ("pending", None)
        start()
        receiver.wait(2)
        assert eventually(lambda: status(database, told) == "delivered")
        assert len({got.id for got in receiver.received}) == 1


def test_a_message_that_the_hub_cannot_render_is_tried_no_more_often_than_others(
    database: Database, tell: Tell
) -> None:
    def broken(_: Delivery) -> dict[str, Any]:
        raise ValueError("a fault")

    told = tell("ada", "http://127.0.0.1:1/")
    sender = Sender(database, Reach(("127.0.0.1",), 1.0), 4, broken)
    sender.start()
    try:
        assert eventually(lambda: tried(database, told) > 0)
    finally:
        sender.stop()
    with database.snapshot() as tx:
        [first, *_] = webhooks.attempts(tx, [told])[told.id]
        assert webhooks.find(tx, told.message_id, frozenset([told.namespace_id])).tries > 0
    assert first.error == "a fault of the hub kept it from being sent"


def test_after_a_rotation_both_secrets_verify(database: Database, tell: Tell, start: Start) -> None:
    with Receiver() as receiver:
        told = tell("ada", receiver.url)
        old = secret(database, told)
        with database.transaction() as tx:
            webhooks.rotate(tx, told.namespace_id)
        start()
        [got] = receiver.wait()
        assert got.verified(old) == got.verified(secret(database, told))


def test_attempts_are_counted_by_what_came_of_them(database: Database, tell: Tell, start: Start) -> None:
    def counted(outcome: str) -> float:
        value = metrics.REGISTRY.get_sample_value("oxreel_webhook_deliveries_total", {"outcome": outcome})
        return value or 0.0

    before = {outcome: counted(outcome) for outcome in ("delivered", "gone")}
    with Receiver() as taking, Receiver(Reply(410)) as gone:
        tell("ada", taking.url)
        tell("ada", gone.url)
        start()
        assert eventually(lambda: all(counted(outcome) == number + 1 for outcome, number in before.items()))
