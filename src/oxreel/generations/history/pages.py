"""The newest generations that a filter finds, all of a line or page by page."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from oxreel.db import Database
from oxreel.generations.history import tally
from oxreel.generations.history.filter import Filter
from oxreel.generations.history.findings import sequences, totals
from oxreel.generations.history.listed import Listed, listed
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


def listing(tx: sa.Connection, wanted: Filter, most: int) -> tuple[list[Listed], int]:
    """The newest `most` generations that a filter finds, and how many it finds in all."""
    wanted = wanted.resolved(tx)
    found = sequences(tx, wanted, most)
    return listed(tx, found), len(found) if len(found) < most else totals(tx, wanted).entries


def page(tx: sa.Connection, wanted: Filter, number: int, size: int) -> Page:
    """One page of the history, newest first."""
    wanted = wanted.resolved(tx)
    if number == 1 and not wanted.is_tallied:
        # Words and dates are looked for row by row: a page that holds all of them needs no second walk to count.
        rows = listed(tx, sequences(tx, wanted, size))
        if len(rows) < size:
            costs = [one.generation.cost for one in rows if one.generation.cost is not None]
            return Page(rows, len(rows), MicroUSD(sum(costs)) if costs else None, number, size)
    known = totals(tx, wanted)
    skip = (number - 1) * size
    found = sequences(tx, wanted, size, skip=skip, known=known) if skip < known.entries else []
    long = (one.namespace_id for one in known.pieces if one.last is None and tally.is_long(one.entries))
    return Page(listed(tx, found), known.entries, known.cost, number, size, frozenset(long))


def keep_up(database: Database, found: Page) -> None:
    """Make the next pages of long histories quick. What was read stays as it is, whether this works out or not."""
    for namespace_id in found.long:
        try:
            blocks = tally.write_down(database, namespace_id)
        except OperationalError:
            log.exception("history_not_tallied", namespace=namespace_id)
        else:
            log.debug("history_tallied", namespace=namespace_id, blocks=blocks)
