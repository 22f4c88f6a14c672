"""A PostgreSQL server for tests, where there is one."""

import os
import uuid

import sqlalchemy as sa

#: URL of a server that may be filled with databases; tests of the database run there too.
POSTGRESQL = os.environ.get("OXREEL_TEST_POSTGRESQL", "")


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
