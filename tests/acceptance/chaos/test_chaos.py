"""kill -9 to everything in turn, under load from several tenants: nothing is lost, nothing happens twice.

The seed is printed; OXREEL_TEST_SEED repeats the orders and the kills of a run, though not the machine's own timing.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from acceptance.chaos import audit
from acceptance.chaos.fleet import Fleet
from acceptance.chaos.tenant import Tenant
from oxreel import accounts, ledger
from oxreel.bootstrap import Hub, open_hub
from oxreel.generations import leftovers, orphans
from oxreel.units import micro_usd
from support.postgresql import PostgreSQL
from support.processes import eventually

TENANTS = ("ada", "bob", "cleo", "dan", "eve")
GENERATIONS = 300
SECONDS_TO_END = 300

Move = Callable[[random.Random], str]


@pytest.fixture
def seed() -> str:
    chosen = os.environ.get("OXREEL_TEST_SEED") or str(random.SystemRandom().randrange(10**6))
    print(f"OXREEL_TEST_SEED={chosen}")
    return chosen


@pytest.fixture
def variables() -> dict[str, str]:
    """The kills are no fault of the generations: none of them is to be given up. Busy machines are no dead ones."""
    return {
        "OXREEL_MAX_LOST_TAKES": "1000",
        "OXREEL_FILM_SLOTS": "2",
        "OXREEL_KEEP_ALIVE_SECONDS": "1",
        "OXREEL_DEAD_AFTER_SECONDS": "60",
        "OXREEL_TEST_FILM_MS": "50-300",
    }


@pytest.mark.postgresql
def test_a_fleet_on_postgresql_loses_nothing(tmp_path: Path, seed: str, variables: dict[str, str]) -> None:
    with (
        PostgreSQL() as server,
        Fleet(tmp_path, apis=2, workers=4, OXREEL_DATABASE_URL=server.url, **variables) as fleet,
    ):

        def restart(_: random.Random) -> str:
            server.restart("immediate")
            return "restarted PostgreSQL as after a crash"

        first, second = [[fleet.kill_a_worker] * 4 + [fleet.kill_an_api] * 2 for _ in range(2)]
        chance = random.Random(seed)
        _check(fleet, seed, [*_shuffled(chance, first), restart, *_shuffled(chance, second)])


def test_a_hub_with_workers_on_sqlite_loses_nothing(tmp_path: Path, seed: str, variables: dict[str, str]) -> None:
    with Fleet(tmp_path, apis=1, workers=2, OXREEL_DATABASE_URL="", **variables) as fleet:
        moves = [fleet.kill_a_worker] * 6 + [fleet.kill_an_api] * 3
        _check(fleet, seed, _shuffled(random.Random(seed), moves))


def _shuffled(chance: random.Random, moves: Sequence[Move]) -> list[Move]:
    return chance.sample(moves, len(moves))


def _check(fleet: Fleet, seed: str, moves: list[Move]) -> None:
    hub = open_hub(fleet.settings)
    try:
        tenants = [_tenant(hub, fleet, name, seed) for name in TENANTS]
        done = _work(fleet, hub, tenants, moves, random.Random(seed))
        fleet.end()
        _sweep(hub)
        found = audit.faults(hub, tenants, fleet.settings.data_dir / "objects")
        did = sum((tenant.did for tenant in tenants), Counter())
        told = "\n".join([f"OXREEL_TEST_SEED={seed}", *done, str(dict(did)), *found])
        print(told)
        assert not found, told
    finally:
        hub.close()


def _tenant(hub: Hub, fleet: Fleet, name: str, seed: str) -> Tenant:
    with hub.database.transaction() as tx:
        user = accounts.create_user(tx, name)
        ledger.grant(tx, user.id, micro_usd("1000"), "for the test")
        key = accounts.create_key(tx, name, "key")[1]
    return Tenant(fleet, name, key, generations=GENERATIONS // len(TENANTS), seed=seed)


def _work(fleet: Fleet, hub: Hub, tenants: list[Tenant], moves: list[Move], chance: random.Random) -> list[str]:
    """Every order placed and ended amid the moves; what was done, with its seconds."""
    began, done = time.monotonic(), []

    def note(what: str) -> None:
        done.append(f"{time.monotonic() - began:6.1f} s  {what}")

    for tenant in tenants:
        tenant.start()
    for move in moves:
        time.sleep(chance.uniform(0.5, 3.0))
        note(move(chance))
    eventually(lambda: not any(tenant.is_ordering for tenant in tenants), SECONDS_TO_END)
    note("all is ordered")
    eventually(lambda: not audit.active(hub), SECONDS_TO_END)
    note("all has ended")
    eventually(lambda: not any(audit.unheard(hub, tenant) for tenant in tenants))
    note("all is heard")
    for tenant in tenants:
        tenant.stop()
    return done


def _sweep(hub: Hub) -> None:
    """Sweep as if a week had passed, for nothing that was just written is swept."""
    for path in (hub.settings.data_dir / "objects").rglob("*"):
        os.utime(path, (time.time() - 7 * 86400,) * 2)
    orphans.sweep(hub)
    leftovers.clear(hub)
