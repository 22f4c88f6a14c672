"""/healthz, /readyz and /metrics: what a supervisor and a monitor ask of every process, hub or worker."""

import hmac
import ipaddress

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from oxreel import metrics
from oxreel.bootstrap import Hub
from oxreel.errors import Forbidden, NotFound, Unauthenticated
from oxreel.operation.gauges import Gauges
from oxreel.operation.readiness import Readiness
from oxreel.settings import Settings

#: Headers that a proxy adds: the client behind it may be anybody.
_PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def router(hub: Hub, readiness: Readiness) -> APIRouter:
    """The routes of one process."""
    routes = APIRouter(include_in_schema=False)
    of_the_hub = CollectorRegistry()
    of_the_hub.register(Gauges(hub))
    ProcessCollector(registry=of_the_hub)

    @routes.get("/healthz")
    async def alive() -> dict[str, str]:
        """Whether the process answers at all: it asks nobody else, and needs no thread."""
        return {"status": "ok"}

    @routes.get("/readyz")
    def ready() -> Response:
        """Whether it can do its work, and what is wrong where it cannot."""
        trouble = readiness.trouble()
        if not trouble:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not_ready", "trouble": trouble}, 503, {"Retry-After": "1"})

    @routes.get("/metrics")
    def measured(request: Request) -> Response:
        """What Prometheus reads."""
        check_access(request, hub.settings)
        text = generate_latest(metrics.REGISTRY) + generate_latest(of_the_hub)
        return PlainTextResponse(text, media_type=CONTENT_TYPE_LATEST)

    return routes


def check_access(request: Request, settings: Settings) -> None:
    """Nothing for who may read the metrics. Raises NotFound, Unauthenticated or Forbidden."""
    if not settings.metrics:
        raise NotFound("There is nothing at /metrics.")
    token = settings.metrics_token.get_secret_value()
    if token:
        sent = request.headers.get("authorization", "")
        if not hmac.compare_digest(f"Bearer {token}".encode(), sent.encode("utf-8", "replace")):
            raise Unauthenticated("Send the token of OXREEL_METRICS_TOKEN: `Authorization: Bearer TOKEN`.")
        return
    if settings.public_url:
        # A proxy stands in front, and one that adds no header looks like a client of this machine.
        raise Forbidden("This hub has a public address: set OXREEL_METRICS_TOKEN to read its metrics.")
    straight = not any(name in request.headers for name in _PROXY_HEADERS)
    if not straight or request.client is None or not _is_loopback(request.client.host) or _is_a_name(request):
        raise Forbidden("Metrics are for this machine alone; set OXREEL_METRICS_TOKEN to open them to others.")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_a_name(request: Request) -> bool:
    """Whether the Host header is a name that anybody could point at this machine, in front of a browser of it."""
    host = request.url.hostname or ""
    return host.lower() != "localhost" and not _is_loopback(host)
