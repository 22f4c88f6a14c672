"""What a namespace has and where it went: an append-only ledger in micro-dollars.

    grant             available += amount
    hold              available -= amount, held += amount          at submission
    settle            held -= amount                               charged: the generation succeeded
    release           held -= amount, available += amount          given back: it failed or was cancelled

A hold closes once: with a settle, with a release, or with a settle of less and a release of the rest.
`balances` carries the sums, so that its CHECKs refuse what would go below zero; triggers refuse to change or
delete an entry, and to close more than was held.
"""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from oxreel import db
from oxreel.errors import InsufficientCredits, InvalidParams
from oxreel.units import MicroUSD, UnixMs, dollars_text

EntryKind = Literal["grant", "hold", "settle", "release"]


# Built once: building a statement takes longer than running it, and each enqueue runs these.
_AVAILABLE, _HELD = db.balances.c.available, db.balances.c.held
_MOVE = (
    sa.update(db.balances)
    .where(db.balances.c.namespace_id == sa.bindparam("namespace"), _AVAILABLE + sa.bindparam("more") >= 0)
    .values(available=_AVAILABLE + sa.bindparam("more"), held=_HELD + sa.bindparam("more_held"))
    .returning(_AVAILABLE, _HELD)
)
_ENTRY = sa.insert(db.ledger_entries).values(created_at=db.now_ms())


class HoldMisuseError(RuntimeError):
    """A hold that was never made, or was closed before, is settled or released: a mistake of the caller's code.

    It is no message for a client. The caller locks the generation's row and checks its status first.
    """


