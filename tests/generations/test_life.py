from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oxreel import events, ledger
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import takes
from oxreel.errors import FilmingFailed
from oxreel.generations import life
from oxreel.generations.generation import Generation, Status, find
from oxreel.generations.life import Standing
from oxreel.generations.result import Result

Order = Callable[..., list[Generation]]
PRICE = 3 * 224_000
RESULT = Result("0" * 32, 1234, "ab" * 32, 1920, 1080, 3.04, price=PRICE)


@pytest.fixture
def processing(studio: Hub, order: Order) -> Generation:
    """A generation that worker `one` films."""
    [made] = order()
    with studio.database.transaction() as tx:
        opened = life.open_take(tx, made.id, "one", max_lost=3)
    assert opened is not None
    return opened.generation


@pytest.fixture
def take(studio: Hub, processing: Generation) -> int:
    """The take of worker `one`."""
    with studio.database.snapshot() as tx:
        found: int = tx.execute(sa.select(takes.c.id)).scalar_one()
    return found


def state(studio: Hub, generation: Generation) -> Generation:
    with studio.database.snapshot() as tx:
        return find(tx, generation.id)


def money(studio: Hub, caller: Caller) -> tuple[int, int]:
    with studio.database.snapshot() as tx:
        balance = ledger.balance(tx, caller.user.id)
    return balance.available, balance.held


def told(studio: Hub) -> list[tuple[str, str]]:
    with studio.database.snapshot() as tx:
        return [(event.kind, event.data["status"]) for event in events.after(tx, 0, 100)]


def outcomes(studio: Hub) -> list[str]:
    with studio.database.snapshot() as tx:
        return list(tx.execute(sa.select(takes.c.outcome).order_by(takes.c.id)).scalars())


def test_opening_a_take_starts_the_generation(studio: Hub, processing: Generation) -> None:
    assert processing.status is Status.PROCESSING
    assert processing.started_at is not None
    assert outcomes(studio) == ["open"]


def test_success_stores_charges_and_announces_together(
    studio: Hub, caller: Caller, processing: Generation, take: int
) -> None:
    with studio.database.transaction() as tx:
        assert life.succeed(tx, processing.id, RESULT, take) is Standing.HELD
    done = state(studio, processing)
    assert (done.status, done.cost, done.progress) == (Status.SUCCEEDED, PRICE, 1.0)
    assert done.result_path == f"{processing.id}/video.mp4"
    assert money(studio, caller) == (10_000_000 - PRICE, 0)
    assert told(studio) == [("media_generation_completed", "succeeded")]


def test_what_the_engine_understood_is_noted_while_it_is_filmed(studio: Hub, processing: Generation, take: int) -> None:
    plan = {"shots": [{"without_effect": ["serene"]}]}
    with studio.database.transaction() as tx:
        life.note_plan(tx, processing.id, plan, ["This is an animatic."], take)
    noted = state(studio, processing)
    assert (noted.plan, noted.warnings) == (plan, ["This is an animatic."])
    with studio.database.transaction() as tx:
        life.cancel(tx, processing.id)
        life.note_plan(tx, processing.id, None, [], take)
    assert state(studio, processing).plan == plan


def test_success_that_is_rolled_back_leaves_no_trace(
    studio: Hub, caller: Caller, processing: Generation, take: int
) -> None:
    with studio.database.engine.connect() as tx:
        life.succeed(tx, processing.id, RESULT, take)
        tx.rollback()
    assert state(studio, processing).status is Status.PROCESSING
    assert money(studio, caller) == (10_000_000 - PRICE, PRICE)
    assert told(studio) == []


