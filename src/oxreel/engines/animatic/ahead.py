"""Work done ahead: an iterator that a thread of its own runs a few steps in front of the consumer."""

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")

#: Items finished but not yet taken, at most.
DEPTH = 3


class _End:
    """What closes the queue: nothing more, or the error that ended the work."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(items: Iterable[T], depth: int = DEPTH) -> Generator[T, None, None]:
    """The same items, made in another thread, at most `depth` waiting. Closing the iterator ends the thread."""
    waiting: queue.Queue[T | _End] = queue.Queue(depth)
    abandoned = threading.Event()

    def work() -> None:
        end = _End()
        try:
            for item in items:
                waiting.put(item)
                if abandoned.is_set():
                    return
        except BaseException as error:  # raised again where the items are taken
            end = _End(error)
        waiting.put(end)

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        abandoned.set()
        while thread.is_alive():
            # Make room, so that a blocked worker sees that nobody waits for it.
            try:
                waiting.get(timeout=0.05)
            except queue.Empty:
                continue
        thread.join()
