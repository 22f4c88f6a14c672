"""Fixtures that every room's tests share: a migrated database, a running hub."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from oxreel.db import Database
from oxreel.migrations import migrate

#: A PostgreSQL server that may be filled with databases: every test of `database` runs there too.
POSTGRESQL = os.environ.get("OXREEL_TEST_POSTGRESQL", "")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database at the newest schema."""
    if request.param == "postgresql":
        with postgresql_database() as url:
            yield from _migrated(url)
    else:
        yield from _migrated(f"sqlite:///{tmp_path / 'oxreel.sqlite'}")


def _migrated(url: str) -> Iterator[Database]:
    database = Database(url)
    migrate(database)
    yield database
    database.close()


class postgresql_database:  # noqa: N801 - used as `with postgresql_database() as url`
    """The URL of a fresh PostgreSQL database, dropped afterwards."""

    def __enter__(self) -> str:
        self._name = f"oxreel_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {self._name}")
        return sa.make_url(POSTGRESQL).set(database=self._name).render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        self._execute(f"DROP DATABASE {self._name} WITH (FORCE)")

    @staticmethod
    def _execute(sql: str) -> None:
        engine = sa.create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(sql)
        engine.dispose()
