"""A receiver of webhooks: a real server on loopback that answers as it is told and keeps what it was sent."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook

from support.processes import eventually


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    #: By their names in lower case.
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The message's own."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict[str, Any]:
        """The message, checked as the library of Standard Webhooks checks it."""
        message: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return message


@dataclass
class Reply:
    """How the receiver answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"thank you"
    #: Answer only once this is set.
    after: threading.Event | None = None


class Receiver:
    """`with Receiver() as receiver: ... receiver.url`"""

    def __init__(self, *replies: Reply) -> None:
        self.received: list[Received] = []
        #: The answers in turn; the last goes on.
        self.replies = list(replies) or [Reply()]
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"receiver": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, received: Received) -> Reply:
        """The answer to a request, which is kept."""
        with self._lock:
            self.received.append(received)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def wait(self, count: int = 1) -> list[Received]:
        """What came, once so many requests have come."""
        assert eventually(lambda: len(self.received) >= count), f"{len(self.received)} of {count} came"
        return self.received


def quiet(receiver: Receiver, seconds: float = 0.6) -> Callable[[], bool]:
    """Whether nothing more comes for so long, from now on."""
    before = len(receiver.received)

    def still() -> bool:
        time.sleep(seconds)
        return len(receiver.received) == before

    return still


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.receiver.take(Received(self.path, headers, body))
        if reply.after is not None:
            reply.after.wait(30)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Nothing: tests speak for themselves."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Nothing: a sender that hangs up is what some tests are about."""
