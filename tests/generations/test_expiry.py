"""Results that are kept for some days only."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from oxreel import assets
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import assets as files
from oxreel.db import generations, takes
from oxreel.errors import NotFound
from oxreel.generations import expiry, life
from oxreel.generations.generation import Generation, Status, find
from oxreel.generations.result import Result

Order = Callable[..., list[Generation]]
DAY_MS = 24 * 3_600_000


@pytest.fixture
def finished(studio: Hub, order: Order) -> list[Generation]:
    """Three generations whose films are stored."""
    made = order(num_generations=3, preview=True)
    for one in made:
        key = f"results/{one.id}/film"
        studio.objects.put(key, b"film")
        studio.objects.put(f"pictures/{key}/9x9-0", b"picture")
        with studio.database.transaction() as tx:
            life.open_take(tx, one.id, "worker", max_lost=3)
            take = tx.execute(sa.select(takes.c.id).where(takes.c.generation_id == one.id)).scalar_one()
            life.succeed(tx, one.id, take_id=take, result=Result(key, 4, "ab" * 32, 16, 9, 3.0, price=0))
    return made


def keep(studio: Hub, days: int) -> Hub:
    """The hub, told to keep results for so long."""
    changed = studio.settings.model_copy(update={"result_days": days})
    return Hub(**{**vars(studio), "settings": changed})


def make_older(studio: Hub, generation: Generation, days: float) -> None:
    ago = int(days * DAY_MS)
    with studio.database.transaction() as tx:
        mine = generations.c.id == generation.id
        path = tx.execute(sa.select(generations.c.result_path).where(mine)).scalar_one()
        tx.execute(sa.update(generations).where(mine).values(completed_at=generations.c.completed_at - ago))
        tx.execute(sa.update(files).where(files.c.path == path).values(created_at=files.c.created_at - ago))


def row(studio: Hub, generation: Generation) -> Generation:
    with studio.database.snapshot() as tx:
        return find(tx, generation.id)


def test_nothing_expires_unless_it_is_asked_for(studio: Hub, finished: list[Generation]) -> None:
    make_older(studio, finished[0], 10_000)
    assert expiry.sweep(studio) == expiry.Expired(0)
    assert row(studio, finished[0]).result_path is not None


def test_old_results_go_and_their_history_says_so(
    studio: Hub, finished: list[Generation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "_BATCH", 1)
    old, older, new = finished
    make_older(studio, old, 7.1)
    make_older(studio, older, 30)
    make_older(studio, new, 6.9)
    hub = keep(studio, 7)
    assert expiry.sweep(hub) == expiry.Expired(2)
    for one in (old, older):
        after = row(hub, one)
        assert (after.status, after.result_path) == (Status.SUCCEEDED, None)
        assert after.warnings[-1] == "The video has expired: this hub keeps the files of results for 7 days."
    assert row(hub, new).result_path is not None
    assert hub.objects.keys("results") == [f"results/{new.id}/film"]
    assert len(hub.objects.keys("pictures")) == 1
    assert expiry.sweep(hub) == expiry.Expired(0)
    assert row(hub, old).warnings == [expiry.told(7)]


def test_what_somebody_put_in_a_results_place_stays(studio: Hub, caller: Caller, finished: list[Generation]) -> None:
    one = finished[0]
    make_older(studio, one, 30)
    path = row(studio, one).result_path
    assert path is not None
    with studio.database.transaction() as tx:
        repository = assets.repository_of(tx, caller.user.id, one.repo)
        assert repository is not None
        assets.put_asset(tx, repository.id, assets.NewAsset(path, 1, "video/mp4", "cd" * 32, "assets/mine"))
    assert expiry.sweep(keep(studio, 7)) == expiry.Expired(0)
    with studio.database.snapshot() as tx:
        assert assets.find_asset(tx, repository.id, path).object_key == "assets/mine"
        with pytest.raises(NotFound):
            assets.find_asset(tx, repository.id, f"{path}.other")


def test_the_sweep_looks_before_it_makes_writers_wait(studio: Hub, finished: list[Generation]) -> None:
    make_older(studio, finished[0], 30)
    hub = keep(studio, 7)
    writes: list[str] = []
    sa.event.listen(studio.database.engine, "before_cursor_execute", lambda *now: writes.append(now[2].split()[0]))
    assert expiry.sweep(hub) == expiry.Expired(1)
    # What is looked for is looked for outside of the transaction that changes it.
    changes = [one for one in writes if one != "BEGIN"]
    assert changes == ["SELECT", "SELECT", "DELETE", "UPDATE", "SELECT"]
    writes.clear()
    assert expiry.sweep(hub) == expiry.Expired(0)
    assert set(writes) == {"SELECT"}
