"""What is noted of every request: its id, its numbers, its span.

A client may name its request (`X-Request-Id`); the name is on the answer and on every line of the log that is
written for it.
"""

import re
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oxreel import metrics, tracing
from oxreel.log import about_this_task
from oxreel.tracing import Span

_HEADER = "X-Request-Id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_GENERATION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: What is asked for so often, or stays open so long, that a span says nothing.
_UNTRACED = ("/healthz", "/readyz", "/metrics", "/api/health", "/api/events")


class Observed:
    """The application with everything noted that happens at its door."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        # Not only within: the server's own lines about this request come when the application has returned.
        about_this_task(request=request_id, **_generation(scope["path"]))
        if not tracing.is_on() or scope["path"] in _UNTRACED:
            await self._answer(scope, receive, send, request_id, Span())
            return
        method = _method(scope)
        with tracing.span(method, {"http.request.method": method}, parent=headers, serves=True) as span:
            await self._answer(scope, receive, send, request_id, span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str, span: Span) -> None:
        began = time.perf_counter()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[_HEADER] = request_id
                _count(scope, message["status"], time.perf_counter() - began, span)
            await send(message)

        await self._app(scope, receive, noted)


def _count(scope: Scope, status: int, seconds: float, span: Span) -> None:
    method, route = _method(scope), route_of(scope)
    metrics.http_requests.labels(method, route, str(status)).inc()
    metrics.http_request_seconds.labels(route).observe(seconds)
    span.rename(f"{method} {route}")
    span.note({"http.route": route, "http.response.status_code": status})
    if status >= 500:
        span.fail(str(status))


def route_of(scope: Scope) -> str:
    """The template of the route that took the request, such as `/api/ai/queue/{generation_id}`; `other` for none."""
    route: Any = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    return path if isinstance(path, str) else metrics.OTHER


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else metrics.OTHER


def _request_id(headers: Headers) -> str:
    sent = headers.get(_HEADER, "")
    return sent if _WELL_FORMED.fullmatch(sent) else uuid.uuid4().hex


def _generation(path: str) -> dict[str, str]:
    found = _GENERATION.search(path)
    return {} if found is None else {"generation": found[0]}
