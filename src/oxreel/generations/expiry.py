"""Results that are kept for some days only: their files go, the history stays and says so."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel.db import assets, generations, now_ms, repositories
from oxreel.errors import StorageUnavailable
from oxreel.generations.studio import Studio
from oxreel.log import Log

log = Log(__name__)

_DAY_MS = 24 * 3_600_000
#: Results that go in one transaction, so that nobody waits long for it.
_BATCH = 100

#: The files of generations; one that was put in a result's place later is somebody's upload, and stays.
_RESULTS = (
    sa.select(generations.c.sequence, generations.c.completed_at, generations.c.warnings)
    .add_columns(assets.c.id.label("asset_id"), assets.c.object_key)
    .join(
        repositories,
        sa.and_(
            repositories.c.namespace_id == generations.c.namespace_id,
            repositories.c.name == generations.c.repo,
        ),
    )
    .join(
        assets,
        sa.and_(assets.c.repository_id == repositories.c.id, assets.c.path == generations.c.result_path),
    )
    .where(
        # In terms of the index that holds only what still has a file.
        generations.c.result_path.is_not(None),
        sa.tuple_(generations.c.completed_at, generations.c.sequence)
        > sa.tuple_(sa.bindparam("completed_at", type_=sa.BigInteger), sa.bindparam("sequence", type_=sa.BigInteger)),
        generations.c.completed_at < sa.bindparam("before", type_=sa.BigInteger),
        assets.c.created_at <= generations.c.completed_at,
    )
    .order_by(generations.c.completed_at, generations.c.sequence)
)


@dataclass(frozen=True)
class Expired:
    """How many results went."""

    results: int = 0


def sweep(studio: Studio) -> Expired:
    """Delete the files of results that are older than the settings keep them."""
    days = studio.settings.result_days
    if not days:
        return Expired()
    with studio.database.snapshot() as tx:
        before = tx.execute(sa.select(now_ms())).scalar_one() - days * _DAY_MS
    gone, place = 0, {"completed_at": -1, "sequence": -1}
    while True:
        with studio.database.snapshot() as tx:
            rows = tx.execute(_RESULTS.limit(_BATCH), {"before": before, **place}).all()
        if not rows:
            log.info("results_expired", results=gone)
            return Expired(gone)
        with studio.database.transaction() as tx:
            expired = [row.object_key for row in rows if _expire(tx, row, told(days))]
        for object_key in expired:
            _delete(studio, object_key)
        gone += len(expired)
        place = {"completed_at": rows[-1].completed_at, "sequence": rows[-1].sequence}


def told(days: int) -> str:
    """What the history says of a result that is no longer there."""
    return f"The video has expired: this hub keeps the files of results for {days} {'day' if days == 1 else 'days'}."


def _expire(tx: sa.Connection, row: sa.Row[Any], sentence: str) -> bool:
    """Whether it was still there: not what was put in its place a moment ago."""
    mine = sa.delete(assets).where(assets.c.id == row.asset_id, assets.c.object_key == row.object_key)
    if not tx.execute(mine).rowcount:
        return False
    change = sa.update(generations).where(generations.c.sequence == row.sequence)
    tx.execute(change.values(result_path=None, warnings=[*row.warnings, sentence]))
    return True


def _delete(studio: Studio, object_key: str) -> None:
    try:
        studio.objects.delete(object_key)
        studio.objects.delete_prefix(f"pictures/{object_key}")
    except StorageUnavailable:
        log.warning("expired_object_stays", object_key=object_key)  # the sweep of orphans finds it
