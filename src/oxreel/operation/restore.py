"""A hub brought back from a backup, into a folder where there is none.

The generations that were under way go on where they were. One whose checkpoints name files that went away while
the backup was made begins anew.
"""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from oxreel.errors import Conflict, InvalidParams
from oxreel.generations import workspace
from oxreel.generations.generation import ACTIVE
from oxreel.migrations import knows
from oxreel.operation.backup import (
    DATABASE,
    KEY,
    MANIFEST,
    OBJECTS,
    Manifest,
    database_file,
    objects,
    objects_folder,
)
from oxreel.settings import Settings


def restore(settings: Settings, source: Path) -> Manifest:
    """What was brought back from the backup in `source`. Raises InvalidParams for a broken one, Conflict."""
    held = read(source)
    database, store = database_file(settings), objects_folder(settings)
    for place in (settings.data_dir, database, store):
        if place is not None and place.exists() and (place.is_file() or any(place.iterdir())):
            raise Conflict(f"{place} is not empty: a backup is restored to where there is no hub.")
    if store is None and not held.left_in:
        raise InvalidParams("This backup holds objects, and OXREEL_STORAGE_URL names a bucket: unset it.")
    if store is not None and held.left_in:
        raise InvalidParams(f"This backup's objects are in {held.left_in}: set OXREEL_STORAGE_URL to it.")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if store is not None:
        for path in objects(source / OBJECTS):
            copy = store / path.relative_to(source / OBJECTS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    with suppress(FileNotFoundError):
        shutil.copy(source / KEY, settings.key_file)
        settings.key_file.chmod(0o600)
    # The database last, and under its name once it is whole: a restore that broke off left no hub.
    partial = database.with_name(f"{database.name}.part")
    partial.unlink(missing_ok=True)
    database.parent.mkdir(parents=True, exist_ok=True)
    partial.touch(mode=0o600)
    shutil.copyfile(source / DATABASE, partial)
    _prepare(partial, store)
    partial.rename(database)
    return held


def read(source: Path) -> Manifest:
    """The manifest of a backup that is as it was made. Raises InvalidParams."""
    try:
        held = Manifest(**json.loads((source / MANIFEST).read_text()))
        with (source / DATABASE).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError, TypeError) as error:
        raise InvalidParams(f"{source} is no backup, or not a whole one: {error}.") from error
    sizes = [path.stat().st_size for path in objects(source / OBJECTS)]
    if digest != held.database_digest:
        raise InvalidParams(f"The backup's database, {source / DATABASE}, was changed since it was made.")
    if (len(sizes), sum(sizes)) != (held.objects, held.object_bytes):
        raise InvalidParams(
            f"The backup's objects are not what was saved: {len(sizes)} of {sum(sizes)} bytes in all, "
            f"not {held.objects} of {held.object_bytes}."
        )
    if not knows(held.schema):
        raise InvalidParams(f"The backup was made by OxReel {held.version}, which is newer: restore it with that one.")
    return held


def _prepare(database: Path, store: Path | None) -> None:
    """Let no worker of the old hub hold anything in the new one."""
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("DELETE FROM workers")
        # They were not lost by a fault of what they filmed.
        db.execute("UPDATE takes SET outcome = 'interrupted', ended_at = started_at WHERE outcome = 'open'")
        marks = ", ".join("?" * len(ACTIVE))
        active = db.execute(f"SELECT id FROM generations WHERE status IN ({marks})", ACTIVE).fetchall()  # noqa: S608
        for (generation_id,) in active:
            steps = db.execute("SELECT output FROM operation_outputs WHERE workflow_uuid = ?", (generation_id,))
            names = {name for (output,) in steps for name in _files(json.loads(output or "null"), generation_id)}
            if store is not None and not all((store / name).exists() for name in names):
                # Without its checkpoints the job engine begins it anew.
                db.execute("DELETE FROM operation_outputs WHERE workflow_uuid = ?", (generation_id,))


def _files(value: Any, generation_id: str) -> Iterator[str]:
    """Keys of the objects that a checkpoint names."""
    if isinstance(value, list):
        for item in value:
            yield from _files(item, generation_id)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str) and name in workspace.ENTRIES:
                yield f"{workspace.FOLDER}/{generation_id}/{item}"
            elif isinstance(item, str) and name == "object_key":
                yield item
            else:
                yield from _files(item, generation_id)
