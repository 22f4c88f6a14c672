"""fal's queue as a real server on loopback: submit, status, result, cancel, uploads, files, keys and webhooks.

Written from fal's documents (read 2026-11); `test_fal_speaks_the_truth` holds it against fal's own client.

    with FakeFal() as fal:
        settings = fal.settings(tmp_path)          # or fal.variables for a hub's environment
        fal.faults["submit"] = [Fault(429), Fault(drop=True)]
"""

import base64
import functools
import hashlib
import json
import re
import ssl
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oxreel.media.encode import Encoder, Quality
from oxreel.media.join import join, sound_samples
from oxreel.settings import Settings
from support.certificates import self_signed
from support.processes import eventually

KEY = "fal-key-of-the-tests"
#: What a fault can strike.
Place = Literal["submit", "status", "result", "cancel", "file", "jwks", "initiate", "upload"]


@dataclass
class Fault:
    """How one request is answered instead of as it should be."""

    status: int = 0
    body: bytes | dict[str, Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    #: Do what was asked, and then close the connection without an answer.
    drop: bool = False
    #: Do what was asked, answer it, but only after so many seconds.
    delay: float = 0.0
    #: Changes to the answer that would be given.
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass
class Job:
    """One request as the queue keeps it."""

    id: str
    endpoint: str
    input: dict[str, Any]
    webhook: str = ""
    #: Polls that it still waits and works.
    waits: int = 1
    works: int = 1
    status: str = "IN_QUEUE"
    cancelled: bool = False
    logs: list[dict[str, str]] = field(default_factory=list)

    @property
    def seconds(self) -> int:
        """Of the film."""
        return int(self.input.get("duration", 5))


class FakeFal:
    """`with FakeFal() as fal: ... fal.url, fal.jobs`"""

    def __init__(self, *, size: tuple[int, int] = (320, 180), tls: bool = False) -> None:
        #: Pixels of its films.
        self.size = size
        #: What was submitted and accepted, in order.
        self.jobs: list[Job] = []
        #: Every request: method, path with query, headers by their names in lower case.
        self.heard: list[tuple[str, str, dict[str, str]]] = []
        #: By the place that they strike, in turn; what is used up is gone.
        self.faults: dict[Place, list[Fault]] = defaultdict(list)
        #: Instead of the film: the bytes of every file, and what their type is said to be.
        self.film: bytes | None = None
        self.content_type = "video/mp4"
        #: Frames that a film has beyond, or short of, those of real Kling.
        self.extra_frames = 0
        #: Polls that a new job waits and works; while `hold` is clear, none is done.
        self.waits, self.works = 1, 1
        self.hold = threading.Event()
        self.hold.set()
        #: What a job ends with: an error of its status, or a result that is no film.
        self.error: dict[str, Any] = {}
        self.refusal: Fault | None = None
        self.messages: list[str] = []
        #: Whether a film that is being made ends at the next look once it is called off; else it is made to its end.
        self.heeds_cancel = True
        #: What is billed, in the unit of the price; None: nothing is said.
        self.billable_units: str | None = None
        self.prices: dict[str, float] = {}
        #: What was uploaded, by its name.
        self.uploads: dict[str, bytes] = {}
        self.signing_key = Ed25519PrivateKey.generate()
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"fal": self}))
        self.certificate: Path | None = None
        if tls:
            self._folder = tempfile.TemporaryDirectory()
            self.certificate, key = self_signed(Path(self._folder.name))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def host(self) -> str:
        """Its address with the port."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http{'s' if self.certificate else ''}://{self.host}"

    @property
    def variables(self) -> dict[str, str]:
        """What tells a hub to film here, as fast as can be."""
        return {
            "OXREEL_ENGINES": "fal",
            "OXREEL_FAL_KEY": KEY,
            "OXREEL_FAL_URL": self.url,
            "OXREEL_FAL_REST_URL": self.url,
            "OXREEL_FAL_JWKS_URL": f"{self.url}/.well-known/jwks.json",
            "OXREEL_FAL_PRICING_URL": f"{self.url}/v1/models/pricing",
            "OXREEL_FAL_POLL_SECONDS": "0.2",
        }

    def settings(self, data_dir: Path, **more: Any) -> Settings:
        """Settings of a hub that films here."""
        names = {name.removeprefix("OXREEL_").lower(): value for name, value in self.variables.items()}
        return Settings(**{"data_dir": data_dir, **names, **more})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hold.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self.certificate is not None:
            self._folder.cleanup()

    def wait_for_jobs(self, count: int = 1) -> list[Job]:
        """What was submitted, once there are so many."""
        assert eventually(lambda: len(self.jobs) >= count), f"{len(self.jobs)} of {count} came"
        return self.jobs

    def count(self, method: str, ending: str = "") -> int:
        """Requests of that method whose path ends so."""
        return sum(1 for one, path, _ in self.heard if one == method and urlsplit(path).path.endswith(ending))

    # What it does

    def submit(self, endpoint: str, given: dict[str, Any], webhook: str) -> Job:
        """A new job."""
        with self._lock:
            job = Job(str(uuid.uuid4()), endpoint, given, webhook, self.waits, self.works)
            self.jobs.append(job)
        return job

    def find(self, request_id: str) -> Job | None:
        """The job of that id."""
        return next((job for job in self.jobs if job.id == request_id), None)

    def step(self, job: Job) -> None:
        """One look at a job is one step of its life."""
        with self._lock:
            if job.status == "COMPLETED":
                return
            if job.cancelled and self.heeds_cancel:
                self.complete(job)
            elif job.waits > 0:
                job.waits -= 1
            elif job.works > 0 or not self.hold.is_set():
                job.status, job.works = "IN_PROGRESS", max(0, job.works - 1)
                job.logs = [{"timestamp": _now(), "level": "INFO", "message": text} for text in self.messages]
            else:
                job.status = "COMPLETED"

    def complete(self, job: Job) -> None:
        """Be done with a job at once."""
        with self._lock:
            job.waits, job.works, job.status = 0, 0, "COMPLETED"

    def address(self, job: Job, *more: str) -> str:
        """Where a job is asked for: the first two parts of the endpoint, whatever follows them."""
        return "/".join([self.url, *job.endpoint.split("/")[:2], "requests", job.id, *more])

    def result(self, job: Job) -> dict[str, Any]:
        """What a job made."""
        return {
            "video": {
                "url": f"{self.url}/files/{job.id}.mp4",
                "content_type": self.content_type,
                "file_name": "output.mp4",
                "file_size": 1234,
            }
        }

    def file_of(self, job: Job) -> bytes:
        """The film of a job."""
        if self.film is not None:
            return self.film
        frames = 24 * job.seconds + 1 + self.extra_frames
        return kling_film(frames, *self.size, audio=bool(job.input.get("generate_audio")))

    # Webhooks

    def webhook_body(self, job: Job) -> bytes:
        """What fal tells of a job that is done."""
        said = {"request_id": job.id, "gateway_request_id": job.id, "status": "OK", "payload": self.result(job)}
        return json.dumps(said).encode()

    def webhook_headers(self, job: Job, body: bytes, *, at: int | None = None) -> dict[str, str]:
        """The headers with which it is told, signed."""
        user, when = "user-1", str(int(time.time()) if at is None else at)
        digest = hashlib.sha256(body).hexdigest()
        signed = "\n".join((job.id, user, when, digest)).encode()
        return {
            "Content-Type": "application/json",
            "X-Fal-Webhook-Request-Id": job.id,
            "X-Fal-Webhook-User-Id": user,
            "X-Fal-Webhook-Timestamp": when,
            "X-Fal-Webhook-Signature": self.signing_key.sign(signed).hex(),
        }

    def tell(self, job: Job, url: str | None = None) -> httpx.Response:
        """Send the webhook of a job."""
        body = self.webhook_body(job)
        return httpx.post(
            url or job.webhook, content=body, headers=self.webhook_headers(job, body), timeout=30, trust_env=False
        )

    def jwks(self) -> dict[str, Any]:
        """The public keys; an old one stands before the one that signs."""
        keys = [Ed25519PrivateKey.generate(), self.signing_key]
        raw = [key.public_key().public_bytes(*_RAW) for key in keys]
        return {
            "keys": [
                {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(one).decode().rstrip("=")} for one in raw
            ]
        }


_RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw


@functools.cache
def kling_film(frames: int, width: int = 320, height: int = 180, *, audio: bool = False) -> bytes:
    """An MP4 like those of real Kling: H.264 at 24 frames a second, brighter from frame to frame."""
    with tempfile.TemporaryDirectory() as folder:
        picture, target = Path(folder) / "picture.mp4", Path(folder) / "film.mp4"
        corner = np.full((height // 2, width // 2), 128, np.uint8)
        with Encoder(picture, width, height, quality=Quality(preset="ultrafast", threads=1)) as encoder:
            for index in range(frames):
                encoder.write((np.full((height, width), 40 + index % 180, np.uint8), corner, corner))
        tone = None
        if audio:
            wave = 0.2 * np.sin(np.arange(sound_samples(frames)) * 2 * np.pi * 440 / 48_000)
            tone = np.stack([wave, wave]).astype(np.float32)
        join([picture], target, sound=tone)
        return target.read_bytes()


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000", time.gmtime())


class _Handler(BaseHTTPRequestHandler):
    fal: FakeFal
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        path, query = self._begin()
        if path == "/storage/upload/initiate":
            self._answer("initiate", self._initiate)
        else:
            self._answer("submit", lambda: self._submit(path.strip("/"), query))

    def do_GET(self) -> None:
        path, query = self._begin()
        if path == "/.well-known/jwks.json":
            self._answer("jwks", lambda: (200, self.fal.jwks(), {}), keyless=True)
        elif path == "/v1/models/pricing":
            self._answer("status", lambda: (200, self._prices(query), {}))
        elif path.startswith("/files/"):
            self._answer("file", lambda: self._file(path), keyless=True)
        elif found := re.fullmatch(r"/[^/]+/[^/]+/requests/([^/]+)/status", path):
            self._answer("status", lambda: self._status(found[1], query))
        elif found := re.fullmatch(r"/[^/]+/[^/]+/requests/([^/]+)(/response)?", path):
            self._answer("result", lambda: self._result(found[1]))
        else:
            self._answer("status", lambda: (404, {"detail": f"Path {path} not found"}, {}))

    def do_PUT(self) -> None:
        path, _ = self._begin()
        if path.startswith("/upload/"):
            self._answer("upload", lambda: self._upload(path), keyless=True)
        elif found := re.fullmatch(r"/[^/]+/[^/]+/requests/([^/]+)/cancel", path):
            self._answer("cancel", lambda: self._cancel(found[1]))

    def _begin(self) -> tuple[str, dict[str, list[str]]]:
        length = int(self.headers.get("content-length") or 0)
        self.sent = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.fal.heard.append((self.command, self.path, headers))
        parts = urlsplit(self.path)
        return parts.path, parse_qs(parts.query)

    def _answer(self, place: Place, ordinary: Any, *, keyless: bool = False) -> None:
        fault = self.fal.faults[place].pop(0) if self.fal.faults[place] else Fault()
        if not keyless and self.headers.get("authorization") != f"Key {KEY}":
            self._write(401, {"detail": "Authentication is required to access this application."}, {})
            return
        if keyless and "authorization" in self.headers:
            self._write(400, {"detail": "the key was sent to where it has no business"}, {})
            return
        if fault.status:
            self._write(fault.status, fault.body, fault.headers)
            return
        status, body, headers = ordinary()
        time.sleep(fault.delay)
        if fault.drop:
            self.close_connection = True
            return
        if fault.body:
            body = fault.body
        if isinstance(body, dict):
            body = {**body, **fault.answer}
        self._write(status, body, {**headers, **fault.headers})

    def _submit(self, endpoint: str, query: dict[str, list[str]]) -> Any:
        given = json.loads(self.sent)
        job = self.fal.submit(endpoint, given, query.get("fal_webhook", [""])[0])
        return (
            200,
            {
                "status": "IN_QUEUE",
                "request_id": job.id,
                "response_url": self.fal.address(job),
                "status_url": self.fal.address(job, "status"),
                "cancel_url": self.fal.address(job, "cancel"),
                "queue_position": job.waits,
                "logs": None,
                "metrics": {},
            },
            {"x-fal-request-id": job.id},
        )

    def _status(self, request_id: str, query: dict[str, list[str]]) -> Any:
        job = self.fal.find(request_id)
        if job is None:
            return 404, {"detail": f"Request {request_id} not found"}, {}
        self.fal.step(job)
        said: dict[str, Any] = {
            "status": job.status,
            "request_id": job.id,
            "response_url": self.fal.address(job),
            "status_url": self.fal.address(job, "status"),
            "cancel_url": self.fal.address(job, "cancel"),
            "logs": job.logs if query.get("logs", ["0"])[0] in ("1", "true", "True") else None,
            "metrics": {},
        }
        if job.status == "IN_QUEUE":
            said["queue_position"] = job.waits
        if job.status == "COMPLETED":
            said |= {"metrics": {"inference_time": 1.5}, **self.fal.error}
        return 200 if job.status == "COMPLETED" else 202, said, {}

    def _result(self, request_id: str) -> Any:
        job = self.fal.find(request_id)
        if job is None:
            return 404, {"detail": f"Request {request_id} not found"}, {}
        if job.status != "COMPLETED":
            return 400, {"detail": "Request is still in progress"}, {}
        headers = {"x-fal-request-id": job.id}
        if job.cancelled and self.fal.heeds_cancel:
            return 499, {"detail": "Request was cancelled by the client", "error_type": "client_cancelled"}, headers
        if self.fal.refusal is not None:
            return self.fal.refusal.status, self.fal.refusal.body, {**headers, **self.fal.refusal.headers}
        if self.fal.billable_units is not None:
            headers["x-fal-billable-units"] = self.fal.billable_units
        return 200, self.fal.result(job), headers

    def _cancel(self, request_id: str) -> Any:
        job = self.fal.find(request_id)
        if job is None:
            return 404, {"status": "NOT_FOUND"}, {}
        if job.status == "COMPLETED":
            return 400, {"status": "ALREADY_COMPLETED"}, {}
        job.cancelled = True
        if job.status == "IN_QUEUE" and self.fal.heeds_cancel:
            self.fal.complete(job)
        return 202, {"status": "CANCELLATION_REQUESTED"}, {}

    def _file(self, path: str) -> Any:
        name = path.removeprefix("/files/")
        if name in self.fal.uploads:
            return 200, self.fal.uploads[name], {"Content-Type": "application/octet-stream"}
        job = self.fal.find(name.removesuffix(".mp4"))
        if job is None:
            return 404, b"nothing here", {}
        return 200, self.fal.file_of(job), {"Content-Type": self.fal.content_type}

    def _initiate(self) -> Any:
        asked = json.loads(self.sent)
        name = f"{uuid.uuid4().hex}-{asked['file_name']}"
        return 200, {"upload_url": f"{self.fal.url}/upload/{name}", "file_url": f"{self.fal.url}/files/{name}"}, {}

    def _upload(self, path: str) -> Any:
        self.fal.uploads[path.removeprefix("/upload/")] = self.sent
        return 200, b"", {}

    def _prices(self, query: dict[str, list[str]]) -> dict[str, Any]:
        asked = [one for name in query.get("endpoint_id", []) for one in name.split(",")]
        known = [
            {"endpoint_id": one, "unit_price": self.fal.prices[one], "unit": "seconds", "currency": "USD"}
            for one in asked
            if one in self.fal.prices
        ]
        return {"prices": known, "next_cursor": None, "has_more": False}

    def _write(self, status: int, body: bytes | dict[str, Any], headers: dict[str, str]) -> None:
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        self.send_response(status)
        named = {name.lower() for name in headers}
        if "content-type" not in named:
            self.send_header("Content-Type", "application/json" if isinstance(body, dict) else "text/plain")
        for name, value in headers.items():
            self.send_header(name, value)
        if "content-length" not in named:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: tests speak for themselves."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that hangs up is what some tests are about."""
