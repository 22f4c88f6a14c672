"""What Prometheus reads: well-formed, true in every process, bounded, and not for everybody."""

import contextlib
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.requests import Request

from oxreel import accounts, ledger
from oxreel.bootstrap import open_hub
from oxreel.db import generations, ledger_entries
from oxreel.errors import Forbidden, NotFound
from oxreel.operation.gauges import Gauges
from oxreel.operation.routes import check_access
from oxreel.settings import Settings
from oxreel.units import micro_usd
from support.hub import RunningHub, free_port
from support.processes import eventually
from support.quick_hub import QuickHub

MODEL = "kling-video-o3-pro-text-to-video"
BODY = {"model": MODEL, "prompt": "A hill", "duration": 3}
TOKEN = "token-of-the-tests"
LEDGER = "oxreel_ledger_dollars_total"


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickHub]:
    """A hub whose metrics have a token."""
    running = QuickHub(tmp_path_factory.mktemp("metrics") / "data", OXREEL_METRICS_TOKEN=TOKEN)
    running.start()
    yield running
    running.stop()


def families(hub: RunningHub, url: str = "") -> dict[str, Metric]:
    """Everything that a process serves, by name."""
    answer = httpx.get(f"{url or hub.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = list(text_string_to_metric_families(answer.text))
    assert len({family.name for family in found}) == len(found)
    return {family.name: family for family in found}


def value(found: dict[str, Metric], sample: str, **labels: str) -> float:
    """The sum of the samples of that name which have these labels."""
    return sum(
        one.value
        for family in found.values()
        for one in family.samples
        if one.name == sample and labels.items() <= one.labels.items()
    )


def test_what_a_hub_does_is_counted(quick: QuickHub) -> None:
    before = families(quick)
    with quick.client.stream("GET", "/api/events") as stream:
        lines = stream.iter_lines()
        next(lines)
        assert eventually(lambda: value(families(quick), "oxreel_event_clients") == 1)
        made = [quick.enqueue(**BODY) for _ in range(2)]
        assert all(quick.wait_for(one)["status"] == "succeeded" for one in made)
        failing = quick.enqueue(model=MODEL, prompt="A hill", duration=99)
        assert quick.wait_for(failing)["status"] == "failed"
        next(line for line in lines if failing in line)
    quick.client.delete(f"/api/ai/queue/{uuid.uuid4()}")

    def gained(sample: str, **labels: str) -> float:
        return value(families(quick), sample, **labels) - value(before, sample, **labels)

    assert gained("oxreel_generations_ended_total", state="succeeded", engine="animatic") == 2
    assert gained("oxreel_generations_ended_total", state="failed", engine="animatic") == 1
    assert gained("oxreel_errors_total", where="filming", kind="InvalidParams") == 1
    assert gained("oxreel_errors_total", where="request", kind="NotFound") == 1
    assert gained("oxreel_generation_wait_seconds_count", model=MODEL, queue="cpu") == 3
    assert gained("oxreel_film_seconds_per_video_second_count", engine="animatic") == 2
    assert gained("oxreel_http_requests_total", method="POST", route="/api/ai/queue", status="200") == 3
    assert gained("oxreel_http_request_seconds_count", route="/api/ai/queue/{generation_id}") >= 3
    assert eventually(lambda: gained("oxreel_events_sent_total", kind="media_generation_completed") == 3)
    assert eventually(lambda: value(families(quick), "oxreel_event_clients") == 0)
    after = families(quick)
    assert value(after, "oxreel_worker_slots", queue="cpu") == 1
    assert value(after, "oxreel_worker_heartbeat_age_seconds") < 60
    assert len(after["oxreel_workers_oldest_heartbeat_seconds"].samples) == 1
    assert value(after, "process_resident_memory_bytes") > 1e6


def test_what_the_database_knows_is_the_same_at_every_process_and_exact(quick: QuickHub) -> None:
    port = free_port()
    other = QuickHub(quick.settings.data_dir, **{**quick.variables, "OXREEL_WORKER_PORT": str(port)})
    other.start("worker")
    url = f"http://127.0.0.1:{port}"

    def both() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return value(families(quick, url), "oxreel_workers") == 2
        return False

    assert eventually(both), other.log.read_text()
    generation = quick.enqueue(**BODY)
    assert quick.wait_for(generation)["status"] == "succeeded"
    with quick.database.transaction() as tx:
        # An entry as old as those that are added up once, behind one that is not.
        tx.execute(sa.text("DROP TRIGGER IF EXISTS ledger_entries_never_change" + _on(quick)))
        oldest = sa.select(sa.func.min(ledger_entries.c.id)).scalar_subquery()
        tx.execute(sa.update(ledger_entries).where(ledger_entries.c.id == oldest).values(created_at=0))
        kinds = tx.execute(
            sa.select(ledger_entries.c.kind, sa.func.sum(ledger_entries.c.amount)).group_by(ledger_entries.c.kind)
        ).all()
    exact = {kind: int(amount) for kind, amount in kinds}
    for place in (quick.url, url):
        for _ in range(2):
            assert eventually(
                lambda place=place: (
                    {  # type: ignore[misc]
                        kind: round(value(families(quick, place), LEDGER, kind=kind) * 1e6) for kind in exact
                    }
                    == exact
                )
            )
    held = round(value(families(quick), "oxreel_ledger_held_dollars") * 1e6)
    assert held == exact["hold"] - exact["settle"] - exact.get("release", 0) == 0
    other.stop()


def _on(hub: QuickHub) -> str:
    return "" if hub.database.is_sqlite else " ON ledger_entries"


def test_the_line_is_counted_by_model_and_queue(tmp_path: Path) -> None:
    hub = QuickHub(tmp_path / "data", OXREEL_SERVE_WORKER="false", OXREEL_METRICS_TOKEN=TOKEN)
    hub.start()
    for _ in range(3):
        hub.enqueue(**BODY)
    with hub.database.transaction() as tx:
        first = sa.select(sa.func.min(generations.c.sequence)).scalar_subquery()
        an_hour_ago = generations.c.enqueued_at - 3_600_000
        tx.execute(sa.update(generations).where(generations.c.sequence == first).values(enqueued_at=an_hour_ago))
    assert eventually(lambda: value(families(hub), "oxreel_queue_depth", model=MODEL, queue="cpu") == 3)
    assert 3600 <= value(families(hub), "oxreel_queue_oldest_wait_seconds", model=MODEL, queue="cpu") < 7200
    # Nobody's sign of life is no sign of life just now.
    assert value(families(hub), "oxreel_workers") == 0
    assert families(hub)["oxreel_workers_oldest_heartbeat_seconds"].samples == []
    hub.stop()


def test_labels_are_few_and_say_nothing_of_tenants(quick: QuickHub) -> None:
    name = f"tenant-{uuid.uuid4().hex[:8]}"
    with quick.database.transaction() as tx:
        user = accounts.create_user(tx, name)
        ledger.grant(tx, user.id, micro_usd("10"), "for the test")
        _, key = accounts.create_key(tx, name, "a key")
    headers = {"Authorization": f"Bearer {key}"}
    for word in ("a", "b", "c"):
        quick.client.get(f"/{name}/{word}", headers=headers)
        quick.client.request("INVENT" + word.upper(), "/healthz", headers=headers)
        quick.client.get(f"/api/repos/{name}/{word}", headers=headers)
    found = families(quick)
    text = "".join(str(family.samples) for family in found.values())
    assert name not in text
    assert "INVENT" not in text
    routes = {one.labels["route"] for one in found["oxreel_http_requests"].samples}
    assert "other" in routes
    assert "/api/repos/{namespace}/{name}" in routes or any(route.startswith("/api/repos/{") for route in routes)
    assert not any(name in route or route.endswith("/a") for route in routes)


def test_a_token_opens_the_metrics_and_nothing_else_does(quick: QuickHub) -> None:
    for headers in ({}, {"Authorization": "Bearer token"}, {"Authorization": f"Bearer {quick.key}"}):
        assert httpx.get(f"{quick.url}/metrics", headers=headers, trust_env=False).status_code == 401


def test_without_a_token_only_this_machine_reads_them_and_no_page_of_its_browser(hub: RunningHub) -> None:
    def status(**headers: str) -> int:
        return httpx.get(f"{hub.url}/metrics", headers=headers, trust_env=False).status_code

    assert status() == 200
    assert status(Host=f"localhost:{hub.port}") == 200
    assert status(Host="rebound.example") == 403
    assert status(**{"X-Forwarded-For": "203.0.113.7"}) == 403
    assert status(Forwarded="for=203.0.113.7") == 403


@pytest.mark.parametrize(("public_url", "refused"), [("", False), ("https://films.example", True)])
def test_without_a_token_a_hub_with_a_public_address_tells_nobody(public_url: str, refused: bool) -> None:
    """Behind a proxy that adds no header, the whole world is a client of this machine."""
    headers = [(b"host", b"127.0.0.1:8000")]
    local = {"type": "http", "path": "/metrics", "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1)}
    with pytest.raises(Forbidden, match="OXREEL_METRICS_TOKEN") if refused else contextlib.nullcontext():
        check_access(Request(local), Settings(public_url=public_url, metrics_token=SecretStr("")))


def test_scrapes_at_one_moment_add_the_old_up_once(database_url: str, tmp_path: Path) -> None:
    hub = open_hub(Settings(data_dir=tmp_path / "data", database_url=database_url, initial_credits=10))
    with hub.database.transaction() as tx:
        tx.execute(
            sa.text(
                "DROP TRIGGER ledger_entries_never_change" + ("" if hub.database.is_sqlite else " ON ledger_entries")
            )
        )
        tx.execute(sa.update(ledger_entries).values(created_at=0))
        granted = int(tx.execute(sa.select(sa.func.sum(ledger_entries.c.amount))).scalar_one())

    def slowed(_: object, __: object, statement: str, *___: object) -> None:
        if "ledger_entries" in statement:
            time.sleep(0.2)

    sa.event.listen(hub.database.engine, "before_cursor_execute", slowed)
    gauges = Gauges(hub)
    with ThreadPoolExecutor(2) as pool:
        scrapes = list(pool.map(lambda _: list(gauges.collect()), range(2)))
    hub.close()
    for scrape in scrapes:
        found = {family.name: family for family in scrape}
        assert round(value(found, LEDGER, kind="grant") * 1e6) == granted > 0


def test_metrics_that_are_switched_off_are_not_there() -> None:
    request = Request({"type": "http", "headers": [], "client": ("127.0.0.1", 1)})
    with pytest.raises(NotFound):
        check_access(request, Settings(metrics=False))
