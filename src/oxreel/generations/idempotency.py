"""Idempotency keys: the same key and body is the same order, even when the answer got lost on its way."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel.db import Database, idempotency_keys, now_ms
from oxreel.errors import Conflict, InvalidParams

#: Longest Idempotency-Key, in characters.
LONGEST_KEY = 255
_HOUR_MS = 3_600_000
#: Keys that are forgotten in one transaction.
_BATCH = 500


@dataclass(frozen=True)
class Once:
    """A client's key for one order, and the digest of what it ordered."""

    key: str
    digest: str
    hours: int

    @classmethod
    def of(cls, key: str, endpoint: str, body: dict[str, Any], hours: int) -> "Once":
        """The key for this body at this endpoint. Raises InvalidParams for a key that cannot be."""
        if not 1 <= len(key) <= LONGEST_KEY:
            raise InvalidParams(f"Idempotency-Key has {len(key)} characters; it takes 1 to {LONGEST_KEY}.")
        canonical = json.dumps([endpoint, body], sort_keys=True, separators=(",", ":"))
        return cls(key, hashlib.sha256(canonical.encode()).hexdigest(), hours)


def recall(tx: sa.Connection, user_id: int, once: Once) -> list[str] | None:
    """Ids of the generations that this order made before; None for a new key. Raises Conflict for another body."""
    if tx.dialect.name == "postgresql":
        # The same order sent twice at one moment: the second waits for what the first makes. SQLite has one writer.
        lock = int.from_bytes(hashlib.sha256(f"{user_id}:{once.key}".encode()).digest()[:8], signed=True)
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.literal(lock, sa.BigInteger))))
    row = tx.execute(sa.select(idempotency_keys).where(*_mine(user_id, once))).first()
    if row is None:
        return None
    if row.created_at < tx.execute(sa.select(now_ms())).scalar_one() - once.hours * _HOUR_MS:
        tx.execute(sa.delete(idempotency_keys).where(*_mine(user_id, once)))
        return None
    if row.request_digest != once.digest:
        raise Conflict(
            f"The Idempotency-Key {once.key!r} was used for another request in the last {once.hours} hours; "
            "send the same body again or choose a new key."
        )
    ids: list[str] = row.generation_ids
    return ids


def remember(tx: sa.Connection, user_id: int, once: Once, generation_ids: list[str]) -> None:
    """Keep what this order made."""
    tx.execute(
        sa.insert(idempotency_keys).values(
            user_id=user_id,
            key=once.key,
            request_digest=once.digest,
            generation_ids=generation_ids,
            created_at=now_ms(),
        )
    )


def prune(database: Database, hours: int) -> int:
    """How many keys were forgotten that are no longer honoured."""
    name = sa.tuple_(idempotency_keys.c.user_id, idempotency_keys.c.key)
    old = idempotency_keys.c.created_at < now_ms() - hours * _HOUR_MS
    gone, last = 0, (-1, "")
    while True:
        found = sa.select(idempotency_keys.c.user_id, idempotency_keys.c.key).where(old, name > last)
        with database.snapshot() as tx:
            keys = tx.execute(found.order_by(*name.clauses).limit(_BATCH)).all()
        if not keys:
            return gone
        # Each batch commits, so that no other writer waits for all of them. A key may have been used anew meanwhile.
        with database.transaction() as tx:
            gone += tx.execute(sa.delete(idempotency_keys).where(old, name.in_([tuple(one) for one in keys]))).rowcount
        last = tuple(keys[-1])


def _mine(user_id: int, once: Once) -> tuple[sa.ColumnElement[bool], ...]:
    return (idempotency_keys.c.user_id == user_id, idempotency_keys.c.key == once.key)
