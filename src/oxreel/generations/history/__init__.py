"""Reading generations: the queue, one row, the history with its totals."""

from oxreel.generations.history.counts import Counts
from oxreel.generations.history.filter import Filter
from oxreel.generations.history.listed import Listed, one
from oxreel.generations.history.pages import Page, keep_up, listing, page
from oxreel.generations.history.postings import write_down_all

__all__ = ["Counts", "Filter", "Listed", "Page", "keep_up", "listing", "one", "page", "write_down_all"]
