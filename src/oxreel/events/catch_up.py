"""What a key has not been told yet: completions of the generations that it enqueued.

A client that connects after its generation ended still hears of it, once. `sent_at` is the promise: what a stream
of the key has delivered is marked by its dispatcher, live or not. A stream that connects claims the unsent
completions of its key in one statement, so that of two streams, in whatever processes, one gets each of them. A
claim runs out: what a killed process had claimed and not delivered another stream may claim.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel.db import api_keys, events, now_ms
from oxreel.events.event import COLUMNS, COMPLETED, Event

_MINUTE_MS = 60_000
#: Seconds that a stream has for delivering what it claimed. Its client may read slowly; others wait for so long.
CLAIM_SECONDS = 10
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
    """Whether there is anything that the key was not sent yet, claimed or not."""
    return tx.execute(_unsent(backlog).limit(1)).first() is not None


def claim(tx: sa.Connection, backlog: Backlog, *, patient: bool = True) -> list[Event] | None:
    """The completions of the backlog that its key was not sent yet, in order, now claimed for a while.

    None where other streams have claimed some of it, until they deliver it or their claims run out: a stream that
    went on without these would tell them behind younger ones, and whoever takes it up by its last id would miss
    some or hear some twice. An impatient stream claims what is left.
    """
    # One stream of a key at a time.
    tx.execute(sa.select(api_keys.c.id).where(api_keys.c.id == backlog.key_id).with_for_update(key_share=True))
    is_claimed = events.c.claimed_until > now_ms()
    if patient and tx.execute(_unsent(backlog).where(is_claimed).limit(1)).first() is not None:
        return None
    # Locked in the order in which deliveries are marked, too.
    free = _unsent(backlog).where(sa.or_(events.c.claimed_until.is_(None), sa.not_(is_claimed)))
    claimed = tx.execute(
        sa.update(events)
        .where(events.c.id.in_(free.order_by(events.c.id).with_for_update()))
        .values(claimed_until=now_ms() + CLAIM_SECONDS * 1000)
        .returning(*COLUMNS)
    )
    return sorted((Event(*row) for row in claimed), key=lambda event: event.id)


def mark_sent(tx: sa.Connection, event_ids: Collection[int]) -> None:
    """Remember that these were delivered on a stream of the key that enqueued their generation."""
    _write(tx, event_ids, {"sent_at": now_ms()})


def give_back(tx: sa.Connection, event_ids: Collection[int]) -> None:
    """Forget a claim whose stream ended before it delivered these: the key's next stream gets them."""
    _write(tx, event_ids, {"claimed_until": None})


def _unsent(backlog: Backlog) -> sa.Select[tuple[int]]:
    return sa.select(events.c.id).where(
        events.c.key_id == backlog.key_id,
        events.c.sent_at.is_(None),
        events.c.created_at > now_ms() - backlog.minutes * _MINUTE_MS,
        events.c.kind == COMPLETED,
        events.c.namespace_id.in_(backlog.namespace_ids),
        events.c.id <= backlog.until,
    )


def _write(tx: sa.Connection, event_ids: Collection[int], values: dict[str, Any]) -> None:
    """Write this to those of the completions that were not sent yet."""
    ids = sorted(event_ids)
    for start in range(0, len(ids), _BATCH):
        chosen = sa.select(events.c.id).where(events.c.id.in_(ids[start : start + _BATCH]), events.c.sent_at.is_(None))
        chosen = chosen.where(events.c.kind == COMPLETED).order_by(events.c.id).with_for_update()
        tx.execute(sa.update(events).where(events.c.id.in_(chosen)).values(values))
