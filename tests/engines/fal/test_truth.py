"""That the server of these tests speaks the truth: fal's own client films there, and OxReel at another's imitation."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from engines.fal.boards import quick_board
from engines.suite import Notes
from oxreel.engines.fal import FalEngine
from oxreel.media.probe import probe
from support.fal import KEY, FakeFal, kling_film

AIMOCK = Path(__file__).parents[2] / "support/aimock"

#: What a user of fal's client writes.
SCRIPT = """
import json, fal_client

told = []
def on_update(update):
    told.append(type(update).__name__)

client = fal_client.SyncClient()
result = client.subscribe(
    "fal-ai/kling-video/o3/pro/text-to-video", {"prompt": "A lake", "duration": "3"},
    with_logs=True, on_queue_update=on_update,
)
handle = client.submit("fal-ai/kling-video/o3/pro/text-to-video", {"prompt": "Another"}, webhook_url="https://h.example/x")
handle.cancel()
refused = ""
try:
    handle.get()
except Exception as error:
    refused = str(error)
print(json.dumps({"told": told, "url": result["video"]["url"], "refused": refused}))
"""


def test_fals_own_client_films_at_the_server_of_these_tests() -> None:
    with FakeFal(tls=True) as fal:
        assert fal.certificate is not None
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={
                **os.environ, "FAL_KEY": KEY, "FAL_RUN_HOST": fal.host, "FAL_QUEUE_RUN_HOST": fal.host,
                "SSL_CERT_FILE": str(fal.certificate),
            },
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert list(dict.fromkeys(said["told"])) == ["Queued", "InProgress", "Completed"]
        assert said["url"] == f"{fal.url}/files/{fal.jobs[0].id}.mp4"
        assert "cancelled" in said["refused"]
        first, second = fal.jobs
        assert first.input == {"prompt": "A lake", "duration": "3"}
        assert (second.webhook, second.cancelled) == ("https://h.example/x", True)


@pytest.fixture
def aimock(fal: FakeFal) -> Iterator[int]:
    """The port of aimock, whose every film is the one that lies at the server of these tests."""
    node = shutil.which("node")
    if node is None or not (AIMOCK / "node_modules").exists():
        pytest.skip("aimock is not installed: `npm ci --prefix tests/support/aimock` does that where there is Node")
    fal.uploads["film.mp4"] = kling_film(73)
    with subprocess.Popen(
        [node, "serve.mjs", f"{fal.url}/files/film.mp4"],
        cwd=AIMOCK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        yield int(running.stdout.readline())
        running.kill()


class _Gate(BaseHTTPRequestHandler):
    """Passes requests on to aimock, which wants to be told which of fal's hosts is meant."""

    port: int
    heard: list[tuple[str, int]]

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        answer = httpx.request(
            self.command,
            f"http://127.0.0.1:{self.port}/fal{self.path}",
            content=body,
            headers={"Content-Type": "application/json", "X-Fal-Target-Host": "queue.fal.run"},
            trust_env=False,
        )
        self.heard.append((f"{self.command} {self.path.partition('?')[0]}", answer.status_code))
        self.send_response(answer.status_code)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def do_PUT(self) -> None:
        self._pass_on()

    def log_message(self, *_: object) -> None:
        """Nothing: tests speak for themselves."""


@pytest.fixture
def gate(aimock: int) -> Iterator[ThreadingHTTPServer]:
    handler = type("Bound", (_Gate,), {"port": aimock, "heard": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_oxreel_films_at_anothers_imitation_of_fal(fal: FakeFal, gate: ThreadingHTTPServer, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{gate.server_port}"
    settings = fal.settings(tmp_path / "data", fal_url=address, fetch_allow_hosts=("127.0.0.1",))
    engine, made, memo = FalEngine(settings), quick_board(), Notes()
    segment = engine.film(made, made.shots[0], tmp_path, lambda _: None, memo)
    engine.finish(made, [segment], tmp_path / "film.mp4")
    assert probe(tmp_path / "film.mp4").frames == 73
    # It names fal's own host in its addresses, and those are not followed.
    assert memo.entries["status_url"].startswith(f"{address}/fal-ai/kling-video/requests/")
    heard: list[tuple[str, int]] = gate.RequestHandlerClass.heard  # type: ignore[attr-defined]
    assert heard[0] == ("POST /fal-ai/kling-video/o3/pro/text-to-video", 200)
    assert {status for _, status in heard} == {200}
    # Done by now, there as here.
    assert engine.abandon({**memo.entries, "done": False})["called_off"] == "ALREADY_COMPLETED"
