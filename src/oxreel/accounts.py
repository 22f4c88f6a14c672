"""Who someone is and what is theirs: users, organizations, memberships, API keys.

Users and organizations share one space of names. A name is kept in lower case, so that the database's
own unique index makes it unique whatever the case; the display name keeps the spelling that was asked for.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

from oxreel import db
from oxreel.errors import Conflict, Forbidden, InvalidParams, NotFound, Unauthenticated
from oxreel.units import UnixMs

Kind = Literal["user", "organization"]

#: Letters, digits, `-`, `_`, `.`; it starts and ends with a letter or digit; at most 64 characters.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")

#: Words that paths of the hub use where a namespace could stand, or that would mislead as an owner's name.
RESERVED_NAMES = frozenset(
    ["account", "admin", "api", "me", "new", "none", "null", "oxreel", "root", "settings", "static", "status"]
)

#: Tells at a glance, and to secret scanners, whose key it is.
KEY_PREFIX = "oxr_"

_KEY_BATCH = 500  # SQLite limits the variables of one statement


@dataclass(frozen=True)
class Namespace:
    """A user or an organization: who owns repositories and pays."""

    id: int
    #: Lower case, url-safe, unique.
    name: str
    kind: Kind
    display_name: str
    image_url: str | None


@dataclass(frozen=True)
class Caller:
    """Who sent a request."""

    user: Namespace
    key_id: int
    #: The user's own first, then the organizations by name.
    namespaces: tuple[Namespace, ...]

    @property
    def namespace_ids(self) -> frozenset[int]:
        """What the caller may read, as ids."""
        return frozenset(namespace.id for namespace in self.namespaces)

    def may_read(self, namespace_id: int) -> bool:
        """Whether the caller belongs to that namespace."""
        return any(namespace.id == namespace_id for namespace in self.namespaces)


@dataclass(frozen=True)
class ApiKey:
    """A key as it may be shown: never its secret."""

    id: int
    #: Name of the user whose key it is.
    user: str
    name: str
    #: Its first characters, so that a person can tell keys apart.
    prefix: str
    created_at: UnixMs
    revoked_at: UnixMs | None


_user = db.namespaces.alias("u")
_organization = db.namespaces.alias("o")
_CALLER = (
    sa.select(
        db.api_keys.c.id.label("key_id"), _user, *(column.label(f"o_{column.name}") for column in _organization.c)
    )
    .join(_user, _user.c.id == db.api_keys.c.user_id)
    .outerjoin(db.memberships, db.memberships.c.user_id == _user.c.id)
    .outerjoin(_organization, _organization.c.id == db.memberships.c.organization_id)
    .where(db.api_keys.c.digest == sa.bindparam("digest"), db.api_keys.c.revoked_at.is_(None))
    .order_by(_organization.c.name)
)


def authenticate(tx: sa.Connection, key: str | None) -> Caller:
    """The caller whose key this is. Raises Unauthenticated.

    The key is found by the digest of all of it, so that the time taken tells nothing about its characters.
    """
    key = (key or "").strip()
    if not key:
        raise Unauthenticated("No API key came with the request: send the header 'Authorization: Bearer KEY'.")
    rows = tx.execute(_CALLER, {"digest": _digest(key)}).all()
    if not rows:
        raise Unauthenticated("This API key is unknown or revoked: check it, or ask the operator for a new one.")
    user = _namespace(rows[0])
    organizations = tuple(
        Namespace(row.o_id, row.o_name, row.o_kind, row.o_display_name, row.o_image_url)
        for row in rows
        if row.o_id is not None
    )
    return Caller(user, rows[0].key_id, (user, *organizations))


def payer(caller: Caller, target_namespace: str | None) -> Namespace:
    """The namespace that pays for and stores the caller's result, the user's own when none is named.

    Raises Forbidden, in the same words for an unknown namespace as for one of others.
    """
    if target_namespace is None:
        return caller.user
    for namespace in caller.namespaces:
        if namespace.name == target_namespace.strip().lower():
            return namespace
    allowed = ", ".join(namespace.name for namespace in caller.namespaces)
    raise Forbidden(f"You are not a member of the namespace '{target_namespace}'. Those you may use: {allowed}.")


def readable_by_keys(tx: sa.Connection, key_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Ids of the namespaces that each key may read now; a revoked or unknown key is left out."""
    keys = sorted(set(key_ids))
    found: dict[int, set[int]] = {}
    for start in range(0, len(keys), _KEY_BATCH):
        query = (
            sa.select(db.api_keys.c.id, db.api_keys.c.user_id, db.memberships.c.organization_id)
            .outerjoin(db.memberships, db.memberships.c.user_id == db.api_keys.c.user_id)
            .where(db.api_keys.c.id.in_(keys[start : start + _KEY_BATCH]), db.api_keys.c.revoked_at.is_(None))
        )
        for key_id, user_id, organization_id in tx.execute(query):
            mine = found.setdefault(key_id, {user_id})
            if organization_id is not None:
                mine.add(organization_id)
    return {key_id: frozenset(mine) for key_id, mine in found.items()}


