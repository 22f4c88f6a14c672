"""Errors as the wire shows them: the only place that knows which error has which HTTP status."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oxreel import errors, metrics
from oxreel.log import Log

log = Log(__name__)

#: status, type and title of every error class.
RESPONSES: dict[type[errors.OxReelError], tuple[int, str, str]] = {
    errors.Unauthenticated: (401, "unauthenticated", "Unauthenticated"),
    errors.InvalidParams: (400, "invalid_params", "Invalid parameters"),
    errors.BadReference: (400, "invalid_params", "Invalid reference"),
    errors.InsufficientCredits: (402, "insufficient_credits", "Insufficient credits"),
    errors.Forbidden: (403, "forbidden", "Forbidden"),
    errors.NotFound: (404, "resource_not_found", "Resource not found"),
    errors.Conflict: (409, "conflict", "Conflict"),
    errors.PayloadTooLarge: (413, "payload_too_large", "Payload too large"),
    errors.UnsupportedMediaType: (415, "unsupported_media_type", "Unsupported media type"),
    errors.RateLimited: (429, "rate_limited", "Too many requests"),
    errors.Unavailable: (503, "service_unavailable", "Service unavailable"),
    errors.StorageUnavailable: (503, "service_unavailable", "Service unavailable"),
    errors.FilmingFailed: (500, "unknown_error", "Generation failed"),
}
_BY_STATUS = {status: (kind, title) for status, kind, title in reversed(RESPONSES.values())} | {
    405: ("method_not_allowed", "Method not allowed"),
    500: ("unknown_error", "Unknown error"),
}
#: What a client hears of a fault of ours; the stack trace stays in the log.
UNKNOWN = "Something went wrong inside the hub. It has been logged; please try again."


def error_body(kind: str, title: str, message: str, detail: str | None = None) -> dict[str, Any]:
    """The one error body that serves both published shapes."""
    return {
        "error": {"type": kind, "title": title, "detail": detail or message, "message": message},
        "status": "error",
        "status_message": kind,
    }


def respond(error: errors.OxReelError) -> JSONResponse:
    """The answer to an error of ours."""
    status, kind, title = RESPONSES[type(error)]
    headers = {}
    if isinstance(error, errors.RateLimited | errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.StorageUnavailable):
        headers["Retry-After"] = "30"
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(error_body(kind, title, error.message, error.detail), status, headers)


def install(app: FastAPI) -> None:
    """Answer every error of the application in the contract's shape."""

    @app.exception_handler(errors.OxReelError)
    def ours(_: Request, error: errors.OxReelError) -> JSONResponse:
        metrics.errors.labels("request", type(error).__name__).inc()
        if isinstance(error, errors.Unavailable):
            log.warning("database_unavailable", reason=error.message, cause=type(error.__cause__).__name__)
        return respond(error)

    @app.exception_handler(HTTPException)
    def of_the_router(request: Request, error: HTTPException) -> JSONResponse:
        kind, title = _BY_STATUS.get(error.status_code, ("invalid_params", HTTPStatus(error.status_code).phrase))
        message = {
            404: f"There is nothing at {request.url.path}.",
            405: f"{request.method} is not allowed at {request.url.path}.",
        }.get(error.status_code, str(error.detail))
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = _allowed(request)
        return JSONResponse(error_body(kind, title, message), error.status_code, headers)

    @app.exception_handler(RequestValidationError)
    def of_the_query(_: Request, error: RequestValidationError) -> JSONResponse:
        problems = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors()]
        return respond(errors.InvalidParams("; ".join(problems)))

    app.add_middleware(_Gate)


def _allowed(request: Request) -> str:
    """Every method that the path takes; the router itself names those of one route alone."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.path is not None and route.methods and compile_path(route.path)[0].match(request.url.path):
            found |= route.methods
    return ", ".join(sorted(found))


class _Gate:
    """Stops what no part of the hub can take, and answers faults of ours with 500.

    Starlette's own handler of faults raises them again once it has answered; the server then drops the
    connection, and with it the next request of a client that keeps it open.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            # No database can look for it.
            refusal = errors.InvalidParams("The URL holds a NUL character (%00), which nothing here can have.")
            await respond(refusal)(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            log.info("client_left", method=scope["method"], path=scope["path"])
        except Exception:
            # Half of an answer cannot be mended: the client must see that it breaks off.
            if started or scope["type"] != "http":
                raise
            log.exception("request_failed", method=scope["method"], path=scope["path"])
            metrics.errors.labels("request", "Fault").inc()
            answer = JSONResponse(error_body("unknown_error", "Unknown error", UNKNOWN), 500)
            await answer(scope, receive, send)
