"""What became of a namespace's messages, and sending one again."""

from dataclasses import dataclass

import sqlalchemy as sa

from oxreel.db import now_ms, webhook_attempts, webhook_deliveries
from oxreel.errors import NotFound
from oxreel.units import UnixMs
from oxreel.webhooks.delivery import Delivery, DeliveryStatus

_c = webhook_deliveries.c


@dataclass(frozen=True)
class Wanted:
    """Which messages; None means any. `namespace_ids` is what the caller may read."""

    namespace_ids: frozenset[int]
    status: DeliveryStatus | None = None
    generation_id: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The filter as SQL."""
        found: list[sa.ColumnElement[bool]] = [_c.namespace_id.in_(self.namespace_ids)]
        if self.status is not None:
            found.append(_c.status == self.status)
        if self.generation_id is not None:
            found.append(_c.generation_id == self.generation_id)
        return found


@dataclass(frozen=True)
class Attempt:
    """One try to send a message."""

    started_at: UnixMs
    duration_ms: int
    #: None where no answer came.
    status_code: int | None
    error: str | None


def page(tx: sa.Connection, wanted: Wanted, number: int, size: int) -> tuple[list[Delivery], int]:
    """One page of the messages, the newest first, and how many there are on all pages."""
    count = sa.select(sa.func.count()).select_from(webhook_deliveries).where(*wanted.conditions())
    newest = sa.select(webhook_deliveries).where(*wanted.conditions()).order_by(_c.id.desc())
    rows = tx.execute(newest.limit(size).offset((number - 1) * size))
    return [Delivery.of(row) for row in rows], tx.execute(count).scalar_one()


def find(tx: sa.Connection, message_id: str, namespace_ids: frozenset[int], *, lock: bool = False) -> Delivery:
    """A message of these namespaces. Raises NotFound for any other, as if there were none."""
    query = sa.select(webhook_deliveries).where(_c.message_id == message_id, _c.namespace_id.in_(namespace_ids))
    row = tx.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(f"There is no webhook delivery {message_id!r}.")
    return Delivery.of(row)


def attempts(tx: sa.Connection, deliveries: list[Delivery]) -> dict[int, list[Attempt]]:
    """The attempts of each of these messages by its `id`, in their order."""
    found: dict[int, list[Attempt]] = {one.id: [] for one in deliveries}
    a = webhook_attempts.c
    query = sa.select(a.delivery_id, a.started_at, a.duration_ms, a.status_code, a.error)
    for delivery_id, *values in tx.execute(query.where(a.delivery_id.in_(found)).order_by(a.id)):
        found[delivery_id].append(Attempt(*values))
    return found


def replay(tx: sa.Connection, message_id: str, namespace_ids: frozenset[int]) -> Delivery:
    """The message, to be sent at once and for a day from now on, whatever became of it. Raises NotFound."""
    found = find(tx, message_id, namespace_ids, lock=True)
    if found.claim is None:
        again = {"status": DeliveryStatus.PENDING, "tries": 0, "begun_at": now_ms(), "due_at": now_ms()}
        tx.execute(sa.update(webhook_deliveries).where(_c.id == found.id).values(**again, ended_at=None))
    # What is being sent at this moment needs no help.
    return find(tx, message_id, namespace_ids)
