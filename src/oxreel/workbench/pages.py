"""The Workbench's page and its files, with a policy under which nothing but them can run."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response

from oxreel.bootstrap import Hub
from oxreel.errors import NotFound
from oxreel.workbench.session import own_key

FOLDER = Path(__file__).parent / "static"
#: What a browser may ask for, by name, so that no path is ever looked up.
FILES = {file.name: file for file in sorted(FOLDER.iterdir()) if file.suffix in (".js", ".css", ".svg")}
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}

#: Lines that only people read.
_COMMENTS = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*.*?\*/)$", re.MULTILINE | re.DOTALL)

#: Pages are not part of the wire contract, so the OpenAPI document leaves them out.
router = APIRouter(include_in_schema=False)


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


@router.get("/")
def home() -> RedirectResponse:
    """The Workbench is the hub's front page."""
    return RedirectResponse("/ai/workbench")


@router.get("/ai/workbench")
def workbench(hub: Annotated[Hub, Depends(_hub)]) -> FileResponse:
    """The page; `?model=ID` is read by its script."""
    bucket = hub.objects.origin if hub.settings.storage_redirect else ""
    return _file(FOLDER / "workbench.html", {"Content-Security-Policy": policy(hub.settings.public_url, bucket)})


@router.get("/ai/workbench/static/{name}")
def static(name: str) -> Response:
    """A script, style sheet or picture of the page."""
    if name not in FILES:
        raise NotFound(f"The Workbench has no file '{name}'.")
    if not name.endswith(".js"):
        return _file(FILES[name], {})
    return Response(without_comments(FILES[name].read_text()), media_type=_media_type(".js"), headers=_ALWAYS)


@router.get("/ai/workbench/session")
def session(request: Request, hub: Annotated[Hub, Depends(_hub)]) -> JSONResponse:
    """The first user's key, for the hub's own page in a browser of the hub's own user on its own machine."""
    key = own_key(request, hub.settings)
    return JSONResponse(
        {"api_key": key}, headers={"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
    )


def without_comments(script: str) -> str:
    """The script as browsers get it: an eighth smaller, and every line where it was."""
    return _COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), script)


def policy(public_url: str, bucket: str = "") -> str:
    """The page's Content-Security-Policy: own files only, no inline script.

    Pictures and videos also come from the public address, and from the bucket that the hub sends them to.
    """
    parts = urlsplit(public_url)
    public = f" {parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""
    shown = public + (f" {bucket}" if bucket else "")
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' blob: data:{shown}",
            f"media-src 'self' blob:{shown}",
            "connect-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
        )
    )


_ALWAYS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _media_type(suffix: str) -> str:
    return f"{_TYPES[suffix]}; charset=utf-8"


def _file(path: Path, headers: dict[str, str]) -> FileResponse:
    return FileResponse(path, media_type=_media_type(path.suffix), headers=_ALWAYS | headers)