def create_user(
    tx: sa.Connection, name: str, display_name: str | None = None, image_url: str | None = None
) -> Namespace:
    """A new user. Raises InvalidParams for a name that cannot be, Conflict for one that is taken."""
    return _create_namespace(tx, name, "user", display_name, image_url)


def create_organization(
    tx: sa.Connection, name: str, display_name: str | None = None, image_url: str | None = None
) -> Namespace:
    """A new organization, without members. Raises InvalidParams or Conflict as for a user."""
    return _create_namespace(tx, name, "organization", display_name, image_url)


def find_namespace(tx: sa.Connection, name: str, kind: Kind | None = None) -> Namespace:
    """The user or organization of that name, in any case. Raises NotFound."""
    query = sa.select(db.namespaces).where(db.namespaces.c.name == name.strip().lower())
    if kind is not None:
        query = query.where(db.namespaces.c.kind == kind)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no {kind or 'namespace'} named '{name}'.")
    return _namespace(row)


def engines_of(tx: sa.Connection, namespace_ids: Iterable[int]) -> dict[int, list[str] | None]:
    """The engines that requests of each namespace may name; None where nothing is said about it in particular."""
    ids = sorted(set(namespace_ids))
    found: dict[int, list[str] | None] = {}
    for start in range(0, len(ids), _KEY_BATCH):
        c = db.namespaces.c
        rows = tx.execute(sa.select(c.id, c.engines).where(c.id.in_(ids[start : start + _KEY_BATCH])))
        found.update({row.id: row.engines for row in rows})
    return found


def set_engines(tx: sa.Connection, namespace_id: int, engines: list[str] | None) -> None:
    """Say which engines requests of a namespace may name; None leaves it to the settings."""
    tx.execute(sa.update(db.namespaces).where(db.namespaces.c.id == namespace_id).values(engines=engines))


def list_users(tx: sa.Connection) -> list[Namespace]:
    """Every user, by name."""
    return _list(tx, sa.select(db.namespaces).where(db.namespaces.c.kind == "user"))


def list_organizations(tx: sa.Connection) -> list[Namespace]:
    """Every organization, by name."""
    return _list(tx, sa.select(db.namespaces).where(db.namespaces.c.kind == "organization"))


def list_members(tx: sa.Connection, organization: str) -> list[Namespace]:
    """The users who belong to an organization, by name. Raises NotFound."""
    found = find_namespace(tx, organization, "organization")
    members = sa.select(db.memberships.c.user_id).where(db.memberships.c.organization_id == found.id)
    return _list(tx, sa.select(db.namespaces).where(db.namespaces.c.id.in_(members)))


def add_member(tx: sa.Connection, organization: str, user: str) -> None:
    """Let a user read, store with and pay from an organization. Raises NotFound, or Conflict if already so."""
    ids = _membership(tx, organization, user)
    _insert_unique(
        tx,
        sa.insert(db.memberships).values(**ids, created_at=db.now_ms()).returning(db.memberships.c.user_id),
        f"'{user}' is already a member of '{organization}'.",
    )


def remove_member(tx: sa.Connection, organization: str, user: str) -> None:
    """End a membership. Raises NotFound where there is none."""
    ids = _membership(tx, organization, user)
    gone = tx.execute(
        sa.delete(db.memberships).where(
            db.memberships.c.organization_id == ids["organization_id"], db.memberships.c.user_id == ids["user_id"]
        )
    )
    if not gone.rowcount:
        raise NotFound(f"'{user}' is not a member of '{organization}'.")


