from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import generations
from oxreel.engines.registry import Entry, Registry
from oxreel.errors import FilmingFailed
from oxreel.generations import change, life
from oxreel.generations.abandon import Abandoning
from oxreel.generations.generation import Generation, find
from oxreel.generations.upstream import KeptMemo
from support import small_engines

Order = Callable[..., list[Generation]]


class Provider(small_engines.Provider):
    """Answers with what a test says, in turn; with nothing in the end."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[Mapping[str, Any]] = []

    def abandon(self, memo: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(memo)
        answer = self._answers.pop(0) if self._answers else {}
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def cancelled(studio: Hub, caller: Caller, order: Order) -> Generation:
    """A generation that was submitted and then cancelled, and whose worker is dead."""
    [made] = order()
    with studio.database.transaction() as tx:
        opened = life.open_take(tx, made.id, "dead", max_lost=3)
    assert opened is not None
    KeptMemo(studio.database, made.id, opened.take_id, lambda: False, lambda: None).write(request_id="r-1")
    return change.cancel(studio, caller, made.id)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def abandoning(studio: Hub, provider: Provider, clock: Clock | None = None) -> Abandoning:
    engines = Registry(studio.settings, {"animatic": Entry(lambda _: provider, "hosted", "worker")})
    return Abandoning(replace(studio, engines=engines), ["animatic"], clock or Clock())


def row(studio: Hub, generation: Generation) -> Generation:
    with studio.database.snapshot() as tx:
        return find(tx, generation.id)


def test_what_is_left_is_called_off_once_and_noted(studio: Hub, cancelled: Generation) -> None:
    provider = Provider({"cancel": "ALREADY_COMPLETED", "cost_micro_usd": 560_000})
    room = abandoning(studio, provider)
    room.look()
    room.look()
    assert provider.asked == [{"request_id": "r-1"}]
    noted = row(studio, cancelled)
    assert noted.upstream == {"request_id": "r-1", "cancel": "ALREADY_COMPLETED", "cost_micro_usd": 560_000}
    assert (noted.upstream_cost, noted.cost) == (560_000, None)


@pytest.mark.parametrize("trouble", [FilmingFailed("The provider does not answer."), KeyError("cancel_url")])
def test_what_did_not_work_is_tried_again_after_a_pause(studio: Hub, cancelled: Generation, trouble: Exception) -> None:
    provider, clock = Provider(trouble), Clock()
    room = abandoning(studio, provider, clock)
    room.look()
    room.look()
    assert len(provider.asked) == 1
    clock.seconds += 2
    room.look()
    assert len(provider.asked) == 2
    assert row(studio, cancelled).abandoned_at is not None


def test_what_did_not_work_for_an_hour_is_given_up(studio: Hub, cancelled: Generation) -> None:
    provider, clock = Provider(*[FilmingFailed("The provider does not answer.")] * 2), Clock()
    room = abandoning(studio, provider, clock)
    room.look()
    clock.seconds += 3700
    room.look()
    room.look()
    assert len(provider.asked) == 2
    with studio.database.snapshot() as tx:
        assert tx.execute(sa.select(generations.c.abandoned_at)).scalar_one() is not None
