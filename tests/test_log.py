"""Lines of the log: what they concern stands on each of them, and what opens a door on none."""

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from oxreel.log import Log, about, about_this_task, adopt, blank, conceal, set_up
from support.processes import eventually
from support.quick_hub import QuickHub

log = Log("oxreel.tests")
Lines = Callable[[], list[dict[str, Any]]]
KEY = "oxr_key-of-the-tests"
BODY = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A hill", "duration": 3}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Everything logged so far, as JSON."""
    root, ours = logging.getLogger(), logging.getLogger("oxreel")
    before = root.handlers, root.level, ours.level
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    set_up("info", "json")
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers, root.level, ours.level = before


def test_what_is_bound_stands_on_every_line_within_and_on_none_behind(lines: Lines) -> None:
    with about(generation="g-1"), about(request="r-1"):
        log.info("first", model="m")
        logging.getLogger("some.library").warning("It rains.")
    log.info("second")
    first, of_the_library, second = lines()
    assert (first["generation"], first["request"], first["model"]) == ("g-1", "r-1", "m")
    assert (of_the_library["generation"], of_the_library["event"]) == ("g-1", "It rains.")
    assert "generation" not in second


def test_tasks_that_run_at_once_do_not_mix_and_their_threads_follow(lines: Lines) -> None:
    adopt("some.engine")

    async def work(name: str) -> None:
        about_this_task(generation=name)
        for _ in range(3):
            await asyncio.to_thread(log.info, "in_a_thread", expected=name)
            logging.getLogger("some.engine").error("of %s", name)

    async def engine(name: str) -> None:
        await work(name)
        # What the engine says when the work has returned is about it, too.
        log.info("after", expected=name)

    async def both() -> None:
        await asyncio.gather(*(asyncio.create_task(engine(name)) for name in ("a", "b")))

    asyncio.run(both())
    written = lines()
    assert len(written) == 14
    for line in written:
        assert line["generation"] == line.get("expected", line["event"].removeprefix("of "))


@pytest.mark.parametrize(
    ("written", "secret"),
    [
        (f"the key {KEY} was sent", KEY.removeprefix("oxr_")),
        ("Authorization: Bearer abc.DEF-123", "abc.DEF-123"),
        ("GET /a.mp4?expires=12&signature=0011aabb&x=1", "0011aabb"),
        ("s3://b/k?X-Amz-Credential=AKIA%2F2026&X-Amz-Signature=ffee", "ffee"),
        ("s3://b/k?X-Amz-Credential=AKIA%2F2026&X-Amz-Signature=ffee", "AKIA"),
        ("cannot reach postgresql+psycopg://oxreel:pass-word@db.example/oxreel", "pass-word"),
        ("whsec_c2VjcmV0", "c2VjcmV0"),
    ],
)
def test_what_opens_a_door_is_blanked_and_the_rest_stays(written: str, secret: str, lines: Lines) -> None:
    assert secret not in blank(written)
    assert "***" in blank(written)
    assert blank(written)[:4] == written[:4]
    log.info("said", text=written)
    try:
        raise ValueError(written)
    except ValueError:
        log.exception("raised")
    for line in lines():
        assert secret not in json.dumps(line)


def test_a_chosen_secret_is_blanked_and_a_plain_word_is_not() -> None:
    conceal('a "chosen" secret', "local")
    assert blank('x a "chosen" secret y') == "x *** y"
    assert blank(json.dumps('a "chosen" secret')) == '"***"'
    assert blank("the user 'local'") == "the user 'local'"
    assert blank("expires=12 duration=5 http://db.example:5432/x") == "expires=12 duration=5 http://db.example:5432/x"


def test_a_hubs_lines_name_request_and_generation_and_hold_no_secret(tmp_path: Path) -> None:
    hub = QuickHub(tmp_path / "data", OXREEL_LOG_FORMAT="json", OXREEL_LOG_LEVEL="debug")
    hub.start()
    answer = hub.client.post("/api/ai/queue", json=BODY, headers={"X-Request-Id": "mine:1.a"})
    assert answer.headers["X-Request-Id"] == "mine:1.a"
    generation = answer.json()["generations"][0]["generation_id"]
    drawn = [
        hub.client.get("/healthz", headers={"X-Request-Id": bad}).headers["X-Request-Id"] for bad in ("a b", "x" * 200)
    ]
    assert all(len(one) == 32 for one in drawn)
    assert drawn[0] != drawn[1]
    url = hub.wait_for(generation)["result_url"]
    assert httpx.get(url, trust_env=False).status_code == 200
    _leave_in_the_middle(hub, generation)
    assert eventually(lambda: "client_left" in hub.log.read_text())
    hub.end()
    text = hub.log.read_text()
    written = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    events = {line["event"]: line for line in written}
    for name in ("take_started", "take_finished"):
        assert events[name]["generation"] == generation
    assert events["client_left"]["generation"] == generation
    assert len(events["client_left"]["request"]) == 32
    assert KEY.removeprefix("oxr_") not in text
    assert url.rpartition("signature=")[2] not in text
    hub.stop()


def _leave_in_the_middle(hub: QuickHub, generation: str) -> None:
    """Send half of an upload whose path names a generation and a signature, and go."""
    program = """
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(f"PUT /api/repos/local/generations/file/main/{sys.argv[2]}/x.png?signature=aabbcc HTTP/1.1\\r\\nHost: x\\r\\n"
          f"Authorization: Bearer {sys.argv[3]}\\r\\nContent-Type: multipart/form-data; boundary=b\\r\\n"
          "Content-Length: 1000\\r\\n\\r\\n--b\\r\\n".encode())
"""
    subprocess.run([sys.executable, "-c", program, str(hub.port), generation, hub.key], check=True)
