"""Generations with the names and the places in the line that their rows show."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel.accounts import Namespace
from oxreel.db import generations, namespaces
from oxreel.errors import NotFound
from oxreel.generations.generation import Generation, Status

_owner = namespaces.alias("owner")
_user = namespaces.alias("submitter")

# Built once: this select has many columns, and rows are polled.
_ROWS = (
    sa.select(
        generations,
        _owner.c.name.label("namespace_name"),
        *(column.label(f"submitter_{column.name}") for column in _user.columns if column.name != "created_at"),
    )
    .join(_owner, _owner.c.id == generations.c.namespace_id)
    .join(_user, _user.c.id == generations.c.user_id)
)
_ONE = _ROWS.where(generations.c.id == sa.bindparam("id"))
_SOME = _ROWS.where(generations.c.sequence.in_(sa.bindparam("sequences", expanding=True))).order_by(
    generations.c.sequence.desc()
)


@dataclass(frozen=True)
class Listed:
    """A generation with the names that its row shows."""

    generation: Generation
    namespace: str
    user: Namespace
    #: 1 is next; None unless it is queued.
    queue_position: int | None


def one(tx: sa.Connection, generation_id: str) -> Listed:
    """One generation with its names; whoever asks must check who may read it. Raises NotFound."""
    found = _listed(tx, tx.execute(_ONE, {"id": generation_id}))
    if not found:
        raise NotFound(f"There is no generation {generation_id!r}.")
    return found[0]


def listed(tx: sa.Connection, sequences: list[int]) -> list[Listed]:
    """The generations of these sequences, the newest first."""
    return _listed(tx, tx.execute(_SOME, {"sequences": sequences})) if sequences else []


def _listed(tx: sa.Connection, result: sa.CursorResult[Any]) -> list[Listed]:
    rows = result.all()
    position = _positions(tx, [row.sequence for row in rows if row.status == Status.QUEUED])
    names = Namespace.__dataclass_fields__
    return [
        Listed(
            generation=Generation.of(row),
            namespace=row.namespace_name,
            user=Namespace(**{name: row._mapping[f"submitter_{name}"] for name in names}),
            queue_position=position.get(row.sequence),
        )
        for row in rows
    ]


def _positions(tx: sa.Connection, queued: list[int]) -> dict[int, int]:
    """Place in the line of all namespaces by sequence, 1 being next."""
    in_line = generations.c.status == Status.QUEUED
    if not queued:
        return {}
    first, last = min(queued), max(queued)
    before = sa.select(sa.func.count()).where(in_line, generations.c.sequence < first)
    ahead = tx.execute(before).scalar_one()
    if first == last:
        return {first: ahead + 1}
    # Numbered by the database: of a line that all namespaces share only the own places are read.
    place = sa.func.row_number().over(order_by=generations.c.sequence).label("place")
    line = (
        sa.select(generations.c.sequence, place).where(in_line, generations.c.sequence.between(first, last)).subquery()
    )
    mine = tx.execute(sa.select(line.c.sequence, line.c.place).where(line.c.sequence.in_(queued)))
    return {sequence: ahead + place for sequence, place in mine}
