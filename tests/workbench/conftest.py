"""A real Chromium for the Workbench's tests."""

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from support.hub import RunningHub

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
#: Milliseconds that an expectation waits; test machines are busy.
PATIENCE = 20_000


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The Chromium of this machine."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium found: the browser tests need the command `chromium` (Debian's package chromium)")
    driver = pytest.importorskip("playwright.sync_api", reason="no Playwright found: the browser tests need `make dev`")
    with driver.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: "Browser", hub: RunningHub) -> "Iterator[Callable[..., Page]]":
    """Opens the Workbench: page(query="", hub=the shared one, key=its key, "" for nobody, **context options).

    A script that fails, and whatever the page's policy had to stop, fails the test.
    """
    contexts: list[Any] = []
    problems: list[str] = []

    def watch(text: str) -> None:
        if "Content Security Policy" in text or "TrustedHTML" in text:
            problems.append(text)

    def open_page(query: str = "", hub: RunningHub = hub, key: str | None = None, **options: Any) -> "Page":
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=hub.url)
        key = hub.key if key is None else key
        if key:
            script = f"sessionStorage.getItem('oxreel.signed-out') || sessionStorage.setItem('oxreel.api-key', '{key}')"
            context.add_init_script(script)
        opened = context.new_page()
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("console", lambda message: watch(message.text))
        opened.goto(f"{hub.url}/ai/workbench{query}")
        if key:
            opened.wait_for_selector("#fields > *")
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []
