"""Fairness between tenants, over HTTP and with a worker of its own."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from oxreel import accounts, ledger
from oxreel.db import generations, takes
from oxreel.units import MicroUSD
from support.quick_hub import QuickHub

BODY = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A lake", "preview": True}
GUESTS = 6


@pytest.fixture
def hub(tmp_path: Path, database_url: str) -> Iterator[QuickHub]:
    """A hub with one slot."""
    running = QuickHub(tmp_path / "data", OXREEL_DATABASE_URL=database_url, OXREEL_TEST_FILM_MS="200-300")
    running.start()
    yield running
    running.stop()


def test_a_long_line_of_one_tenant_delays_nobody_elses_first(hub: QuickHub) -> None:
    for _ in range(25):
        hub.client.post("/api/ai/queue", json={**BODY, "num_generations": 4}).raise_for_status()
    firsts: list[str] = []
    for number in range(GUESTS):
        with hub.database.transaction() as tx:
            user = accounts.create_user(tx, f"guest-{number}")
            ledger.grant(tx, user.id, MicroUSD(1), "")
            key = accounts.create_key(tx, user.name, "a key")[1]
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=hub.url, headers=headers, trust_env=False) as guest:
            answer = guest.post("/api/ai/queue", json={**BODY, "priority": "low"}).raise_for_status().json()
            firsts.append(answer["generations"][0]["generation_id"])
            row = guest.get(f"/api/ai/queue/{firsts[-1]}").json()
            assert row["queue_position"] in (1, None)
            while guest.get(f"/api/ai/queue/{firsts[-1]}").json()["status"] != "succeeded":
                time.sleep(0.05)
    with hub.database.snapshot() as tx:
        for first in firsts:
            mine = tx.execute(
                sa.select(generations.c.enqueued_at, takes.c.started_at)
                .join(takes, takes.c.generation_id == generations.c.id)
                .where(generations.c.id == first)
            ).one()
            between = takes.c.started_at > mine.enqueued_at, takes.c.started_at < mine.started_at
            # One may be on its way to the worker at that very moment.
            assert tx.execute(sa.select(sa.func.count()).where(*between)).scalar_one() <= 1
