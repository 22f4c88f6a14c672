"""The reference's pages in a real Chromium: tabs, copying, the menu, links, narrow screens, accessibility."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.quick_hub import QuickHub

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[1] / "workbench" / "axe" / "axe.min.js"
MODEL = "/docs/models/kling-video-o3-pro-reference-to-video"
PAGES = ["/docs", "/docs/api/generate", "/docs/api/queue", "/docs/api/errors", MODEL]
PHONE = {"width": 375, "height": 800}
PATIENCE = 20_000

Open = Callable[..., "Page"]


@pytest.fixture
def open_page(browser: "Browser", quick_hub: QuickHub) -> Iterator[Open]:
    """Opens a page: open_page(path, **context options). A script that fails or is stopped fails the test."""
    contexts: list[Any] = []
    problems: list[str] = []

    def open_one(path: str, **options: Any) -> "Page":
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=quick_hub.url)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.extend([message.text] if message.type == "error" else []))
        page.goto(quick_hub.url + path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


def test_a_language_is_chosen_for_all_code_of_this_page_and_the_next(open_page: Open, quick_hub: QuickHub) -> None:
    page = open_page(MODEL)
    tab = page.locator("[role=tab]", has_text="Python")
    tab.nth(2).click()
    assert page.locator("[role=tab][aria-selected=true]").all_inner_texts() == ["Python"] * tab.count()
    shown = page.locator(".body pre:visible").all_inner_texts()
    assert len(shown) == tab.count()
    assert all("import requests" in text for text in shown)
    page.goto(f"{quick_hub.url}/docs/api/generate")
    assert "import requests" in page.locator(".body pre:visible").first.inner_text()


def test_what_is_pressed_does_not_move_when_all_code_changes(open_page: Open) -> None:
    page = open_page(MODEL)
    tab = page.locator("[role=tab]", has_text="JavaScript").last
    tab.scroll_into_view_if_needed()
    before = tab.bounding_box()
    tab.click()
    after = tab.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2


def test_tabs_are_walked_with_arrow_keys(open_page: Open) -> None:
    page = open_page(MODEL)
    page.locator("[role=tab]", has_text="cURL").first.focus()
    for key, name in (
        ("ArrowRight", "Python"),
        ("End", "JavaScript"),
        ("ArrowRight", "cURL"),
        ("ArrowLeft", "JavaScript"),
    ):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == name
        assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"


def test_copying_gives_the_code_that_is_shown(open_page: Open) -> None:
    page = open_page(MODEL)
    page.locator("[role=tab]", has_text="JavaScript").first.click()
    page.locator(".copy").nth(1).click()
    page.wait_for_function("document.querySelectorAll('.copy')[1].textContent === 'Copied'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".code").nth(1).locator("pre:visible").inner_text().rstrip("\n")
    assert copied.startswith("const response = await fetch(")
    assert '"start_image_url"' in copied


def test_a_link_to_a_heading_leads_there(open_page: Open) -> None:
    page = open_page(f"{MODEL}#async-all-parameters")
    assert page.locator("#async-all-parameters").is_visible()
    assert abs(page.evaluate("document.getElementById('async-all-parameters').getBoundingClientRect().top")) < 100


def test_the_contents_say_what_is_being_read(open_page: Open) -> None:
    page = open_page(MODEL)
    page.locator(".contents a", has_text="Parameters").click()
    page.wait_for_selector(".contents a[aria-current][href='#parameters']")


def test_a_phone_finds_every_page_in_the_menu(open_page: Open) -> None:
    page = open_page(MODEL, viewport=PHONE)
    assert not page.locator("#pages").is_visible()
    page.locator(".menu").click()
    page.locator("#pages a", has_text="Queue").click()
    page.wait_for_url("**/docs/api/queue")
    page.locator(".menu").focus()
    page.keyboard.press("Enter")
    assert page.locator("#pages a[aria-current]").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#pages").is_visible()


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_nothing_is_wider_than_the_screen(open_page: Open, width: int) -> None:
    for path in PAGES:
        page = open_page(path, viewport={"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_parameters_are_read_on_a_phone_without_scrolling_sideways(open_page: Open) -> None:
    table = open_page(MODEL, viewport=PHONE).locator(".scroll").first
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_without_scripts_every_language_is_there(open_page: Open) -> None:
    page = open_page(MODEL, java_script_enabled=False)
    assert all(page.locator(f"code.language-{name}").first.is_visible() for name in ("bash", "python", "javascript"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_to_complain_about(open_page: Open, path: str, scheme: str) -> None:
    # The tests' own script is what the page's policy keeps out.
    page = open_page(path, color_scheme=scheme, bypass_csp=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for size in (None, PHONE):
        if size:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.locator(".menu").click()
        found = page.evaluate("axe.run()")["violations"]
        assert [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found] == []
