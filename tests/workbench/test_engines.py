"""The choice of an engine, and what is said of the one that films, in a real browser."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from oxreel import accounts
from support.quick_hub import QuickHub
from support.workbench import MODEL, Person, write

pytest.importorskip("playwright.sync_api", reason="no Playwright found: the browser tests need `make dev`")
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

EDIT = "kling-video-o3-pro-video-to-video-edit"

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def grey_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickHub]:
    """A hub that films one model with an engine of its own."""
    routes = f'{{"{MODEL}": "grey"}}'
    running = QuickHub(tmp_path_factory.mktemp("grey-hub") / "data", OXREEL_ROUTES=routes).start()
    yield running
    running.stop()


@pytest.fixture
def someone(grey_hub: QuickHub) -> Iterator[Person]:
    made = Person(grey_hub)
    yield made
    made.leave()


def test_the_engine_is_chosen_under_advanced_and_the_page_says_which_one_films(
    someone: Person, page: "OpenPage"
) -> None:
    tab = page(person=someone)
    write(tab, "A lantern")
    expect(tab.locator("#price")).to_have_text("$0.672 · grey")
    expect(tab.locator("#estimate .facts")).to_contain_text("filmed by grey")
    tab.locator("#advanced summary").click()
    choice = tab.get_by_label("Engine", exact=True)
    expect(choice.locator("option")).to_have_text(["As this hub routes it (grey)", "animatic", "grey"])
    choice.select_option("animatic")
    expect(tab.locator("#price")).to_have_text("$0.672 · animatic")
    expect(tab.locator("#advanced .set")).to_have_text("1 set")
    expect(tab).to_have_url(re.compile("#.*engine=animatic"))
    tab.reload()
    expect(tab.get_by_label("Engine", exact=True)).to_have_value("animatic")
    tab.get_by_label("Engine", exact=True).select_option("")
    expect(tab).not_to_have_url(re.compile("engine="))


def test_what_the_routed_engine_does_differently_stands_in_the_estimate_and_on_the_result(
    someone: Person, page: "OpenPage"
) -> None:
    tab = page(person=someone)
    write(tab, "A lantern")
    tab.locator("#advanced summary").click()
    tab.get_by_role("switch", name="Generate audio").check()
    expect(tab.locator("#estimate .warnings")).to_contain_text("The film has no sound.")
    tab.locator("#form").get_by_role("button", name="Preview").click()
    card = tab.locator(".card").first
    render = card.get_by_role("button", name="Render $0.672 · grey")
    render.click()
    expect(card.locator(".meta")).to_contain_text("preview by animatic")
    expect(card.locator(".meta")).to_contain_text("render by grey")
    expect(card.locator(".notes")).to_contain_text("The film has no sound.")


def test_what_the_named_engine_cannot_film_is_said_at_its_field(someone: Person, page: "OpenPage") -> None:
    tab = page(f"?model={EDIT}#prompt=night&input_video=https://example.com/a.mp4&engine=grey", person=someone)
    expect(tab.locator("#form")).to_contain_text("The grey engine changes no videos.")
    expect(tab.locator("#price")).to_have_text("")


def test_who_may_name_no_engine_sees_no_choice_and_an_organization_brings_its_own(
    someone: Person, grey_hub: QuickHub, page: "OpenPage"
) -> None:
    with grey_hub.database.transaction() as tx:
        accounts.set_engines(tx, accounts.find_namespace(tx, someone.name).id, [])
        accounts.create_organization(tx, f"org-{someone.name}")
        accounts.add_member(tx, f"org-{someone.name}", someone.name)
    tab = page(person=someone)
    write(tab, "A lantern")
    expect(tab.locator("#price")).to_have_text("$0.672 · grey")
    expect(tab.get_by_label("Engine", exact=True)).to_have_count(0)
    tab.select_option("#namespace", f"org-{someone.name}")
    expect(tab.get_by_label("Engine", exact=True)).to_have_count(1)
    expect(tab.locator("#fields textarea").first).to_have_value("A lantern")


def test_a_hub_of_one_engine_offers_no_choice(page: "OpenPage", quick: Person) -> None:
    tab = page(person=quick)
    write(tab, "A lantern")
    expect(tab.locator("#price")).to_have_text("$0.672")
    expect(tab.locator("#estimate .facts")).to_contain_text("filmed by animatic")
    expect(tab.get_by_label("Engine", exact=True)).to_have_count(0)
