"""The database's schema, version by version."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from oxreel.db import Database


def migrate(database: Database) -> None:
    """Bring the schema up to this version; nothing happens where it is there already, or newer."""
    config = _config()
    if not is_behind(database):
        return
    with database.transaction() as tx:
        if tx.dialect.name == "postgresql":
            # Changing a large table takes its time.
            tx.execute(sa.text("SET LOCAL statement_timeout = 0"))
            # Two processes that start at once must not both create the tables.
            tx.execute(sa.select(sa.func.pg_advisory_xact_lock(0x0F4EE1)))
        if not _is_older(_current(tx)):
            # Another process was first, maybe one of a newer release.
            return
        config.attributes["connection"] = tx
        command.upgrade(config, "head")


def is_behind(database: Database) -> bool:
    """Whether the schema is older than this version; a newer one is fine, since new versions only add to it."""
    with database.snapshot() as tx:
        return _is_older(_current(tx))


def is_missing(database: Database) -> bool:
    """Whether there is no schema at all."""
    with database.snapshot() as tx:
        return _current(tx) is None


def knows(revision: str) -> bool:
    """Whether a schema is one that this version had, or has."""
    return revision in {version.revision for version in _versions().walk_revisions()}


def _is_older(current: str | None) -> bool:
    return current is None or (knows(current) and current != _versions().get_current_head())


def _versions() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def _current(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
