"""Reading generations: the queue, one row, the history with its totals."""

from oxreel.generations.history.filter import Filter
from oxreel.generations.history.listed import Listed, one
from oxreel.generations.history.pages import Page, keep_up, listing, page

__all__ = ["Filter", "Listed", "Page", "keep_up", "listing", "one", "page"]
