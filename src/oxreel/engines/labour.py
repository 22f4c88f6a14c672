"""Signs of life of work that cannot give any itself: they come for as long as it uses the processor."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds between two looks, and the share of them that work uses at the least; a hang uses next to nothing.
_EVERY_SECONDS, _LEAST_SHARE = 5.0, 0.01


@contextmanager
def signs_of_labour(
    sign: Callable[[], None], every: float = _EVERY_SECONDS, used: Callable[[], float] = time.process_time
) -> Iterator[None]:
    """Calls `sign` from a thread, but not once processor time stands still, nor after the end of the block.

    `used` tells the seconds of processor time that this process has used.
    """
    ended = threading.Event()

    def look() -> None:
        before = used()
        while not ended.wait(every):
            now = used()
            if now - before >= every * _LEAST_SHARE:
                sign()
            before = now

    looking = threading.Thread(target=look, name="signs-of-labour", daemon=True)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()
