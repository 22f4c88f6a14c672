"""The hub's event stream, without holes: a lost connection is taken up where it broke."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from oxreel_client.connection import Connection, refuse

#: Seconds of silence after which a connection counts as lost: a hub writes a comment every 15.
SILENCE = 60.0
#: Seconds between the first tries to reconnect, growing to the last.
FIRST_PAUSE, LAST_PAUSE = 0.5, 15.0


@dataclass(frozen=True)
class Event:
    """One event: "media_generation_completed" or "media_generation_progress"."""

    name: str
    data: dict[str, Any]
    #: Where a later stream can go on; None on a hub that keeps no buffer.
    id: str | None = None


def follow(
    connection: Connection, last_event_id: str | None = None, *, observe: bool = False, patience: float = 60.0
) -> Iterator[Event]:
    """Events as they come, for ever; what was missed while the connection was lost is replayed.

    Raises HubRefused, or HubUnreachable when the hub is away for more than `patience` seconds.
    """
    path = "/api/events?observe=true" if observe else "/api/events"
    heard = time.monotonic()
    pause = FIRST_PAUSE
    while True:
        headers = {"Accept": "text/event-stream"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        try:
            with connection.stream(path, headers, read_timeout=SILENCE) as response:
                if not response.is_success:
                    response.read()
                refuse(response)
                heard, pause = time.monotonic(), FIRST_PAUSE
                for event in parse(response.iter_lines()):
                    last_event_id = event.id or last_event_id
                    yield event
                    heard = time.monotonic()
        except httpx.HTTPError as error:
            if time.monotonic() - heard > patience:
                raise connection.unreachable(error) from error
        time.sleep(pause)
        pause = min(LAST_PAUSE, pause * 2)


def parse(lines: Iterable[str]) -> Iterator[Event]:
    """The events written in `lines`; comments, unknown fields and data that is not a JSON object are left out."""
    name, event_id = "message", None
    data: list[str] = []
    for line in lines:
        if not line:
            if data and (value := _object("\n".join(data))) is not None:
                yield Event(name, value, event_id)
            name, data = "message", []
            continue
        field, _, value_text = line.partition(":")
        value_text = value_text.removeprefix(" ")
        if field == "event":
            name = value_text
        elif field == "data":
            data.append(value_text)
        elif field == "id":
            event_id = value_text or None


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
