"""The memo of what is made elsewhere: who may write it, and who is told to call it off."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import LEFT, generations, takes
from oxreel.engines.engine import Memo, OnFrame, Segment, Stopped
from oxreel.errors import FilmingFailed, Unavailable
from oxreel.generations import change, life, recovery, upstream
from oxreel.generations import hosted as hosted_film
from oxreel.generations.generation import Generation, find
from oxreel.generations.hosted import HostedFilm
from oxreel.generations.life import OpenTake
from oxreel.generations.upstream import KeptMemo
from oxreel.storyboard import Shot, Storyboard
from support import small_engines

Order = Callable[..., list[Generation]]


def open_take(studio: Hub, generation: Generation, worker: str) -> OpenTake:
    with studio.database.transaction() as tx:
        opened = life.open_take(tx, generation.id, worker, max_lost=3)
    assert opened is not None
    return opened


def memo_of(studio: Hub, opened: OpenTake, *, stopped: bool = False) -> KeptMemo:
    return KeptMemo(studio.database, opened.generation.id, opened.take_id, lambda: stopped, lambda: None)


def row(studio: Hub, generation: Generation) -> Generation:
    with studio.database.snapshot() as tx:
        return find(tx, generation.id)


def left(studio: Hub, *engines: str) -> list[str]:
    with studio.database.snapshot() as tx:
        return upstream.left(tx, engines or ("animatic",))


def test_the_next_take_reads_what_the_last_one_wrote(studio: Hub, order: Order) -> None:
    [made] = order()
    memo = memo_of(studio, open_take(studio, made, "one"))
    assert memo.read() == {}
    memo.write(submitting=True, tries=1)
    memo.write(tries=2, request_id="r-1")
    later = memo_of(studio, open_take(studio, made, "two"))
    assert later.read() == {"submitting": True, "tries": 2, "request_id": "r-1"}


def test_a_take_that_was_taken_over_writes_nothing_more(studio: Hub, order: Order) -> None:
    [made] = order()
    lost = memo_of(studio, open_take(studio, made, "one"))
    memo_of(studio, open_take(studio, made, "two")).write(request_id="r-2")
    with pytest.raises(Stopped):
        lost.write(request_id="r-1")
    assert lost.read() == {"request_id": "r-2"}


def test_what_was_submitted_as_it_was_cancelled_is_written_down_and_nothing_follows(
    studio: Hub, caller: Caller, order: Order
) -> None:
    [made] = order()
    memo = memo_of(studio, open_take(studio, made, "one"))
    change.cancel(studio, caller, made.id)
    with pytest.raises(Stopped):
        memo.write(request_id="r-1")
    assert row(studio, made).upstream == {"request_id": "r-1"}


def test_a_worker_that_stops_may_write_until_the_next_one_begins(studio: Hub, order: Order) -> None:
    [made] = order()
    opened = open_take(studio, made, "one")
    with studio.database.transaction() as tx:
        life.close_take(tx, opened.take_id, "interrupted")
    memo_of(studio, opened).write(request_id="r-1")
    assert row(studio, made).upstream == {"request_id": "r-1"}


def test_a_memo_waits_for_a_database_that_is_away(studio: Hub, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    [made] = order()
    opened = open_take(studio, made, "one")
    tries: list[int] = []
    written = upstream.write

    def away_at_first(*args: object) -> object:
        tries.append(1)
        if len(tries) < 3:
            raise Unavailable("The database does not answer at the moment.", retry_after=1)
        return written(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(upstream, "_AGAIN_SECONDS", 0)
    monkeypatch.setattr(upstream, "write", away_at_first)
    memo_of(studio, opened).write(request_id="r-1")
    assert row(studio, made).upstream == {"request_id": "r-1"}
    tries.clear()
    with pytest.raises(Stopped):
        memo_of(studio, opened, stopped=True).write(request_id="r-2")


def test_a_film_whose_memo_waits_for_the_database_has_not_stalled(
    studio: Hub, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    [made] = order()
    opened, hosted = open_take(studio, made, "one"), HostedFilm(stall_seconds=2)
    back = time.monotonic() + 4
    written = upstream.write

    def away(*args: object) -> object:
        if time.monotonic() < back:
            raise Unavailable("The database does not answer at the moment.", retry_after=1)
        return written(*args)  # type: ignore[arg-type]

    class Writer(small_engines.Provider):
        def film(self, _: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None) -> Segment:
            assert memo is not None
            memo.write(request_id="r-1")
            return Segment(folder / "film.mp4", shot.frames)

    monkeypatch.setattr(upstream, "_AGAIN_SECONDS", 0.02)
    monkeypatch.setattr(upstream, "write", away)
    monkeypatch.setattr(hosted_film, "_LOOK_SECONDS", 0.1)
    memo = KeptMemo(studio.database, made.id, opened.take_id, lambda: hosted.is_stopped, hosted.wait)
    shot = Shot(index=0, prompt="A lake", seconds=1, first_frame=0, frames=25)
    board = Storyboard(generation_id=made.id, model="m", shots=(shot,), width=64, height=64, seed=1)
    asyncio.run(hosted.film(Writer(), board, shot, Path(), lambda _: None, memo))
    assert row(studio, made).upstream == {"request_id": "r-1"}


def test_what_the_provider_charges_is_a_column_and_a_retry_starts_with_an_empty_memo(
    studio: Hub, caller: Caller, order: Order
) -> None:
    [made] = order()
    memo = memo_of(studio, open_take(studio, made, "one"))
    memo.write(request_id="r-1", cost_micro_usd=560_000)
    memo.write(seen=True)
    assert row(studio, made).upstream_cost == 560_000
    again = change.retry(studio, caller, made.id, "testserver")
    assert (again.upstream, again.upstream_cost, again.abandoned_at) == (None, None, None)
    assert row(studio, made).upstream_cost == 560_000


def test_what_ended_without_its_film_is_left_until_it_is_abandoned(studio: Hub, caller: Caller, order: Order) -> None:
    cancelled, failed, filmed, made_here = order(num_generations=4)
    for one in (cancelled, failed, filmed):
        memo_of(studio, open_take(studio, one, "dead")).write(request_id=one.id)
    open_take(studio, made_here, "dead")
    for one in (cancelled, made_here):
        change.cancel(studio, caller, one.id)
    with studio.database.transaction() as tx:
        life.fail(tx, failed.id, FilmingFailed("It failed."))
    assert left(studio) == [cancelled.id, failed.id]
    assert left(studio, "another") == []
    with studio.database.transaction() as tx:
        upstream.note_abandoned(
            tx, cancelled.id, {"cancelled": True, "cost_micro_usd": 7}, {"request_id": cancelled.id}
        )
    assert left(studio) == [failed.id]
    noted = row(studio, cancelled)
    assert noted.abandoned_at is not None
    assert (noted.upstream, noted.upstream_cost) == (
        {"request_id": cancelled.id, "cancelled": True, "cost_micro_usd": 7},
        7,
    )


def test_nothing_is_abandoned_while_a_living_worker_holds_the_take(studio: Hub, caller: Caller, order: Order) -> None:
    [made] = order()
    with studio.database.transaction() as tx:
        recovery.sign_on(tx, "one", {"hosted": 1})
    opened = open_take(studio, made, "one")
    memo_of(studio, opened).write(request_id="r-1")
    change.cancel(studio, caller, made.id)
    assert left(studio) == []
    with studio.database.transaction() as tx:
        life.close_take(tx, opened.take_id, "finished")
    assert left(studio) == [made.id]


def test_what_becomes_known_after_it_was_abandoned_is_left_again(studio: Hub, caller: Caller, order: Order) -> None:
    """As of a provider that answers a minute after its generation was cancelled."""
    [made] = order()
    opened = open_take(studio, made, "one")
    memo = memo_of(studio, opened)
    memo.write(submitting=True)
    change.cancel(studio, caller, made.id)
    with studio.database.transaction() as tx:
        life.close_take(tx, opened.take_id, "finished")
        upstream.note_abandoned(tx, made.id, {}, {"submitting": True})
    assert left(studio) == []
    with pytest.raises(Stopped):
        memo.write(submitting=False, request_id="r-1")
    assert left(studio) == [made.id]


def test_what_becomes_known_while_it_is_abandoned_stays_left(studio: Hub, caller: Caller, order: Order) -> None:
    [made] = order()
    opened = open_take(studio, made, "one")
    memo = memo_of(studio, opened)
    memo.write(submitting=True)
    change.cancel(studio, caller, made.id)
    with studio.database.transaction() as tx:
        life.close_take(tx, opened.take_id, "finished")
    with pytest.raises(Stopped):
        memo.write(request_id="r-1")
    with studio.database.transaction() as tx:
        upstream.note_abandoned(tx, made.id, {"asked": True}, {"submitting": True})
    assert left(studio) == [made.id]
    assert row(studio, made).upstream == {"submitting": True, "request_id": "r-1", "asked": True}


def test_looking_for_what_is_left_reads_no_other_rows(studio: Hub) -> None:
    found = sa.select(generations.c.id).where(LEFT).order_by(generations.c.completed_at)
    with studio.database.snapshot() as tx:
        if not studio.database.is_sqlite:
            tx.execute(sa.text("SET enable_seqscan = off"))
        text = str(found.compile(tx.engine))
        explained = tx.execute(sa.text(("EXPLAIN QUERY PLAN " if studio.database.is_sqlite else "EXPLAIN ") + text))
        assert "ix_generations_left" in str(explained.all())
        assert tx.execute(sa.select(sa.func.count()).select_from(takes)).scalar_one() == 0
