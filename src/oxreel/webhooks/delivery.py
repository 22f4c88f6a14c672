"""The messages on their way: written with what they tell, claimed by one worker at a time, ended once.

    pending ──an answer 2xx──▶ delivered
       │   └──after a day────▶ failed
       └──────an answer 410──▶ stopped, with every other message to that URL

A claim is a lease by the database's clock: `due_at` moves behind the longest attempt, so that what a killed worker
had claimed is due again by itself, and only who still holds the claim changes the row.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from oxreel.db import Database, now_ms, webhook_attempts, webhook_deliveries
from oxreel.network.connection import Reach
from oxreel.network.place import NotAPlace, read_place
from oxreel.units import UnixMs
from oxreel.webhooks.crowd import Crowd
from oxreel.webhooks.exchange import Answer
from oxreel.webhooks.schedule import DAY_MS, next_attempt
from oxreel.webhooks.secret import prune_secrets

_c = webhook_deliveries.c
#: Due messages that a claim looks at, of which it takes those that there is room for.
_LOOKED_AT = 200
#: Longer than any attempt takes, beside its own time limit.
_MARGIN_MS = 30_000
_LONGEST_URL = 10_000
_BATCH = 500  # SQLite limits the variables of one statement


class DeliveryStatus(StrEnum):
    """Where a message stands."""

    #: To be sent, at once or again.
    PENDING = "pending"
    #: The endpoint took it.
    DELIVERED = "delivered"
    #: Nobody took it for a day.
    FAILED = "failed"
    #: The endpoint wants no more messages.
    STOPPED = "stopped"


STATUSES = tuple(DeliveryStatus)


@dataclass(frozen=True)
class Message:
    """What is to be told, and where."""

    namespace_id: int
    generation_id: str
    type: str
    url: str
    #: Address of the hub in the URLs of the message.
    base_url: str
    #: As an event stores it.
    data: dict[str, Any]


@dataclass(frozen=True)
class Delivery:
    """One row of `webhook_deliveries`."""

    id: int
    message_id: str
    namespace_id: int
    generation_id: str
    type: str
    url: str
    host: str
    base_url: str
    data: dict[str, Any]
    status: DeliveryStatus
    tries: int
    begun_at: UnixMs
    due_at: UnixMs
    claim: str | None
    created_at: UnixMs
    ended_at: UnixMs | None

    @classmethod
    def of(cls, row: sa.Row[Any]) -> "Delivery":
        """The delivery in a row that holds all columns of the table."""
        values = {column.name: row._mapping[column] for column in webhook_deliveries.columns}
        return cls(**{**values, "status": DeliveryStatus(values["status"])})


def add(tx: sa.Connection, message: Message) -> None:
    """Have a message sent once `tx` commits."""
    try:
        host = read_place(message.url, _LONGEST_URL).name
    except NotAPlace:
        return  # a request of before there were webhooks: nobody checked it
    tx.execute(
        sa.insert(webhook_deliveries).values(
            **vars(message),
            message_id=f"msg_{secrets.token_hex(16)}",
            host=host,
            status=DeliveryStatus.PENDING,
            tries=0,
            begun_at=now_ms(),
            due_at=now_ms(),
            created_at=now_ms(),
        )
    )


def due_in(tx: sa.Connection, crowd: Crowd) -> int | None:
    """Milliseconds until a message is due that there is room for, negative when late; None when there is none."""
    soonest = sa.select(sa.func.min(_c.due_at) - now_ms()).where(_c.status == DeliveryStatus.PENDING, *_room(crowd))
    found: int | None = tx.execute(soonest).scalar()
    return found


def claim(tx: sa.Connection, crowd: Crowd, reach: Reach) -> list[Delivery]:
    """Due messages that there is room for, this worker's alone until their lease ends."""
    due = sa.select(webhook_deliveries).where(_c.status == DeliveryStatus.PENDING, _c.due_at <= now_ms(), *_room(crowd))
    rows = tx.execute(due.order_by(_c.due_at, _c.id).limit(_LOOKED_AT).with_for_update(skip_locked=True))
    then = crowd.copy()
    chosen = [one.id for one in map(Delivery.of, rows) if then.take(one.host, one.namespace_id)]
    if not chosen:
        return []
    lease = int(reach.seconds * 1000) + _MARGIN_MS
    values = {"claim": secrets.token_hex(8), "due_at": now_ms() + lease}
    claimed = sa.update(webhook_deliveries).where(_c.id.in_(chosen)).values(values).returning(*webhook_deliveries.c)
    return sorted(map(Delivery.of, tx.execute(claimed)), key=lambda one: one.id)


