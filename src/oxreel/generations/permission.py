"""The permission to name an engine: which of them the requests of a namespace may ask for."""

from collections.abc import Iterable

import sqlalchemy as sa

from oxreel import accounts
from oxreel.errors import Forbidden
from oxreel.generations.studio import Studio

#: What OXREEL_REQUEST_ENGINES holds where requests may name none.
NO_ENGINES = ("none",)


def nameable(tx: sa.Connection, studio: Studio, namespace_ids: Iterable[int]) -> dict[int, list[str]]:
    """The engines of this hub that requests may name which each of these namespaces pays for."""
    return {
        namespace_id: [name for name in studio.engines.names if name in _allowed(studio, own)]
        for namespace_id, own in accounts.engines_of(tx, namespace_ids).items()
    }


def check_engine(studio: Studio, namespace: accounts.Namespace, engine: str) -> None:
    """Nothing for an engine that the namespace's requests may name. Raises Forbidden, InvalidParams for no engine."""
    studio.engines.check(engine)
    with studio.database.snapshot() as tx:
        allowed = nameable(tx, studio, [namespace.id])[namespace.id]
    if engine not in allowed:
        may = f"it may name {', '.join(allowed)}" if allowed else "it may name none"
        raise Forbidden(f"engine: '{namespace.name}' may not name {engine!r}; {may}, or leave `engine` out.")


def _allowed(studio: Studio, own: list[str] | None) -> list[str]:
    if own is not None:
        return own
    chosen = studio.settings.request_engines
    if chosen == NO_ENGINES:
        return []
    return list(chosen) or studio.engines.names
