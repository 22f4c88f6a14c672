"""The newest generations that a filter finds, all of a line or page by page."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from oxreel.db import Database
from oxreel.generations.history import postings, tally
from oxreel.generations.history.counts import Counts
from oxreel.generations.history.filter import Filter
from oxreel.generations.history.findings import MOST_LINES, sequences, totals
from oxreel.generations.history.listed import Listed, listed
from oxreel.generations.history.search import look
from oxreel.generations.history.tally import Piece
from oxreel.log import Log
from oxreel.units import MicroUSD

log = Log(__name__)


@dataclass(frozen=True)
class Page:
    """One page of the history, and the totals over all pages."""

    rows: list[Listed]
    entries: int
    #: Micro-dollars charged for all that the filter finds; None when nothing was.
    cost: MicroUSD | None
    number: int
    size: int
    #: Namespaces whose generations are too many to be counted one by one each time: see `keep_up`.
    long: frozenset[int] = frozenset()

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.entries // self.size)


def listing(tx: sa.Connection, wanted: Filter, most: int, counts: Counts | None = None) -> tuple[list[Listed], int]:
    """The newest `most` generations that a filter finds, and how many it finds in all."""
    wanted = wanted.resolved(tx)
    if not _is_direct(wanted):
        found, known = look(tx, wanted, counts or Counts(), most, 0)
        return listed(tx, found), known.entries
    found = sequences(tx, wanted, most)
    return listed(tx, found), len(found) if len(found) < most else totals(tx, wanted).entries


def page(tx: sa.Connection, wanted: Filter, number: int, size: int, counts: Counts | None = None) -> Page:
    """One page of the history, newest first."""
    wanted = wanted.resolved(tx)
    skip = (number - 1) * size
    if _is_direct(wanted):
        known = totals(tx, wanted)
        found = sequences(tx, wanted, size, skip=skip, known=known) if skip < known.entries else []
    else:
        found, known = look(tx, wanted, counts or Counts(), size, skip)
    long = frozenset(one.namespace_id for one in known.pieces if _is_to_be_written(one))
    return Page(listed(tx, found), known.entries, known.cost, number, size, long)


def keep_up(database: Database, found: Page, counts: Counts | None = None) -> None:
    """Make the next pages of long histories quick. What was read stays as it is, whether this works out or not."""
    writing = (counts or Counts()).writing
    if not writing.acquire(blocking=False):
        return
    try:
        for namespace_id in found.long:
            try:
                blocks = tally.write_down(database, namespace_id)
                searchable = postings.write_down(database, namespace_id)
            except OperationalError:
                log.exception("history_not_tallied", namespace=namespace_id)
            else:
                log.debug("history_tallied", namespace=namespace_id, blocks=blocks, searchable=searchable)
    finally:
        writing.release()


def _is_direct(wanted: Filter) -> bool:
    """Whether an index gives it, or nothing does."""
    return wanted.is_tallied or wanted.is_active or len(wanted.namespace_ids) > MOST_LINES


def _is_to_be_written(one: Piece) -> bool:
    return tally.is_long(one.entries) if one.last is None else one.first_at is None
