"""What a supervisor asks of a process: does it live, can it work, and what is wrong where it cannot."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from oxreel.operation.readiness import Readiness
from support.hub import RunningHub, free_port
from support.postgresql import PostgreSQL
from support.processes import eventually
from support.quick_hub import QuickHub

BODY = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A hill", "duration": 3}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., QuickHub]]:
    """Starts a hub, or a worker of its own, that films in a moment."""
    started: list[QuickHub] = []

    def begin(command: str = "serve", **variables: str) -> QuickHub:
        started.append(QuickHub(tmp_path / "data", **variables))
        started[-1].start(command)
        return started[-1]

    yield begin
    for one in started:
        one.stop()


def trouble(hub: RunningHub) -> dict[str, str]:
    """What is wrong by the hub's own word; {} where it is ready."""
    answer = hub.client.get("/readyz")
    assert answer.status_code in (200, 503)
    assert answer.json()["status"] == ("ready" if answer.status_code == 200 else "not_ready")
    found: dict[str, str] = answer.json().get("trouble", {})
    assert bool(found) == (answer.status_code == 503)
    return found


def test_a_hub_that_works_says_so_to_anybody(hub: RunningHub) -> None:
    for path in ("/healthz", "/readyz", "/api/health"):
        assert httpx.get(f"{hub.url}{path}", trust_env=False).status_code == 200
    assert trouble(hub) == {}


def test_a_hub_with_an_older_schema_or_without_its_store_is_not_ready(start: Callable[..., QuickHub]) -> None:
    hub = start()

    def set_revision(revision: str) -> None:
        with hub.database.transaction() as tx:
            tx.execute(sa.text(f"UPDATE alembic_version SET version_num = '{revision}'"))

    with hub.database.snapshot() as tx:
        newest = tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
    objects = hub.settings.data_dir / "objects"
    objects.rename(objects.with_name("elsewhere"))
    objects.touch()
    set_revision("0001")
    found = trouble(hub)
    assert set(found) == {"schema", "storage"}
    assert "older than this version" in found["schema"]
    assert str(hub.settings.data_dir) not in found["storage"]
    assert hub.client.get("/healthz").status_code == 200
    # A newer release has brought the schema up: this one goes on until it is replaced.
    set_revision("9999")
    assert eventually(lambda: set(trouble(hub)) == {"storage"})
    set_revision(newest)


def test_a_hub_that_is_asked_to_end_is_not_ready_first_and_serves_meanwhile(start: Callable[..., QuickHub]) -> None:
    hub = start(OXREEL_UNREADY_SECONDS="600")
    assert trouble(hub) == {}
    os.kill(hub.pid, signal.SIGTERM)
    assert eventually(lambda: set(trouble(hub)) == {"shutdown"})
    assert hub.client.get("/healthz").status_code == 200
    assert hub.client.post("/api/ai/videos/generate", json=BODY).status_code == 200
    os.kill(hub.pid, signal.SIGINT)
    assert eventually(lambda: not answers(hub))


def answers(hub: RunningHub) -> bool:
    try:
        hub.client.get("/healthz")
    except httpx.TransportError:
        return False
    return True


def test_a_worker_alone_tells_of_itself_where_it_has_a_port(start: Callable[..., QuickHub]) -> None:
    port = free_port()
    worker = start("worker", OXREEL_WORKER_PORT=str(port))
    url = f"http://127.0.0.1:{port}"
    client = httpx.Client(base_url=url, trust_env=False)

    def is_ready() -> bool:
        try:
            return client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    assert eventually(is_ready), worker.log.read_text()
    assert client.get("/healthz").status_code == 200
    # The endpoint answers before the worker has begun.
    assert eventually(lambda: 'oxreel_worker_slots{queue="cpu"} 1.0' in client.get("/metrics").text)
    missing = client.get("/api/account")
    assert missing.status_code == 404
    assert missing.json()["status_message"] == "resource_not_found"
    client.close()


@pytest.mark.postgresql
def test_a_restart_of_postgresql_is_told_while_it_lasts_and_survived(start: Callable[..., QuickHub]) -> None:
    with PostgreSQL() as server:
        hub = start(OXREEL_DATABASE_URL=server.url)
        with hub.client.stream("GET", "/api/events") as stream:
            lines = stream.iter_lines()
            server.stop()
            assert eventually(lambda: {"database", "schema"} <= set(trouble(hub)))
            refused = hub.client.post("/api/ai/queue", json=BODY)
            assert refused.status_code == 503
            assert refused.json()["status_message"] == "service_unavailable"
            assert hub.client.get("/healthz").status_code == 200
            server.start()
            assert eventually(lambda: not trouble(hub)), hub.log.read_text()
            generation = hub.enqueue(**BODY)
            # The stream that was open all the while goes on.
            assert any(f'"generation_id":"{generation}","status":"succeeded"' in line for line in lines)
        hub.stop()


def test_a_check_that_hangs_keeps_nobody_waiting_and_is_not_begun_again() -> None:
    begun, let_go = [], threading.Event()

    def hang() -> None:
        begun.append(1)
        let_go.wait()

    readiness = Readiness({"slow": hang, "good": lambda: None, "bad": lambda: "It rains."}, limit_seconds=0.2)
    for _ in range(3):
        assert readiness.trouble() == {"slow": "No answer within 0.2 s.", "bad": "It rains."}
    assert begun == [1]
    let_go.set()
    assert eventually(lambda: readiness.trouble() == {"bad": "It rains."})


def test_a_check_that_breaks_is_trouble_without_its_words() -> None:
    def break_() -> None:
        raise RuntimeError("password=secret")

    assert Readiness({"broken": break_}).trouble() == {"broken": "It failed; the log says how."}


def test_probes_of_many_look_once(tmp_path: Path) -> None:
    looks = []
    readiness = Readiness({"counted": lambda: looks.append(time.monotonic())})
    for _ in range(20):
        assert readiness.trouble() == {}
    assert len(looks) < 20
