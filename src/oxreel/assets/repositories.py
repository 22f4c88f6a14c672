"""Repositories: where a namespace keeps its files; public ones are readable by anyone."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel import db
from oxreel.errors import Conflict, InvalidParams, NotFound

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

_COLUMNS = (
    db.repositories.c.id,
    db.repositories.c.namespace_id,
    db.namespaces.c.name.label("namespace"),
    db.repositories.c.name,
    db.repositories.c.public,
    db.repositories.c.created_at,
)


@dataclass(frozen=True)
class Repository:
    """A repository as it is stored."""

    id: int
    namespace_id: int
    #: Name of the user or organization that owns it.
    namespace: str
    name: str
    #: Readable without a key.
    public: bool
    #: UNIX milliseconds.
    created_at: int


def check_repository_name(name: str) -> None:
    """Nothing for a name that a repository can have. Raises InvalidParams for any other."""
    if not _NAME.fullmatch(name) or name.endswith(".git"):
        raise InvalidParams(
            f"'{name[:100]}' cannot be a repository's name: "
            "it takes 1 to 100 letters, digits, '.', '_' and '-', starting with a letter or digit."
        )


def create_repository(tx: sa.Connection, namespace_id: int, name: str, *, public: bool) -> Repository:
    """A new repository. Raises Conflict where there is one of that name, InvalidParams for a name that cannot be."""
    check_repository_name(name)
    try:
        with tx.begin_nested():
            tx.execute(
                sa.insert(db.repositories).values(
                    namespace_id=namespace_id, name=name, public=public, created_at=db.now_ms()
                )
            )
    except sa.exc.IntegrityError as error:
        existing = repository_of(tx, namespace_id, name)
        if existing is None:
            raise
        raise Conflict(f"Repository already exists: {existing.namespace}/{name}") from error
    made = repository_of(tx, namespace_id, name)
    if made is None:
        raise NotFound(f"There is no namespace number {namespace_id}.")
    return made


def ensure_repository(tx: sa.Connection, namespace_id: int, name: str, *, public: bool = False) -> Repository:
    """The repository of that name, made (`public` or not) where there is none."""
    existing = repository_of(tx, namespace_id, name)
    if existing is not None:
        return existing
    try:
        return create_repository(tx, namespace_id, name, public=public)
    except Conflict:  # somebody made it between our look and our write
        return ensure_repository(tx, namespace_id, name, public=public)


def find_repository(tx: sa.Connection, namespace: str, name: str, readable: Collection[int] | None) -> Repository:
    """The repository, where it is public or its namespace's id is among `readable` (None: a signature opened it).

    Names of namespaces are kept in lower case; any case finds them. Raises NotFound otherwise: that a
    private repository exists is nobody else's business.
    """
    found = _find(tx, db.namespaces.c.name == namespace.lower(), db.repositories.c.name == name)
    if found is None or not (readable is None or found.public or found.namespace_id in readable):
        raise NotFound(f"Repository not found: {namespace}/{name}")
    return found


def repository_of(tx: sa.Connection, namespace_id: int, name: str) -> Repository | None:
    """The repository of that name in a namespace, if there is one; whoever asks may read it."""
    return _find(tx, db.repositories.c.namespace_id == namespace_id, db.repositories.c.name == name)


def list_repositories(tx: sa.Connection, namespace: str, readable: Collection[int]) -> list[Repository]:
    """The repositories of a namespace that may be seen, by name.

    Raises NotFound for an unknown namespace, and for one that is not among `readable` and shows nothing.
    """
    owner = tx.execute(sa.select(db.namespaces.c.id).where(db.namespaces.c.name == namespace.lower())).scalar()
    query = _select().where(db.namespaces.c.name == namespace.lower()).order_by(db.repositories.c.name)
    if owner not in readable:
        query = query.where(db.repositories.c.public.is_(True))
    found = [_repository(row) for row in tx.execute(query)]
    if not found and owner not in readable:
        raise NotFound(f"Namespace not found: {namespace}")
    return found


def _select() -> sa.Select[Any]:
    return sa.select(*_COLUMNS).join(db.namespaces, db.namespaces.c.id == db.repositories.c.namespace_id)


def _find(tx: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Repository | None:
    row = tx.execute(_select().where(*conditions)).one_or_none()
    return None if row is None else _repository(row)


def _repository(row: sa.Row[Any]) -> Repository:
    return Repository(**row._mapping)
