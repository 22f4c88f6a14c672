"""Counting a long history without walking through it: what its ended generations add up to, block by block.

A block is some thousand successive generations of one namespace, all of which have ended, so that nothing about
it ever changes again. What a block holds, by model and status, is counted once and kept in `tallies`; only the
generations behind a namespace's last block are counted when somebody asks. The sums are exact.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from oxreel.db import Database, generations, tallies
from oxreel.db import blocks as known_blocks
from oxreel.generations.generation import ACTIVE

#: Generations of one block.
BLOCK = 4096
#: Blocks that one transaction writes down: on SQLite others wait for it.
_BLOCKS_AT_A_TIME = 8
#: Generations counted one by one above which the blocks among them are written down.
_MANY = BLOCK + BLOCK // 4
#: PostgreSQL's lock of whoever writes blocks down, and how long the barrier waits for those who enqueue.
_WRITER_LOCK, _BARRIER_WAIT = 0x0F4EE8, "200ms"

_row, _block = generations.c, tallies.c


@dataclass(frozen=True)
class Piece:
    """What a filter finds among successive generations of one namespace."""

    namespace_id: int
    #: The sequence before its first generation, and that of its last; None for all that come.
    after: int
    last: int | None
    entries: int
    cost: int | None
    #: When the earliest and the latest of all in it was enqueued, UNIX ms; None where that is not written down.
    first_at: int | None = None
    last_at: int | None = None
    #: Of what is found, the newest first; None where they are not known.
    sequences: tuple[int, ...] | None = None


def blocks(
    tx: sa.Connection, namespace_ids: Collection[int], model: str | None, statuses: Collection[str]
) -> list[Piece]:
    """Every block of these namespaces, the newest first, with what it holds of this model and these statuses."""
    if statuses and not set(statuses) - set(ACTIVE):
        return []
    wanted: list[sa.ColumnElement[bool]] = [sa.true()]
    if model is not None:
        wanted.append(_block.model == model)
    if statuses:
        wanted.append(_block.status.in_(statuses))
    found = tx.execute(
        sa.select(
            _block.namespace_id,
            _block.after_sequence,
            _block.last_sequence,
            sa.func.sum(sa.case((sa.and_(*wanted), _block.entries), else_=0)),
            sa.func.sum(sa.case((sa.and_(*wanted), _block.cost))),
            sa.func.max(known_blocks.c.first_at),
            sa.func.max(known_blocks.c.last_at),
        )
        .outerjoin(
            known_blocks,
            sa.and_(
                known_blocks.c.namespace_id == _block.namespace_id,
                known_blocks.c.last_sequence == _block.last_sequence,
            ),
        )
        .where(_block.namespace_id.in_(namespace_ids))
        .group_by(_block.namespace_id, _block.after_sequence, _block.last_sequence)
        .order_by(_block.last_sequence.desc())
    )
    return [
        Piece(id_, after, last, int(entries), _whole(cost), *times) for id_, after, last, entries, cost, *times in found
    ]


def ends(pieces: Collection[Piece]) -> dict[int, int]:
    """The last sequence that is counted, by namespace."""
    last: dict[int, int] = {}
    for one in pieces:
        last[one.namespace_id] = max(last.get(one.namespace_id, 0), one.last or 0)
    return last


def write_down(database: Database, namespace_id: int, *, size: int = BLOCK) -> int:
    """How many blocks were written down now, of a namespace that has many generations behind its last one."""
    written = 0
    while more := _write_some(database, namespace_id, size):
        written += more
    return written


def is_long(uncounted: int) -> bool:
    """Whether so many generations are worth being written down."""
    return uncounted > _MANY


def _write_some(database: Database, namespace_id: int, size: int) -> int:
    mine = _row.namespace_id == namespace_id
    with database.snapshot() as tx:
        newest = tx.execute(sa.select(sa.func.max(_row.sequence)).where(mine)).scalar()
        # Whoever adds a generation waits behind the barrier: not in vain.
        worthwhile = newest is not None and _whole_blocks(tx, namespace_id, newest, size)[1]
    if newest is None or not worthwhile or not _passed_barrier(database):
        return 0
    with database.transaction() as tx:
        if tx.dialect.name == "postgresql":
            lock = sa.func.pg_try_advisory_xact_lock(_WRITER_LOCK)
            if not tx.execute(sa.select(lock)).scalar_one():
                return 0
        after, lasts = _whole_blocks(tx, namespace_id, newest, size)
        for last in lasts:
            _write_block(tx, namespace_id, after, last)
            after = last
    return len(lasts)


def _passed_barrier(database: Database) -> bool:
    """Whether every transaction that may still add a generation below those that are seen has ended.

    A sequence is drawn before its row can be seen. Whoever adds a row holds the table's lock from before that
    until the commit, so being given a lock that excludes it, for a moment, is proof.
    """
    if database.is_sqlite:
        return True  # it has one writer
    try:
        with database.transaction() as tx:
            tx.exec_driver_sql(f"SET LOCAL lock_timeout = '{_BARRIER_WAIT}'")
            tx.exec_driver_sql("LOCK TABLE generations IN SHARE MODE")
    except OperationalError:
        return False
    return True


def _whole_blocks(tx: sa.Connection, namespace_id: int, newest: int, size: int) -> tuple[int, list[int]]:
    """The last sequence that is counted, and where the next whole blocks of ended generations end."""
    counted = sa.select(sa.func.max(_block.last_sequence)).where(_block.namespace_id == namespace_id)
    after = tx.execute(counted).scalar() or 0
    mine = _row.namespace_id == namespace_id, _row.status.in_(ACTIVE)
    active = tx.execute(sa.select(sa.func.min(_row.sequence)).where(*mine)).scalar()
    until = min(active or newest + 1, newest + 1)
    return after, _last_sequences(tx, namespace_id, after, until, size)


def _last_sequences(tx: sa.Connection, namespace_id: int, after: int, until: int, size: int) -> list[int]:
    """Where the next whole blocks end."""
    place = sa.func.row_number().over(order_by=_row.sequence).label("place")
    some = (
        sa.select(_row.sequence, place)
        .where(_row.namespace_id == namespace_id, _row.sequence > after, _row.sequence < until)
        .order_by(_row.sequence)
        .limit(_BLOCKS_AT_A_TIME * size)
        .subquery()
    )
    whole = sa.select(some.c.sequence).where(some.c.place % size == 0).order_by(some.c.sequence)
    return list(tx.execute(whole).scalars())


def _write_block(tx: sa.Connection, namespace_id: int, after: int, last: int) -> None:
    names = ("namespace_id", "after_sequence", "last_sequence", "model", "status", "entries", "cost")
    held = (
        sa.select(
            sa.literal(namespace_id, sa.BigInteger),
            sa.literal(after, sa.BigInteger),
            sa.literal(last, sa.BigInteger),
            _row.model,
            _row.status,
            sa.func.count(),
            sa.func.sum(_row.cost),
        )
        .where(_row.namespace_id == namespace_id, _row.sequence > after, _row.sequence <= last)
        .group_by(_row.model, _row.status)
    )
    tx.execute(sa.insert(tallies).from_select(names, held))


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
