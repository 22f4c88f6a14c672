"""What a key has not been told yet: completions of the generations that it enqueued.

A client that connects after its generation ended still hears of it, once. `sent_at` is the promise: a stream
that connects claims the unsent completions of its key in one statement, so that of two streams, in whatever
processes, one gets each of them; what a stream delivers live is marked by the dispatcher.
"""

from collections.abc import Collection

import sqlalchemy as sa

from oxreel.db import events, now_ms
from oxreel.events.event import COLUMNS, COMPLETED, Event

_MINUTE_MS = 60_000
_BATCH = 500  # SQLite limits the variables of one statement


def claim(tx: sa.Connection, key_id: int, minutes: int, until: int) -> list[Event]:
    """The unsent completions of a key's generations of the last minutes up to the id `until`, now marked as sent."""
    unsent = (
        sa.select(events.c.id)
        .where(
            events.c.key_id == key_id,
            events.c.sent_at.is_(None),
            events.c.created_at > now_ms() - minutes * _MINUTE_MS,
            events.c.kind == COMPLETED,
            events.c.id <= until,
        )
        .order_by(events.c.id)
    )
    # Most streams have nothing to catch up on: they need not wait for the right to write.
    if minutes == 0 or tx.execute(unsent.limit(1)).first() is None:
        return []
    claimed = tx.execute(
        sa.update(events)
        # Locked in one order, so that two claims cannot block each other; the second finds them sent.
        .where(events.c.id.in_(unsent.with_for_update()))
        .values(sent_at=now_ms())
        .returning(*COLUMNS)
    )
    return sorted((Event(*row) for row in claimed), key=lambda event: event.id)


def mark_sent(tx: sa.Connection, event_ids: Collection[int]) -> None:
    """Remember that these were delivered on a stream of the key that enqueued their generation."""
    _set_sent(tx, event_ids, now_ms())


def give_back(tx: sa.Connection, event_ids: Collection[int]) -> None:
    """Forget a claim whose stream ended before it delivered these: the key's next stream gets them."""
    _set_sent(tx, event_ids, None)


def _set_sent(tx: sa.Connection, event_ids: Collection[int], sent_at: now_ms | None) -> None:
    ids = sorted(event_ids)
    changed = events.c.sent_at.is_(None) if sent_at is not None else events.c.sent_at.is_not(None)
    for start in range(0, len(ids), _BATCH):
        chosen = sa.select(events.c.id).where(events.c.id.in_(ids[start : start + _BATCH]), changed)
        chosen = chosen.where(events.c.kind == COMPLETED).order_by(events.c.id).with_for_update()
        tx.execute(sa.update(events).where(events.c.id.in_(chosen)).values(sent_at=sent_at))
