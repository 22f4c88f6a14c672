"""Fixtures that every room's tests share: a migrated database, a running hub, a browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from oxreel.db import Database
from oxreel.migrations import migrate
from support.hub import RunningHub
from support.postgresql import POSTGRESQL, postgresql_database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Machines are busy: no example is late.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database without tables."""
    if request.param == "postgresql":
        with postgresql_database() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'oxreel.sqlite'}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database at the newest schema."""
    database = Database(database_url)
    migrate(database)
    yield database
    database.close()


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


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The Chromium of this machine."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None:
        pytest.skip("no Chromium found: the browser tests need the command `chromium` (Debian's package chromium)")
    driver = pytest.importorskip("playwright.sync_api", reason="no Playwright found: the browser tests need `make dev`")
    with driver.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield running
        running.close()
