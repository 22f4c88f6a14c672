"""A PostgreSQL server for tests: one of their own on loopback, or the one that OXREEL_TEST_POSTGRESQL names.

    with PostgreSQL() as server: server.url, server.restart("immediate")     a server of one test
    with postgresql_database() as url: ...                                   a fresh database of the session's server

A keeper process holds each server and ends it when its standard input ends: however the tests end, none stays.
"""

import atexit
import contextlib
import functools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import sqlalchemy as sa

#: Debian keeps the servers' programs out of the way of commands.
_DEBIAN = Path("/usr/lib/postgresql")
#: It refuses to run as root: whose process it is then.
_USERS = ("postgres", "nobody")
#: Nothing here must outlive a power cut. Many tests at once open many connections.
_OPTIONS = "-c fsync=off -c max_connections=400 -c listen_addresses=127.0.0.1"

#: Waits until whoever started it has gone, ends the server at once, removes its folder ($0).
_KEEPER = """
cat
server=$(head -n 1 "$0/data/postmaster.pid") && kill -QUIT "$server" && while kill -0 "$server"; do sleep 0.1; done
rm -rf "$0"
"""

#: What hubs and databases of tests run on that name none: `sqlite`, `postgresql`, or "" for the house's choice.
CHOSEN = os.environ.get("OXREEL_TEST_DATABASE", "")

NOT_INSTALLED = "no PostgreSQL found: install Debian's package postgresql, or set OXREEL_TEST_POSTGRESQL to a server"


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest version's; None where they are not installed."""
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    return None if found is None else Path(found).resolve().parent


def has_postgresql() -> bool:
    """Whether tests can have a database of PostgreSQL here."""
    return bool(os.environ.get("OXREEL_TEST_POSTGRESQL")) or programs() is not None


class PostgreSQL:
    """A server of its own, in a temporary folder, on a free port of loopback."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.url = f"postgresql+psycopg://oxreel@127.0.0.1:{self._port}/postgres"
        self._folder = Path(tempfile.mkdtemp(prefix="oxreel-postgresql-"))
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        bin_ = programs()
        assert bin_ is not None, NOT_INSTALLED
        self._keeper = subprocess.Popen(
            ["sh", "-c", _KEEPER, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if os.geteuid() == 0:
            shutil.chown(self._folder, _user())
        try:
            run(bin_ / "initdb", "-U", "oxreel", "--auth=trust", "-E", "UTF8", "--locale=C", "-N", folder=self._folder)
            self._control("start")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        assert self._keeper is not None
        self._keeper.communicate()

    def restart(self, mode: str = "immediate") -> None:
        """Restart it; `immediate` is what a crash of the server looks like to its clients."""
        self.stop(mode)
        self.start()

    def stop(self, mode: str = "immediate") -> None:
        """Stop it, to be started again."""
        self._control("stop", "-m", mode)

    def start(self) -> None:
        """Start it where it was stopped."""
        self._control("start")

    def _control(self, *command: str) -> None:
        bin_ = programs()
        assert bin_ is not None
        options = f"{_OPTIONS} -p {self._port} -k {self._folder}"
        log = str(self._folder / "log")
        run(bin_ / "pg_ctl", *command, "-w", "-t", "120", "-l", log, "-o", options, folder=self._folder)


@contextlib.contextmanager
def postgresql_database(server: str = "") -> Iterator[str]:
    """The URL of a fresh PostgreSQL database, dropped afterwards; on the session's server unless another is given."""
    url = create_database(server)
    try:
        yield url
    finally:
        drop_database(url)


def create_database(server: str = "") -> str:
    """The URL of a fresh PostgreSQL database."""
    name = f"oxreel_{uuid.uuid4().hex}"
    server = server or session_server()
    _execute(server, f"CREATE DATABASE {name}")
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop it, whoever is still connected."""
    parsed = sa.make_url(url)
    server = parsed.set(database="postgres").render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {parsed.database} WITH (FORCE)")


def chosen_database() -> str:
    """The database of a hub that names none: "" for SQLite in its folder, or the URL of a fresh PostgreSQL's."""
    return create_database() if CHOSEN == "postgresql" else ""


def _execute(server: str, sql: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(sql)
    engine.dispose()


@functools.cache
def session_server() -> str:
    """URL of the server that all tests of this session share, started when it is first asked for."""
    given = os.environ.get("OXREEL_TEST_POSTGRESQL")
    if given:
        return given
    server = PostgreSQL().__enter__()
    atexit.register(server.__exit__)
    return server.url


def run(program: Path, *arguments: str, folder: Path) -> None:
    """Run one of its programs on the cluster in `folder`, as a user that it agrees to run as."""
    user = _user() if os.geteuid() == 0 else None
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [program, "-D", folder / "data", *arguments],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            # A file: the server that `pg_ctl` starts would keep a pipe open.
            stdout=said,
            stderr=said,
            stdin=subprocess.DEVNULL,
            check=False,
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
        )
        said.seek(0)
        assert done.returncode == 0, f"{program.name} {' '.join(arguments)}: {said.read().decode()}"


def _user() -> str:
    for name in _USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise LookupError(f"root cannot run PostgreSQL, and there is no user {' or '.join(_USERS)}")
