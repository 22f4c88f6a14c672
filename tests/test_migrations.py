from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from oxreel.db import Database, metadata
from oxreel.migrations import migrate


def test_the_migrated_schema_is_the_one_that_the_tables_declare(database: Database) -> None:
    with database.snapshot() as tx:
        own = {"include_object": lambda thing, name, kind, *_: kind != "table" or name != "alembic_version"}
        differences = compare_metadata(MigrationContext.configure(tx, opts=own), metadata)
    assert differences == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    migrate(database)
