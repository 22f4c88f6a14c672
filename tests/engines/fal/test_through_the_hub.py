"""Films at fal from the request to the stored file, through a running hub and its worker."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
import sqlalchemy as sa

from engines.pictures import landscape
from oxreel.db import generations
from support.fal import FakeFal, Fault
from support.hub import RunningHub
from support.processes import eventually
from support.quick_hub import QuickHub

MODEL = "kling-video-o3-pro-text-to-video"
BODY = {"model": MODEL, "prompt": "A quiet lake at dawn", "duration": 3, "engine": "fal", "seed": 7}
Start = Callable[..., QuickHub]


@pytest.fixture
def fal() -> Iterator[FakeFal]:
    with FakeFal() as running:
        running.waits, running.works = 0, 0
        yield running


@pytest.fixture
def start(fal: FakeFal, tmp_path: Path) -> Iterator[Start]:
    """Starts hubs that film at fal: one, and workers beside it."""
    running: list[QuickHub] = []

    def begin(command: str = "serve", **more: str) -> QuickHub:
        first = {} if not running else {"OXREEL_DATABASE_URL": running[0].settings.sqlalchemy_url}
        hub = QuickHub(tmp_path / "data", **{**fal.variables, **first, **more})
        hub.log = tmp_path / f"hub-{len(running)}.log"
        running.append(hub)
        return hub.start(command)

    yield begin
    for hub in reversed(running):
        hub.stop()


def memo_of(hub: QuickHub, generation_id: str) -> dict[str, Any]:
    """What is written down of what is made elsewhere."""
    with hub.database.snapshot() as tx:
        query = sa.select(generations.c.upstream).where(generations.c.id == generation_id)
        return tx.execute(query).scalar() or {}


def test_a_film_is_made_at_fal_stored_here_and_tells_what_it_cost(fal: FakeFal, tmp_path: Path) -> None:
    fal.billable_units = "3.0"
    prices = '{"fal-ai/kling-video/o3/pro/reference-to-video": 0.2}'
    hub = RunningHub(tmp_path / "data", **fal.variables, OXREEL_FAL_PRICES=prices).start()
    shots = [{"prompt": "@Image2 by a lake", "duration": 1}, {"prompt": "It rains", "duration": 2}]
    images = [picture_uri(1), picture_uri(2)]
    try:
        model = "kling-video-o3-pro-reference-to-video"
        row = hub.wait_for(hub.enqueue(model=model, multi_prompt=shots, input_image=images, engine="fal", seed=7))
        assert (row["status"], row["engine"], row["upstream_cost"]) == ("succeeded", "fal", "0.60"), row
        assert any("The seed is recorded" in warning for warning in row["warnings"])
        # Served as ours, and nothing of the provider's is told.
        assert fal.host not in str(row)
        film = hub.client.get(row["result_url"], follow_redirects=True).raise_for_status().content
    finally:
        hub.stop()
    with av.open(io.BytesIO(film), "r") as opened:
        assert sum(1 for _ in opened.decode(video=0)) == 73
        assert (opened.metadata["engine"], opened.metadata["seed"]) == ("fal", "7")
    [job] = fal.jobs
    assert job.endpoint == "fal-ai/kling-video/o3/pro/reference-to-video"
    assert [shot["duration"] for shot in job.input["multi_prompt"]] == ["1", "2"]
    # Both, though only one is named; as the filming process has written them.
    assert len({url for url in job.input["image_urls"] if url.startswith("data:image/png;base64,")}) == 2
    assert "fal-key" not in hub.log.read_text()


def picture_uri(seed: int) -> str:
    written = io.BytesIO()
    landscape(400, 300, seed).save(written, "JPEG")
    return "data:image/jpeg;base64," + base64.b64encode(written.getvalue()).decode()


def test_what_fal_refuses_is_a_failure_in_the_documented_words_and_costs_nothing(fal: FakeFal, start: Start) -> None:
    hub = start()
    fal.refusal = Fault(422, {"detail": [{"loc": ["body", "prompt"], "msg": "Not this", "type": "content_policy"}]})
    row = hub.wait_for(hub.enqueue(**BODY))
    assert (row["status"], row["cost"]) == ("failed", None)
    assert row["error_message"] == "Getting model response error: 422 - prompt: Not this"
    fal.refusal = None
    fal.faults["submit"] = [Fault(drop=True)]
    row = hub.wait_for(hub.enqueue(**BODY))
    assert row["error_message"].startswith("create_ambiguous: ")
    # The other engine, and this one, work on.
    assert hub.wait_for(hub.enqueue(**{**BODY, "engine": "animatic"}))["status"] == "succeeded"
    assert hub.wait_for(hub.enqueue(**BODY))["status"] == "succeeded"


def test_a_film_that_is_cancelled_here_is_called_off_there(fal: FakeFal, start: Start) -> None:
    hub = start()
    fal.hold.clear()
    generation_id = hub.enqueue(**BODY)
    fal.wait_for_jobs()
    assert eventually(lambda: "request_id" in memo_of(hub, generation_id))
    hub.client.delete(f"/api/ai/queue/{generation_id}").raise_for_status()
    assert eventually(lambda: fal.jobs[0].cancelled)
    assert eventually(lambda: memo_of(hub, generation_id).get("called_off") == "CANCELLATION_REQUESTED")


def test_a_worker_that_is_killed_while_fal_films_leaves_its_request_to_the_next(fal: FakeFal, start: Start) -> None:
    hub = start(OXREEL_SERVE_WORKER="false", OXREEL_DEAD_AFTER_SECONDS="3")
    fal.hold.clear()
    worker = start("worker", OXREEL_DEAD_AFTER_SECONDS="3")
    generation_id = hub.enqueue(**BODY)
    fal.wait_for_jobs()
    assert eventually(lambda: "request_id" in memo_of(hub, generation_id))
    worker.kill()
    fal.hold.set()
    start("worker", OXREEL_DEAD_AFTER_SECONDS="3")
    assert hub.wait_for(generation_id)["status"] == "succeeded"
    assert (len(fal.jobs), fal.count("POST")) == (1, 1)


def test_a_worker_that_is_killed_while_it_submits_leaves_what_nobody_sends_again(fal: FakeFal, start: Start) -> None:
    hub = start(OXREEL_SERVE_WORKER="false", OXREEL_DEAD_AFTER_SECONDS="3")
    fal.faults["submit"] = [Fault(delay=60)]
    worker = start("worker", OXREEL_DEAD_AFTER_SECONDS="3")
    generation_id = hub.enqueue(**BODY)
    fal.wait_for_jobs()
    worker.kill()
    start("worker", OXREEL_DEAD_AFTER_SECONDS="3")
    row = hub.wait_for(generation_id)
    assert row["status"] == "failed"
    assert row["error_message"].startswith("create_ambiguous: ")
    assert (len(fal.jobs), fal.count("POST")) == (1, 1)


@pytest.fixture
def told(fal: FakeFal, start: Start) -> QuickHub:
    """A hub that fal tells when a film is done, and that looks for itself hardly ever."""
    # Only the address that fal is given is another: one that it can reach.
    hub = start(OXREEL_PUBLIC_URL="http://hub.example", OXREEL_FAL_POLL_SECONDS="300")
    fal.hold.clear()
    return hub


def tell(fal: FakeFal, hub: QuickHub, **changed: Any) -> httpx.Response:
    """Send the webhook of the newest job, with these headers changed."""
    job = fal.jobs[-1]
    body = changed.pop("body", None) or fal.webhook_body(job)
    headers = {**fal.webhook_headers(job, fal.webhook_body(job), at=changed.pop("at", None)), **changed}
    path = job.webhook.removeprefix("http://hub.example")
    return hub.client.post(path, content=body, headers={k: v for k, v in headers.items() if v})


def test_only_what_fal_has_signed_a_moment_ago_wakes_the_worker(fal: FakeFal, told: QuickHub) -> None:
    generation_id = told.enqueue(**BODY)
    fal.wait_for_jobs()
    assert eventually(lambda: "request_id" in memo_of(told, generation_id))
    assert tell(fal, told, **{"X-Fal-Webhook-Signature": "00" * 64}).status_code == 403
    assert tell(fal, told, **{"X-Fal-Webhook-Signature": "no hex"}).status_code == 403
    assert tell(fal, told, **{"X-Fal-Webhook-User-Id": "somebody"}).status_code == 403
    assert tell(fal, told, **{"X-Fal-Webhook-Request-Id": None}).status_code == 403
    assert tell(fal, told, body=b'{"status": "OK"}').status_code == 403
    assert tell(fal, told, at=1_700_000_000).status_code == 403
    assert tell(fal, told, body=b"x" * 1_100_000).status_code == 413
    assert "heard" not in memo_of(told, generation_id)
    fal.hold.set()
    # As often as fal likes.
    assert [tell(fal, told).status_code for _ in range(3)] == [204, 204, 204]
    assert told.wait_for(generation_id)["status"] == "succeeded"
    assert memo_of(told, generation_id)["heard"] == fal.jobs[0].id
    assert [tell(fal, told).status_code for _ in range(2)] == [204, 204]
    # The keys were asked for at most twice: once, and once for signatures that none of them fits.
    assert fal.count("GET", "jwks.json") <= 2


def test_a_signed_message_about_another_request_changes_nothing(fal: FakeFal, told: QuickHub) -> None:
    generation_id = told.enqueue(**BODY)
    fal.wait_for_jobs()
    assert eventually(lambda: "request_id" in memo_of(told, generation_id))
    mine = fal.jobs[0]
    other = fal.submit(mine.endpoint, mine.input, mine.webhook)
    assert tell(fal, told).status_code == 204
    fal.jobs.remove(other)
    assert "heard" not in memo_of(told, generation_id)
    path = "/api/fal/webhook/00000000-0000-0000-0000-000000000000"
    body = fal.webhook_body(mine)
    assert told.client.post(path, content=body, headers=fal.webhook_headers(mine, body)).status_code == 204
    told.client.delete(f"/api/ai/queue/{generation_id}").raise_for_status()


def test_a_hub_that_does_not_film_at_fal_hears_nothing_of_it(quick_hub: QuickHub) -> None:
    assert quick_hub.client.post("/api/fal/webhook/x", content=b"{}").status_code == 404
