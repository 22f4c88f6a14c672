"""What filters found in blocks: nothing in a block ever changes, so that it need not be looked for again."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from oxreel.generations.history.filter import Filter

#: Results for one block each that a process remembers.
_MOST = 200_000


@dataclass(frozen=True)
class Found:
    """What a filter finds in a block."""

    entries: int
    cost: int | None
    #: The newest first; None where they are not known.
    sequences: tuple[int, ...] | None = None


class Counts:
    """What one process remembers of searches, the latest ones."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[tuple[int, Filter], dict[int, Found]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        #: Held by whoever writes blocks down: one at a time is enough.
        self.writing = threading.Lock()

    def of(self, namespace_id: int, wanted: Filter) -> dict[int, Found]:
        """What is known of a filter, by the last sequence of a block."""
        with self._lock:
            key = _key(namespace_id, wanted)
            if key in self._known:
                self._known.move_to_end(key)
            return dict(self._known.get(key, ()))

    def add(self, namespace_id: int, wanted: Filter, more: dict[int, Found]) -> None:
        """Remember this, too."""
        if not more:
            return
        with self._lock:
            known = self._known.setdefault(_key(namespace_id, wanted), {})
            self._size -= len(known)
            known.update(more)
            self._size += len(known)
            while self._size > self._most and len(self._known) > 1:
                _, forgotten = self._known.popitem(last=False)
                self._size -= len(forgotten)


def _key(namespace_id: int, wanted: Filter) -> tuple[int, Filter]:
    return namespace_id, replace(wanted, namespace=None, namespace_ids=frozenset())
