"""`/api/fal/webhook/ID`: fal says that a film is done. What it says is only a reason to look, never believed."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from oxreel.bootstrap import Hub
from oxreel.engines.fal.webhook import PATH, Keys, Signed
from oxreel.errors import NotFound, PayloadTooLarge
from oxreel.generations.heard import hear
from oxreel.log import Log

log = Log(__name__)

#: Bytes of a message; the answer of a video model has hundreds.
_MOST_BYTES = 1_000_000


def router(hub: Hub) -> APIRouter:
    """The route of a hub that films at fal. Nobody has a key here: fal's signature opens it."""
    routes = APIRouter()
    keys = Keys(hub.settings.fal_jwks_url)

    @routes.post(PATH + "{generation_id}", include_in_schema=False)
    async def done(generation_id: str, request: Request) -> Response:
        message = Signed.read(request.headers, await _body(request))
        await asyncio.to_thread(_take, hub, keys, generation_id, message)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return routes


def _take(hub: Hub, keys: Keys, generation_id: str, message: Signed) -> None:
    keys.check(message)
    try:
        with hub.database.transaction() as tx:
            told = hear(tx, generation_id, "fal", message.request_id)
    except NotFound:
        # Gone by now: fal need not say it again.
        told = False
    log.info("fal_webhook", generation=generation_id, request_id=message.request_id, told=told)


async def _body(request: Request) -> bytes:
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > _MOST_BYTES:
            raise PayloadTooLarge(f"The message is larger than {_MOST_BYTES // 1_000_000} MB.")
    return data
