"""A hub of weights on loopback that huggingface_hub can download from: revisions, trees, files with ranges."""

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class WeightsHub:
    """`with WeightsHub("Wan-AI/Wan2.2-TI2V-5B-Diffusers", files) as hub: ... hub.url`"""

    def __init__(self, repo: str, files: Mapping[str, bytes], *, token: str = "") -> None:
        self.repo, self.files, self.token = repo, dict(files), token
        #: What each file's download is, where it is not what is published.
        self.sent: dict[str, bytes] = {}
        #: Bytes after which the next download of a file breaks, each once; and files whose downloads all fail.
        self.cuts: dict[str, int] = {}
        self.broken: set[str] = set()
        #: Every download of a file with its range, and every token that came.
        self.downloads: list[tuple[str, str]] = []
        self.tokens: set[str] = set()
        self._server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"hub": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """For HF_ENDPOINT."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def fetched(self) -> list[str]:
        """The files that were downloaded, as often as they were."""
        return sorted(path for path, _ in self.downloads)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def tree(self) -> list[dict[str, Any]]:
        """What the hub publishes of each file: large ones, here all weights, with their SHA-256."""
        listed: list[dict[str, Any]] = []
        for path, content in self.files.items():
            sha1 = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            one: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": sha1}
            if _is_large(path):
                one["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 135}
            listed.append(one)
        return [*({"type": "directory", "path": f, "size": 0, "oid": "0" * 40} for f in self._folders()), *listed]

    def _folders(self) -> set[str]:
        return {path.rpartition("/")[0] for path in self.files if "/" in path}


def _is_large(path: str) -> bool:
    return path.endswith((".safetensors", ".bin", ".pt"))


class _Handler(BaseHTTPRequestHandler):
    hub: WeightsHub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve(body=True)

    def do_HEAD(self) -> None:
        self._serve(body=False)

    def _serve(self, *, body: bool) -> None:
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        sent = (self.headers["authorization"] or "").removeprefix("Bearer ")
        hub.tokens.add(sent)
        if not path.startswith((f"/api/models/{hub.repo}", f"/{hub.repo}/resolve/")):
            self._answer(404, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"})
        elif hub.token and sent != hub.token:
            said = "Access to the model is restricted"
            self._answer(403, said.encode(), {"X-Error-Code": "GatedRepo", "X-Error-Message": said})
        elif path.startswith("/api/models/"):
            self._api(path.removeprefix(f"/api/models/{hub.repo}"))
        else:
            self._file(path.removeprefix(f"/{hub.repo}/resolve/{COMMIT}/"), body=body)

    def _api(self, path: str) -> None:
        if path in ("", "/revision/main"):
            siblings = [{"rfilename": name} for name in self.hub.files]
            said: Any = {"id": self.hub.repo, "modelId": self.hub.repo, "sha": COMMIT, "siblings": siblings}
        elif path == f"/tree/{COMMIT}":
            said = self.hub.tree()
        else:
            self._answer(404, b'{"error": "no such revision"}', {"X-Error-Code": "RevisionNotFound"})
            return
        self._answer(200, json.dumps(said).encode(), {"Content-Type": "application/json"})

    def _file(self, path: str, *, body: bool) -> None:
        hub = self.hub
        if path not in hub.files:
            self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        content = hub.files[path]
        named = hashlib.sha256(content) if _is_large(path) else hashlib.sha1(b"blob %d\0" % len(content) + content)
        told = {"X-Repo-Commit": COMMIT, "ETag": f'"{named.hexdigest()}"', "X-Linked-Size": str(len(content))}
        if not body:
            self._answer(200, content, told)
            return
        asked = self.headers["range"] or ""
        hub.downloads.append((path, asked))
        if path in hub.broken:
            self._answer(403, b"out of order", {})
            return
        content, first = hub.sent.get(path, content), int((re.match(r"bytes=(\d+)-", asked) or [0, 0])[1])
        whole = {"Content-Range": f"bytes {first}-{len(content) - 1}/{len(content)}"} if asked else {}
        self._answer(206 if asked else 200, content[first:], {**told, **whole}, cut=hub.cuts.pop(path, 0))

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str], cut: int = 0) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:cut] if cut else body)
        if cut:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing: tests speak for themselves."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that hangs up is what some tests are about."""
