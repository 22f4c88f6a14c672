"""Money: nothing is charged twice, nothing goes below zero, nothing is rewritten."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oxreel import accounts, db, ledger
from oxreel.db import Database
from oxreel.errors import InsufficientCredits, InvalidParams
from oxreel.ledger import Balance, HoldMisuseError
from oxreel.units import MicroUSD


def usd(micro: int) -> MicroUSD:
    return MicroUSD(micro)


@pytest.fixture
def ada(database: Database) -> int:
    """A namespace with ten dollars."""
    with database.transaction() as tx:
        namespace = accounts.create_user(tx, "ada")
        ledger.grant(tx, namespace.id, usd(10_000_000), "first")
    return namespace.id


def test_a_settled_hold_is_charged(database: Database, ada: int) -> None:
    with database.transaction() as tx:
        assert ledger.hold(tx, ada, "g", usd(1_120_000)) == Balance(usd(8_880_000), usd(1_120_000))
        assert ledger.settle(tx, "g") == 1_120_000
        assert ledger.balance(tx, ada) == Balance(usd(8_880_000), usd(0))
        assert [(entry.kind, entry.amount) for entry in ledger.entries(tx, ada)] == [
            ("settle", 1_120_000),
            ("hold", 1_120_000),
            ("grant", 10_000_000),
        ]


def test_a_released_hold_is_given_back(database: Database, ada: int) -> None:
    with database.transaction() as tx:
        ledger.hold(tx, ada, "g", usd(1_120_000))
        assert ledger.release(tx, "g") == 1_120_000
        assert ledger.balance(tx, ada) == Balance(usd(10_000_000), usd(0))


def test_a_smaller_settle_gives_the_rest_back_at_once(database: Database, ada: int) -> None:
    with database.transaction() as tx:
        ledger.hold(tx, ada, "g", usd(5))
        assert ledger.settle(tx, "g", usd(2)) == 2
        assert ledger.balance(tx, ada) == Balance(usd(9_999_998), usd(0))
        assert [(entry.kind, entry.amount) for entry in ledger.entries(tx, ada, limit=2)] == [
            ("release", 3),
            ("settle", 2),
        ]


@pytest.mark.parametrize("amount", [-1, 6])
def test_more_than_was_held_or_less_than_nothing_cannot_be_charged(database: Database, ada: int, amount: int) -> None:
    with database.transaction() as tx:
        ledger.hold(tx, ada, "g", usd(5))
        with pytest.raises(ValueError, match="cannot settle"):
            ledger.settle(tx, "g", usd(amount))
        assert ledger.balance(tx, ada).held == 5


@pytest.mark.parametrize("price", [0, 3])
@pytest.mark.parametrize("first", ["settle", "settle less", "release"])
@pytest.mark.parametrize("second", ["settle", "release"])
def test_a_hold_closes_only_once(database: Database, ada: int, price: int, first: str, second: str) -> None:
    def close(tx: sa.Connection, how: str) -> None:
        if how == "release":
            ledger.release(tx, "g")
        else:
            ledger.settle(tx, "g", usd(price // 2) if how == "settle less" else None)

    with database.transaction() as tx:
        ledger.hold(tx, ada, "g", usd(price))
        close(tx, first)
        before = ledger.balance(tx, ada), ledger.entries(tx, ada)
        with pytest.raises(HoldMisuseError, match="closed already"):
            close(tx, second)
        assert (ledger.balance(tx, ada), ledger.entries(tx, ada)) == before


def test_what_was_never_held_cannot_be_closed(database: Database, ada: int) -> None:
    with database.transaction() as tx:
        for close in (ledger.settle, ledger.release):
            with pytest.raises(HoldMisuseError, match="nothing was held"):
                close(tx, "unheard")


def test_too_little_is_refused_with_balance_price_and_what_to_do(database: Database, ada: int) -> None:
    with database.transaction() as tx:
        with pytest.raises(InsufficientCredits) as refused:
            ledger.hold(tx, ada, "g", usd(10_000_001))
        assert ledger.balance(tx, ada) == Balance(usd(10_000_000), usd(0))
    message = refused.value.message
    assert message.startswith("Insufficient credits")
    assert "$10.00" in message
    assert "$10.000001" in message
    assert "preview" in message


def test_the_last_micro_dollar_can_be_held(database: Database, ada: int) -> None:
    with database.transaction() as tx:
        assert ledger.hold(tx, ada, "g", usd(10_000_000)).available == 0


def test_a_free_preview_needs_no_balance(database: Database) -> None:
    with database.transaction() as tx:
        poor = accounts.create_user(tx, "poor")
        ledger.hold(tx, poor.id, "g", usd(0))
        assert ledger.settle(tx, "g") == 0
        assert ledger.balance(tx, poor.id) == Balance(usd(0), usd(0))
        with pytest.raises(InsufficientCredits):
            ledger.hold(tx, poor.id, "h", usd(1))


@pytest.mark.parametrize("amount", [0, -5])
def test_a_grant_of_nothing_is_refused(database: Database, ada: int, amount: int) -> None:
    with database.transaction() as tx, pytest.raises(InvalidParams):
        ledger.grant(tx, ada, usd(amount), "nothing")


def test_the_price_of_one_generation_is_held_once(database: Database, ada: int) -> None:
    with database.transaction() as tx:
        ledger.hold(tx, ada, "g", usd(5))
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as tx:
        ledger.hold(tx, ada, "g", usd(5))
    with database.snapshot() as tx:
        assert ledger.balance(tx, ada).held == 5


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_entries SET amount = 0", "DELETE FROM ledger_entries", "DELETE FROM ledger_entries WHERE id = 1"],
)
def test_the_database_refuses_to_rewrite_the_ledger(database: Database, ada: int, statement: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), database.transaction() as tx:
        tx.exec_driver_sql(statement)
    with database.snapshot() as tx:
        assert [entry.amount for entry in ledger.entries(tx, ada)] == [10_000_000]


def test_the_database_refuses_to_close_more_than_was_held(database: Database, ada: int) -> None:
    """Should two closings ever pass the check in the code, the second still fails."""
    again = {"namespace_id": ada, "kind": "release", "amount": 5, "generation_id": "g", "note": "", "created_at": 0}
    with database.transaction() as tx:
        ledger.hold(tx, ada, "g", usd(5))
        ledger.settle(tx, "g")
    with pytest.raises(sa.exc.IntegrityError, match="than was held"), database.transaction() as tx:
        tx.execute(sa.insert(db.ledger_entries).values(again))


def test_the_database_refuses_a_negative_balance(database: Database, ada: int) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as tx:
        tx.execute(sa.update(db.balances).values(available=-1))


def test_eight_at_once_cannot_spend_more_than_there_is(database: Database, ada: int) -> None:
    def enqueue(number: int) -> bool:
        try:
            with database.transaction() as tx:
                ledger.hold(tx, ada, f"g{number}", usd(3_000_000))
        except InsufficientCredits:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enqueue, range(16))) == 3
    with database.snapshot() as tx:
        assert ledger.balance(tx, ada) == Balance(usd(1_000_000), usd(9_000_000))


def test_of_eight_that_close_one_hold_at_once_one_succeeds(database: Database, ada: int) -> None:
    with database.transaction() as tx:
        ledger.hold(tx, ada, "g", usd(3))

    def close(number: int) -> bool:
        try:
            with database.transaction() as tx:
                (ledger.settle if number % 2 else ledger.release)(tx, "g")
        except HoldMisuseError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(close, range(8))) == 1
    with database.snapshot() as tx:
        assert len(ledger.entries(tx, ada)) == 3


@dataclass
class Model:
    """The same ledger in a few plain lines."""

    available: int = 0
    open: dict[str, int] = field(default_factory=dict)
    charged: int = 0


_GENERATIONS = st.sampled_from("abcd")
_OPERATIONS = st.one_of(
    st.tuples(st.just("grant"), st.just(""), st.integers(1, 20)),
    st.tuples(st.just("hold"), _GENERATIONS, st.integers(0, 15)),
    st.tuples(st.just("settle"), _GENERATIONS, st.integers(0, 15)),
    st.tuples(st.just("release"), _GENERATIONS, st.just(0)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(_OPERATIONS, max_size=30))
def test_any_sequence_agrees_with_the_plain_model(
    database: Database, tmp_path: Path, operations: list[tuple[str, str, int]]
) -> None:
    """Every refusal leaves things as they were, no balance is ever negative, and the entries sum to it."""
    with database.engine.connect() as tx:
        db.take_write_lock(tx)
        namespace = accounts.create_user(tx, "hypothetical").id
        model = Model()
        seen: set[str] = set()
        for kind, generation, amount in operations:
            _apply(tx, namespace, model, seen, (kind, generation, amount))
            balance = ledger.balance(tx, namespace)
            assert (balance.available, balance.held) == (model.available, sum(model.open.values()))
            assert min(balance.available, balance.held) >= 0
        sums = dict.fromkeys(("grant", "hold", "settle", "release"), 0)
        for entry in ledger.entries(tx, namespace, limit=1000):
            sums[entry.kind] += entry.amount
        assert sums["grant"] - sums["hold"] + sums["release"] == model.available
        assert sums["hold"] - sums["settle"] - sums["release"] == sum(model.open.values())
        assert sums["settle"] == model.charged
        tx.rollback()


def _apply(tx: sa.Connection, namespace: int, model: Model, seen: set[str], operation: tuple[str, str, int]) -> None:
    kind, generation, amount = operation
    if kind == "grant":
        ledger.grant(tx, namespace, usd(amount), "")
        model.available += amount
    elif kind == "hold":
        if generation in seen:
            return  # refused by the unique constraint, shown above
        if amount > model.available:
            with pytest.raises(InsufficientCredits):
                ledger.hold(tx, namespace, generation, usd(amount))
        else:
            ledger.hold(tx, namespace, generation, usd(amount))
            seen.add(generation)
            model.available -= amount
            model.open[generation] = amount
    elif generation not in model.open:
        with pytest.raises(HoldMisuseError):
            (ledger.settle if kind == "settle" else ledger.release)(tx, generation)
    elif kind == "settle":
        held = model.open.pop(generation)
        charged = min(amount, held)
        ledger.settle(tx, generation, usd(charged))
        model.charged += charged
        model.available += held - charged
    else:
        ledger.release(tx, generation)
        model.available += model.open.pop(generation)
