"""The reference's addresses: pages for people, Markdown for programs, snippets for the Workbench."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from oxreel.api.dependencies import read_json_object
from oxreel.bootstrap import Hub
from oxreel.errors import InvalidParams, NotFound
from oxreel.reference.html import page
from oxreel.reference.shelf import Shelf
from oxreel.reference.snippets import snippets

STATIC = Path(__file__).parent / "static"
_FILES = {"reference.css": "text/css", "reference.js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

#: Of a request that is written as code: anybody may ask, and gets it nine times.
_MOST_MEGABYTES = 1

#: Pages are not part of the wire contract, so the OpenAPI document leaves them out.
router = APIRouter(include_in_schema=False)


def _shelf(request: Request) -> Shelf:
    hub: Hub = request.app.state.hub
    return Shelf(hub.catalogue, hub.settings, address_of(request))


ShelfDep = Annotated[Shelf, Depends(_shelf)]


def address_of(request: Request) -> str:
    """The hub's address as its operator names it, else as this request reached it."""
    hub: Hub = request.app.state.hub
    return (hub.settings.public_url or str(request.base_url)).rstrip("/")


@router.get("/docs")
def index(shelf: ShelfDep) -> HTMLResponse:
    """The front page."""
    return _page(shelf, shelf.index(), "/docs")


@router.get("/docs/")
def index_with_slash() -> RedirectResponse:
    """The front page has no slash at its end."""
    return RedirectResponse("/docs")


@router.get("/docs.md")
def index_markdown(shelf: ShelfDep) -> Response:
    """The front page as Markdown."""
    return _markdown(shelf.index())


@router.get("/docs/models/{model_id}.md")
def model_markdown(shelf: ShelfDep, model_id: str) -> Response:
    """The page of a model as Markdown."""
    return _markdown(shelf.model(model_id))


@router.get("/docs/models/{model_id}")
def model(shelf: ShelfDep, model_id: str) -> HTMLResponse:
    """The page of a model."""
    return _page(shelf, shelf.model(model_id), f"/docs/models/{model_id}")


@router.get("/docs/api/{name}.md")
def topic_markdown(shelf: ShelfDep, name: str) -> Response:
    """The page of a part of the API as Markdown."""
    return _markdown(shelf.topic(name))


@router.get("/docs/api/{name}")
def topic(shelf: ShelfDep, name: str) -> HTMLResponse:
    """The page of a part of the API."""
    return _page(shelf, shelf.topic(name), f"/docs/api/{name}")


@router.get("/llms.txt")
def llms(shelf: ShelfDep) -> Response:
    """Where language models find everything."""
    return PlainTextResponse(shelf.llms(), headers=_HEADERS)


@router.get("/llms-full.txt")
def llms_full(shelf: ShelfDep) -> Response:
    """Every page in one file."""
    return PlainTextResponse(shelf.everything(), headers=_HEADERS)


async def _request_body(request: Request) -> dict[str, Any]:
    return await read_json_object(request, _MOST_MEGABYTES)


@router.post("/docs/snippets")
def request_snippets(request: Request, body: Annotated[dict[str, Any], Depends(_request_body)]) -> JSONResponse:
    """A request body as code: by way ("sync", "async", "sse"), then by language ("curl", "python", "javascript")."""
    if not isinstance(body.get("model"), str):
        raise InvalidParams("model: Field required")
    return JSONResponse(snippets(body, address_of(request)), headers=_HEADERS)


@router.get("/docs/static/{name}")
def static(name: str) -> FileResponse:
    """The style sheet and the script of the pages."""
    if name not in _FILES:
        raise NotFound(f"The reference has no file '{name}'.")
    return FileResponse(STATIC / name, media_type=f"{_FILES[name]}; charset=utf-8", headers=_HEADERS)


def _page(shelf: Shelf, text: str, here: str) -> HTMLResponse:
    return HTMLResponse(page(text, {"API": shelf.topics(), "Models": shelf.models()}, here), headers=_HEADERS)


def _markdown(text: str) -> Response:
    return Response(text, media_type="text/markdown; charset=utf-8", headers=_HEADERS)
