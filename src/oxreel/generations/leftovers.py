"""What dead workers and broken uploads left in this machine's folders: who is killed does not tidy up after itself."""

import shutil
from pathlib import Path
from time import time

import sqlalchemy as sa

from oxreel.db import workers
from oxreel.generations.studio import Studio

_DAY_SECONDS = 24 * 3600


def clear(studio: Studio) -> None:
    """Remove the scratch folders of dead workers, and what broken uploads left."""
    data_dir = studio.settings.data_dir.absolute()
    with studio.database.snapshot() as tx:
        living = set(tx.execute(sa.select(workers.c.executor_id)).scalars())
    left = [folder for folder in _entries(data_dir / "scratch") if folder.name not in living]
    left += [folder for folder in _entries(data_dir / "incoming") if time() - folder.stat().st_mtime > _DAY_SECONDS]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []
