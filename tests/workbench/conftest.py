"""A real Chromium for the Workbench's tests."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from support.hub import RunningHub
from support.quick_hub import QuickHub
from support.workbench import Filmed, Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: Milliseconds that an expectation waits; test machines are busy.
PATIENCE = 20_000


@pytest.fixture
def page(browser: "Browser", hub: RunningHub) -> "Iterator[Callable[..., Page]]":
    """Opens the Workbench: page(query="", person=somebody new, hub=the person's, key=the person's, **context options).

    Without a person a test is alone, whatever others left on the hub; with key="" it is nobody. A script that fails,
    and whatever the page's policy had to stop, fails the test.
    """
    contexts: list[Any] = []
    problems: list[str] = []
    people: list[Person] = []

    def watch(text: str) -> None:
        if "Content Security Policy" in text or "TrustedHTML" in text:
            problems.append(text)

    def open_page(
        query: str = "", person: Person | None = None, *, key: str | None = None, hub: RunningHub = hub, **options: Any
    ) -> "Page":
        if person is None and key is None:
            person = Person(hub)
            people.append(person)
        if person is not None:
            hub, key = person.hub, person.key
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=hub.url)
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
    for person in people:
        person.leave()
    assert problems == []


@pytest.fixture
def person(hub: RunningHub) -> Iterator[Person]:
    """A user of the test's own, where films are real and can be cancelled."""
    made = Person(hub)
    yield made
    made.leave()


@pytest.fixture
def quick(quick_hub: QuickHub) -> Iterator[Person]:
    """A user of the test's own, where films are grey and there in a moment."""
    made = Person(quick_hub)
    yield made
    made.leave()


@pytest.fixture(scope="session")
def filmed(quick_hub: QuickHub) -> Iterator[Filmed]:
    """Somebody with two finished previews, the older first, to look at: who enqueues or deletes uses `quick`."""
    someone = Person(quick_hub)
    older = someone.film("A saffron lighthouse, slow push in")
    newer = someone.film("A cobalt lighthouse, pan left")
    yield someone, older, newer
    someone.leave()
