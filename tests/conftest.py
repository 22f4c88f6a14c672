"""Fixtures that every room's tests share: a migrated database, a running hub."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from oxreel.db import Database
from oxreel.migrations import migrate
from support.hub import RunningHub

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


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A running hub that all tests of the session share: make users of your own where others would disturb."""
    running = RunningHub(tmp_path_factory.mktemp("hub") / "data", OXREEL_INITIAL_CREDITS="1000000").start()
    yield running
    running.stop()


@pytest.fixture
def start_hub(tmp_path: Path) -> Iterator[Callable[..., RunningHub]]:
    """Starts a hub of the test's own, with `OXREEL_...` variables as it likes."""
    started: list[RunningHub] = []

    def start(**variables: str) -> RunningHub:
        data_dir = tmp_path / f"data-{len(started)}"
        started.append(RunningHub(data_dir, **variables))
        return started[-1].start()

    yield start
    for one in started:
        one.stop()