@dataclass(frozen=True)
class Balance:
    """What a namespace can spend, and what is set aside for generations that have not ended."""

    available: MicroUSD
    held: MicroUSD


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; `amount` is never negative, `kind` says which way it goes."""

    id: int
    kind: EntryKind
    amount: MicroUSD
    generation_id: str | None
    note: str
    created_at: UnixMs


def grant(tx: sa.Connection, namespace_id: int, amount: MicroUSD, note: str) -> Balance:
    """The balance with `amount` more to spend. Raises InvalidParams unless it is above zero."""
    if amount <= 0:
        raise InvalidParams(f"A grant must be more than 0 dollars, not {dollars_text(amount)}.")
    _ensure(tx, namespace_id)
    moved = _move(tx, namespace_id, available=amount, held=0)
    _write(tx, namespace_id, "grant", amount, generation_id=None, note=note)
    return moved


def hold(tx: sa.Connection, namespace_id: int, generation_id: str, amount: MicroUSD, note: str = "") -> Balance:
    """The balance with the price set aside; 0 is a free preview. Raises InsufficientCredits."""
    if amount < 0:
        raise ValueError(f"cannot hold {amount} micro-dollars")
    if amount == 0:
        _ensure(tx, namespace_id)  # closing locks this row, whatever the amount
    # One statement checks and takes: two enqueues at once cannot both spend the last dollar.
    moved = _try_move(tx, namespace_id, available=-amount, held=amount)
    if moved is None:
        raise _too_little(tx, namespace_id, amount)
    _write(tx, namespace_id, "hold", amount, generation_id=generation_id, note=note)
    return moved


def require(tx: sa.Connection, namespace_id: int, amount: MicroUSD) -> None:
    """Nothing where the namespace can pay so much: for several holds at once. Raises InsufficientCredits."""
    if balance(tx, namespace_id).available < amount:
        raise _too_little(tx, namespace_id, amount)


def settle(tx: sa.Connection, generation_id: str, amount: MicroUSD | None = None) -> MicroUSD:
    """The micro-dollars charged: what was held, or the smaller `amount`, the rest going back in the same step.

    Raises HoldMisuseError when there is no open hold, ValueError when `amount` is negative or above what was held.
    """
    namespace_id, held = _open_hold(tx, generation_id)
    charged = held if amount is None else amount
    if not 0 <= charged <= held:
        raise ValueError(f"cannot settle {charged} of the {held} micro-dollars held for generation {generation_id}")
    rest = MicroUSD(held - charged)
    _move(tx, namespace_id, available=rest, held=-held)
    _write(tx, namespace_id, "settle", charged, generation_id=generation_id, note="")
    if rest:
        _write(tx, namespace_id, "release", rest, generation_id=generation_id, note="")
    return charged


def release(tx: sa.Connection, generation_id: str) -> MicroUSD:
    """The micro-dollars given back: all that was held. Raises HoldMisuseError when there is no open hold."""
    namespace_id, held = _open_hold(tx, generation_id)
    _move(tx, namespace_id, available=held, held=-held)
    _write(tx, namespace_id, "release", held, generation_id=generation_id, note="")
    return held


def balance(tx: sa.Connection, namespace_id: int) -> Balance:
    """What a namespace has; zero for one that was never granted anything."""
    return balances(tx, [namespace_id])[namespace_id]


def balances(tx: sa.Connection, namespace_ids: list[int]) -> dict[int, Balance]:
    """What each of these namespaces has."""
    rows = tx.execute(sa.select(db.balances).where(db.balances.c.namespace_id.in_(namespace_ids)))
    found = {row.namespace_id: Balance(row.available, row.held) for row in rows}
    return {id_: found.get(id_, Balance(MicroUSD(0), MicroUSD(0))) for id_ in namespace_ids}


def entries(tx: sa.Connection, namespace_id: int, limit: int = 100) -> list[Entry]:
    """The newest entries of a namespace, the newest first."""
    ledger = db.ledger_entries.c
    rows = tx.execute(
        sa.select(ledger.id, ledger.kind, ledger.amount, ledger.generation_id, ledger.note, ledger.created_at)
        .where(ledger.namespace_id == namespace_id)
        .order_by(ledger.id.desc())
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


def _too_little(tx: sa.Connection, namespace_id: int, amount: MicroUSD) -> InsufficientCredits:
    name = tx.execute(sa.select(db.namespaces.c.name).where(db.namespaces.c.id == namespace_id)).scalar_one()
    left = balance(tx, namespace_id)
    return InsufficientCredits(
        f"Insufficient credits: '{name}' has ${dollars_text(left.available)} to spend and this costs "
        f"${dollars_text(amount)}. Ask the operator for credits, choose a shorter video, "
        'or send "preview": true, which is free.'
    )


def _open_hold(tx: sa.Connection, generation_id: str) -> tuple[int, MicroUSD]:
    """Namespace and amount of the open hold, its balance locked. Raises HoldMisuseError."""
    ledger = db.ledger_entries.c
    mine = sa.select(ledger.kind, ledger.namespace_id, ledger.amount).where(ledger.generation_id == generation_id)
    made = tx.execute(mine.where(ledger.kind == "hold")).one_or_none()
    if made is None:
        raise HoldMisuseError(f"nothing was held for generation {generation_id}")
    tx.execute(sa.select(db.balances).where(db.balances.c.namespace_id == made.namespace_id).with_for_update())
    # Read after the lock: whoever closed it a moment ago has committed by now.
    closed = tx.execute(mine.where(ledger.kind != "hold").order_by(ledger.id)).first()
    if closed is not None:
        raise HoldMisuseError(f"the hold of generation {generation_id} is closed already, by a {closed.kind}")
    return made.namespace_id, made.amount


def _ensure(tx: sa.Connection, namespace_id: int) -> None:
    """Make sure that the namespace has a balance to lock and change."""
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    row = dialect.insert(db.balances).values(namespace_id=namespace_id, available=0, held=0)
    tx.execute(row.on_conflict_do_nothing())


def _move(tx: sa.Connection, namespace_id: int, *, available: int, held: int) -> Balance:
    moved = _try_move(tx, namespace_id, available=available, held=held)
    if moved is None:
        raise RuntimeError(f"namespace {namespace_id} has no balance, or too little for {available:+d}")
    return moved


def _try_move(tx: sa.Connection, namespace_id: int, *, available: int, held: int) -> Balance | None:
    row = tx.execute(_MOVE, {"namespace": namespace_id, "more": available, "more_held": held}).one_or_none()
    return None if row is None else Balance(row.available, row.held)


def _write(
    tx: sa.Connection, namespace_id: int, kind: EntryKind, amount: MicroUSD, *, generation_id: str | None, note: str
) -> None:
    values: dict[str, Any] = {"namespace_id": namespace_id, "kind": kind, "amount": amount, "note": note}
    tx.execute(_ENTRY, {**values, "generation_id": generation_id})
