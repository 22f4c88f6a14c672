"""Work that blocks, with a sign of life beside it."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Seconds between two signs.
EVERY = 0.4


def alongside(work: Callable[[], T], sign: Callable[[], None], *, every: float = EVERY) -> T:
    """What `work` returns or raises, done in a thread of its own, while `sign` is called again and again here.

    What `sign` raises ends the waiting at once; the work then ends by its own time limits.
    """
    done = threading.Event()
    result: list[T] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:  # raised again below, in the thread that asked
            trouble.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="video-server", daemon=True).start()
    while not done.wait(every):
        sign()
    if trouble:
        raise trouble[0]
    return result[0]
