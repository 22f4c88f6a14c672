"""The events themselves: an append-only table whose ids ascend in the order of commits.

So whoever has read up to an id has missed nothing below it. SQLite has one writer at a time; on PostgreSQL
`append` lets one transaction at a time go from its first event to its commit.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel.db import Database, events, now_ms
from oxreel.units import UnixMs

#: A generation succeeded or failed: streamed, and caught up on.
COMPLETED = "media_generation_completed"
#: More of a generation is filmed: streamed to whoever is listening.
PROGRESS = "media_generation_progress"
#: A generation was cancelled. Not streamed: it wakes whoever waits for that generation.
ENDED = "generation_ended"

#: PostgreSQL's channel that wakes the dispatchers, and its lock that makes commit order id order.
CHANNEL = "oxreel_events"
_APPEND_LOCK = 0x0F4EE2

#: Hours that events are kept which only matter in the moment.
_PASSING_HOURS = 1

_HOUR_MS = 3_600_000
#: Events that are removed in one transaction, so that nobody waits long for it.
_BATCH = 500


@dataclass(frozen=True)
class Event:
    """Something that happened to a generation."""

    id: int
    kind: str
    namespace_id: int
    generation_id: str
    #: The key that enqueued the generation.
    key_id: int
    #: As stored: a result is named by its place, without a URL.
    data: dict[str, Any]
    created_at: UnixMs


COLUMNS = (
    events.c.id,
    events.c.kind,
    events.c.namespace_id,
    events.c.generation_id,
    events.c.key_id,
    events.c.data,
    events.c.created_at,
)


def append(
    tx: sa.Connection, kind: str, namespace_id: int, generation_id: str, key_id: int, data: dict[str, Any]
) -> int:
    """The id of the new event, which readers see when `tx` commits.

    Make it the last thing of a transaction: on PostgreSQL other appends wait until it ends.
    """
    postgresql = tx.dialect.name == "postgresql"
    if postgresql:
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_APPEND_LOCK)))
    values: dict[str, Any] = {
        "kind": kind,
        "namespace_id": namespace_id,
        "generation_id": generation_id,
        "key_id": key_id,
        "data": data,
        "created_at": now_ms(),
        # No stream catches up on the passing kinds: they need not be found as unsent.
        "sent_at": None if kind == COMPLETED else now_ms(),
    }
    event_id: int = tx.execute(sa.insert(events).values(values).returning(events.c.id)).scalar_one()
    if postgresql:
        # Delivered when `tx` commits.
        tx.execute(sa.select(sa.func.pg_notify(CHANNEL, str(event_id))))
    return event_id


def after(
    tx: sa.Connection,
    last_id: int,
    limit: int,
    *,
    until: int | None = None,
    namespaces: Collection[int] | None = None,
    kinds: Collection[str] | None = None,
) -> list[Event]:
    """The first `limit` events behind `last_id`, up to and with `until`, of these namespaces and kinds or of all."""
    query = sa.select(*COLUMNS).where(events.c.id > last_id)
    if until is not None:
        query = query.where(events.c.id <= until)
    if namespaces is not None:
        query = query.where(events.c.namespace_id.in_(namespaces))
    if kinds is not None:
        query = query.where(events.c.kind.in_(kinds))
    return [Event(*row) for row in tx.execute(query.order_by(events.c.id).limit(limit))]


def latest_id(tx: sa.Connection) -> int:
    """The id of the newest event that is kept, 0 when there is none."""
    newest: int = tx.execute(sa.select(sa.func.coalesce(sa.func.max(events.c.id), 0))).scalar_one()
    return newest


def prune(database: Database, days: int) -> int:
    """How many events were removed: those older than `days`, and progress that has long passed."""
    old = events.c.created_at < now_ms() - days * 24 * _HOUR_MS
    passed = sa.and_(events.c.kind != COMPLETED, events.c.created_at < now_ms() - _PASSING_HOURS * _HOUR_MS)
    gone, last = 0, 0
    while True:
        found = sa.select(events.c.id).where(events.c.id > last, sa.or_(old, passed)).order_by(events.c.id)
        with database.snapshot() as tx:
            ids = tx.execute(found.limit(_BATCH)).scalars().all()
        if not ids:
            return gone
        with database.transaction() as tx:
            gone += tx.execute(sa.delete(events).where(events.c.id.in_(ids))).rowcount
        last = ids[-1]
