"""The same hub on PostgreSQL, with workers beside it: one URL changes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.hub import RunningHub
from support.postgresql import PostgreSQL, postgresql_database
from support.processes import eventually, filming_processes
from support.quick_hub import QuickHub

pytestmark = pytest.mark.postgresql

BODY: dict[str, Any] = {
    "model": "kling-video-o3-omni",
    "prompt": "A lake, slow push in",
    "duration": 3,
    "resolution": "720p",
}


@pytest.fixture
def url() -> Iterator[str]:
    with postgresql_database() as fresh:
        yield fresh


def test_a_video_is_filmed_charged_and_announced(url: str, start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub(OXREEL_DATABASE_URL=url)
    with hub.client.stream("GET", "/api/events") as stream:
        lines = stream.iter_lines()
        generation = hub.enqueue(**BODY)
        completed = next(line for line in lines if '"status":"succeeded"' in line)
    assert f'"generation_id":"{generation}"' in completed
    row = hub.wait_for(generation)
    assert row["cost"] == "0.672"
    assert hub.client.get(row["result_url"]).headers["content-type"] == "video/mp4"
    answer = hub.client.post("/api/ai/videos/generate", json=BODY).raise_for_status().json()
    assert answer["videos"][0]["url"]


def test_another_worker_takes_over_when_one_is_killed(
    url: str, start_hub: Callable[..., RunningHub], tmp_path: Path
) -> None:
    hub = start_hub(OXREEL_DATABASE_URL=url, OXREEL_FILM_SLOTS="1", OXREEL_MAX_LOST_TAKES="10")
    worker = RunningHub(tmp_path / "data-0", **hub.variables)
    worker.start("worker")
    made = [hub.enqueue(**BODY) for _ in range(3)]
    assert eventually(lambda: bool(filming_processes(worker.pid)))
    worker.kill()
    assert [hub.wait_for(one)["status"] for one in made] == ["succeeded"] * 3
    assert hub.client.get("/api/account").json()["user"]["balance"] == {"available": "997.984", "held": "0.00"}


def test_a_stream_on_one_api_hears_of_everything_while_another_is_killed(url: str, tmp_path: Path) -> None:
    killed = QuickHub(tmp_path / "killed", OXREEL_DATABASE_URL=url, OXREEL_STORAGE_URL=(tmp_path / "objects").as_uri())
    shared = {name: killed.variables[name] for name in ("OXREEL_DATABASE_URL", "OXREEL_STORAGE_URL")}
    other = QuickHub(tmp_path / "other", **shared)
    try:
        killed.start()
        other.start()
        with other.client.stream("GET", "/api/events") as stream:
            completions = _completions(stream)
            made = [killed.enqueue(**BODY) for _ in range(6)]
            heard = [next(completions)]
            killed.kill()
            heard += [next(completions) for _ in range(5)]
        assert sorted(heard) == sorted(made)
        assert other.client.get(other.wait_for(made[0])["result_url"]).status_code == 200
    finally:
        killed.stop()
        other.stop()


def test_streams_go_on_after_the_server_was_restarted(tmp_path: Path) -> None:
    with PostgreSQL() as server:
        hub = QuickHub(tmp_path / "data", OXREEL_DATABASE_URL=server.url)
        try:
            hub.start()
            with hub.client.stream("GET", "/api/events") as stream:
                completions = _completions(stream)
                before = hub.enqueue(**BODY)
                assert next(completions) == before
                server.restart("immediate")
                assert eventually(lambda: hub.client.get("/api/account").status_code == 200)
                after = hub.enqueue(**BODY)
                assert next(completions) == after
        finally:
            hub.stop()


def _completions(stream: httpx.Response) -> Iterator[str]:
    """Ids of generations, as a stream tells that they ended."""
    lines = stream.iter_lines()
    for line in lines:
        if line == "event: media_generation_completed":
            yield json.loads(next(lines).removeprefix("data: "))["generation_id"]
