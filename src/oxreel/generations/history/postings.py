"""Where the words of prompts are: written down block by block, so that a search need not read every prompt.

What it names holds all that a search finds, and maybe more: whoever asks must look at each.
"""

import math
import time
from collections import defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from oxreel.db import Database, block_grams, blocks, generations, tallies
from oxreel.generations.history import grams, places
from oxreel.generations.history.tally import Piece

#: Seconds for which blocks are written down after a page was read: a hub that ends waits for it.
_SECONDS = 3.0
#: In a block with more candidates than this, reading it all is not slower.
_MANY_CANDIDATES = 512
#: SQLite limits the variables of one statement.
_BATCH = 500

_row, _block, _gram = generations.c, blocks.c, block_grams.c


def candidates(
    tx: sa.Connection, namespace_id: int, words: Sequence[str], among: Collection[Piece]
) -> dict[int, list[int]]:
    """By the last sequence of a block, the sequences of all in it that may hold the words.

    Blocks are left out in which they are too many to be named.
    """
    spans = grams.wanted(words)
    if not spans or not among:
        return {}
    lasts = [one.last for one in among if one.last is not None]
    held = _held(tx, namespace_id, spans, min(lasts), max(lasts))
    found: dict[int, list[int]] = {}
    some: dict[int, int] = {}
    for last in lasts:
        bits = _all_of(held.get(last, {}), len(spans))
        if not bits:
            found[last] = []
        elif bits.bit_count() <= _MANY_CANDIDATES:
            some[last] = bits
    return found | _sequences(tx, namespace_id, some)


def _held(
    tx: sa.Connection, namespace_id: int, spans: list[tuple[int, int]], first: int, last: int
) -> dict[int, dict[int, int]]:
    """By block and span, the places of what has something of the span, as bits."""
    index = {first: number for number, (first, last) in enumerate(spans) if first == last}
    held: dict[int, dict[int, int]] = defaultdict(dict)
    mine = _gram.namespace_id == namespace_id, _gram.last_sequence.between(first, last)
    columns = sa.select(_gram.last_sequence, _gram.gram, _gram.places).where(*mine)
    for block, gram, content in tx.execute(columns.where(_gram.gram.in_(index))):
        held[block][index[gram]] = places.as_integer(content)
    for number, (low, high) in enumerate(spans):
        if low < high:
            for block, _, content in tx.execute(columns.where(_gram.gram.between(low, high))):
                held[block][number] = held[block].get(number, 0) | places.as_integer(content)
    return held


def _all_of(held: dict[int, int], spans: int) -> int:
    if len(held) < spans:
        return 0
    bits = -1
    for one in held.values():
        bits &= one
    return bits


def _sequences(tx: sa.Connection, namespace_id: int, some: dict[int, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    lasts = list(some)
    for start in range(0, len(lasts), _BATCH):
        mine = _block.namespace_id == namespace_id, _block.last_sequence.in_(lasts[start : start + _BATCH])
        rows = sa.select(_block.last_sequence, _block.after_sequence, _block.sequences).where(*mine)
        for last, after, content in tx.execute(rows):
            found[last] = [places.sequence_at(content, after, place) for place in places.of_integer(some[last])]
    return found


def write_down(database: Database, namespace_id: int, seconds: float = _SECONDS) -> int:
    """How many of a namespace's blocks were written down now, the newest first, in about so many seconds."""
    end = time.monotonic() + seconds
    written = 0
    with database.snapshot() as tx:
        found = tx.execute(_missing(tallies.c.namespace_id == namespace_id)).all()
    for _, last, after in found:
        began = time.monotonic()
        written += _write_block(database, namespace_id, after, last)
        if time.monotonic() >= end:
            break
        # Nobody waits for it, and requests share its processor.
        time.sleep(time.monotonic() - began)
    return written


def write_down_all(database: Database) -> int:
    """How many blocks were written down, of all that are tallied."""
    with database.snapshot() as tx:
        namespaces = {namespace_id for namespace_id, _, _ in tx.execute(_missing())}
    return sum(write_down(database, one, seconds=math.inf) for one in sorted(namespaces))


def _missing(*conditions: sa.ColumnElement[bool]) -> sa.Select[int, int, int]:
    """Blocks that are tallied and not written down, the newest first."""
    there = sa.select(blocks).where(
        _block.namespace_id == tallies.c.namespace_id, _block.last_sequence == tallies.c.last_sequence
    )
    columns = sa.select(tallies.c.namespace_id, tallies.c.last_sequence, tallies.c.after_sequence).distinct()
    return columns.where(~there.exists(), *conditions).order_by(tallies.c.last_sequence.desc())


def _write_block(database: Database, namespace_id: int, after: int, last: int) -> bool:
    mine = _row.namespace_id == namespace_id, _row.sequence > after, _row.sequence <= last
    with database.snapshot() as tx:
        rows = tx.execute(sa.select(_row.sequence, _row.enqueued_at, _row.prompt).where(*mine).order_by(_row.sequence))
        sequences, times, prompts = zip(*rows, strict=True)
    of_grams = _places_of_grams(prompts)
    key = {"namespace_id": namespace_id, "last_sequence": last}
    try:
        with database.transaction() as tx:
            what = places.packed_sequences(after, sequences)
            known = {"after_sequence": after, "first_at": min(times), "last_at": max(times), "sequences": what}
            tx.execute(sa.insert(blocks).values(**key, **known))
            if of_grams:
                values = [{**key, "gram": gram, "places": content} for gram, content in of_grams.items()]
                tx.execute(sa.insert(block_grams), values)
    except IntegrityError:
        return False  # another process was first
    return True


def _places_of_grams(prompts: Sequence[str | None]) -> dict[int, bytes]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, prompt in enumerate(prompts):
        for three in grams.pieces(prompt or ""):
            found[three].append(place)
    # In order, so that a database adds them side by side.
    return dict(sorted((grams.number(three), places.packed(where)) for three, where in found.items()))
