"""Films on a video server from the request to the stored file, through a running hub and its worker."""

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from support.processes import eventually
from support.quick_hub import QuickHub
from support.video_server import FakeVideoServer, Fault

MODEL = "kling-video-o3-pro-text-to-video"
BODY = {"model": MODEL, "prompt": "A quiet lake at dawn", "duration": 3, "engine": "diffusers", "seed": 7}
Start = Callable[..., QuickHub]


@pytest.fixture
def server() -> Iterator[FakeVideoServer]:
    with FakeVideoServer("vllm-omni", key="video-server-key-of-the-tests") as running:
        yield running


@pytest.fixture
def start(server: FakeVideoServer, tmp_path: Path) -> Iterator[Start]:
    """Starts hubs that film there: one, and workers beside it."""
    running: list[QuickHub] = []

    def begin(command: str = "serve", **more: str) -> QuickHub:
        first = {} if not running else {"OXREEL_DATABASE_URL": running[0].settings.sqlalchemy_url}
        hub = QuickHub(tmp_path / "data", **{**server.variables, **first, **more})
        hub.log = tmp_path / f"hub-{len(running)}.log"
        running.append(hub)
        return hub.start(command)

    yield begin
    for hub in reversed(running):
        hub.stop()


def test_a_film_is_made_there_and_delivered_from_here(server: FakeVideoServer, start: Start, tmp_path: Path) -> None:
    hub = start()
    row = hub.wait_for(hub.enqueue(**BODY))
    assert (row["status"], row["engine"]) == ("succeeded", "diffusers"), row
    assert [job.fields["num_frames"] for job in server.jobs] == ["73"]
    path = tmp_path / "film.mp4"
    path.write_bytes(hub.client.get(row["result_url"], follow_redirects=True).raise_for_status().content)
    with av.open(str(path)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 73
        assert (film.metadata["engine"], film.metadata["filmed_by"]) == ("diffusers", "Wan2.2-TI2V-5B")
    assert server.key not in hub.log.read_text()
    _refuses_beforehand_what_its_model_cannot_film(hub)
    _calls_off_there_what_is_cancelled_here(hub, server)
    # A failure there leaves the hub and the other engine working.
    server.error = "CUDA out of memory"
    row = hub.wait_for(hub.enqueue(**BODY))
    assert (row["status"], row["cost"]) == ("failed", None)
    assert "could not film it: CUDA out of memory" in row["error_message"]
    assert hub.wait_for(hub.enqueue(**{**BODY, "engine": "animatic"}))["status"] == "succeeded"


def test_a_worker_that_is_killed_costs_no_second_film(server: FakeVideoServer, start: Start) -> None:
    server.hold.clear()
    hub = start(OXREEL_SERVE_WORKER="false")
    worker = start("worker", OXREEL_DEAD_AFTER_SECONDS="3")
    generation = hub.enqueue(**BODY)
    server.wait_for_job()
    # The id is noted before the first look.
    assert eventually(lambda: any(method == "GET" for method, _ in server.heard))
    worker.kill()
    start("worker", OXREEL_DEAD_AFTER_SECONDS="3")
    server.hold.set()
    server.faults["look"] = [Fault(status=502)]
    assert hub.wait_for(generation)["status"] == "succeeded"
    assert server.posts() == 1


def _refuses_beforehand_what_its_model_cannot_film(hub: QuickHub) -> None:
    model = "kling-video-o3-pro-reference-to-video"
    body = {"model": model, "prompt": "@Image1", "input_image": ["https://example.com/a.png"], "engine": "diffusers"}
    answer = hub.client.post("/api/ai/estimate", json=body)
    assert answer.status_code == 400, answer.text
    assert "cannot be sent reference pictures" in answer.text


def _calls_off_there_what_is_cancelled_here(hub: QuickHub, server: FakeVideoServer) -> None:
    before = len(server.jobs)
    server.hold.clear()
    generation = hub.enqueue(**BODY)
    assert eventually(lambda: len(server.jobs) > before)
    hub.client.delete(f"/api/ai/queue/{generation}").raise_for_status()
    assert eventually(lambda: server.jobs[-1].deleted)
    server.hold.set()
