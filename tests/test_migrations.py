import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from oxreel.db import Database, metadata
from oxreel.migrations import is_behind, migrate


def test_the_migrated_schema_is_the_one_that_the_tables_declare(database: Database) -> None:
    with database.snapshot() as tx:
        own = {"include_object": lambda thing, name, kind, *_: kind != "table" or name != "alembic_version"}
        differences = compare_metadata(MigrationContext.configure(tx, opts=own), metadata)
    assert differences == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    migrate(database)


def test_what_a_newer_release_migrated_is_left_as_it_is(database: Database) -> None:
    """Processes of an older release go on, and start, while a newer one is rolled out."""
    with database.transaction() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    migrate(database)
    assert not is_behind(database)
    with database.snapshot() as tx:
        assert tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
