"""The database's schema, version by version."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from oxreel.db import Database


def migrate(database: Database) -> None:
    """Bring the schema up to this version; nothing happens where it is there already."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with database.engine.connect() as connection:
        if _current(connection) == ScriptDirectory.from_config(config).get_current_head():
            return
    with database.transaction() as tx:
        if tx.dialect.name == "postgresql":
            # Changing a large table takes its time.
            tx.execute(sa.text("SET LOCAL statement_timeout = 0"))
            # Two processes that start at once must not both create the tables.
            tx.execute(sa.select(sa.func.pg_advisory_xact_lock(0x0F4EE1)))
        config.attributes["connection"] = tx
        command.upgrade(config, "head")


def _current(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
