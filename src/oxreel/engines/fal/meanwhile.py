"""Work that may take a while, with a sign of life all along."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from oxreel.engines.engine import Stopped

T = TypeVar("T")

#: Seconds between two signs.
_EVERY = 0.4


def meanwhile(work: Callable[[], T], sign: Callable[[], None], *, to_the_end: bool = False) -> T:
    """What `work` returns or raises, while `sign` is called again and again.

    What `sign` raises ends the waiting at once, and the work then by its own time limits. `to_the_end` is for work
    whose outcome must be known: its own errors are raised, and `Stopped` is left to the next sign.
    """
    done = threading.Event()
    results: list[T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:
            errors.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="fal", daemon=True).start()
    while not done.wait(_EVERY):
        try:
            sign()
        except Stopped:
            if not to_the_end:
                raise
    if errors:
        raise errors[0]
    return results[0]


def pause(seconds: float, sign: Callable[[], None]) -> None:
    """Wait, giving signs of life."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _EVERY))
        sign()
