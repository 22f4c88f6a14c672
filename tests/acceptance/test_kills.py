"""kill -9 at any moment: nothing is lost, nothing is charged twice, every generation ends after a restart."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from oxreel.db import events, generations, ledger_entries, takes
from oxreel.media.probe import probe
from support.hub import RunningHub
from support.processes import eventually, filming_processes

SHOTS = [{"prompt": f"Shot {number}, slow push in", "duration": 1} for number in (1, 2, 3)]
BODY: dict[str, Any] = {"model": "kling-video-o3-pro-reference-to-video", "multi_prompt": SHOTS}
PRICE = 3 * 224_000
KILLS = 20


class Client(threading.Thread):
    """Enqueues without ever being sure: it repeats each request with its key until an answer comes."""

    def __init__(self, hub: RunningHub, orders: int, seconds_between: float) -> None:
        super().__init__(daemon=True)
        self._url, self._key = hub.url, hub.key
        self._orders = orders
        self._pause = seconds_between
        self.ids: list[str] = []

    def run(self) -> None:
        with httpx.Client(base_url=self._url, headers={"Authorization": f"Bearer {self._key}"}) as client:
            for number in range(self._orders):
                self.ids.append(self._order(client, number))
                time.sleep(self._pause)

    @staticmethod
    def _order(client: httpx.Client, number: int) -> str:
        while True:
            try:
                answer = client.post("/api/ai/queue", json=BODY, headers={"Idempotency-Key": f"order-{number}"})
                generation_id: str = answer.raise_for_status().json()["generations"][0]["generation_id"]
                return generation_id
            except httpx.TransportError:
                time.sleep(0.05)


@pytest.mark.parametrize("victim", ["the hub", "a worker beside it"])
def test_twenty_kills_lose_nothing_and_charge_nothing_twice(
    victim: str, start_hub: Callable[..., RunningHub], tmp_path: Path
) -> None:
    chance = random.Random(victim)
    # The kills are no fault of the generations: none of them is to be given up.
    hub = start_hub(OXREEL_MAX_LOST_TAKES="1000", OXREEL_FILM_SLOTS="1")
    worker = RunningHub(tmp_path / "data-0", **hub.variables)
    kills = KILLS // 2
    client = Client(hub, orders=10, seconds_between=1.5)
    client.start()
    for _ in range(kills):
        if victim == "the hub":
            time.sleep(chance.uniform(0.1, 4.0))
            before = hub.pid
            hub.kill()
            assert eventually(lambda pid=before: not filming_processes(pid))  # type: ignore[misc]
            hub.start()
        else:
            worker.start("worker")
            time.sleep(chance.uniform(1.0, 5.0))
            worker.kill()
    client.join(timeout=300)
    assert not client.is_alive()

    rows = [hub.wait_for(generation_id, seconds=300) for generation_id in client.ids]

    assert [row["status"] for row in rows] == ["succeeded"] * 10
    assert len(set(client.ids)) == 10
    for row in rows:
        video = tmp_path / "video.mp4"
        video.write_bytes(hub.client.get(row["result_url"]).raise_for_status().content)
        assert probe(video).frames == 73
    with hub.database.snapshot() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(generations)).scalar_one() == 10
        entries = Counter(map(tuple, tx.execute(sa.select(ledger_entries.c.generation_id, ledger_entries.c.kind))))
        expected = {(one, kind) for one in client.ids for kind in ("hold", "settle")}
        assert {entry: times for entry, times in entries.items() if entry[0]} == dict.fromkeys(expected, 1)
        told = Counter(
            tx.execute(sa.select(events.c.generation_id).where(events.c.kind == "media_generation_completed")).scalars()
        )
        assert told == dict.fromkeys(client.ids, 1)
        assert tx.execute(sa.select(sa.func.count()).where(takes.c.outcome == "lost")).scalar_one() > 0
    balance = hub.client.get("/api/account").json()["user"]["balance"]
    assert balance == {"available": f"{1000 - 10 * PRICE / 1e6:.2f}", "held": "0.00"}
    assert eventually(lambda: not filming_processes(hub.pid))


def test_a_generation_that_kills_its_worker_three_times_fails_and_says_so(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub()
    poison = hub.enqueue(model="kling-video-o3-4k-text-to-video", prompt="A slow pan", duration=15)
    for _ in range(3):
        hub.wait_for(poison, "processing")
        assert eventually(lambda: bool(filming_processes(hub.pid)))
        hub.kill()
        hub.start()
    row = hub.wait_for(poison)
    assert row["status"] == "failed"
    assert row["error_message"] == (
        "Filming this generation ended its worker 3 times, so it was given up. Nothing was charged."
    )
    assert hub.client.get("/api/account").json()["user"]["balance"] == {"available": "1000.00", "held": "0.00"}


def test_a_finished_shot_is_not_filmed_again_after_a_kill(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub()
    shots = [{"prompt": "One", "duration": 1}, {"prompt": "Two", "duration": 14}]
    generation = hub.enqueue(model="kling-video-o3-pro-reference-to-video", multi_prompt=shots)
    kept = Path(hub.settings.data_dir) / "objects" / "takes" / generation
    assert eventually(lambda: hub.client.get(f"/api/ai/queue/{generation}").json()["progress"] > 1.5 / 15)
    [segment] = [path for path in kept.rglob("*") if path.is_file()]
    filmed_at = segment.stat().st_mtime_ns
    hub.kill()
    assert segment.stat().st_mtime_ns == filmed_at
    hub.start()
    assert eventually(lambda: hub.client.get(f"/api/ai/queue/{generation}").json()["progress"] > 4 / 15)
    assert segment.stat().st_mtime_ns == filmed_at
    assert hub.wait_for(generation)["status"] == "succeeded"
    assert eventually(lambda: not kept.exists() or not any(kept.iterdir()))


def test_a_hub_that_is_stopped_in_order_goes_on_where_it_was(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub(OXREEL_MAX_LOST_TAKES="1")
    generation = hub.enqueue(model="kling-video-o3-pro-text-to-video", prompt="A lake", duration=10)
    hub.wait_for(generation, "processing")
    assert eventually(lambda: bool(filming_processes(hub.pid)))
    hub.end()
    hub.start()
    assert hub.wait_for(generation)["status"] == "succeeded"
