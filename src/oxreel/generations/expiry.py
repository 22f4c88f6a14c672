"""Results that are kept for some days only: their files go, the history stays and says so."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel.db import assets, generations, now_ms, repositories
from oxreel.errors import StorageUnavailable
from oxreel.generations.generation import Status
from oxreel.generations.studio import Studio
from oxreel.log import Log

log = Log(__name__)

_DAY_MS = 24 * 3_600_000
#: Results that go in one transaction.
_BATCH = 100

#: The files of generations; one that was put in a result's place later is somebody's upload, and stays.
_RESULTS = (
    sa.select(generations.c.sequence, generations.c.id, generations.c.warnings, assets.c.id.label("asset_id"))
    .add_columns(assets.c.object_key)
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
        generations.c.status == Status.SUCCEEDED,
        generations.c.sequence > sa.bindparam("last"),
        generations.c.completed_at < sa.bindparam("before"),
        assets.c.created_at <= generations.c.completed_at,
    )
    .order_by(generations.c.sequence)
    .limit(_BATCH)
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
    gone, last = 0, -1
    while True:
        with studio.database.transaction() as tx:
            before = tx.execute(sa.select(now_ms())).scalar_one() - days * _DAY_MS
            rows = tx.execute(_RESULTS, {"last": last, "before": before}).all()
            for row in rows:
                _expire(tx, row, told(days))
        for row in rows:
            _delete(studio, row.object_key)
        gone += len(rows)
        if len(rows) < _BATCH:
            log.info("results_expired", results=gone)
            return Expired(gone)
        last = rows[-1].sequence


def told(days: int) -> str:
    """What the history says of a result that is no longer there."""
    return f"The video has expired: this hub keeps the files of results for {days} {'day' if days == 1 else 'days'}."


def _expire(tx: sa.Connection, row: sa.Row[Any], sentence: str) -> None:
    # Not what was put in its place a moment ago.
    tx.execute(sa.delete(assets).where(assets.c.id == row.asset_id, assets.c.object_key == row.object_key))
    change = sa.update(generations).where(generations.c.id == row.id)
    tx.execute(change.values(result_path=None, warnings=[*row.warnings, sentence]))


def _delete(studio: Studio, object_key: str) -> None:
    try:
        studio.objects.delete(object_key)
        studio.objects.delete_prefix(f"pictures/{object_key}")
    except StorageUnavailable:
        log.warning("expired_object_stays", object_key=object_key)  # the sweep of orphans finds it