def give_back(tx: sa.Connection, claims: set[str]) -> None:
    """Let other workers send what was claimed and not sent."""
    tx.execute(sa.update(webhook_deliveries).where(_c.claim.in_(claims)).values(claim=None, due_at=now_ms()))


def record(tx: sa.Connection, sent: Delivery, started_at: UnixMs, duration_ms: int, answer: Answer, lot: float) -> None:
    """Write an attempt down, and what becomes of the message where its claim still holds."""
    tx.execute(
        sa.insert(webhook_attempts).values(
            delivery_id=sent.id,
            started_at=started_at,
            duration_ms=duration_ms,
            status_code=answer.status_code,
            error=answer.error,
        )
    )
    if answer.is_gone:
        _stop(tx, sent)
        return
    now = tx.execute(sa.select(now_ms())).scalar_one()
    tries = sent.tries + 1
    again = next_attempt(tries, sent.begun_at, now, answer.retry_after, lot)
    values: dict[str, Any] = {"status": DeliveryStatus.PENDING, "due_at": again}
    if answer.error is None:
        values = {"status": DeliveryStatus.DELIVERED, "ended_at": now}
    elif again is None:
        values = {"status": DeliveryStatus.FAILED, "ended_at": now}
    held = (_c.id == sent.id, _c.claim == sent.claim, _c.status == DeliveryStatus.PENDING)
    tx.execute(sa.update(webhook_deliveries).where(*held).values(tries=tries, claim=None, **values))


def prune(database: Database, days: int) -> int:
    """How many messages were forgotten that ended `days` ago or earlier; secrets that sign no more go, too."""
    with database.transaction() as tx:
        prune_secrets(tx)
    ended = sa.select(_c.id).where(_c.status != DeliveryStatus.PENDING, _c.ended_at < now_ms() - days * DAY_MS)
    gone = 0
    while True:
        # Each batch commits, so that no other writer waits for all of them.
        with database.transaction() as tx:
            ids = tx.execute(ended.limit(_BATCH).with_for_update()).scalars().all()
            if not ids:
                return gone
            tx.execute(sa.delete(webhook_attempts).where(webhook_attempts.c.delivery_id.in_(ids)))
            gone += tx.execute(sa.delete(webhook_deliveries).where(_c.id.in_(ids))).rowcount


def _stop(tx: sa.Connection, sent: Delivery) -> None:
    same = (_c.namespace_id == sent.namespace_id, _c.url == sent.url, _c.status == DeliveryStatus.PENDING)
    # Locked in one order, so that two workers that hear it at once do not block each other; and so that an attempt
    # that was just written down, which holds the key of its message, does not either.
    tx.execute(sa.select(_c.id).where(*same).order_by(_c.id).with_for_update(key_share=True))
    values = {"status": DeliveryStatus.STOPPED, "claim": None, "ended_at": now_ms()}
    tx.execute(sa.update(webhook_deliveries).where(*same).values(values))


def _room(crowd: Crowd) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if hosts := crowd.full_hosts:
        found.append(_c.host.not_in(hosts))
    if namespaces := crowd.full_namespaces:
        found.append(_c.namespace_id.not_in(namespaces))
    return found
