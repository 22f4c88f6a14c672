"""The files of a repository, as rows: path, size, type, and which object holds the bytes."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel import db
from oxreel.assets.paths import asset_path
from oxreel.errors import Conflict, NotFound


@dataclass(frozen=True)
class NewAsset:
    """What is known of a file whose bytes are already an object."""

    path: str
    #: Bytes.
    size: int
    content_type: str
    #: SHA-256 of the bytes, in hexadecimal.
    digest: str
    object_key: str
    #: Pixels of a picture or video.
    width: int | None = None
    height: int | None = None
    #: Length of a video.
    seconds: float | None = None


@dataclass(frozen=True)
class Asset(NewAsset):
    """A file as it is stored."""

    id: int = 0
    repository_id: int = 0
    #: UNIX milliseconds of the last upload.
    created_at: int = 0


@dataclass(frozen=True)
class Entry:
    """One line of a directory's listing: a file, or a directory (`asset` None)."""

    name: str
    asset: Asset | None


def new_object_key() -> str:
    """A key that no object has yet: a replaced file gets a new one, so that its readers are not disturbed."""
    name = uuid.uuid4().hex
    return f"assets/{name[:2]}/{name}"


def put_asset(tx: sa.Connection, repository_id: int, new: NewAsset) -> tuple[Asset, str | None]:
    """The stored file, and the key of the object that it replaced: delete that once `tx` is committed.

    Raises Conflict where a directory has that path, or a file has the path of one of its directories.
    """
    path = asset_path(new.path)
    # One writer at a time in a repository: what is checked here must still hold when the row is written.
    tx.execute(sa.select(db.repositories.c.id).where(db.repositories.c.id == repository_id).with_for_update())
    _check_place(tx, repository_id, path)
    old = _find(tx, repository_id, path)
    values = {
        "size": new.size,
        "content_type": new.content_type,
        "digest": new.digest,
        "object_key": new.object_key,
        "width": new.width,
        "height": new.height,
        "seconds": new.seconds,
        "created_at": db.now_ms(),
    }
    if old is None:
        tx.execute(sa.insert(db.assets).values(repository_id=repository_id, path=path, **values))
    else:
        tx.execute(sa.update(db.assets).where(db.assets.c.id == old.id).values(**values))
    replaced = old.object_key if old is not None and old.object_key != new.object_key else None
    return find_asset(tx, repository_id, path), replaced


def find_asset(tx: sa.Connection, repository_id: int, path: str) -> Asset:
    """The file at `path`. Raises NotFound."""
    found = _find(tx, repository_id, asset_path(path))
    if found is None:
        raise NotFound(f"File not found: {path}")
    return found


def delete_asset(tx: sa.Connection, repository_id: int, path: str) -> Asset:
    """The file that was there; delete its object once `tx` is committed. Raises NotFound."""
    found = find_asset(tx, repository_id, path)
    gone = tx.execute(sa.delete(db.assets).where(db.assets.c.id == found.id)).rowcount
    if not gone:  # somebody else deleted it at the same moment
        raise NotFound(f"File not found: {path}")
    return found


def named_objects(tx: sa.Connection, object_keys: Collection[str]) -> set[str]:
    """Which of these objects are the bytes of a file; ask for some hundreds at a time."""
    wanted = sa.select(db.assets.c.object_key).where(db.assets.c.object_key.in_(object_keys))
    return set(tx.execute(wanted).scalars())


def is_directory(tx: sa.Connection, repository_id: int, path: str) -> bool:
    """Whether any file lies below `path`; '' is the top, which always is one."""
    if not path:
        return True
    below = sa.select(db.assets.c.id).where(_below(repository_id, asset_path(path))).limit(1)
    return tx.execute(below).first() is not None


def list_directory(
    tx: sa.Connection, repository_id: int, path: str, *, page: int = 1, page_size: int = 1000
) -> tuple[list[Entry], int]:
    """One page of what lies in the directory `path` ('' is the top), directories first, and how many in all.

    Raises NotFound where no file lies below it; the top may be empty.
    """
    directory = asset_path(path) if path else ""
    if not is_directory(tx, repository_id, directory):
        raise NotFound(f"Directory not found: {path}")
    rest = _rest(directory)
    slash = sa.func.instr(rest, "/") if tx.dialect.name == "sqlite" else sa.func.strpos(rest, "/")
    folders = sa.select(sa.func.substr(rest, 1, slash - 1).label("name")).where(
        _below(repository_id, directory), slash > 0
    )
    directories = sorted(row.name for row in tx.execute(folders.distinct()))
    here = sa.and_(_below(repository_id, directory), slash == 0)
    files = tx.execute(sa.select(sa.func.count()).select_from(db.assets).where(here)).scalar_one()

    first = (page - 1) * page_size
    entries = [Entry(name, None) for name in directories[first : first + page_size]]
    rows = (
        sa.select(db.assets)
        .where(here)
        .order_by(db.assets.c.path)
        .offset(max(0, first - len(directories)))
        .limit(page_size - len(entries))
    )
    if len(entries) < page_size:
        entries += [Entry(asset.path.rpartition("/")[2], asset) for asset in _assets(tx.execute(rows).all())]
    return entries, len(directories) + files


def _find(tx: sa.Connection, repository_id: int, path: str) -> Asset | None:
    query = sa.select(db.assets).where(db.assets.c.repository_id == repository_id, db.assets.c.path == path)
    rows = tx.execute(query).all()
    return _assets(rows)[0] if rows else None


def _assets(rows: Sequence[sa.Row[Any]]) -> list[Asset]:
    return [Asset(**row._mapping) for row in rows]


def _rest(directory: str) -> sa.ColumnElement[str]:
    """What follows "DIRECTORY/" in the path."""
    return sa.func.substr(db.assets.c.path, len(directory) + 2 if directory else 1)


def _below(repository_id: int, directory: str) -> sa.ColumnElement[bool]:
    in_repository = db.assets.c.repository_id == repository_id
    if not directory:
        return in_repository
    # Not LIKE: SQLite's ignores case, and '%' or '_' in a name would need escapes.
    return sa.and_(in_repository, sa.func.substr(db.assets.c.path, 1, len(directory) + 1) == f"{directory}/")


def _check_place(tx: sa.Connection, repository_id: int, path: str) -> None:
    parts = path.split("/")
    ancestors = ["/".join(parts[:length]) for length in range(1, len(parts))]
    query = sa.select(db.assets.c.path).where(
        db.assets.c.repository_id == repository_id, db.assets.c.path.in_(ancestors)
    )
    file = tx.execute(query).scalar()
    if file is not None:
        raise Conflict(f"'{path}' cannot be stored: '{file}' is a file, not a directory.")
    if is_directory(tx, repository_id, path):
        raise Conflict(f"'{path}' cannot be stored as a file: it is a directory.")
