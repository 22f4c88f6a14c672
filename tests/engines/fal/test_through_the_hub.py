"""Films at fal from the request to the stored file, through a running hub and its worker."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from support.fal import FakeFal
from support.quick_hub import QuickHub

MODEL = "kling-video-o3-pro-text-to-video"
BODY = {"model": MODEL, "prompt": "A quiet lake at dawn", "duration": 3, "engine": "fal", "seed": 7}


@pytest.fixture
def fal() -> Iterator[FakeFal]:
    with FakeFal() as running:
        running.waits, running.works = 0, 0
        yield running


@pytest.fixture
def start(fal: FakeFal, tmp_path: Path) -> Iterator[Callable[..., QuickHub]]:
    """Starts hubs that film at fal, the first one with a database, the others on it."""
    running: list[QuickHub] = []

    def begin(command: str = "serve", **more: str) -> QuickHub:
        first = {} if not running else {"OXREEL_DATABASE_URL": running[0].variables["OXREEL_DATABASE_URL"]}
        hub = QuickHub(tmp_path / "data", **{**fal.variables, **first, **more})
        hub.log = tmp_path / f"{len(running)}.log"
        running.append(hub)
        return hub.start(command)

    yield begin
    for hub in reversed(running):
        hub.stop()


def film_of(hub: QuickHub, row: dict[str, Any], folder: Path) -> Path:
    path = folder / "film.mp4"
    path.write_bytes(hub.client.get(row["result_url"], follow_redirects=True).raise_for_status().content)
    return path


def test_a_film_is_made_at_fal_stored_here_and_tells_what_it_cost(
    fal: FakeFal, start: Callable[..., QuickHub], tmp_path: Path
) -> None:
    fal.billable_units = "3.0"
    hub = start(OXREEL_FAL_PRICES='{"fal-ai/kling-video/o3/pro/text-to-video": 0.2}')
    row = hub.wait_for(hub.enqueue(**BODY))
    assert (row["status"], row["engine"]) == ("succeeded", "fal"), row
    assert any("Seed 7 is recorded" in warning for warning in row["warnings"])
    with av.open(str(film_of(hub, row, tmp_path))) as film:
        assert sum(1 for _ in film.decode(video=0)) == 73
        assert film.metadata["engine"] == "fal"
    [job] = fal.jobs
    assert job.endpoint == "fal-ai/kling-video/o3/pro/text-to-video"
    assert fal.url not in str(row)
    print(row)
