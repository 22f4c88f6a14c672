"""Whose turn it is, told by the database alone: nobody films here."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel import accounts, ledger
from oxreel.bootstrap import Hub
from oxreel.db import turns as turns_table
from oxreel.generations import recovery, turns
from oxreel.generations.jobs import job_table
from oxreel.generations.order import read_order
from oxreel.generations.submit import Request, submit
from oxreel.units import MicroUSD

ONE, OTHER = "kling-video-o3-pro-text-to-video", "kling-video-o3-4k-text-to-video"


class Fleet:
    """Workers that take and finish, and tenants that enqueue."""

    def __init__(self, studio: Hub) -> None:
        self.studio = studio
        self.owner: dict[str, str] = {}
        self._callers: dict[str, accounts.Caller] = {}

    def enqueue(self, tenant: str, count: int = 1, model: str = ONE, **fields: Any) -> list[str]:
        """Ids of new generations."""
        body = {"model": model, "prompt": "A lake", "preview": True, **fields}
        caller, made = self._caller(tenant), []
        while count > 0:
            some = min(count, 4)
            request = Request(read_order({**body, "num_generations": some}), caller, "testserver", check_now=False)
            made += [one.id for one in submit(self.studio, request)]
            count -= some
        self.owner.update(dict.fromkeys(made, tenant))
        return made

    def take(self, worker: str = "w", slots: int = 1, queue: str = "cpu", busy: tuple[str, ...] = ()) -> list[str]:
        """What a worker takes."""
        with self.studio.database.transaction() as tx:
            if not recovery.beat(tx, worker):
                recovery.sign_on(tx, worker, {queue: slots})
            return turns.take(tx, self.studio, queue, worker, "token", slots, set(busy))

    def finish(self, ids: list[str]) -> None:
        """Their jobs end."""
        jobs = job_table(self.studio.database.is_sqlite)
        with self.studio.database.transaction() as tx:
            tx.execute(sa.update(jobs).where(jobs.c.workflow_uuid.in_(ids)).values(status="SUCCESS"))

    def tenants(self, films: int) -> list[str]:
        """Whose generations one worker with one slot films, in order."""
        found = []
        for _ in range(films):
            taken = self.take()
            found += [self.owner[one] for one in taken]
            self.finish(taken)
        return found

    def _caller(self, tenant: str) -> accounts.Caller:
        if tenant not in self._callers:
            with self.studio.database.transaction() as tx:
                user = accounts.create_user(tx, tenant)
                ledger.grant(tx, user.id, MicroUSD(1_000_000_000), "")
                key = accounts.create_key(tx, tenant, "key")[1]
                self._callers[tenant] = accounts.authenticate(tx, key)
        return self._callers[tenant]


@pytest.fixture
def fleet(studio: Hub) -> Fleet:
    return Fleet(studio)


@pytest.fixture
def limited(studio: Hub) -> Callable[..., Fleet]:
    """A fleet whose settings are changed."""

    def made(**settings: Any) -> Fleet:
        changed = studio.settings.model_copy(update=settings)
        return Fleet(Hub(**{**vars(studio), "settings": changed}))

    return made


def test_a_tenant_with_five_hundred_in_line_delays_anothers_first_by_one_film_at_most(fleet: Fleet) -> None:
    fleet.enqueue("crowd", 500)
    assert fleet.tenants(3) == ["crowd"] * 3
    running = fleet.take()
    fleet.enqueue("guest", 2)
    fleet.enqueue("other", 1)
    assert fleet.take() == []
    fleet.finish(running)
    # Each time, not by luck; and whoever has waited longest since is next.
    assert fleet.tenants(6) == ["guest", "other", "crowd", "guest", "crowd", "crowd"]


def test_free_slots_go_to_whoever_has_fewest_on_the_machines(fleet: Fleet) -> None:
    fleet.enqueue("crowd", 20)
    assert len(fleet.take("a", slots=4)) == 4
    fleet.enqueue("guest", 8)
    assert [fleet.owner[one] for one in fleet.take("b", slots=5)] == ["guest"] * 4 + ["crowd"]
    assert sorted(fleet.owner[one] for one in fleet.take("c", slots=2)) == ["crowd", "guest"]


def test_within_a_namespace_priority_decides_then_previews_then_arrival(fleet: Fleet) -> None:
    ids = {
        (priority, preview): fleet.enqueue("one", priority=priority, preview=preview, duration=3)[0]
        for priority in ("low", "normal", "high")
        for preview in (False, True)
    }
    later = fleet.enqueue("one", priority="normal", preview=False, duration=3)[0]
    taken = []
    for _ in range(7):
        taken += fleet.take()
        fleet.finish(taken)
    assert taken == [
        ids["high", True], ids["high", False], ids["normal", True], ids["normal", False], later,
        ids["low", True], ids["low", False],
    ]  # fmt: skip


def test_priority_changes_nothing_between_namespaces(fleet: Fleet) -> None:
    fleet.enqueue("calm", 3, priority="low")
    fleet.enqueue("loud", 3, priority="high")
    assert fleet.tenants(6) == ["calm", "loud"] * 3


def test_a_model_is_filmed_so_many_times_by_all_workers_and_blocks_nothing_else(limited: Callable[..., Fleet]) -> None:
    fleet = limited(model_film_slots={OTHER: 2}, namespace_film_slots=100)
    scarce = fleet.enqueue("one", 6, model=OTHER, priority="high") + fleet.enqueue("two", 6, model=OTHER)
    plenty = fleet.enqueue("one", 2, model=ONE, priority="low")
    first = fleet.take("a", slots=1) + fleet.take("b", slots=1)
    assert set(first) < set(scarce)
    assert {fleet.owner[one] for one in first} == {"one", "two"}
    # Both of the model's places are taken: what waits for one is passed over, and holds no slot.
    assert set(fleet.take("c", slots=5)) == set(plenty)
    assert fleet.take("d", slots=5) == []
    fleet.finish(first[:1])
    assert len(fleet.take("d", slots=5)) == 1


def test_a_limit_that_came_later_holds_for_what_was_in_line_before(studio: Hub, limited: Callable[..., Fleet]) -> None:
    before = Fleet(studio)
    old = before.enqueue("one", 4, model=OTHER)
    last = before.enqueue("one", 1, model=ONE)
    fleet = limited(model_film_slots={"*": 1})
    fleet._callers = before._callers
    new = fleet.enqueue("one", 1, model=OTHER, priority="high")
    assert fleet.take("a", slots=9) == [*new, *last]
    fleet.finish(new)
    assert fleet.take("a", slots=9) == old[:1] or len(fleet.take("a", slots=9)) <= 1


def test_a_namespace_is_filmed_so_many_times_by_all_workers(limited: Callable[..., Fleet]) -> None:
    fleet = limited(namespace_film_slots=3)
    fleet.enqueue("one", 9)
    fleet.enqueue("two", 1)
    taken = fleet.take("a", slots=2) + fleet.take("b", slots=2) + fleet.take("c", slots=9)
    assert sorted(fleet.owner[one] for one in taken) == ["one"] * 3 + ["two"]
    fleet.finish(taken)
    assert len(fleet.take("c", slots=9)) == 3


def test_each_kind_of_machine_has_its_own_line(limited: Callable[..., Fleet]) -> None:
    on_cpu, on_gpu = limited(), limited(engine_queues={"animatic": "gpu"})
    [slow] = on_gpu.enqueue("one")
    [quick] = on_cpu.enqueue("two")
    assert on_cpu.take(slots=9) == [quick]
    assert on_gpu.take(slots=9, queue="gpu") == [slow]


def test_a_worker_that_was_struck_off_takes_nothing(fleet: Fleet) -> None:
    fleet.enqueue("one")
    with fleet.studio.database.transaction() as tx:
        assert turns.take(tx, fleet.studio, "cpu", "ghost", "token", 1, set()) == []
    assert len(fleet.take()) == 1


def test_what_a_worker_still_winds_down_holds_its_slot(fleet: Fleet) -> None:
    made = fleet.enqueue("one", 3)
    [first] = fleet.take(slots=1)
    fleet.finish([first])
    assert fleet.take(slots=1, busy=(first,)) == []
    assert len(fleet.take(slots=2, busy=(first,))) == 1
    assert set(made) > {first}


def test_turns_long_past_are_forgotten(fleet: Fleet) -> None:
    fleet.enqueue("one")
    fleet.take()
    with fleet.studio.database.transaction() as tx:
        turns.forget_old(tx)
        assert tx.execute(sa.select(sa.func.count()).select_from(turns_table)).scalar_one() == 1
        tx.execute(sa.update(turns_table).values(taken_at=turns_table.c.taken_at - 25 * 3_600_000))
        turns.forget_old(tx)
        assert tx.execute(sa.select(sa.func.count()).select_from(turns_table)).scalar_one() == 0
