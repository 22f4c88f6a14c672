"""A backup of a hub on SQLite, made while it runs: its database, its objects, and a manifest that says what is there.

Objects are never changed in place, and one that the database names is there before its row is. So a copy of the
database made first and one of the objects behind it fit together, but for what was deleted in between: that is
looked for, and the database copied once more where something is missing. What takes keep goes once their generation
ends, so it is copied before as well; what is missing even so is filmed again (`restore.py`).
"""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from oxreel import __version__
from oxreel.db import metadata
from oxreel.errors import Conflict, InvalidParams, NotFound
from oxreel.generations import result, workspace
from oxreel.log import Log
from oxreel.settings import Settings
from oxreel.storage.objects import PROBES

log = Log(__name__)

#: What a backup's folder holds.
MANIFEST, DATABASE, OBJECTS, KEY = "manifest.json", "oxreel.sqlite", "objects", "api-key"
#: What comes and goes with a take, and is copied before the database too.
_PASSING = (workspace.FOLDER, result.FOLDER)
#: Copies of the database until one names nothing that has been deleted meanwhile.
_TRIES = 5


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    version: str
    made_at: str
    schema: str
    #: SHA-256 of the database's file, in hexadecimal.
    database_digest: str
    rows: dict[str, int]
    #: Objects and their bytes; none where they are `left_in` a bucket.
    objects: int
    object_bytes: int
    left_in: str = ""


def backup(settings: Settings, target: Path) -> Manifest:
    """What was copied to `target`, a folder that is new or empty. Raises Conflict, NotFound, InvalidParams."""
    database = database_file(settings)
    if not database.exists():
        raise NotFound(f"There is no hub's database at {database}: name the hub's folder with --data-dir.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict(f"{target} is not empty: a backup goes to a folder of its own.")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = objects_folder(settings)
    if source is not None:
        for folder in _PASSING:
            _copy_objects(source, target / OBJECTS, folder)
    missing: list[str] = []
    for _ in range(_TRIES):
        copy_database(database, target / DATABASE)
        if source is None:
            break
        _copy_objects(source, target / OBJECTS)
        missing = _missing(target)
        if not missing:
            break
    if missing:
        # The hub has lost them, or deletes faster than they are copied: the backup is as good as the hub.
        log.warning("backup_misses_objects", number=len(missing), first=missing[0])
    with suppress(FileNotFoundError):
        shutil.copy(settings.key_file, target / KEY)
    made = describe(target, left_in="" if source is not None else settings.storage_url)
    (target / MANIFEST).write_text(json.dumps(asdict(made), indent=2) + "\n")
    return made


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use; the copy is one file, and whole. Raises InvalidParams for a broken one."""
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.execute("PRAGMA busy_timeout = 30000")
        one.backup(other)
        other.execute("PRAGMA journal_mode = DELETE")
        [said] = other.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise InvalidParams(f"The database {source} is damaged: {said}.")


def describe(folder: Path, left_in: str = "") -> Manifest:
    """What a folder with the parts of a backup holds."""
    with closing(sqlite3.connect(folder / DATABASE)) as copy:
        # A hub of an older release has fewer tables.
        there = {name for [name] in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        rows = {
            table.name: copy.execute(str(sa.select(sa.func.count()).select_from(table))).fetchone()[0]
            for table in metadata.sorted_tables
            if table.name in there
        }
        [schema] = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    sizes = [path.stat().st_size for path in objects(folder / OBJECTS)]
    with (folder / DATABASE).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Manifest(
        version=__version__,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        schema=schema,
        database_digest=digest,
        rows=rows,
        objects=len(sizes),
        object_bytes=sum(sizes),
        left_in=left_in,
    )


def objects(store: Path, below: str = "") -> Iterator[Path]:
    """The files of a store's objects, without what is being written and what starts leave."""
    for path in sorted((store / below).rglob("*")):
        if path.is_file() and "#" not in path.name and path.relative_to(store).parts[0] != PROBES:
            yield path


def database_file(settings: Settings) -> Path:
    """Where the hub's SQLite database lies. Raises InvalidParams for another database."""
    url = sa.make_url(settings.sqlalchemy_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise InvalidParams("This is for a hub on SQLite; with PostgreSQL use pg_dump and pg_restore.")
    return Path(url.database)


def objects_folder(settings: Settings) -> Path | None:
    """Where the hub's objects lie, None where they are in a bucket."""
    parsed = urlsplit(settings.objects_url)
    return Path(unquote(parsed.path)) if parsed.scheme == "file" else None


def _copy_objects(source: Path, target: Path, folder: str = "") -> None:
    """Copy what is not there yet; what goes away meanwhile is left out."""
    for path in objects(source, folder):
        copy = target / path.relative_to(source)
        if copy.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        partial = copy.with_name(f"{copy.name}#part")
        try:
            shutil.copyfile(path, partial)
        except FileNotFoundError:
            partial.unlink(missing_ok=True)
            continue
        partial.rename(copy)


def _missing(folder: Path) -> list[str]:
    """Keys of objects that the copied database names and that were not copied."""
    with closing(sqlite3.connect(folder / DATABASE)) as copy:
        keys = [key for [key] in copy.execute("SELECT object_key FROM assets")]
    return [key for key in keys if not (folder / OBJECTS / key).exists()]
