"""Answers that carry a file: ranges, entity tags, and headers that keep it from acting in the hub's name."""

import re
from collections.abc import Callable, Iterable
from typing import Protocol
from urllib.parse import quote

from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

#: A file was uploaded by somebody: it may be looked at, but runs no script and loads nothing.
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox",
    "Cache-Control": "private, no-cache",
}
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
#: With this header a client says that it cannot follow to another server: a page's script, by that page's own policy.
THROUGH_HUB = "oxreel-through-hub"
#: What a browser says of a request whose answer a script will read.
_READ_BY_SCRIPT = ("cors", "same-origin")
#: Kinds of text are UTF-8 here; browsers would guess otherwise.
_TEXT = ("text/", "application/json")


class Piece(Protocol):
    """Opens the bytes from `start` up to, not including, `end`."""

    def __call__(self, start: int, end: int) -> Iterable[bytes]: ...


#: The address of another server that hands the file out; None where there is none.
Elsewhere = Callable[[], str | None]


def deliver(
    request: Request,
    name: str,
    content_type: str,
    tag: str,
    size: int,
    piece: Piece,
    elsewhere: Elsewhere = lambda: None,
) -> Response:
    """The file named `name`, whole, in part (206), not at all where the client has it (304), or `elsewhere` (307).

    Raises HTTPException 416 for a range that lies outside of it. `tag` tells its versions apart.
    """
    etag = f'"{tag}"'
    headers = {
        **_HARMLESS,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Type": f"{content_type}; charset=utf-8" if content_type.startswith(_TEXT) else content_type,
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}",
    }
    if is_known(request, etag):
        return Response(status_code=304, headers=_without_content(headers))
    part = _range(request, etag, size)
    start, end = part or (0, size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    if address := _followed(request, content_type) and elsewhere():
        # It opens the file to whoever has it, so nobody may keep it.
        return RedirectResponse(address, 307, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return StreamingResponse(piece(start, end), status, headers)


def _followed(request: Request, content_type: str) -> bool:
    """Whether the client can get it from another server; what a browser might run keeps the headers above."""
    if THROUGH_HUB in request.headers or request.headers.get("sec-fetch-mode") in _READ_BY_SCRIPT:
        return False
    return content_type.startswith(("video/", "audio/", "image/")) and "svg" not in content_type


def is_known(request: Request, etag: str) -> bool:
    """Whether the client already has this version (If-None-Match)."""
    asked = request.headers.get("if-none-match", "")
    return asked.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in asked.split(",")]


def _range(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last, None for the whole. Several ranges are answered with the whole."""
    match = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if match is None or match[0] == "bytes=-" or request.headers.get("if-range", etag) != etag:
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None  # not a range at all (RFC 9110, 14.1.1)
    if first:
        start, end = int(first), min(size, int(last) + 1) if last else size
    else:
        start, end = max(0, size - int(last)), size
    if start >= end:
        raise HTTPException(
            416,
            f"The range {match[0]} lies outside of the file, which has {size} bytes.",
            {"Content-Range": f"bytes */{size}"},
        )
    return start, end


def _without_content(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if not name.startswith("Content-") or "Security" in name}
