"""What one event stream is still to be sent, and the text of an event, made once for all streams."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from oxreel.events import Event

#: Turns a stored event into the data that clients get, for clients that see the hub under this base URL.
Render = Callable[[Event, str], dict[str, Any]]

#: Events that may wait for one stream; a client that is further behind is disconnected and replays.
QUEUE_LIMIT = 1000


class Broadcast:
    """One event on its way to many streams."""

    def __init__(self, event: Event, render: Render) -> None:
        self.event = event
        self._render = render
        self._frames: dict[str, bytes] = {}

    def frame(self, base_url: str) -> bytes:
        """The event as server-sent text, its data one line of ASCII without spaces between the tokens.

        ASCII because clients that split lines as Unicode does would cut at U+2028; the `data:` line right
        behind the `event:` line because the documents' own awk program expects it there.
        """
        frame = self._frames.get(base_url)
        if frame is None:
            data = json.dumps(self._render(self.event, base_url), separators=(",", ":"))
            frame = f"event: {self.event.kind}\ndata: {data}\nid: {self.event.id}\n\n".encode()
            self._frames[base_url] = frame
        return frame


class Subscription:
    """The live events for one stream, from the moment of subscribing on."""

    def __init__(self, key_id: int, namespace_ids: frozenset[int], position: int) -> None:
        self.key_id = key_id
        self.namespace_ids = namespace_ids
        #: Everything up to this id comes by catching up or replay, everything behind it live.
        self.position = position
        #: Ids of claimed completions that were not delivered yet.
        self.claimed: set[int] = set()
        self._ended = False
        self._waiting: deque[Broadcast] = deque()
        self._wake = asyncio.Event()

    def put(self, broadcast: Broadcast) -> None:
        """Let the stream send this, or end it when it has fallen too far behind."""
        if len(self._waiting) >= QUEUE_LIMIT:
            self.end()
        elif not self._ended:
            self._waiting.append(broadcast)
            self._wake.set()

    def end(self) -> None:
        """End the stream; what it was not sent is replayed, or caught up on, by the next."""
        self._ended = True
        self._waiting.clear()
        self._wake.set()

    async def next(self, seconds: float) -> list[Broadcast] | None:
        """What has come, nothing after so many seconds of silence, None when the stream is to end."""
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return []
        if self._ended:
            return None
        self._wake.clear()
        come = [broadcast for broadcast in self._waiting if broadcast.event.id > self.position]
        self._waiting.clear()
        return come
