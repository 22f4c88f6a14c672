"""A server that speaks S3 and checks signatures: rclone in front of a folder, as a process of the test's own."""

import http.client
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from support.hub import free_port

#: Shorter keys are refused by the server.
KEY, SECRET = "key-of-the-tests", "a-secret-of-the-tests-long-enough"
BUCKET = "films"
_RCLONE = Path(sys.executable).parent / "rclone"
#: Seconds that the server may take to listen; generous, because test machines are busy.
_PATIENCE = 30


class S3Server:
    """A bucket on a free port of this machine, and what must be set to use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = folder.parent / f"{folder.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / BUCKET).mkdir(parents=True)

    @property
    def url(self) -> str:
        """For OXREEL_STORAGE_URL."""
        return f"s3://{BUCKET}/hub"

    @property
    def variables(self) -> dict[str, str]:
        """What a process must have in its environment."""
        return variables(self.endpoint)

    def start(self) -> None:
        """Listen."""
        command = [
            str(_RCLONE), "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}",
            "--config", os.devnull, "--log-level", "NOTICE", str(self.folder),
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"the S3 server did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        """Stop listening; what is stored stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def files(self) -> list[str]:
        """What lies in the bucket's folder, half-written files included, as paths within the hub's prefix."""
        top = self.folder / BUCKET / "hub"
        return sorted(file.relative_to(top).as_posix() for file in top.rglob("*") if file.is_file())


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """A server over `folder` while the block runs."""
    server = S3Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def variables(endpoint: str) -> dict[str, str]:
    """The usual names of endpoint, region and keys."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """These variables are this process's own while the block runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


#: What a proxy does with a request instead of passing it on: answer with this status, or break the connection.
Fault = int | str | None


class FaultyS3:
    """A way to an S3 server that notes every request and breaks those that it is told to."""

    def __init__(self, server: S3Server) -> None:
        self.requests: list[tuple[str, str]] = []
        #: Decides by method and path what goes wrong: a status, "reset", or None.
        self.fault: Callable[[str, str], Fault] = lambda method, path: None
        self.files = server.files
        self._target = server.port
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self.url = server.url
        self.variables = variables(self.endpoint)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outside = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Nothing."""

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outside.requests.append((self.command, self.path))
                fault = outside.fault(self.command, self.path)
                if fault == "reset":
                    # Closing with unsent zero linger is a reset, as of a server that died.
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    self.close_connection = True
                    return
                if isinstance(fault, int):
                    self._answer(fault, [], b"<Error><Code>SlowDown</Code></Error>")
                    return
                with closing(http.client.HTTPConnection("127.0.0.1", outside._target, timeout=60)) as onward:
                    # The signature covers the host that the client asked, so it is passed on as it came.
                    onward.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                    for name, value in self.headers.items():
                        onward.putheader(name, value)
                    onward.endheaders(body)
                    with onward.getresponse() as answer:
                        status, headers, content = answer.status, answer.getheaders(), answer.read()
                with suppress(ConnectionError):  # the client has left
                    self._answer(status, headers, content)

            def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                told = {name.lower(): value for name, value in headers}.get("content-length", len(body))
                self.send_header("Content-Length", str(told if self.command == "HEAD" else len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815 - names that the server looks for

        return Handler
