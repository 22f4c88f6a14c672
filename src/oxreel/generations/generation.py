"""A generation as the database knows it, and the states it goes through."""

from dataclasses import dataclass, fields
from enum import StrEnum
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from oxreel.db import generations
from oxreel.errors import NotFound


class Status(StrEnum):
    """Where a generation stands; the values are the wire's."""

    #: Waiting for a worker; its price is held.
    QUEUED = "queued"
    #: A worker has opened a take.
    PROCESSING = "processing"
    #: The video is stored and charged.
    SUCCEEDED = "succeeded"
    #: It ended without a video; nothing was charged.
    FAILED = "failed"
    #: Its owner ended it; nothing was charged.
    CANCELLED = "cancelled"


ACTIVE = (Status.QUEUED, Status.PROCESSING)
ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True)
class Generation:
    """One row of `generations`."""

    sequence: int
    id: str
    namespace_id: int
    user_id: int
    key_id: int
    model: str
    media_type: str
    status: Status
    prompt: str | None
    parameters: dict[str, Any]
    own_host: str
    engine: str
    preview: bool
    priority: str
    seed: int
    repo: str
    directory: str
    price: int
    cost: int | None
    progress: float
    result_path: str | None
    error_message: str | None
    error_kind: str | None
    warnings: list[str]
    plan: dict[str, Any] | None
    retried_from_id: str | None
    upstream: dict[str, Any] | None
    upstream_cost: int | None
    abandoned_at: int | None
    enqueued_at: int
    started_at: int | None
    completed_at: int | None

    @classmethod
    def of(cls, row: sa.Row[Any]) -> "Generation":
        """The generation in a row that begins with all columns of the table."""
        # By place, not by name: a list of a thousand rows is read this way.
        values = list(_IN_ORDER(row))
        values[_STATUS] = Status(values[_STATUS])
        return cls(*values)

    @property
    def traced(self) -> dict[str, str]:
        """What spans say of it: nothing that a client wrote."""
        return {"oxreel.generation": self.id, "oxreel.model": self.model, "oxreel.engine": self.engine}

    @property
    def is_active(self) -> bool:
        """Queued or processing."""
        return self.status in ACTIVE


_NAMES = [field.name for field in fields(Generation)]
_STATUS = _NAMES.index("status")
#: The values of a row of the table in the order of the fields.
_IN_ORDER = itemgetter(*(generations.columns.keys().index(name) for name in _NAMES))


def find(tx: sa.Connection, generation_id: str, *, lock: bool = False) -> Generation:
    """The generation of that id, locked against change until `tx` ends where asked. Raises NotFound."""
    query = sa.select(generations).where(generations.c.id == generation_id)
    row = tx.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(f"There is no generation {generation_id!r}.")
    return Generation.of(row)
