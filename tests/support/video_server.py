"""A video server on loopback that speaks `/v1/videos` as vLLM-Omni or as SGLang does, with faults to order.

Written from the documents and sources of both (read 2026-11).

    with FakeVideoServer("sglang") as server:
        server.faults["look"] = [Fault(status=500), Fault(drop=True)]
"""

import email.parser
import email.policy
import functools
import json
import re
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Self

import av
import numpy as np

from oxreel.settings import Settings
from support.processes import eventually

Kind = Literal["vllm-omni", "sglang"]
Place = Literal["create", "look", "content", "delete"]


@dataclass
class Fault:
    """How one request is answered instead of as it should be."""

    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    #: Do what was asked, and then close the connection without an answer.
    drop: bool = False
    #: Seconds that the answer takes.
    delay: float = 0.0
    #: Bytes of a video after which the connection breaks.
    cut: int = 0
    #: Seconds between any two bytes of the answer.
    drip: float = 0.0


@dataclass
class Job:
    """One request as the server keeps it."""

    id: str
    fields: dict[str, Any]
    #: By the form's field: the bytes of each file.
    files: list[tuple[str, bytes]]
    content_type: str
    status: str = "queued"
    looks: int = 0
    deleted: bool = False


class FakeVideoServer:
    """`with FakeVideoServer("vllm-omni") as server: ... server.url, server.jobs`"""

    def __init__(self, kind: Kind, *, key: str = "", model: str = "Wan2.2-TI2V-5B") -> None:
        self.kind, self.key, self.model = kind, key, model
        #: What was accepted, in order, and every request by method and path.
        self.jobs: list[Job] = []
        self.heard: list[tuple[str, str]] = []
        #: By the place that they strike, in turn; what is used up is gone.
        self.faults: dict[Place, list[Fault]] = defaultdict(list)
        #: Looks that a job is worked on; while `hold` is clear, none is done.
        self.works = 1
        self.hold = threading.Event()
        self.hold.set()
        #: Why every job fails.
        self.error = ""
        #: Instead of the film: what every job's content is.
        self.film: bytes | None = None
        #: Answers that the client did not hear out.
        self.hung_up = 0
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"server_": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def variables(self) -> dict[str, str]:
        """What tells a hub to film here."""
        return {
            "OXREEL_VIDEO_SERVER_URL": self.url,
            "OXREEL_VIDEO_SERVER_KEY": self.key,
            "OXREEL_VIDEO_SERVER_KIND": self.kind,
            "OXREEL_VIDEO_SERVER_MODEL": self.model,
        }

    def settings(self, **more: Any) -> Settings:
        """Settings of a hub that films here."""
        names = {name.removeprefix("OXREEL_").lower(): value for name, value in self.variables.items()}
        return Settings(**{**names, **more})

    def posts(self) -> int:
        """How often something was asked for."""
        return sum(1 for method, _ in self.heard if method == "POST")

    def wait_for_job(self) -> Job:
        """The first job, once there is one."""
        assert eventually(lambda: bool(self.jobs)), "nothing was asked for"
        return self.jobs[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hold.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fault(self, place: Place) -> Fault | None:
        """What is to go wrong with this request."""
        with self._lock:
            return self.faults[place].pop(0) if self.faults[place] else None

    def take(self, fields: dict[str, Any], files: list[tuple[str, bytes]], content_type: str) -> tuple[int, Any]:
        """Status and answer of a request for a video."""
        wrong = _wrong_for_vllm(fields, files, content_type) if self.kind == "vllm-omni" else _wrong_for_sglang(
            fields, files, content_type
        )  # fmt: skip
        if wrong:
            return 400, {"detail": wrong}
        job = Job(f"video_gen_{uuid.uuid4().hex}", fields, files, content_type)
        with self._lock:
            self.jobs.append(job)
        return 200, self.told(job)

    def find(self, job_id: str) -> Job | None:
        """The job of that id, None for one that was deleted."""
        return next((job for job in self.jobs if job.id == job_id and not job.deleted), None)

    def advance(self, job: Job) -> None:
        """What a look at a job finds."""
        with self._lock:
            job.looks += 1
            job.status = "in_progress"
            if self.hold.is_set() and job.looks > self.works:
                job.status = "failed" if self.error else "completed"

    def told(self, job: Job) -> dict[str, Any]:
        """The job as the server tells it."""
        done = {"queued": 0, "completed": 100}.get(job.status, min(99, 100 * job.looks // (self.works + 1)))
        error = {"code": "500", "message": self.error} if job.status == "failed" else None
        said = {
            "id": job.id, "object": "video", "model": self.model, "status": job.status, "progress": done,
            "created_at": int(time.time()), "size": job.fields.get("size", ""), "seconds": "4", "error": error,
        }  # fmt: skip
        if self.kind == "vllm-omni":
            return {**said, "prompt": job.fields["prompt"], "quality": "default", "media_type": "video/mp4"}
        return {**said, "quality": "standard", "file_path": f"outputs/{job.id}.mp4"}

    def content(self, job: Job) -> bytes:
        """The job's film."""
        if self.film is not None:
            return self.film
        width, height = (int(side) for side in job.fields["size"].split("x"))
        sound = str(job.fields.get("generate_sound", "")).lower() == "true"
        shown = int(job.fields["num_frames"]), int(job.fields["fps"]), int(job.fields["seed"])
        return film(width, height, *shown, sound=sound)


@functools.cache
def film(width: int, height: int, frames: int, rate: int, seed: int, *, sound: bool) -> bytes:
    """An MP4 whose frames grow lighter; its shade is the seed's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w") as output:
            picture = output.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
            picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
            heard = output.add_stream("aac", rate=48_000, layout="stereo") if sound else None
            for index in range(frames):
                shade = 30 + seed % 50 + 120 * index // frames
                picture_of = av.VideoFrame.from_ndarray(np.full((height, width, 3), shade, np.uint8), "rgb24")
                output.mux(picture.encode(picture_of))
            output.mux(picture.encode(None))
            if heard is not None:
                times = np.arange(48_000 * frames // rate) / 48_000
                sine = np.tile(0.3 * np.sin(2 * np.pi * 440 * times), (2, 1)).astype(np.float32)
                for first in range(0, sine.shape[1] - 1024, 1024):
                    block = av.AudioFrame.from_ndarray(
                        np.ascontiguousarray(sine[:, first : first + 1024]), "fltp", "stereo"
                    )
                    block.sample_rate, block.pts = 48_000, first
                    output.mux(heard.encode(block))
                output.mux(heard.encode(None))
        return path.read_bytes()


def _wrong_for_vllm(fields: dict[str, Any], files: list[tuple[str, bytes]], content_type: str) -> str:
    """Takes forms only; one `input_reference`, or several `input_references` and nothing else."""
    if not content_type.startswith("multipart/form-data"):
        return "Field required: prompt"
    names = [name for name, _ in files]
    if "input_references" in names and "input_reference" in names:
        return "Provide input_references alone, without input_reference, image_reference, or video_reference."
    if set(names) - {"input_reference", "input_references"}:
        return f"unknown files {names}"
    if not re.fullmatch(r"\d+x\d+", fields.get("size", "")):
        return "size: String should match pattern"
    return _wrong_for_all(fields, files)


def _wrong_for_sglang(fields: dict[str, Any], files: list[tuple[str, bytes]], content_type: str) -> str:
    """A form needs a picture; JSON has none, and whole numbers where it says so."""
    if content_type.startswith("multipart/form-data"):
        if [name for name, _ in files] != ["input_reference"]:
            return "input_reference file or reference_url is required"
    elif content_type == "application/json":
        if not all(isinstance(fields.get(name), int) for name in ("num_frames", "fps", "seed")):
            return "Invalid request body: Input should be a valid integer"
        if "input_reference" in fields:
            return "Invalid request body: a path of this server was expected"
    else:
        return "Invalid request body"
    return _wrong_for_all(fields, files)


def _wrong_for_all(fields: dict[str, Any], files: list[tuple[str, bytes]]) -> str:
    if not fields.get("prompt"):
        return "prompt is required"
    for _, content in files:
        if not content.endswith(b"IEND\xaeB`\x82"):
            return "Failed to process image source: cannot identify image file"
    return ""


class _Handler(BaseHTTPRequestHandler):
    server_: FakeVideoServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._serve("create", "/v1/videos", lambda _: self.server_.take(*_read(self.headers["content-type"], body)))

    def do_GET(self) -> None:
        if self.path.endswith("/content"):
            self._serve("content", r"/v1/videos/([^/]+)/content", self._content)
        else:
            self._serve("look", r"/v1/videos/([^/]+)", self._look)

    def do_DELETE(self) -> None:
        self._serve("delete", r"/v1/videos/([^/]+)", self._delete)

    def _look(self, job: Job) -> tuple[int, Any]:
        self.server_.advance(job)
        return 200, self.server_.told(job)

    def _content(self, job: Job) -> tuple[int, Any]:
        if job.status != "completed":
            return 404, {"detail": "Generation is still in-progress"}
        return 200, self.server_.content(job)

    def _delete(self, job: Job) -> tuple[int, Any]:
        job.deleted = True
        if self.server_.kind == "vllm-omni":
            return 200, {"id": job.id, "deleted": True, "object": "video.deleted"}
        return 200, {**self.server_.told(job), "status": "deleted"}

    def _serve(self, place: Place, pattern: str, answer: Any) -> None:
        server = self.server_
        server.heard.append((self.command, self.path))
        fault = server.fault(place)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        if fault is not None and fault.status:
            self._answer(fault.status, fault.body, fault.headers)
            return
        if server.key and self.headers["authorization"] != f"Bearer {server.key}":
            self._answer(401, b'{"error": "Unauthorized"}')
            return
        path = re.fullmatch(pattern, self.path)
        job = server.find(path[1]) if path and path.groups() else None
        if path is None or (path.groups() and job is None):
            self._answer(404, b'{"detail": "Video not found"}')
            return
        status, said = answer(job)
        if fault is not None and fault.drop:
            self.close_connection = True
            return
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self._answer(status, content, cut=fault.cut if fault else 0, drip=fault.drip if fault else 0.0)

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, cut: int = 0, drip: float = 0.0
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for piece in (body[index : index + 1] for index in range(len(body))) if drip else [body[: cut or None]]:
                self.wfile.write(piece)
                time.sleep(drip)
        except OSError:
            self.server_.hung_up += 1
            raise
        if cut:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing: tests speak for themselves."""


def _read(content_type: str, body: bytes) -> tuple[dict[str, Any], list[tuple[str, bytes]], str]:
    """Fields and files of a form or of JSON, with the kind that it is."""
    if not content_type.startswith("multipart/form-data"):
        return json.loads(body), [], content_type
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form: Any = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    fields: dict[str, Any] = {}
    files = []
    for part in form.iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if part.get_filename():
            files.append((name, content))
        else:
            fields[name] = content.decode()
    return fields, files, content_type


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that hangs up is what some tests are about."""
