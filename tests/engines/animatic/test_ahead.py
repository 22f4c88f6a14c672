"""Work done ahead in another thread."""

import threading
from collections.abc import Iterator

import pytest

from oxreel.engines.animatic.ahead import ahead


def test_items_come_in_their_order() -> None:
    assert list(ahead(range(100))) == list(range(100))


def test_an_error_of_the_work_is_met_where_the_items_are_taken() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    taken: list[int] = []
    with pytest.raises(OSError, match="the disk is gone"):
        taken.extend(ahead(work()))
    assert taken == [1]


def test_no_more_than_the_depth_is_made_in_advance() -> None:
    made = []
    full = threading.Event()

    def work() -> Iterator[int]:
        for item in range(50):
            made.append(item)
            if item == 4:
                full.set()
            yield item

    items = ahead(work(), depth=3)
    next(items)
    assert full.wait(5)
    threading.Event().wait(0.05)
    assert len(made) == 5  # one taken, three waiting, one in hand
    items.close()


def test_closing_ends_the_work() -> None:
    def forever() -> Iterator[int]:
        while True:
            yield 1

    items = ahead(forever())
    next(items)
    items.close()
    assert all(thread.name != "ahead" for thread in threading.enumerate())
