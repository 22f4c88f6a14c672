from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oxreel import accounts
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import generations
from oxreel.errors import NotFound
from oxreel.generations import change, history, life
from oxreel.generations.generation import ACTIVE, Generation, Status
from oxreel.generations.history import Filter

Order = Callable[..., list[Generation]]


@pytest.fixture
def mine(caller: Caller) -> Filter:
    return Filter(namespace_ids=caller.namespace_ids)


def listed(studio: Hub, wanted: Filter) -> list[str]:
    with studio.database.snapshot() as tx:
        return [one.generation.id for one in history.listing(tx, wanted, 100)[0]]


def test_the_newest_comes_first(studio: Hub, mine: Filter, order: Order) -> None:
    made = [order(preview=True)[0].id for _ in range(3)]
    assert listed(studio, mine) == made[::-1]


def test_a_long_list_is_cut_but_counted_whole(studio: Hub, mine: Filter, order: Order) -> None:
    made = [order(preview=True)[0].id for _ in range(5)]
    with studio.database.snapshot() as tx:
        found, count = history.listing(tx, mine, most=2)
    assert ([one.generation.id for one in found], count) == ([made[4], made[3]], 5)


def test_filters_narrow_what_is_listed(studio: Hub, caller: Caller, order: Order) -> None:
    [in_folder] = order(preview=True, target_repo="films", target_directory="lake/dawn")
    [cancelled] = order(preview=True)
    change.cancel(studio, caller, cancelled.id)
    ids = caller.namespace_ids
    assert listed(studio, Filter(ids, statuses=ACTIVE)) == [in_folder.id]
    assert listed(studio, Filter(ids, statuses=(Status.CANCELLED,))) == [cancelled.id]
    assert listed(studio, Filter(ids, repo="films")) == [in_folder.id]
    assert listed(studio, Filter(ids, folder="lake")) == [in_folder.id]
    assert listed(studio, Filter(ids, folder="lake/dawn")) == [in_folder.id]
    assert listed(studio, Filter(ids, folder="lak")) == []
    assert listed(studio, Filter(ids, model="another")) == []
    assert listed(studio, Filter(ids, namespace="LOCAL")) == [cancelled.id, in_folder.id]
    assert listed(studio, Filter(ids, media_type="image")) == []


def test_every_word_of_a_search_is_in_the_prompt_or_is_the_id(studio: Hub, caller: Caller, order: Order) -> None:
    [fox] = order(preview=True, prompt="A red Fox at 100% speed")
    [ox] = order(preview=True, prompt="A red ox")
    ids = caller.namespace_ids
    assert listed(studio, Filter(ids, words=("RED",))) == [ox.id, fox.id]
    assert listed(studio, Filter(ids, words=("red", "fox"))) == [fox.id]
    assert listed(studio, Filter(ids, words=("fox", "blue"))) == []
    assert listed(studio, Filter(ids, words=("0%",))) == [fox.id]
    assert listed(studio, Filter(ids, words=("r_d",))) == []
    assert listed(studio, Filter(ids, words=(ox.id.upper(),))) == [ox.id]


def test_dates_narrow_the_history_to_what_was_enqueued_between(studio: Hub, caller: Caller, order: Order) -> None:
    made = [order(preview=True)[0].id for _ in range(3)]
    with studio.database.transaction() as tx:
        for index, one in enumerate(made):
            tx.execute(sa.update(generations).where(generations.c.id == one).values(enqueued_at=1000 * (index + 1)))
    ids = caller.namespace_ids
    assert listed(studio, Filter(ids, since=2000)) == [made[2], made[1]]
    assert listed(studio, Filter(ids, until=2000)) == [made[0]]
    assert listed(studio, Filter(ids, since=2000, until=3000)) == [made[1]]


def test_other_tenants_are_never_listed(studio: Hub, order: Order) -> None:
    order(preview=True)
    assert listed(studio, Filter(namespace_ids=frozenset({999}))) == []


def test_the_place_in_the_line_counts_those_before(studio: Hub, caller: Caller, mine: Filter, order: Order) -> None:
    first, second, third = (order(preview=True)[0] for _ in range(3))
    with studio.database.snapshot() as tx:
        assert [one.queue_position for one in history.listing(tx, mine, 100)[0]] == [3, 2, 1]
        assert history.one(tx, third.id).queue_position == 3
    change.cancel(studio, caller, first.id)
    with studio.database.snapshot() as tx:
        assert history.one(tx, first.id).queue_position is None
        assert history.one(tx, second.id).queue_position == 1


