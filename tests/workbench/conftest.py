"""A real Chromium for the Workbench's tests."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from support.hub import RunningHub
from support.workbench import Filmed, Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: Milliseconds that an expectation waits; test machines are busy.
PATIENCE = 20_000


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
        else:
            # What the hub does for its own user has tests of its own; here nobody is known.
            context.route("**/ai/workbench/session", lambda route: route.fulfill(status=403, body="{}"))
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


@pytest.fixture
def person(hub: RunningHub) -> Iterator[Person]:
    """A user of the test's own."""
    made = Person(hub)
    yield made
    made.client.close()


@pytest.fixture(scope="session")
def filmed(hub: RunningHub) -> Iterator[Filmed]:
    """Somebody with two finished previews, the older first; what else they enqueue is cancelled again."""
    someone = Person(hub)
    older = someone.film("A saffron lighthouse, slow push in")
    newer = someone.film("A cobalt lighthouse, pan left")
    yield someone, older, newer
    someone.client.close()
