"""Keys that are forgotten once they are no longer honoured."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oxreel.bootstrap import Hub
from oxreel.db import idempotency_keys
from oxreel.generations import idempotency
from oxreel.generations.generation import Generation

Order = Callable[..., list[Generation]]


def test_old_keys_are_forgotten_batch_by_batch_and_new_ones_stay(
    studio: Hub, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_BATCH", 2)
    for number in range(7):
        order(preview=True, key=f"key-{number}")
    keys = idempotency_keys.c
    with studio.database.transaction() as tx:
        older = sa.update(idempotency_keys).values(created_at=keys.created_at - 25 * 3_600_000)
        tx.execute(older.where(keys.key.not_in(["key-1", "key-4"])))
    deleted: list[int] = []
    sa.event.listen(
        studio.database.engine,
        "after_cursor_execute",
        lambda *now: deleted.append(now[1].rowcount) if now[2].startswith("DELETE FROM idem") else None,
    )
    assert idempotency.prune(studio.database, hours=24) == 5
    assert deleted == [2, 2, 1]
    with studio.database.snapshot() as tx:
        assert sorted(tx.execute(sa.select(keys.key)).scalars()) == ["key-1", "key-4"]
    assert idempotency.prune(studio.database, hours=24) == 0
