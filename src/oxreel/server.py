"""The ASGI application and the process that serves it: API, events, Workbench, and a worker beside them."""

import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from oxreel import __version__, reference, workbench
from oxreel.api import account, error_responses, estimate, history, models, openapi, queue, repos, videos
from oxreel.api import events as event_stream
from oxreel.api.stream import Stream
from oxreel.bootstrap import Hub, open_hub
from oxreel.log import Log, set_up
from oxreel.settings import Settings
from oxreel.worker import Worker

log = Log(__name__)

#: Seconds that a thread may run while others wait; measured to enqueue a tenth faster than Python's own 5 ms.
_SWITCH_SECONDS = 0.001
#: Seconds that open requests may take to end once the hub is asked to stop.
_PATIENCE_SECONDS = 10


def create_app(hub: Hub) -> FastAPI:
    """The application of a hub."""
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
    error_responses.install(app)
    for room in (videos, queue, history, estimate, models, repos, event_stream, account, reference, workbench):
        app.include_router(room.router)
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
    """A server that ends event streams and waits before it waits for its requests."""

    def __init__(self, config: uvicorn.Config, stream: Stream, settings: Settings) -> None:
        super().__init__(config)
        self._stream = stream
        self._settings = settings

    async def startup(self, sockets: Any = None) -> None:
        """Listen, and say so once that is true."""
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            folder = str(self._settings.data_dir.absolute())
            log.info("hub_serving", host=self._settings.host, port=port, data_dir=folder)

    async def shutdown(self, sockets: Any = None) -> None:
        """Stop serving."""
        self._stream.end()
        await super().shutdown(sockets)


def serve(settings: Settings) -> None:
    """Serve the hub, with a worker in the same process, until the process is asked to end."""
    set_up(settings.log_level, settings.log_format)
    _allow_many_connections()
    _end_on_signals()
    # Threads that serve requests hand over sooner to the loop that reads and answers them.
    sys.setswitchinterval(_SWITCH_SECONDS)
    hub = open_hub(settings)
    app = create_app(hub)
    worker = Worker(hub)
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
        _Server(config, app.state.stream, settings).run()
    finally:
        worker.stop()
        hub.close()


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
