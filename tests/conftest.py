"""Fixtures that every room's tests share: a migrated database, a running hub, a browser."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from oxreel.db import Database
from oxreel.migrations import migrate
from support.hub import RunningHub
from support.postgresql import CHOSEN, NOT_INSTALLED, has_postgresql, postgresql_database
from support.quick_hub import QuickHub

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Machines are busy: no example is late. Other examples each time, wherever they run.
settings.register_profile("patient", deadline=None, derandomize=False)
settings.load_profile("patient")

# A shell's background job ignores Ctrl-C, and so would every program that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_loop_but_ones_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hides Playwright's event loop, which runs in this thread from the first browser test on, from all other tests."""
    running = asyncio._get_running_loop()
    if running is None or "browser" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


#: What a test's fixtures are named by when it runs on a hub, and so on a database.
_HUBS = ("RunningHub", "QuickHub")


def pytest_configure(config: pytest.Config) -> None:
    """Let no check be left out unseen: where every commit is checked, PostgreSQL must be there."""
    if not has_postgresql() and (CHOSEN == "postgresql" or os.environ.get("CI") == "true"):
        raise pytest.UsageError(NOT_INSTALLED)


#: At most so many cases of each test, evenly chosen; 0: all. Another database shows with a few.
_CASES = int(os.environ.get("OXREEL_TEST_CASES", "0"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what another database could change: `hub` runs on CHOSEN, `database` on both unless one is chosen."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if item.get_closest_marker("postgresql"):
            item.add_marker(pytest.mark.skipif(not has_postgresql(), reason=NOT_INSTALLED))
        elif "database_url" in item.fixturenames:
            item.add_marker("database")
        elif _asks_for_a_hub(item):
            item.add_marker("hub")
    if _CASES:
        _leave_a_few(config, items)


def _leave_a_few(config: pytest.Config, items: list[pytest.Item]) -> None:
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    # From all of their range: neighbours are alike.
    chosen = {one[int(len(one) * number / _CASES)] for one in cases.values() for number in range(_CASES)}
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = [item for item in items if item in chosen]


def _asks_for_a_hub(item: pytest.Function) -> bool:
    fixtures = [definition.func for found in item._fixtureinfo.name2fixturedefs.values() for definition in found]
    said = [annotation for one in (item.function, *fixtures) for annotation in one.__annotations__.values()]
    return any(hub in str(annotation) for annotation in said for hub in _HUBS)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out."""
    if not has_postgresql():
        terminalreporter.write_line(f"Left out what runs on PostgreSQL: {NOT_INSTALLED}.")


@pytest.fixture(params=[one for one in ("sqlite", "postgresql") if CHOSEN in ("", one)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database without tables."""
    if request.param == "postgresql":
        if not has_postgresql():
            pytest.skip(NOT_INSTALLED)
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


@pytest.fixture(scope="session")
def quick_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickHub]:
    """A running hub that films small grey pictures in a moment, for tests that film much and look at none of it."""
    running = QuickHub(
        tmp_path_factory.mktemp("quick-hub") / "data",
        OXREEL_INITIAL_CREDITS="1000000",
        OXREEL_FILM_SLOTS="8",
        OXREEL_POLL_SECONDS="0.05",
        OXREEL_WEBHOOK_ALLOW_HOSTS="127.0.0.1",
    ).start()
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
