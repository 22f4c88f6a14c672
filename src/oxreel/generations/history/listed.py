"""Generations with the names and the places in the line that their rows show."""

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from oxreel.accounts import Namespace
from oxreel.db import generations, namespaces
from oxreel.errors import NotFound
from oxreel.generations.generation import Generation, Status
from oxreel.generations.jobs import PRIORITIES, rank

_owner = namespaces.alias("owner")
_user = namespaces.alias("submitter")

# Built once: this select has many columns, and rows are polled. They are read by place.
_ROWS = (
    sa.select(generations, _owner.c.name, *(_user.c[field.name] for field in fields(Namespace)))
    .join(_owner, _owner.c.id == generations.c.namespace_id)
    .join(_user, _user.c.id == generations.c.user_id)
)
_OWNER = len(generations.columns)
_ONE = _ROWS.where(generations.c.id == sa.bindparam("id"))
#: Numbers of ours, written into the statement: a thousand variables take longer than a thousand rows.
_SEQUENCES: sa.BindParameter[list[int]] = sa.bindparam("sequences", expanding=True, literal_execute=True)
_SOME = _ROWS.where(generations.c.sequence.in_(_SEQUENCES)).order_by(generations.c.sequence.desc())


@dataclass(frozen=True)
class Listed:
    """A generation with the names that its row shows."""

    generation: Generation
    namespace: str
    user: Namespace
    #: Place in its namespace's line, 1 being next; None unless it is queued.
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
    found = [Generation.of(row) for row in rows]
    position = _positions(tx, [one for one in found if one.status is Status.QUEUED])
    # Many rows, few users.
    named = {values: Namespace(*values) for values in {row[_OWNER + 1 :] for row in rows}}
    return [
        Listed(one, row[_OWNER], named[row[_OWNER + 1 :]], position.get(one.sequence))
        for one, row in zip(found, rows, strict=True)
    ]


def _positions(tx: sa.Connection, queued: list[Generation]) -> dict[int, int]:
    """Place among the waiting generations of its namespace by sequence, 1 being next."""
    places: dict[int, int] = {}
    groups: dict[tuple[int, str, bool], list[int]] = {}
    for one in queued:
        groups.setdefault((one.namespace_id, one.priority, one.preview), []).append(one.sequence)
    for (namespace_id, priority, preview), sequences in groups.items():
        alike = _in_line(namespace_id, priority, preview)
        first, last = min(sequences), max(sequences)
        behind = sa.or_(
            *(sa.and_(*_in_line(namespace_id, *other)) for other in _before(priority, preview)),
            sa.and_(*alike, generations.c.sequence < first),
        )
        ahead = tx.execute(sa.select(sa.func.count()).where(behind)).scalar_one()
        if first == last:
            places[first] = ahead + 1
            continue
        # Numbered by the database: of a long line only the own places are read.
        place = sa.func.row_number().over(order_by=generations.c.sequence).label("place")
        between = generations.c.sequence.between(first, last)
        line = sa.select(generations.c.sequence, place).where(*alike, between).subquery()
        chosen = sa.select(line.c.sequence, line.c.place).where(line.c.sequence.in_(_SEQUENCES))
        mine = tx.execute(chosen, {"sequences": sequences})
        places.update({sequence: ahead + place for sequence, place in mine})
    return places


def _in_line(namespace_id: int, priority: str, preview: bool) -> tuple[sa.ColumnElement[bool], ...]:
    """The waiting generations of a namespace that are alike, in terms of the index that is made for it."""
    c = generations.c
    queued = c.status == sa.literal_column(f"'{Status.QUEUED}'")
    return c.namespace_id == namespace_id, queued, c.priority == priority, c.preview == preview


def _before(priority: str, preview: bool) -> list[tuple[str, bool]]:
    """The kinds of generations of a namespace that are filmed before those of this kind."""
    mine = rank(priority, preview=preview)
    return [(other, kind) for other in PRIORITIES for kind in (True, False) if rank(other, preview=kind) < mine]
