"""Generations that have ended, whose ends are to be told."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oxreel import accounts, db
from oxreel.db import Database
from oxreel.webhooks import Delivery, Message, add

#: Adds a message of a namespace: `tell("ada", url)`.
Tell = Callable[..., Delivery]


def namespace_of(database: Database, name: str) -> int:
    """The id of a user, made where there is none."""
    with database.transaction() as tx:
        found = tx.execute(sa.select(db.namespaces.c.id).where(db.namespaces.c.name == name)).scalar()
        return found if found is not None else accounts.create_user(tx, name).id


def shift(database: Database, seconds: float, *columns: str) -> None:
    """Let so much time have passed for these columns of every message."""
    table = db.webhook_deliveries
    with database.transaction() as tx:
        tx.execute(sa.update(table).values({name: table.c[name] - int(seconds * 1000) for name in columns}))


@pytest.fixture
def tell(database: Database) -> Tell:
    """Adds a message about a generation of its own."""
    count = 0

    def told(name: str, url: str, **data: object) -> Delivery:
        nonlocal count
        count += 1
        namespace_id = namespace_of(database, name)
        with database.transaction() as tx:
            key, _ = accounts.create_key(tx, name, "key")
            generation = f"g{count}"
            tx.execute(
                sa.insert(db.generations).values(
                    id=generation, namespace_id=namespace_id, user_id=namespace_id, key_id=key.id, model="m",
                    media_type="video", status="succeeded", parameters={}, own_host="h", engine="e", preview=True,
                    seed=1, repo="r", directory="", price=0, progress=1.0, warnings=[], enqueued_at=1,
                )
            )  # fmt: skip
            add(tx, Message(namespace_id, generation, "media_generation_completed", url, "http://h", {"n": 1, **data}))
            row = tx.execute(
                sa.select(db.webhook_deliveries).where(db.webhook_deliveries.c.generation_id == generation)
            ).one()
        return Delivery.of(row)

    return told
