"""What a key has not been told yet: completions of the generations that it enqueued.

A client that connects after its generation ended still hears of it, once. `sent_at` is the promise: a stream
that connects claims the unsent completions of its key in one statement, so that of two streams, in whatever
processes, one gets each of them; what a stream delivers live is marked by the dispatcher.
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from oxreel.db import events, now_ms
from oxreel.events.event import COLUMNS, COMPLETED, Event

_MINUTE_MS = 60_000
_BATCH = 500  # SQLite limits the variables of one statement


@dataclass(frozen=True)
class Backlog:
    """Which completions a stream that connects may claim."""

    #: The key that enqueued the generations.
    key_id: int
    #: What the key may read now: it may have left an organization since.
    namespace_ids: frozenset[int]
    #: How far back.
    minutes: int
    #: The last event that will not come live.
    until: int


def has_unsent(tx: sa.Connection, backlog: Backlog) -> bool:
    """Whether `claim` would find anything now."""
    return tx.execute(_unsent(backlog).limit(1)).first() is not None


def claim(tx: sa.Connection, backlog: Backlog) -> list[Event]:
    """The completions of the backlog that its key was not sent yet, in order, now marked as sent."""
    # Locked in one order, so that two claims cannot block each other; the second finds them sent.
    unsent = _unsent(backlog).order_by(events.c.id).with_for_update()
    claimed = tx.execute(sa.update(events).where(events.c.id.in_(unsent)).values(sent_at=now_ms()).returning(*COLUMNS))
    return sorted((Event(*row) for row in claimed), key=lambda event: event.id)


def mark_sent(tx: sa.Connection, event_ids: Collection[int]) -> None:
    """Remember that these were delivered on a stream of the key that enqueued their generation."""
    _set_sent(tx, event_ids, now_ms())


def give_back(tx: sa.Connection, event_ids: Collection[int]) -> None:
    """Forget a claim whose stream ended before it delivered these: the key's next stream gets them."""
    _set_sent(tx, event_ids, None)


def _unsent(backlog: Backlog) -> sa.Select[tuple[int]]:
    return sa.select(events.c.id).where(
        events.c.key_id == backlog.key_id,
        events.c.sent_at.is_(None),
        events.c.created_at > now_ms() - backlog.minutes * _MINUTE_MS,
        events.c.kind == COMPLETED,
        events.c.namespace_id.in_(backlog.namespace_ids),
        events.c.id <= backlog.until,
    )


def _set_sent(tx: sa.Connection, event_ids: Collection[int], sent_at: now_ms | None) -> None:
    ids = sorted(event_ids)
    changed = events.c.sent_at.is_(None) if sent_at is not None else events.c.sent_at.is_not(None)
    for start in range(0, len(ids), _BATCH):
        chosen = sa.select(events.c.id).where(events.c.id.in_(ids[start : start + _BATCH]), changed)
        chosen = chosen.where(events.c.kind == COMPLETED).order_by(events.c.id).with_for_update()
        tx.execute(sa.update(events).where(events.c.id.in_(chosen)).values(sent_at=sent_at))
