"""Long histories: what is counted once is what counting everything would give."""

import random
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oxreel import accounts
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import generations, tallies
from oxreel.generations import history
from oxreel.generations.generation import ACTIVE, ENDED, Generation, Status
from oxreel.generations.history import Filter, tally

Order = Callable[..., list[Generation]]
MODELS = ("one-model", "another-model")


@pytest.fixture
def organization(studio: Hub) -> int:
    with studio.database.transaction() as tx:
        return accounts.create_organization(tx, "studio-one").id


def add(studio: Hub, of: Generation, **values: object) -> int:
    """The sequence of one more generation, like another but for these values."""
    with studio.database.transaction() as tx:
        row = dict(tx.execute(sa.select(generations).where(generations.c.id == of.id)).one()._mapping)
        del row["sequence"]
        row["id"] = f"{of.id}-{random.getrandbits(64)}"
        query = sa.insert(generations).values({**row, **values}).returning(generations.c.sequence)
        return int(tx.execute(query).scalar_one())


def end_all(studio: Hub) -> None:
    with studio.database.transaction() as tx:
        ended = sa.update(generations).where(generations.c.status.in_(ACTIVE)).values(status=Status.FAILED)
        tx.execute(ended)


def test_pages_and_totals_are_those_of_counting_everything(studio: Hub, order: Order, organization: int) -> None:
    [sample] = order(preview=True)
    drawn = random.Random(7)
    mine = sample.namespace_id
    for number in range(120):
        status = drawn.choice([*ENDED, Status.SUCCEEDED, *([Status.QUEUED] if number > 90 else [])])
        cost = drawn.choice([None, 5, 7]) if status is Status.SUCCEEDED else None
        owner = drawn.choice([mine, mine, organization])
        add(studio, sample, namespace_id=owner, status=status, cost=cost, model=drawn.choice(MODELS))
        if number == 60:
            with studio.database.transaction() as tx:
                tx.execute(sa.update(generations).where(generations.c.id == sample.id).values(status="failed"))
            assert tally.write_down(studio.database, mine, size=3) > 5
        if number == 80:
            assert tally.write_down(studio.database, organization, size=5) > 2
    with studio.database.snapshot() as tx:
        rows = tx.execute(sa.select(generations).order_by(generations.c.sequence.desc())).all()
        for namespaces in ({mine}, {organization}, {mine, organization}):
            for statuses in ((), ACTIVE, (Status.SUCCEEDED,), (Status.FAILED,), (Status.CANCELLED, Status.QUEUED)):
                for model in (None, *MODELS):
                    wanted = Filter(frozenset(namespaces), statuses=statuses, model=model)
                    expected = [
                        row
                        for row in rows
                        if row.namespace_id in namespaces
                        and (not statuses or row.status in statuses)
                        and model in (None, row.model)
                    ]
                    costs = [row.cost for row in expected if row.cost is not None]
                    for number in range(1, len(expected) // 7 + 3):
                        page = history.page(tx, wanted, number, 7)
                        begin = (number - 1) * 7
                        assert [one.generation.id for one in page.rows] == [
                            row.id for row in expected[begin : begin + 7]
                        ]
                        assert page.entries == len(expected)
                        assert page.cost == (sum(costs) if costs else None)


def test_a_block_is_kept_only_when_all_before_its_end_have_ended(studio: Hub, order: Order) -> None:
    [sample] = order(preview=True)
    end_all(studio)
    sequences = [add(studio, sample, status="failed") for _ in range(5)]
    waiting = add(studio, sample, status="queued")
    for _ in range(9):
        add(studio, sample, status="failed")
    assert tally.write_down(studio.database, sample.namespace_id, size=3) == 2
    with studio.database.snapshot() as tx:
        last = tx.execute(sa.select(sa.func.max(tallies.c.last_sequence))).scalar_one()
    assert last == sequences[-1] < waiting
    end_all(studio)
    assert tally.write_down(studio.database, sample.namespace_id, size=3) == 3
    assert tally.write_down(studio.database, sample.namespace_id, size=3) == 0


def test_nothing_is_counted_while_an_earlier_generation_may_still_come(studio: Hub, order: Order) -> None:
    if studio.database.is_sqlite:
        pytest.skip("SQLite has one writer: nothing comes late")
    [sample] = order(preview=True)
    end_all(studio)
    with studio.database.engine.connect() as late:
        begun = late.begin()
        row = dict(late.execute(sa.select(generations).where(generations.c.id == sample.id)).one()._mapping)
        del row["sequence"]
        late.execute(sa.insert(generations).values({**row, "id": "late", "status": "queued"}))
        for _ in range(6):
            add(studio, sample, status="failed")
        assert tally.write_down(studio.database, sample.namespace_id, size=3) == 0
        begun.commit()
    # The first block would end behind the one that came late and waits.
    assert tally.write_down(studio.database, sample.namespace_id, size=3) == 0
    end_all(studio)
    assert tally.write_down(studio.database, sample.namespace_id, size=3) == 2


def test_who_enqueues_is_not_held_up_where_no_block_can_be_written(studio: Hub, order: Order) -> None:
    [waiting] = order(preview=True)
    for _ in range(9):
        add(studio, waiting, status="failed")
    said: list[str] = []
    sa.event.listen(studio.database.engine, "before_cursor_execute", lambda *now: said.append(now[2]))
    assert tally.write_down(studio.database, waiting.namespace_id, size=3) == 0
    assert said
    # PostgreSQL's barrier, and the one turn of SQLite's writers.
    assert not [one for one in said if one.startswith(("LOCK TABLE", "BEGIN"))]
    end_all(studio)
    assert tally.write_down(studio.database, waiting.namespace_id, size=3) == 3
    assert [one for one in said if one.startswith(("LOCK TABLE", "BEGIN"))]


def test_a_long_history_is_counted_once_it_is_read(studio: Hub, order: Order, caller: Caller) -> None:
    order(preview=True)
    end_all(studio)
    with studio.database.transaction() as tx:
        row = dict(tx.execute(sa.select(generations)).one()._mapping)
        del row["sequence"]
        many = [{**row, "id": f"many-{number}"} for number in range(2 * tally.BLOCK)]
        tx.execute(sa.insert(generations), many)
    for wanted, blocks in ((1, 2), (2, 2)):
        with studio.database.snapshot() as tx:
            page = history.page(tx, Filter(caller.namespace_ids), wanted, 50)
        assert page.entries == 2 * tally.BLOCK + 1
        assert len(page.rows) == 50
        history.keep_up(studio.database, page)
        with studio.database.snapshot() as tx:
            assert tx.execute(sa.select(sa.func.count()).select_from(tallies)).scalar_one() == blocks
