"""What a filter finds: how many, what they cost together, and those from any place on, however far back."""

from dataclasses import dataclass

import sqlalchemy as sa

from oxreel.db import generations
from oxreel.generations.history import tally
from oxreel.generations.history.filter import Filter
from oxreel.generations.history.tally import Piece
from oxreel.units import MicroUSD

_row = generations.c

#: Namespaces and statuses that are looked through one by one; SQLite joins at most 500.
MOST_LINES = 50


@dataclass(frozen=True)
class Totals:
    """How many generations a filter finds, what they cost together, and where each part of them lies."""

    entries: int
    #: None when nothing was charged.
    cost: MicroUSD | None
    #: The newest first; [] where nothing is known but the sums.
    pieces: list[Piece]


def totals(tx: sa.Connection, wanted: Filter) -> Totals:
    """The exact totals of a filter that is resolved."""
    if not wanted.is_tallied or len(wanted.namespace_ids) > MOST_LINES:
        [(entries, cost)] = tx.execute(sa.select(sa.func.count(), sa.func.sum(_row.cost)).where(wanted.whole()))
        return Totals(entries, micro_usd(cost), [])
    blocks = tally.blocks(tx, wanted.namespace_ids, wanted.model, wanted.statuses)
    counted = tally.ends(blocks)
    pieces = [*(_rest(tx, wanted, one, counted.get(one, 0)) for one in sorted(wanted.namespace_ids)), *blocks]
    costs = [piece.cost for piece in pieces if piece.cost is not None]
    return Totals(sum(piece.entries for piece in pieces), micro_usd(sum(costs) if costs else None), pieces)


def sequences(tx: sa.Connection, wanted: Filter, size: int, *, skip: int = 0, known: Totals | None = None) -> list[int]:
    """The newest `size` that a resolved filter finds behind the newest `skip`, the newest first."""
    until, skip = (None, skip) if known is None else place(tx, wanted, skip, known)
    conditions = [] if until is None else [_row.sequence <= until]
    lines = wanted.lines()
    if len(lines) > MOST_LINES:
        parts = [newest(wanted.whole(), *conditions)]
    else:
        parts = [newest(line, *wanted.narrowing(), *conditions) for line in lines]
    if not parts:
        return []
    if len(parts) == 1:
        return list(tx.execute(parts[0].limit(size).offset(skip)).scalars())
    # Each part is in order already; a plain OR of them would be sorted anew for every page.
    some = sa.union_all(*(sa.select(part.limit(skip + size).subquery().c.sequence) for part in parts)).subquery()
    return list(tx.execute(_in_order(sa.select(some.c.sequence), some.c.sequence).limit(size).offset(skip)).scalars())


def newest(*conditions: sa.ColumnElement[bool]) -> sa.Select[int]:
    """Sequences of what these hold for, the newest first."""
    return _in_order(sa.select(_row.sequence).where(*conditions), _row.sequence)


def _in_order(query: sa.Select[int], sequence: sa.ColumnElement[int]) -> sa.Select[int]:
    return query.order_by(sequence.desc())


def _rest(tx: sa.Connection, wanted: Filter, namespace_id: int, after: int) -> Piece:
    """What the filter finds of a namespace behind its last block."""
    entries, cost = count(tx, wanted, namespace_id, _row.sequence > after)
    return Piece(namespace_id, after, None, entries, cost)


def count(
    tx: sa.Connection, wanted: Filter, namespace_id: int, *conditions: sa.ColumnElement[bool]
) -> tuple[int, int | None]:
    """How many a filter finds of a namespace where these hold, and what they cost together."""
    found = sa.and_(*wanted.conditions(namespace_id), *conditions)
    [(entries, cost)] = tx.execute(sa.select(sa.func.count(), sa.func.sum(_row.cost)).where(found))
    return entries, None if cost is None else int(cost)


def place(tx: sa.Connection, wanted: Filter, skip: int, known: Totals) -> tuple[int | None, int]:
    """A sequence to begin at, and how many are to be skipped from there on: few, however many are skipped in all."""
    until, above = None, 0
    passed = 0
    for piece in known.pieces:
        if piece.last is not None:
            if passed > skip:
                break
            until, above = piece.last, passed
        passed += piece.entries
    if until is None:
        return None, skip
    for piece in known.pieces:
        if piece.after < until and (piece.last is None or piece.last > until):
            # Of another namespace, and partly older than the place.
            end = [] if piece.last is None else [_row.sequence <= piece.last]
            newer, _ = count(tx, wanted, piece.namespace_id, _row.sequence > until, *end)
            above -= piece.entries - newer
    return until, skip - above


def micro_usd(value: int | None) -> MicroUSD | None:
    """Money as such."""
    return None if value is None else MicroUSD(int(value))
