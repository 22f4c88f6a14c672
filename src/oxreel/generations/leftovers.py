"""What was left behind and nobody needs any more: who is killed or cancelled does not tidy up after itself."""

import shutil
from pathlib import Path
from time import time

import sqlalchemy as sa

from oxreel.db import generations, workers
from oxreel.generations.generation import ACTIVE
from oxreel.generations.studio import Studio

_DAY_SECONDS = 24 * 3600
_BATCH = 500  # SQLite limits the variables of one statement


def clear(studio: Studio) -> None:
    """Remove what takes kept of generations that have ended, and what dead workers and broken uploads left."""
    _clear_kept(studio)
    _clear_folders(studio)


def _clear_kept(studio: Studio) -> None:
    kept = sorted({key.split("/")[1] for key in studio.objects.keys("takes")})
    for start in range(0, len(kept), _BATCH):
        some = kept[start : start + _BATCH]
        with studio.database.snapshot() as tx:
            wanted = sa.select(generations.c.id).where(generations.c.id.in_(some), generations.c.status.in_(ACTIVE))
            active = set(tx.execute(wanted).scalars())
        for generation_id in some:
            if generation_id not in active:
                studio.objects.delete_prefix(f"takes/{generation_id}")


def _clear_folders(studio: Studio) -> None:
    data_dir = studio.settings.data_dir.absolute()
    with studio.database.snapshot() as tx:
        living = set(tx.execute(sa.select(workers.c.executor_id)).scalars())
    left = [folder for folder in _entries(data_dir / "scratch") if folder.name not in living]
    left += [folder for folder in _entries(data_dir / "incoming") if time() - folder.stat().st_mtime > _DAY_SECONDS]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []
