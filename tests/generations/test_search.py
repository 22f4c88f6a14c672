"""Words, dates and places in long histories: what is found is what reading every row would find."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel import accounts
from oxreel.bootstrap import Hub
from oxreel.db import block_grams, blocks, generations
from oxreel.generations import history
from oxreel.generations.generation import ACTIVE, ENDED, Generation, Status
from oxreel.generations.history import Counts, Filter, grams, places, postings, tally
from oxreel.generations.history.counts import Found

Order = Callable[..., list[Generation]]
MODELS = ("one-model", "another-model")
THINGS = ("red Fox", "ox on a road", "100% wool", "snow_field", "海边的房子", "GROSSE Straße", "foxglove", "猫")
WORDS = (
    ("fox",), ("FOX", "take"), ("ox",), ("a",), ("0%",), ("w_f",), ("海边",), ("猫",), ("子",), ("road", "red"),
    ("zebra",), ("take", "7"), ("on", "a", "road"), ("glove",), ("5,",),
)  # fmt: skip


class Past:
    """Two namespaces whose generations have ended but for the latest, some blocks of them written down."""

    def __init__(self, studio: Hub, sample: Generation) -> None:
        self.studio = studio
        self.mine = sample.namespace_id
        with studio.database.transaction() as tx:
            self.theirs = accounts.create_organization(tx, "studio-one").id
            self._row = dict(tx.execute(sa.select(generations)).one()._mapping)
            tx.execute(sa.update(generations).values(status="failed", prompt=None, enqueued_at=500))
        del self._row["sequence"]
        self._drawn = random.Random(5)

    def add(self, first: int, last: int, **values: object) -> None:
        """These numbers, each of its own time, which does not always go forwards."""
        with self.studio.database.transaction() as tx:
            tx.execute(sa.insert(generations), [self._made(number) | values for number in range(first, last)])

    def _made(self, number: int) -> dict[str, object]:
        drawn = self._drawn
        status = drawn.choice([*ENDED, Status.SUCCEEDED])
        return {
            **self._row,
            "id": f"past-{number}",
            "namespace_id": drawn.choice([self.mine, self.mine, self.theirs]),
            "status": status,
            "cost": drawn.choice([None, 5, 7]) if status is Status.SUCCEEDED else None,
            "model": drawn.choice(MODELS),
            "prompt": f"A {drawn.choice(THINGS)}, take {number}" if number % 9 else None,
            "directory": drawn.choice(["", "lake", "lake/dawn"]),
            "enqueued_at": 1000 + 10 * number + drawn.randint(-25, 25),
        }

    def rows(self) -> list[sa.Row[tuple[object, ...]]]:
        """All, the newest first."""
        with self.studio.database.snapshot() as tx:
            return list(tx.execute(sa.select(generations).order_by(generations.c.sequence.desc())).all())


@pytest.fixture
def past(studio: Hub, order: Order) -> Past:
    [sample] = order(preview=True)
    made = Past(studio, sample)
    made.add(0, 100)
    for namespace, size in ((made.mine, 8), (made.theirs, 5)):
        assert tally.write_down(studio.database, namespace, size=size) > 4
        postings.write_down(studio.database, namespace, seconds=0)
        assert postings.write_down(studio.database, namespace, seconds=0) == 1
    made.add(100, 130)
    assert tally.write_down(studio.database, made.mine, size=8) > 1
    made.add(130, 140, status="queued", cost=None)
    return made


def expected(row: sa.Row[tuple[object, ...]], wanted: Filter) -> bool:
    """Whether a filter finds a row, by the letter."""
    prompt = (row.prompt or "").lower()
    return (
        row.namespace_id in wanted.namespace_ids
        and row.status in (wanted.statuses or tuple(Status))
        and row.model == (wanted.model or row.model)
        and row.directory.startswith(wanted.folder or "")
        and all(word.lower() in prompt or word.lower() == row.id for word in wanted.words)
        and (wanted.since or 0) <= row.enqueued_at < (wanted.until or 10**15)
    )


def filters(past: Past) -> list[Filter]:
    """Many of them."""
    found = [Filter(frozenset(), words=words) for words in (*WORDS, ("past-33",), ("PAST-77",), ("past-33", "take"))]
    found += [
        Filter(frozenset(), since=since, until=until) for since in (None, 0, 1500, 1777) for until in (None, 1900)
    ]
    found += [Filter(frozenset(), since=3000), Filter(frozenset(), until=10), Filter(frozenset(), folder="lake")]
    found += [
        Filter(frozenset(), since=1300, until=2100, words=("fox",)),
        Filter(frozenset(), folder="lake", until=1700),
    ]
    more: list[dict[str, Any]] = [{"statuses": (Status.SUCCEEDED,)}, {"model": MODELS[0]}, {"statuses": ACTIVE}]
    found += [replace(one, **other) for one in found[::3] for other in more]
    return [
        replace(one, namespace_ids=frozenset(ids)) for one in found for ids in ({past.mine}, {past.mine, past.theirs})
    ]


def test_pages_and_totals_are_those_of_reading_every_row(studio: Hub, past: Past) -> None:
    rows = past.rows()
    counts = Counts()
    with studio.database.snapshot() as tx:
        for wanted in filters(past):
            found = [row for row in rows if expected(row, wanted)]
            costs = [row.cost for row in found if row.cost is not None]
            for number in (1, 2, len(found) // 7 + 1, len(found) // 7 + 2, 1):
                page = history.page(tx, wanted, number, 7, counts)
                ids = [row.id for row in found[7 * number - 7 : 7 * number]]
                assert [one.generation.id for one in page.rows] == ids, wanted
                assert (page.entries, page.cost) == (len(found), sum(costs) if costs else None), wanted
            listed, count = history.listing(tx, wanted, 10, counts)
            assert ([one.generation.id for one in listed], count) == ([row.id for row in found[:10]], len(found))


def test_a_date_parts_what_was_enqueued_at_it_from_what_was_before(studio: Hub, past: Past) -> None:
    rows, mine = past.rows(), frozenset({past.mine})
    with studio.database.snapshot() as tx:
        edges = tx.execute(sa.select(blocks.c.first_at, blocks.c.last_at).where(blocks.c.namespace_id == past.mine))
        for at in {time for edge in edges for time in edge}:
            for date in (at, at + 1):
                for wanted in (Filter(mine, since=date), Filter(mine, until=date)):
                    page = history.page(tx, wanted, 1, 10)
                    assert page.entries == sum(expected(row, wanted) for row in rows)


def test_a_search_reads_few_prompts_and_another_page_of_it_fewer(studio: Hub, past: Past) -> None:
    past.add(140, 800, status="failed", namespace_id=past.mine)
    with studio.database.transaction() as tx:
        tx.execute(sa.update(generations).where(generations.c.status == "queued").values(status="failed"))
    while tally.write_down(studio.database, past.mine, size=8):
        pass
    assert postings.write_down(studio.database, past.mine, seconds=600) > 80
    said: list[str] = []
    sa.event.listen(studio.database.engine, "before_cursor_execute", lambda *now: said.append(now[2]))
    counts = Counts()
    for number in (1, 1):
        with studio.database.snapshot() as tx:
            page = history.page(tx, Filter(frozenset({past.mine}), words=("take", "777")), number, 50, counts)
        assert "take 777" in {(one.generation.prompt or "")[-8:] for one in page.rows}
        # Some blocks hold it, and which is told by a few looks: there are more than eighty.
        counting = [one for one in said if "count(" in one]
        assert len(counting) < 3
        assert len(said) < 15
        said.clear()


def test_what_is_found_of_a_namespace_is_not_remembered_for_another(studio: Hub, past: Past) -> None:
    counts = Counts()
    words = ("past-33",)
    with studio.database.snapshot() as tx:
        of = {
            ids: history.page(tx, Filter(frozenset(ids), words=words), 1, 10, counts).entries
            for ids in ((past.mine,), (past.theirs,), (), (past.mine, past.theirs))
        }
    assert of[past.mine,] + of[past.theirs,] == of[past.mine, past.theirs] == 1
    assert of[()] == 0


def test_blocks_are_written_down_once_whoever_comes_first(studio: Hub, past: Past) -> None:
    with studio.database.snapshot() as tx:
        [(after, last)] = tx.execute(
            sa.select(blocks.c.after_sequence, blocks.c.last_sequence)
            .where(blocks.c.namespace_id == past.mine)
            .limit(1)
        )
        before = tx.execute(sa.select(sa.func.count()).select_from(block_grams)).scalar_one()
    assert not postings._write_block(studio.database, past.mine, after, last)
    with studio.database.snapshot() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(block_grams)).scalar_one() == before
    assert history.write_down_all(studio.database) > 5
    assert history.write_down_all(studio.database) == 0
    with studio.database.snapshot() as tx:
        page = history.page(tx, Filter(frozenset({past.mine})), 1, 10)
        # Nothing is left to be written, so that nobody tries to after each page.
        assert page.long == frozenset()


def test_one_page_at_a_time_has_blocks_written_down(studio: Hub, past: Past) -> None:
    counts = Counts()
    with studio.database.snapshot() as tx:
        page = history.page(tx, Filter(frozenset({past.mine})), 1, 10)
        before = tx.execute(sa.select(sa.func.count()).select_from(blocks)).scalar_one()
    assert page.long == {past.mine}
    with counts.writing:
        history.keep_up(studio.database, page, counts)
    with studio.database.snapshot() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(blocks)).scalar_one() == before
    history.keep_up(studio.database, page, counts)
    with studio.database.snapshot() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(blocks)).scalar_one() > before
    assert not counts.writing.locked()


def test_only_the_latest_searches_are_remembered() -> None:
    counts = Counts(most=10)
    wanted = [Filter(frozenset(), words=(str(number),)) for number in range(4)]
    for one in wanted[:2]:
        counts.add(1, one, {last: Found(1, None) for last in range(5)})
    assert len(counts.of(1, wanted[0])) == 5
    counts.add(1, wanted[2], {1: Found(1, None)})
    assert [len(counts.of(1, one)) for one in wanted] == [5, 0, 1, 0]
    counts.add(1, wanted[3], {last: Found(1, None) for last in range(99)})
    assert [len(counts.of(1, one)) for one in wanted] == [0, 0, 0, 99]
    assert counts.of(2, wanted[3]) == {}


def test_counts_are_kept_by_many_threads_at_once() -> None:
    counts = Counts(most=50)

    def work(seed: int) -> None:
        drawn = random.Random(seed)
        for _ in range(300):
            wanted = Filter(frozenset(), words=(str(drawn.randint(0, 20)),))
            counts.of(1, wanted)
            counts.add(1, wanted, {drawn.randint(0, 9): Found(1, None)})

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(len(one) for one in counts._known.values()) == counts._size <= 50


@pytest.mark.parametrize(
    "text", ["A red Fox", "海边的房子", "Straße", "ΟΔΟΣ", "İstanbul", "KİLIM", "ox", "a", "\U0001f98a!"]
)
def test_each_part_of_a_text_is_told_by_its_grams(text: str) -> None:
    held = {grams.number(three) for three in grams.pieces(text)}
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            for part in (text[start:end], text[start:end].lower(), text[start:end].upper()):
                for low, high in grams.wanted([part]):
                    assert any(low <= one <= high for one in held), part


def test_grams_fit_the_databases_integers_and_tell_texts_apart() -> None:
    assert 0 < grams.number("\U0010ffff" * 3) < 2**63
    assert grams.wanted(["fox"]) == [(grams.number("fox"),) * 2]
    assert grams.wanted(["a"]) == grams.wanted([""]) == []
    assert len(grams.wanted(["abcdefghijklmnopqrstuvwxyz", *(f"word{number}" for number in range(50))])) == 15


def test_places_come_back_as_they_were_written() -> None:
    drawn = random.Random(3)
    for count in (1, 2, 40, 300, 4096):
        some = sorted(drawn.sample(range(4096), count))
        content = places.packed(some)
        assert list(places.of_integer(places.as_integer(content))) == some
        assert len(content) <= 513
    content = places.packed_sequences(10**12, [10**12 + 5, 10**12 + 7 * 10**9])
    assert places.sequence_at(content, 10**12, 1) == 10**12 + 7 * 10**9
