"""What takes left behind that nobody needs any more: a cancelled or killed one does not tidy up after itself."""

import shutil
import time
from pathlib import Path

import sqlalchemy as sa

from oxreel.db import generations, workers
from oxreel.generations.generation import ACTIVE
from oxreel.generations.studio import Studio

#: Seconds that a scratch folder lies untouched before it counts as left behind.
_UNTOUCHED = 3600.0
_BATCH = 500  # SQLite limits the variables of one statement


def clear(studio: Studio) -> None:
    """Forget what takes kept of generations that have ended, and the scratch folders of workers that are gone."""
    _clear_kept(studio)
    _clear_scratch(studio)


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


def _clear_scratch(studio: Studio) -> None:
    folders = list((studio.settings.data_dir / "scratch").glob("*"))
    if not folders:
        return
    with studio.database.snapshot() as tx:
        living = set(tx.execute(sa.select(workers.c.executor_id)).scalars())
    for folder in folders:
        if folder.name not in living and time.time() - _touched(folder) > _UNTOUCHED:
            shutil.rmtree(folder, ignore_errors=True)


def _touched(folder: Path) -> float:
    """UNIX seconds at which something was last put in or taken out."""
    return max(path.stat().st_mtime for path in (folder, *folder.glob("*")))