def create_key(tx: sa.Connection, user: str, name: str, secret: str | None = None) -> tuple[ApiKey, str]:
    """A new key and its secret, which is kept nowhere: show it now or never.

    `secret` is one that the operator chose. Raises NotFound for an unknown user, InvalidParams for a secret
    that no header can carry, Conflict for one that is in use or was revoked.
    """
    owner = find_namespace(tx, user, "user")
    if secret is None:
        secret = KEY_PREFIX + secrets.token_urlsafe(32)
    elif not re.fullmatch(r"[!-~]{1,256}", secret):
        raise InvalidParams("An API key is 1 to 256 printable ASCII characters without spaces.")
    label = name.strip() or "key"
    # The prefix of a short key that somebody chose must not give away much of it.
    prefix = secret[: min(8, len(secret) // 4)]
    row = _insert_unique(
        tx,
        sa.insert(db.api_keys)
        .values(user_id=owner.id, name=label, digest=_digest(secret), prefix=prefix, created_at=db.now_ms())
        .returning(db.api_keys.c.id, db.api_keys.c.created_at),
        "This API key exists already, in use or revoked: choose another secret.",
    )
    return ApiKey(row.id, owner.name, label, prefix, row.created_at, None), secret


def revoke_key(tx: sa.Connection, key_id: int) -> ApiKey:
    """The key, which no request can use any more; revoking twice keeps the first time. Raises NotFound."""
    tx.execute(
        sa.update(db.api_keys)
        .where(db.api_keys.c.id == key_id, db.api_keys.c.revoked_at.is_(None))
        .values(revoked_at=db.now_ms())
    )
    return find_key(tx, key_id)


def find_key(tx: sa.Connection, key_id: int) -> ApiKey:
    """The key of that id. Raises NotFound."""
    keys = _keys(tx, db.api_keys.c.id == key_id)
    if not keys:
        raise NotFound(f"There is no API key with the id {key_id}: `oxreel key list` shows them.")
    return keys[0]


def list_keys(tx: sa.Connection, user: str | None = None) -> list[ApiKey]:
    """Every key, or a user's, the oldest first, revoked ones too. Raises NotFound for an unknown user."""
    return _keys(tx, sa.true() if user is None else db.api_keys.c.user_id == find_namespace(tx, user, "user").id)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _namespace(row: sa.Row[Any]) -> Namespace:
    return Namespace(row.id, row.name, row.kind, row.display_name, row.image_url)


def _list(tx: sa.Connection, query: sa.Select[Any]) -> list[Namespace]:
    return [_namespace(row) for row in tx.execute(query.order_by(db.namespaces.c.name))]


def _keys(tx: sa.Connection, condition: sa.ColumnElement[bool]) -> list[ApiKey]:
    query = (
        sa.select(db.api_keys, db.namespaces.c.name.label("user"))
        .join(db.namespaces, db.namespaces.c.id == db.api_keys.c.user_id)
        .where(condition)
        .order_by(db.api_keys.c.id)
    )
    return [ApiKey(row.id, row.user, row.name, row.prefix, row.created_at, row.revoked_at) for row in tx.execute(query)]


def _membership(tx: sa.Connection, organization: str, user: str) -> dict[str, int]:
    return {
        "organization_id": find_namespace(tx, organization, "organization").id,
        "user_id": find_namespace(tx, user, "user").id,
    }


def _create_namespace(
    tx: sa.Connection, name: str, kind: Kind, display_name: str | None, image_url: str | None
) -> Namespace:
    spelling = name.strip()
    canonical = spelling.lower()
    if not _NAME.fullmatch(canonical):
        raise InvalidParams(
            f"'{name}' cannot be a name: use 1 to 64 letters a-z, digits, '-', '_' and '.', "
            "the first and the last a letter or digit."
        )
    if canonical in RESERVED_NAMES:
        raise InvalidParams(f"'{name}' cannot be a name: the hub keeps that word for itself. Choose another.")
    row = _insert_unique(
        tx,
        sa.insert(db.namespaces)
        .values(
            name=canonical,
            kind=kind,
            display_name=display_name or spelling,
            image_url=image_url,
            created_at=db.now_ms(),
        )
        .returning(*db.namespaces.c),
        f"The name '{canonical}' is taken: users and organizations share one space of names.",
    )
    return _namespace(row)


def _insert_unique(tx: sa.Connection, statement: ReturningInsert[Any], taken: str) -> sa.Row[Any]:
    """The inserted row; raises Conflict with these words where there is one already, `tx` staying usable."""
    try:
        with tx.begin_nested():
            # Read to its end inside: SQLite keeps a savepoint open for a statement that is not finished.
            return tx.execute(statement).one()
    except IntegrityError as error:
        raise Conflict(taken) from error