def test_pages_carry_the_totals_of_all_pages(studio: Hub, mine: Filter, order: Order) -> None:
    made = [order(preview=True)[0].id for _ in range(5)]
    with studio.database.transaction() as tx:
        tx.execute(sa.update(generations).where(generations.c.id.in_(made[:2])).values(cost=1_120_000))
        page = history.page(tx, mine, number=2, size=2)
    assert [one.generation.id for one in page.rows] == [made[2], made[1]]
    assert (page.entries, page.pages, page.cost) == (5, 3, 2_240_000)


def test_the_cost_of_nothing_charged_is_unknown_rather_than_zero(studio: Hub, mine: Filter, order: Order) -> None:
    order(preview=True)
    with studio.database.snapshot() as tx:
        assert history.page(tx, mine, 1, 50).cost is None


def test_a_generation_of_others_looks_like_none(studio: Hub, order: Order) -> None:
    [made] = order(preview=True)
    with studio.database.transaction() as tx:
        accounts.create_user(tx, "stranger")
        _, key = accounts.create_key(tx, "stranger", "key")
        stranger = accounts.authenticate(tx, key)
    with studio.database.snapshot() as tx:
        with pytest.raises(NotFound) as unreadable:
            change.find_readable(tx, stranger, made.id)
        with pytest.raises(NotFound) as unknown:
            change.find_readable(tx, stranger, "no-such-id")
    assert unreadable.value.message.replace(made.id, "X") == unknown.value.message.replace("no-such-id", "X")


def test_an_organizations_generations_are_read_by_its_members(studio: Hub, caller: Caller, order: Order) -> None:
    with studio.database.transaction() as tx:
        organization = accounts.create_organization(tx, "studio-one")
        accounts.add_member(tx, "studio-one", caller.user.name)
        tx.execute(sa.update(generations).values(namespace_id=organization.id))
    [made] = order(preview=True)
    with studio.database.transaction() as tx:
        tx.execute(sa.update(generations).values(namespace_id=organization.id))
    assert listed(studio, Filter(frozenset({organization.id}))) == [made.id]


def test_the_place_in_line_follows_priority_and_previews_within_the_namespace(
    studio: Hub, caller: Caller, order: Order
) -> None:
    low, low_too, late, normal, high = (
        order(priority=priority, preview=preview)[0]
        for priority, preview in (("low", True), ("low", True), ("normal", False), ("normal", True), ("high", False))
    )
    in_line = [high, normal, late, low, low_too]
    mine = Filter(caller.namespace_ids)
    with studio.database.snapshot() as tx:
        listed = {one.generation.id: one.queue_position for one in history.listing(tx, mine, 100)[0]}
        assert listed == {one.id: place for place, one in enumerate(in_line, start=1)}
        assert [history.one(tx, one.id).queue_position for one in in_line] == [1, 2, 3, 4, 5]


def test_progress_of_another_generation_does_not_move(studio: Hub, order: Order) -> None:
    one, other = order(preview=True, num_generations=2)
    with studio.database.transaction() as tx:
        opened = life.open_take(tx, one.id, "w", 3)
        assert opened is not None
        life.report_progress(tx, opened.generation, 0.3, opened.take_id)
    with studio.database.snapshot() as tx:
        assert history.one(tx, other.id).generation.progress == 0.0


def test_a_search_counts_what_it_finds_on_one_page_or_several(studio: Hub, caller: Caller, order: Order) -> None:
    made = [order(preview=True, prompt=f"A red fox, take {number}")[0].id for number in range(3)]
    order(preview=True, prompt="An ox")
    wanted = Filter(caller.namespace_ids, words=("fox",))
    with studio.database.transaction() as tx:
        tx.execute(sa.update(generations).where(generations.c.id.in_(made[:2])).values(cost=5))
        tx.execute(sa.update(generations).where(generations.c.id.not_in(made)).values(cost=1000))
        for size, expected in ((50, made[::-1]), (3, made[::-1]), (2, made[:0:-1])):
            page = history.page(tx, wanted, 1, size)
            assert [one.generation.id for one in page.rows] == expected
            assert (page.entries, page.cost) == (3, 10)
        nothing = history.page(tx, Filter(caller.namespace_ids, words=("fox", "blue")), 1, 50)
    assert (nothing.rows, nothing.entries, nothing.cost) == ([], 0, None)