def test_a_shorter_video_than_was_held_for_costs_less(
    studio: Hub, caller: Caller, processing: Generation, take: int
) -> None:
    cheaper = Result("0" * 32, 1, "ab" * 32, 1920, 1080, 2.0, price=PRICE // 3)
    with studio.database.transaction() as tx:
        life.succeed(tx, processing.id, cheaper, take)
    assert state(studio, processing).cost == PRICE // 3
    assert money(studio, caller) == (10_000_000 - PRICE // 3, 0)


def test_failure_releases_the_hold_and_says_why(studio: Hub, caller: Caller, processing: Generation, take: int) -> None:
    with studio.database.transaction() as tx:
        assert life.fail_take(tx, processing.id, FilmingFailed("out of film"), take) is Standing.HELD
    ended = state(studio, processing)
    assert (ended.status, ended.error_message, ended.cost) == (Status.FAILED, "out of film", None)
    assert money(studio, caller) == (10_000_000, 0)
    assert told(studio) == [("media_generation_completed", "failed")]


def test_cancelling_releases_the_hold_and_is_not_streamed_as_a_completion(
    studio: Hub, caller: Caller, processing: Generation
) -> None:
    with studio.database.transaction() as tx:
        assert life.cancel(tx, processing.id)
    assert state(studio, processing).status is Status.CANCELLED
    assert money(studio, caller) == (10_000_000, 0)
    assert told(studio) == [("generation_ended", "cancelled")]


@pytest.mark.parametrize("first", ["succeed", "fail", "cancel"])
@pytest.mark.parametrize("second", ["succeed", "fail", "cancel"])
def test_an_ended_generation_is_never_ended_again(
    studio: Hub, caller: Caller, processing: Generation, take: int, first: str, second: str
) -> None:
    def end(how: str) -> bool:
        with studio.database.transaction() as tx:
            if how == "succeed":
                return life.succeed(tx, processing.id, RESULT, take) is Standing.HELD
            if how == "fail":
                return life.fail_take(tx, processing.id, FilmingFailed("no"), take) is Standing.HELD
            return life.cancel(tx, processing.id)

    assert end(first)
    before = (state(studio, processing), money(studio, caller), told(studio))
    assert not end(second)
    assert (state(studio, processing), money(studio, caller), told(studio)) == before


def test_progress_is_written_only_while_it_is_filmed(studio: Hub, processing: Generation, take: int) -> None:
    with studio.database.transaction() as tx:
        assert life.report_progress(tx, processing, 0.5, take)
    assert state(studio, processing).progress == 0.5
    with studio.database.transaction() as tx:
        life.cancel(tx, processing.id)
        assert not life.report_progress(tx, processing, 0.75, take)
    assert state(studio, processing).progress == 0.5


def test_progress_is_announced_at_once_and_then_at_most_once_a_second(
    studio: Hub, processing: Generation, take: int
) -> None:
    """Events are appended one at a time, so those of many films would hold up every completion."""

    def announced() -> list[float]:
        with studio.database.snapshot() as tx:
            return [event.data["progress"] for event in events.after(tx, 0, 100)]

    def report(progress: float) -> None:
        with studio.database.transaction() as tx:
            assert life.report_progress(tx, processing, progress, take)
            if progress == 0.1:
                # As if no time passed from here on, however busy the machine is.
                tx.execute(sa.update(takes).values(announced_at=takes.c.announced_at + 3_600_000))

    for progress in (0.1, 0.2, 0.3):
        report(progress)
    assert announced() == [0.1]
    assert state(studio, processing).progress == 0.3
    with studio.database.transaction() as tx:
        tx.execute(sa.update(takes).values(announced_at=takes.c.announced_at - 3_601_000))
    report(0.4)
    assert announced() == [0.1, 0.4]
    with studio.database.transaction() as tx:
        other = life.open_take(tx, processing.id, "two", max_lost=3)
        assert other is not None
        assert life.report_progress(tx, processing, 0.5, other.take_id)
    assert announced() == [0.1, 0.4, 0.5]


def test_a_generation_that_kills_three_workers_fails_with_a_clear_message(
    studio: Hub, caller: Caller, processing: Generation
) -> None:
    for worker in ("two", "three"):
        with studio.database.transaction() as tx:
            assert life.open_take(tx, processing.id, worker, max_lost=3) is not None
    with studio.database.transaction() as tx:
        assert life.open_take(tx, processing.id, "four", max_lost=3) is None
    ended = state(studio, processing)
    assert ended.status is Status.FAILED
    assert ended.error_message == (
        "Filming this generation ended its worker 3 times, so it was given up. Nothing was charged."
    )
    assert money(studio, caller) == (10_000_000, 0)


def test_a_worker_that_was_stopped_in_order_does_not_count_as_killed(
    studio: Hub, processing: Generation, take: int
) -> None:
    for worker in ("two", "three", "four", "five"):
        with studio.database.transaction() as tx:
            life.close_take(tx, take, "interrupted")
            opened = life.open_take(tx, processing.id, worker, max_lost=3)
        assert opened is not None
        take = opened.take_id
    assert outcomes(studio) == ["interrupted"] * 4 + ["open"]


def test_a_worker_that_lost_its_take_finishes_nothing(
    studio: Hub, caller: Caller, processing: Generation, take: int
) -> None:
    with studio.database.transaction() as tx:
        # The same worker even: what counts is the take.
        other = life.open_take(tx, processing.id, "one", max_lost=3)
    assert other is not None
    before = (state(studio, processing), money(studio, caller), told(studio))
    with studio.database.transaction() as tx:
        assert life.standing(tx, processing.id, take) is Standing.LOST
        assert life.succeed(tx, processing.id, RESULT, take) is Standing.LOST
        assert life.fail_take(tx, processing.id, FilmingFailed("no"), take) is Standing.LOST
        assert not life.report_progress(tx, processing, 0.5, take)
        life.note_plan(tx, processing.id, {"shots": []}, ["late"], take)
        life.close_take(tx, take, "finished")
    assert (state(studio, processing), money(studio, caller), told(studio)) == before
    assert outcomes(studio) == ["lost", "open"]
    with studio.database.transaction() as tx:
        assert life.succeed(tx, processing.id, RESULT, other.take_id) is Standing.HELD
    assert told(studio) == [("media_generation_completed", "succeeded")]


def test_a_take_that_was_interrupted_finishes_nothing_either(studio: Hub, processing: Generation, take: int) -> None:
    with studio.database.transaction() as tx:
        life.close_take(tx, take, "interrupted")
        assert life.succeed(tx, processing.id, RESULT, take) is Standing.LOST
    assert state(studio, processing).status is Status.PROCESSING


def test_there_is_nothing_to_film_once_it_was_cancelled_in_line(studio: Hub, order: Order) -> None:
    [made] = order()
    with studio.database.transaction() as tx:
        life.cancel(tx, made.id)
        assert life.open_take(tx, made.id, "one", max_lost=3) is None
    assert outcomes(studio) == []
