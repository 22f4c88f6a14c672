"""The small server of a worker process: health, readiness and metrics, where a port is set for them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from oxreel.api import error_responses
from oxreel.log import Log
from oxreel.operation import readiness, routes
from oxreel.operation.readiness import Readiness
from oxreel.worker import Worker

log = Log(__name__)


@contextmanager
def endpoint(worker: Worker) -> Iterator[Readiness]:
    """The server, for as long as it is entered; what it says of the worker is the value's."""
    settings = worker.hub.settings
    ready = Readiness({**readiness.of_hub(worker.hub), "worker": worker.trouble})
    if not settings.worker_port:
        yield ready
        return
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    error_responses.install(app)
    app.include_router(routes.router(worker.hub, ready))
    config = uvicorn.Config(
        app, host=settings.host, port=settings.worker_port, log_config=None, access_log=False, server_header=False
    )
    server = uvicorn.Server(config)
    # Signals are the main thread's: it says when this one ends.
    thread = threading.Thread(target=server.run, name="endpoint", daemon=True)
    thread.start()
    log.info("worker_endpoint", host=settings.host, port=settings.worker_port)
    try:
        yield ready
    finally:
        server.should_exit = True
        thread.join(timeout=5)
