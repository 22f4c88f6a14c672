"""The ASGI application and the process that serves it: API, events, Workbench, and a worker beside them."""

import asyncio
import gc
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from oxreel import __version__, reference, tracing, workbench
from oxreel.api import (
    account,
    error_responses,
    estimate,
    fal_webhook,
    history,
    models,
    openapi,
    queue,
    repos,
    videos,
    webhooks,
)
from oxreel.api import events as event_stream
from oxreel.api.stream import Stream
from oxreel.bootstrap import Hub, open_hub
from oxreel.generations.history import Counts
from oxreel.log import Log, set_up
from oxreel.operation import readiness, routes
from oxreel.operation.readiness import Readiness
from oxreel.operation.requests import Observed
from oxreel.settings import Settings
from oxreel.worker import Worker

log = Log(__name__)

#: Seconds that a thread may run while others wait; measured to enqueue a tenth faster than Python's own 5 ms.
_SWITCH_SECONDS = 0.001
#: Seconds that open requests may take to end once the hub is asked to stop.
_PATIENCE_SECONDS = 10
#: Seconds between two looks at whether somebody will not wait for the end.
_LOOK_SECONDS = 0.1


def create_app(hub: Hub, worker: Worker | None = None) -> FastAPI:
    """The application of a hub, and of the worker in the same process where there is one."""
    stream = Stream(
        hub.database,
        lambda event, base: event_stream.wire_data(event, base, hub.signer, hub.settings.url_hours),
        keep_alive_seconds=hub.settings.keep_alive_seconds,
        catch_up_minutes=hub.settings.event_catch_up_minutes,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await stream.start()
        yield
        await stream.stop()

    app = FastAPI(
        title="OxReel", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.hub = hub
    app.state.stream = stream
    app.state.counts = Counts()
    checks = {**readiness.of_hub(hub), "events": stream.trouble}
    app.state.readiness = Readiness(checks if worker is None else {**checks, "worker": worker.trouble})
    error_responses.install(app)
    app.add_middleware(Observed)
    app.include_router(routes.router(hub, app.state.readiness))
    rooms = (videos, queue, history, estimate, models, repos, event_stream, webhooks, account, reference, workbench)
    for room in rooms:
        app.include_router(room.router)
    if "fal" in hub.engines.names:
        app.include_router(fal_webhook.router(hub))
    document: dict[str, Any] = {}

    @app.get("/openapi.json", include_in_schema=False)
    def openapi_document() -> JSONResponse:
        if not document:
            document.update(openapi.build(app, hub.catalogue))
        return JSONResponse(document)

    @app.get("/api/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    return app


class _Server(uvicorn.Server):
    """A server that says that it ends, then ends event streams and waits before it waits for its requests."""

    def __init__(self, config: uvicorn.Config, stream: Stream, ready: Readiness, settings: Settings) -> None:
        super().__init__(config)
        self._stream = stream
        self._readiness = ready
        self._settings = settings

    async def startup(self, sockets: Any = None) -> None:
        """Listen, and say so once that is true."""
        await super().startup(sockets)
        # What is there by now stays: a collector that walks through all of it holds every request up for 0.1 s.
        gc.freeze()
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            folder = str(self._settings.data_dir.absolute())
            log.info("hub_serving", host=self._settings.host, port=port, data_dir=folder)

    async def shutdown(self, sockets: Any = None) -> None:
        """Stop serving, once whoever sends requests here had time to see that it is not ready any more."""
        self._readiness.stop()
        log.info("hub_stopping", unready_seconds=self._settings.unready_seconds)
        end = time.monotonic() + self._settings.unready_seconds
        while time.monotonic() < end and not self.force_exit:  # noqa: ASYNC110 - a second signal sets no event
            await asyncio.sleep(_LOOK_SECONDS)
        self._stream.end()
        await super().shutdown(sockets)


def serve(settings: Settings) -> None:
    """Serve the hub until the process is asked to end, with a worker in the same process unless others do its work."""
    set_up(settings.log_level, settings.log_format)
    tracing.set_up("hub")
    _allow_many_connections()
    _end_on_signals()
    # Threads that serve requests hand over sooner to the loop that reads and answers them.
    sys.setswitchinterval(_SWITCH_SECONDS)
    hub = open_hub(settings)
    worker = Worker(hub) if settings.serve_worker else None
    app = create_app(hub, worker)
    if worker is not None:
        worker.start()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=4096,
        timeout_graceful_shutdown=_PATIENCE_SECONDS,
    )
    try:
        _Server(config, app.state.stream, app.state.readiness, settings).run()
    finally:
        if worker is not None:
            _end(worker)
        hub.close()
        tracing.close()
        log.info("hub_stopped")


def _end(worker: Worker) -> None:
    """Let a worker finish what it films, unless the process is asked to end once more."""
    try:
        worker.drain()
    finally:
        worker.stop()


def _end_on_signals() -> None:
    """Let a signal unwind the process; uvicorn raises it again once it has stopped serving."""

    def unwind(*_: Any) -> None:
        raise SystemExit(0)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, unwind)


def _allow_many_connections() -> None:
    """Raise the limit of open files to what the system allows: each waiting client is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
