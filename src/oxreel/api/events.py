"""GET /api/events: what happens to the caller's generations, as server-sent events.

What a stream starts with: with `Last-Event-ID`, every completion behind that event. Without, as the documents'
own samples connect after they enqueued: the completions of the generations that this key enqueued in the last
minutes and that no stream of this key was sent. A completion counts as sent once a stream of the enqueuing key
has delivered it; a stream with `?observe=true` starts with nothing and counts as none.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from oxreel import metrics
from oxreel.accounts import Caller
from oxreel.api.dependencies import CallerDep, HubDep, base_url
from oxreel.api.stream import Stream
from oxreel.api.subscription import Broadcast, Subscription
from oxreel.events import COMPLETED, Event
from oxreel.generations.result_url import with_result_url
from oxreel.storage import Signer

router = APIRouter(tags=["events"])

_KEEP_ALIVE = b": keep-alive\n\n"
#: Seconds from a completion to the next comment: a client such as `curl | awk '...exit'` only notices that its
#: reader is gone when something more arrives, and its user waits for it until then.
_FOLLOW_UP_SECONDS = 1.0
#: Comments behind each completion for clients that did not ask for an event stream by its type, such as the
#: documents' `curl | awk`: mawk, the awk of Debian, looks at a pipe only when another 4096 bytes have come.
#: Short lines, because a line longer than its buffer would make it wait for twice as much from then on.
_PADDING = (b":" + b" " * 62 + b"\n") * 64 + b"\n"

#: Turns of the event loop until a stream is cancelled whose client has gone: its socket is read, its connection ends,
#: its request hears of it, its task is told; and some more.
_TURNS_UNTIL_HEARD = 8

_EXAMPLE = """event: media_generation_completed
data: {"generation_id":"0192f0c1-6b7e-7cc3-98c4-dc0c0c07398f","status":"succeeded","media_type":"video",\
"model":"kling-video-o3-pro-image-to-video","url":"https://..."}
id: 17

: keep-alive

"""


async def _stream(request: Request) -> Stream:
    stream: Stream = request.app.state.stream
    return stream


#: The dispatcher of this process.
StreamDep = Annotated[Stream, Depends(_stream)]


class EventStreamResponse(StreamingResponse):
    """Server-sent events that follow one subscription, which ends with the response however that ends."""

    media_type = "text/event-stream"

    def __init__(
        self,
        stream: Stream,
        caller: Caller,
        *,
        last_event_id: int | None,
        base: str,
        keep_alive: float,
        observe: bool,
        padding: bytes,
    ) -> None:
        super().__init__(iter(()), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._stream = stream
        self._caller = caller
        self._last_event_id = last_event_id
        self._base = base
        self._keep_alive = keep_alive
        self._observe = observe
        self._padding = padding

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._stream.subscribe(self._caller.key_id, self._caller.namespace_ids) as subscription:
            self.body_iterator = self._chunks(subscription)
            await super().__call__(scope, receive, send)

    async def _chunks(self, subscription: Subscription) -> AsyncIterator[bytes]:
        yield _KEEP_ALIVE
        async for page in self._missed(subscription):
            await self._hear(subscription, page)
            yield self._text(page)
            self._delivered(subscription, page)
        silence = min(_FOLLOW_UP_SECONDS, self._keep_alive)
        while (come := await subscription.next(silence)) is not None:
            await self._hear(subscription, come)
            yield self._text(come) or _KEEP_ALIVE
            self._delivered(subscription, come)
            silence = min(_FOLLOW_UP_SECONDS, self._keep_alive) if _completes(come) else self._keep_alive

    async def _missed(self, subscription: Subscription) -> AsyncIterator[list[Broadcast]]:
        if self._last_event_id is not None and await self._stream.knows(self._last_event_id):
            async for page in self._stream.replay(subscription, self._last_event_id):
                yield page
        elif not self._observe and (page := await self._stream.claim(subscription)):
            yield page

    async def _hear(self, subscription: Subscription, broadcasts: list[Broadcast]) -> None:
        """Cancelled where the client has gone: what is written to it would count as sent, and nobody would read it."""
        if any(self._counts(subscription, broadcast) for broadcast in broadcasts):
            for _ in range(_TURNS_UNTIL_HEARD):
                await asyncio.sleep(0)

    def _counts(self, subscription: Subscription, broadcast: Broadcast) -> bool:
        """Whether no later stream is sent this."""
        mine = broadcast.event.key_id == subscription.key_id
        return mine and broadcast.event.kind == COMPLETED and not self._observe

    def _text(self, broadcasts: list[Broadcast]) -> bytes:
        frames = [broadcast.frame(self._base) for broadcast in broadcasts]
        return b"".join([*frames, self._padding] if _completes(broadcasts) else frames)

    def _delivered(self, subscription: Subscription, broadcasts: list[Broadcast]) -> None:
        # After the bytes were taken: a client that went away was sent nothing.
        for broadcast in broadcasts:
            metrics.events_sent.labels(broadcast.event.kind).inc()
        if not self._observe:
            self._stream.delivered(subscription, broadcasts)


@router.get(
    "/api/events",
    summary="Follow the generations of your namespaces",
    status_code=200,  # FastAPI cannot read it off a response class of its own signature
    response_class=EventStreamResponse,
    responses={200: {"description": "Server-sent events.", "content": {"text/event-stream": {"example": _EXAMPLE}}}},
)
async def follow(
    *,
    request: Request,
    hub: HubDep,
    stream: StreamDep,
    caller: CallerDep,
    last_event_id: Annotated[
        str | None, Header(description="The last `id:` received: the stream starts with what came after it.")
    ] = None,
    observe: Annotated[
        bool, Query(description="Only watch: start with nothing missed, and leave catching up to other streams.")
    ] = False,
) -> EventStreamResponse:
    """Server-sent events: a completion for each generation that ends well or badly, and progress meanwhile."""
    return EventStreamResponse(
        stream,
        caller,
        last_event_id=_event_id(last_event_id),
        base=base_url(request, hub),
        keep_alive=hub.settings.keep_alive_seconds,
        observe=observe,
        padding=b"" if "text/event-stream" in request.headers.get("accept", "") else _PADDING,
    )


def wire_data(event: Event, base: str, signer: Signer, url_hours: float) -> dict[str, Any]:
    """An event's data as clients get it: the id first, and the result as a URL that works for `url_hours`."""
    return with_result_url({"generation_id": event.generation_id, **event.data}, signer, url_hours, base)


def _completes(broadcasts: list[Broadcast]) -> bool:
    return any(broadcast.event.kind == COMPLETED for broadcast in broadcasts)


def _event_id(header: str | None) -> int | None:
    """The id in a `Last-Event-ID` header; what this hub could not have sent counts as no header."""
    if header is None or not header.isascii() or not header.isdigit() or len(header) > 18:
        return None
    return int(header)
