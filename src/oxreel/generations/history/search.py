"""What words, dates and places find in long histories: block by block, each looked at once, or not at all."""

import heapq
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import sqlalchemy as sa

from oxreel.db import generations
from oxreel.generations.history import postings, tally
from oxreel.generations.history.counts import Counts, Found
from oxreel.generations.history.filter import Filter
from oxreel.generations.history.findings import Totals, count, micro_usd, newest, place
from oxreel.generations.history.tally import Piece

_row = generations.c

#: Found in one block: so many are remembered one by one.
_FEW = 64
#: Candidates of one statement, written into it: so many variables take longer than so many rows.
_BATCH = 1000
_SEQUENCES: sa.BindParameter[list[int]] = sa.bindparam("sequences", expanding=True, literal_execute=True)


def look(tx: sa.Connection, wanted: Filter, counts: Counts, size: int, skip: int) -> tuple[list[int], Totals]:
    """The newest `size` that a resolved filter finds behind the newest `skip`, and the totals."""
    by_namespace = {one: _pieces(tx, wanted, one, counts) for one in sorted(wanted.namespace_ids)}
    pieces = [piece for found in by_namespace.values() for piece in found if piece.last is None]
    blocks = [piece for found in by_namespace.values() for piece in found if piece.last is not None]
    pieces += sorted(blocks, key=lambda piece: piece.last or 0, reverse=True)
    costs = [piece.cost for piece in pieces if piece.cost is not None]
    known = Totals(sum(piece.entries for piece in pieces), micro_usd(sum(costs) if costs else None), pieces)
    if skip >= known.entries:
        return [], known
    until, skip = place(tx, wanted, skip, known)
    streams = [_stream(tx, wanted, found, until, skip + size, counts) for found in by_namespace.values()]
    return list(islice(heapq.merge(*streams, reverse=True), skip, skip + size)), known


def _pieces(tx: sa.Connection, wanted: Filter, namespace_id: int, counts: Counts) -> list[Piece]:
    """What the filter finds in a namespace, the newest first."""
    blocks = tally.blocks(tx, {namespace_id}, wanted.model, wanted.statuses)
    after = blocks[0].last or 0 if blocks else 0
    rest = _rest(tx, wanted, namespace_id, after)
    known = counts.of(namespace_id, wanted)
    found: dict[int, Found] = {}
    unknown: list[Piece] = []
    for block in blocks:
        last = block.last or 0
        if not block.entries or _is_outside(block, wanted):
            found[last] = Found(0, None)
        elif wanted.is_tallied_but_for_dates and _is_inside(block, wanted):
            found[last] = Found(block.entries, block.cost)
        elif last in known:
            found[last] = known[last]
        else:
            unknown.append(block)
    counted = _counted(tx, wanted, namespace_id, unknown)
    counts.add(namespace_id, wanted, counted)
    found |= counted
    pieces = [replace(block, **vars(found[block.last or 0])) for block in blocks]
    return [Piece(namespace_id, after, None, **vars(rest)), *pieces]


def _rest(tx: sa.Connection, wanted: Filter, namespace_id: int, after: int) -> Found:
    """What the filter finds behind the last block: by one walk where that is little."""
    mine = *wanted.conditions(namespace_id), _row.sequence > after
    query = newest(*mine).add_columns(_row.cost).limit(_FEW + 1)
    some = [(sequence, cost) for sequence, cost in tx.execute(query)]
    return _summed(some) if len(some) <= _FEW else Found(*count(tx, wanted, namespace_id, _row.sequence > after))


def _is_outside(block: Piece, wanted: Filter) -> bool:
    """Whether none of it can be of the time that is asked for."""
    if block.first_at is None or block.last_at is None:
        return False
    too_late = wanted.until is not None and block.first_at >= wanted.until
    return too_late or (wanted.since is not None and block.last_at < wanted.since)


