from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from oxreel import db, webhooks
from oxreel.db import Database
from oxreel.errors import RateLimited
from webhooks.conftest import namespace_of

DAY_MS = 24 * 3_600_000


def secrets_of(database: Database, namespace_id: int) -> list[str]:
    with database.transaction() as tx:
        return [secret.text for secret in webhooks.current(tx, namespace_id)]


def rotate(database: Database, namespace_id: int) -> list[str]:
    with database.transaction() as tx:
        return [secret.text for secret in webhooks.rotate(tx, namespace_id)]


def test_a_namespace_keeps_the_secret_that_it_got_and_no_other_has_it(database: Database) -> None:
    ada, bob = namespace_of(database, "ada"), namespace_of(database, "bob")
    [mine] = secrets_of(database, ada)
    assert mine.startswith("whsec_")
    assert secrets_of(database, ada) == [mine]
    assert secrets_of(database, bob) != [mine]


def test_of_many_who_ask_first_all_get_the_same(database: Database) -> None:
    ada = namespace_of(database, "ada")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: secrets_of(database, ada), range(8)))
    assert len({tuple(one) for one in found}) == 1


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(database: Database) -> None:
    ada = namespace_of(database, "ada")
    [old] = secrets_of(database, ada)
    new, still = rotate(database, ada)
    assert still == old != new
    assert secrets_of(database, ada) == [new, old]
    table = db.webhook_secrets
    with database.transaction() as tx:
        tx.execute(sa.update(table).values(retired_at=table.c.retired_at - DAY_MS))
    assert secrets_of(database, ada) == [new]
    webhooks.prune(database, days=7)
    with database.snapshot() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 1


def test_the_first_use_may_be_a_rotation(database: Database) -> None:
    assert len(rotate(database, namespace_of(database, "ada"))) == 2


def test_rotations_at_one_moment_all_count(database: Database) -> None:
    ada = namespace_of(database, "ada")
    secrets_of(database, ada)
    with ThreadPoolExecutor(4) as pool:
        newest = [found[0] for found in pool.map(lambda _: rotate(database, ada), range(4))]
    assert sorted(secrets_of(database, ada)[:4]) == sorted(newest)


def test_so_many_secrets_that_messages_would_swell_are_refused(database: Database) -> None:
    ada = namespace_of(database, "ada")
    for _ in range(4):
        rotate(database, ada)
    with pytest.raises(RateLimited) as caught:
        rotate(database, ada)
    assert 0 < caught.value.retry_after <= 24 * 3600
