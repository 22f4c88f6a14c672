"""What handlers ask for: the hub, the caller, the JSON body."""

import json
import math
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from oxreel import accounts
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.errors import InvalidParams, PayloadTooLarge, Unauthenticated

_bearer = HTTPBearer(auto_error=False, description="An API key of this hub.")
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


# Async where nothing blocks: FastAPI sends every other dependency through a thread.
async def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


HubDep = Annotated[Hub, Depends(_hub)]


def _caller(hub: HubDep, credentials: _Credentials) -> Caller:
    if credentials is None:
        raise Unauthenticated("This needs an API key: send the header `Authorization: Bearer KEY`.")
    with hub.database.snapshot() as tx:
        return accounts.authenticate(tx, credentials.credentials)


CallerDep = Annotated[Caller, Depends(_caller)]


def _maybe_caller(hub: HubDep, credentials: _Credentials) -> Caller | None:
    return None if credentials is None else _caller(hub, credentials)


#: None where no key came; a wrong key is refused all the same.
MaybeCallerDep = Annotated[Caller | None, Depends(_maybe_caller)]


async def _json_object(request: Request, hub: HubDep) -> dict[str, Any]:
    return await read_json_object(request, hub.settings.request_megabytes)


async def read_json_object(request: Request, megabytes: int) -> dict[str, Any]:
    """The JSON object that a request carries. Raises PayloadTooLarge before more than that is read, InvalidParams."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > megabytes * 1_000_000:
            raise PayloadTooLarge(f"The request is larger than {megabytes} MB; upload files and send their URLs.")
        chunks.append(chunk)
    return parse_json_object(b"".join(chunks))


def parse_json_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`, free of what no database can store. Raises InvalidParams."""
    if sum(raw.count(sign) for sign in b"[{,") > _MOST_SIGNS:
        # Before it is parsed: sixty megabytes of "{}," would take minutes of everybody's time, and gigabytes.
        raise InvalidParams(f"The request body has too many parts: more than {_MOST_SIGNS:,} brackets and commas.")
    try:
        body = json.loads(raw, parse_constant=_refuse_constant)
        _refuse_parts(body)
    except RecursionError:
        raise InvalidParams(_TOO_DEEP) from None
    except ValueError as error:
        raise InvalidParams(f"The request body is not valid JSON: {error}.") from None
    if not isinstance(body, dict):
        raise InvalidParams(f"The request body must be a JSON object, not {type(body).__name__}.")
    return body


#: Brackets, braces and commas of a body. A request needs dozens; those within texts count too.
_MOST_SIGNS = 200_000
#: Objects and lists within one another; rows hold what was submitted, and each reader of one walks into it.
_MOST_LEVELS = 32
_TOO_DEEP = f"The request body is nested too deep: at most {_MOST_LEVELS} objects and lists within one another."


def _refuse_parts(body: Any) -> None:
    """Nothing for a body that can be stored. Raises InvalidParams, or ValueError for what JSON could not hold."""
    level, depth = [body], 0
    while level:
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                _refuse_text(one)
            elif isinstance(one, float) and math.isinf(one):
                raise ValueError("a number is too large")  # 1e999 is a number to JSON and infinite to Python
            elif isinstance(one, dict | list):
                if depth == _MOST_LEVELS:
                    raise InvalidParams(_TOO_DEEP)
                below += [*one, *one.values()] if isinstance(one, dict) else one
        level, depth = below, depth + 1


def _refuse_text(text: str) -> None:
    if "\0" in text:
        raise InvalidParams("The request body holds a NUL character (\\u0000), which no field can have.")
    text.encode()  # half of a surrogate pair is no text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


JsonObject = Annotated[dict[str, Any], Depends(_json_object)]


def base_url(request: Request, hub: Hub) -> str:
    """The address that the client sees, without a slash at the end."""
    return (hub.settings.public_url or str(request.base_url)).rstrip("/")


def own_host(request: Request) -> str:
    """Host name, with port, under which the client reached the hub: asset URLs with it are the hub's own."""
    return request.url.netloc.lower()
