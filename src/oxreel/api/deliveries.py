"""What streams of this process delivered, written down in batches so that no later stream repeats it."""

import time
from collections.abc import Collection

from oxreel import events
from oxreel.db import Database

#: Seconds that a delivery is remembered here: far longer than writing it down takes.
_REMEMBERED_SECONDS = 60.0


class Deliveries:
    """Completions that a stream of the enqueuing key was sent, on their way to the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: Event id to when it was delivered; a claim that raced with a delivery is checked against it.
        self._recent: dict[int, float] = {}
        self._sent: set[int] = set()
        self._given_back: set[int] = set()

    def has(self, event_id: int) -> bool:
        """Whether a stream of this process was sent this a moment ago, written down or not."""
        return event_id in self._recent

    def add(self, event_id: int) -> None:
        """A stream of the enqueuing key was sent this."""
        self._recent[event_id] = time.monotonic()
        self._sent.add(event_id)

    def give_back(self, event_ids: Collection[int]) -> None:
        """A stream claimed these and ended before it was sent them."""
        self._given_back.update(event_id for event_id in event_ids if not self.has(event_id))

    def due(self) -> tuple[set[int], set[int]]:
        """What is to be written down: sent and given back. It is handed out once."""
        forgotten = time.monotonic() - _REMEMBERED_SECONDS
        while self._recent and next(iter(self._recent.values())) < forgotten:
            del self._recent[next(iter(self._recent))]
        due = self._sent, self._given_back
        self._sent, self._given_back = set(), set()
        return due

    def write(self, sent: set[int], given_back: set[int]) -> None:
        """Write both down, in one transaction."""
        with self._database.transaction() as tx:
            events.mark_sent(tx, sent)
            events.give_back(tx, given_back)

    def restore(self, sent: set[int], given_back: set[int]) -> None:
        """Take back what could not be written, for another try."""
        self._sent |= sent
        self._given_back |= given_back
