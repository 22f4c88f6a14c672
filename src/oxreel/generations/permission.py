"""The permission to name an engine: which of them the requests of a namespace may ask for."""

from oxreel import accounts
from oxreel.errors import Forbidden
from oxreel.generations.studio import Studio

#: What OXREEL_REQUEST_ENGINES holds where requests may name none.
NO_ENGINES = ("none",)


def engines_for(studio: Studio, namespace_id: int) -> list[str]:
    """The engines of this hub that requests which the namespace pays for may name."""
    with studio.database.snapshot() as tx:
        own = accounts.engines_of(tx, namespace_id)
    return [name for name in studio.engines.names if name in _allowed(studio, own)]


def check_engine(studio: Studio, namespace: accounts.Namespace, engine: str) -> None:
    """Nothing for an engine that the namespace's requests may name. Raises Forbidden, InvalidParams for no engine."""
    studio.engines.check(engine)
    allowed = engines_for(studio, namespace.id)
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
