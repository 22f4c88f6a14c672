"""The same hub on PostgreSQL, with workers beside it: one URL changes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.hub import RunningHub
from support.postgresql import postgresql_database
from support.processes import eventually, filming_processes

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
