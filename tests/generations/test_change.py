from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oxreel import ledger
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import generations
from oxreel.errors import Conflict, RateLimited
from oxreel.generations import change
from oxreel.generations.generation import Generation, Status
from oxreel.generations.jobs import job_table
from oxreel.settings import Settings

Order = Callable[..., list[Generation]]
PRICE = 3 * 224_000


def jobs(studio: Hub) -> dict[str, str]:
    status = job_table(studio.database.is_sqlite)
    with studio.database.snapshot() as tx:
        return {row.workflow_uuid: row.status for row in tx.execute(sa.select(status))}


def held(studio: Hub, caller: Caller) -> int:
    with studio.database.snapshot() as tx:
        return ledger.balance(tx, caller.user.id).held


def test_cancelling_calls_the_job_off_and_gives_the_money_back(studio: Hub, caller: Caller, order: Order) -> None:
    [made] = order()
    assert change.cancel(studio, caller, made.id).status is Status.CANCELLED
    assert jobs(studio) == {made.id: "CANCELLED"}
    assert held(studio, caller) == 0


def test_cancelling_what_has_ended_leaves_it_as_it_is(studio: Hub, caller: Caller, order: Order) -> None:
    [made] = order()
    first = change.cancel(studio, caller, made.id)
    assert change.cancel(studio, caller, made.id) == first


def test_a_retry_is_a_new_generation_of_the_same_request(studio: Hub, caller: Caller, order: Order) -> None:
    [old] = order(seed=5, target_repo="films")
    new = change.retry(studio, caller, old.id, "testserver")
    assert new.retried_from_id == old.id
    assert (new.parameters, new.seed, new.repo, new.price) == (old.parameters, 5, "films", PRICE)
    assert jobs(studio) == {old.id: "CANCELLED", new.id: "ENQUEUED"}
    assert held(studio, caller) == PRICE


def test_a_success_cannot_be_retried(studio: Hub, caller: Caller, order: Order) -> None:
    [old] = order()
    with studio.database.transaction() as tx:
        tx.execute(sa.update(generations).values(status=Status.SUCCEEDED))
    with pytest.raises(Conflict, match="succeeded"):
        change.retry(studio, caller, old.id, "testserver")
    assert list(jobs(studio)) == [old.id]


def test_a_retry_is_priced_anew(studio: Hub, caller: Caller, order: Order) -> None:
    [old] = order()
    with studio.database.transaction() as tx:
        # As if it had not been valid, and so had no price, when it was submitted.
        tx.execute(sa.update(generations).values(price=0, status=Status.FAILED))
    assert change.retry(studio, caller, old.id, "testserver").price == PRICE


def test_a_retry_reads_the_store_while_it_holds_no_transaction(
    studio: Hub, caller: Caller, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What holds the lock of the events while a bucket answers keeps every other writer waiting."""
    picture = "data:image/png;base64," + "A" * 5000
    [old] = order(model="kling-video-o3-pro-image-to-video", input_image=picture, preview=True)
    read, open_then = studio.objects.read, []

    def watched(key: str) -> bytes:
        open_then.append(studio.database.engine.pool.checkedout())  # type: ignore[attr-defined]
        return read(key)

    monkeypatch.setattr(studio.objects, "read", watched)
    assert change.retry(studio, caller, old.id, "testserver").parameters == old.parameters
    assert open_then == [0]


def test_retries_count_towards_the_limit_of_a_namespace(studio: Hub, caller: Caller, order: Order) -> None:
    [old] = order(preview=True)
    change.cancel(studio, caller, old.id)
    object.__setattr__(studio, "settings", Settings(max_active_generations=2))
    change.retry(studio, caller, old.id, "testserver")
    change.retry(studio, caller, old.id, "testserver")
    with pytest.raises(RateLimited):
        change.retry(studio, caller, old.id, "testserver")
