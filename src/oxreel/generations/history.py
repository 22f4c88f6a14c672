"""Reading generations: the queue, one row, the history with its totals."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel.accounts import Namespace
from oxreel.db import generations, namespaces
from oxreel.errors import NotFound
from oxreel.generations.generation import Generation, Status
from oxreel.units import MicroUSD

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


@dataclass(frozen=True)
class Filter:
    """Which generations; None means any. `namespace_ids` is what the caller may read."""

    namespace_ids: frozenset[int]
    statuses: tuple[Status, ...] = ()
    namespace: str | None = None
    model: str | None = None
    media_type: str | None = None
    repo: str | None = None
    folder: str | None = None
    user_id: int | None = None
    #: Each must occur in the prompt, whatever its case, or be the id.
    words: tuple[str, ...] = ()
    #: Enqueued then or later, UNIX ms.
    since: int | None = None
    #: Enqueued before then, UNIX ms.
    until: int | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The filter as SQL."""
        column = generations.c
        found: list[sa.ColumnElement[bool]] = [column.namespace_id.in_(self.namespace_ids)]
        if self.statuses:
            found.append(column.status.in_(self.statuses))
        if self.namespace is not None:
            found.append(_owner.c.name == self.namespace.lower())
        for name, value in (("model", self.model), ("media_type", self.media_type), ("repo", self.repo)):
            if value is not None:
                found.append(column[name] == value)
        if self.folder is not None:
            folder = self.folder.strip("/")
            found.append(sa.or_(column.directory == folder, column.directory.startswith(f"{folder}/", autoescape=True)))
        if self.user_id is not None:
            found.append(column.user_id == self.user_id)
        found.extend(
            sa.or_(column.prompt.icontains(word, autoescape=True), column.id == word.lower()) for word in self.words
        )
        if self.since is not None:
            found.append(column.enqueued_at >= self.since)
        if self.until is not None:
            found.append(column.enqueued_at < self.until)
        return found


@dataclass(frozen=True)
class Listed:
    """A generation with the names that its row shows."""

    generation: Generation
    namespace: str
    user: Namespace
    #: 1 is next; None unless it is queued.
    queue_position: int | None


@dataclass(frozen=True)
class Page:
    """One page of the history, and the totals over all pages."""

    rows: list[Listed]
    entries: int
    #: Micro-dollars charged for all that the filter finds; None when nothing was.
    cost: MicroUSD | None
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.entries // self.size)


def listing(tx: sa.Connection, wanted: Filter, most: int) -> tuple[list[Listed], int]:
    """The newest `most` generations that a filter finds, and how many it finds in all."""
    newest = _ROWS.where(*wanted.conditions()).order_by(generations.c.sequence.desc())
    found = _listed(tx, tx.execute(newest.limit(most)))
    return found, len(found) if len(found) < most else _totals(tx, wanted)[0]


def one(tx: sa.Connection, generation_id: str) -> Listed:
    """One generation with its names; whoever asks must check who may read it. Raises NotFound."""
    found = _listed(tx, tx.execute(_ONE, {"id": generation_id}))
    if not found:
        raise NotFound(f"There is no generation {generation_id!r}.")
    return found[0]


def page(tx: sa.Connection, wanted: Filter, number: int, size: int) -> Page:
    """One page of the history, newest first."""
    entries, cost = _totals(tx, wanted)
    newest = _ROWS.where(*wanted.conditions()).order_by(generations.c.sequence.desc())
    rows = _listed(tx, tx.execute(newest.limit(size).offset((number - 1) * size)))
    return Page(rows, entries, cost, number, size)


def _totals(tx: sa.Connection, wanted: Filter) -> tuple[int, MicroUSD | None]:
    """How many generations a filter finds, and what they cost together."""
    entries, cost = tx.execute(
        sa.select(sa.func.count(), sa.func.sum(generations.c.cost))
        .select_from(generations.join(_owner, _owner.c.id == generations.c.namespace_id))
        .where(*wanted.conditions())
    ).one()
    return entries, None if cost is None else MicroUSD(int(cost))


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
    in_line = sa.select(generations.c.sequence).where(generations.c.status == Status.QUEUED)
    if not queued:
        return {}
    if len(queued) == 1:
        ahead = in_line.where(generations.c.sequence <= queued[0])
        return {queued[0]: tx.execute(sa.select(sa.func.count()).select_from(ahead.subquery())).scalar_one()}
    line = tx.execute(in_line.order_by(generations.c.sequence)).scalars()
    return {sequence: place for place, sequence in enumerate(line, start=1)}
