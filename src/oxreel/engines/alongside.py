"""Work that may take a while, in a thread of its own, with a sign of life all along."""

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

from oxreel.engines.engine import Stopped

T = TypeVar("T")

#: Seconds between two signs.
EVERY = 0.4


def alongside(work: Callable[[], T], sign: Callable[[], object], *, to_the_end: bool = False) -> T:
    """What `work` returns or raises, while `sign` is called again and again.

    What `sign` raises ends the waiting at once, and the work then by its own time limits. `to_the_end` is for work
    whose outcome must be known: its own errors are raised, and `Stopped` is left to the next sign.
    """
    return followed(started(work), sign, to_the_end=to_the_end)


def started(work: Callable[[], T]) -> "Future[T]":
    """The work, begun; a process that ends does not wait for it."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # raised again in the thread that asks for the result
            future.set_exception(error)

    Thread(target=run, name="alongside", daemon=True).start()
    return future


def followed(future: "Future[T]", sign: Callable[[], object], *, to_the_end: bool = False) -> T:
    """What work that was started returns or raises, as `alongside` does."""
    while not wait([future], timeout=EVERY).done:
        try:
            sign()
        except Stopped:
            if not to_the_end:
                raise
    return future.result()


def pause(seconds: float, sign: Callable[[], object]) -> None:
    """Wait, giving signs of life."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, EVERY))
        sign()