def _is_inside(block: Piece, wanted: Filter) -> bool:
    """Whether all of it is of the time that is asked for."""
    if wanted.since is None and wanted.until is None:
        return True
    if block.first_at is None or block.last_at is None:
        return False
    early_enough = wanted.until is None or block.last_at < wanted.until
    return early_enough and (wanted.since is None or block.first_at >= wanted.since)


def _counted(tx: sa.Connection, wanted: Filter, namespace_id: int, blocks: list[Piece]) -> dict[int, Found]:
    """What the filter finds in blocks that nobody has looked at for it."""
    written = [block for block in blocks if block.first_at is not None]
    candidates = postings.candidates(tx, namespace_id, wanted.words, written)
    for sequence in _of_these_ids(tx, wanted) if candidates else ():
        for block in written:
            if block.after < sequence <= (block.last or 0) and block.last in candidates:
                candidates[block.last].append(sequence)
    found = _read(tx, wanted, namespace_id, candidates)
    for block in blocks:
        if block.last is not None and block.last not in found:
            held = _row.sequence > block.after, _row.sequence <= block.last
            found[block.last] = Found(*count(tx, wanted, namespace_id, *held))
    return found


def _of_these_ids(tx: sa.Connection, wanted: Filter) -> list[int]:
    ids = [word.lower() for word in wanted.words]
    return list(tx.execute(sa.select(_row.sequence).where(_row.id.in_(ids))).scalars())


def _read(tx: sa.Connection, wanted: Filter, namespace_id: int, candidates: dict[int, list[int]]) -> dict[int, Found]:
    """Which of the candidates of each block the filter finds."""
    block_of = {sequence: last for last, some in candidates.items() for sequence in some}
    sequences = sorted(block_of)
    found: dict[int, list[tuple[int, int | None]]] = {last: [] for last in candidates}
    mine = sa.select(_row.sequence, _row.cost).where(_row.sequence.in_(_SEQUENCES), *wanted.conditions(namespace_id))
    for start in range(0, len(sequences), _BATCH):
        for sequence, cost in tx.execute(mine, {"sequences": sequences[start : start + _BATCH]}):
            found[block_of[sequence]].append((sequence, cost))
    return {last: _summed(some) for last, some in found.items()}


def _summed(some: list[tuple[int, int | None]]) -> Found:
    costs = [cost for _, cost in some if cost is not None]
    few = tuple(sorted((sequence for sequence, _ in some), reverse=True)) if len(some) <= _FEW else None
    return Found(len(some), sum(costs) if costs else None, few)


def _stream(
    tx: sa.Connection, wanted: Filter, pieces: list[Piece], until: int | None, size: int, counts: Counts
) -> Iterator[int]:
    """The sequences of one namespace up to `until`, the newest first, read as far as they are taken."""
    for piece in pieces:
        if not piece.entries or (until is not None and piece.after >= until):
            continue
        sequences = piece.sequences
        if sequences is None and piece.last is not None and piece.entries <= _FEW:
            sequences = tuple(_walked(tx, wanted, piece, None, piece.entries))
            remembered = Found(piece.entries, piece.cost, sequences)
            counts.add(piece.namespace_id, wanted, {piece.last: remembered})
        if sequences is None:
            yield from _walked(tx, wanted, piece, until, size)
        else:
            yield from (one for one in sequences if until is None or one <= until)


def _walked(tx: sa.Connection, wanted: Filter, piece: Piece, until: int | None, size: int) -> Iterator[int]:
    """What a piece holds, the newest first, so many at a time."""
    # A block ends with what was counted: behind that there is nothing to look for.
    left = None if piece.last is None else piece.entries
    highest = min((one for one in (piece.last, until) if one is not None), default=None)
    while left is None or left > 0:
        most = size if left is None else min(size, left)
        held = [_row.sequence > piece.after, *([] if highest is None else [_row.sequence <= highest])]
        query = newest(*wanted.conditions(piece.namespace_id), *held)
        some = list(tx.execute(query.limit(most)).scalars())
        yield from some
        if len(some) < most:
            return
        left = None if left is None else left - most
        highest = some[-1] - 1
