"""The history and the comparison of results in a real browser."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from oxreel import accounts
from support.workbench import MODEL, Filmed, Person, clock, open_history, until

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright found: the browser tests need `make dev`")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

OpenPage = Callable[..., "Page"]


def test_the_history_is_searched_and_filtered(page: OpenPage, filmed: Filmed) -> None:
    tab = page(person=filmed[0])
    entries = open_history(tab)
    search = tab.get_by_label("Search prompts")
    search.fill("lighthouse COBALT")
    expect(entries).to_have_count(1)
    expect(entries.locator(".prompt")).to_have_text("A cobalt lighthouse, pan left")
    search.fill(filmed[1]["generation_id"])
    expect(entries.locator(".prompt")).to_have_text("A saffron lighthouse, slow push in")
    search.fill("")
    expect(entries).to_have_count(2)
    filters = tab.get_by_role("search")
    filters.get_by_label("Status").select_option("failed")
    expect(tab.get_by_text("Nothing fits these filters.")).to_be_visible()
    filters.get_by_label("Status").select_option("succeeded")
    expect(entries).to_have_count(2)
    filters.get_by_label("Model").select_option("kling-video-o1-image-to-video")
    expect(entries).to_have_count(0)
    filters.get_by_label("Model").select_option(MODEL)
    expect(entries).to_have_count(2)
    tomorrow = (datetime.now() + timedelta(days=1)).date()  # the browser's own day
    filters.get_by_label("From").fill(tomorrow.isoformat())
    expect(entries).to_have_count(0)
    filters.get_by_label("From").fill("")
    filters.get_by_label("To", exact=True).fill(tomorrow.isoformat())
    expect(entries).to_have_count(2)
    tab.get_by_role("button", name="List", exact=True).click()
    expect(tab.locator(".entries")).to_have_attribute("data-view", "list")


def test_the_history_has_pages(page: OpenPage, person: Person) -> None:
    for number in range(6):
        person.enqueue(f"Number {number}", num_generations=4)
    person.enqueue("The last")
    person.cancel_all()
    tab = page(person=person)
    entries = open_history(tab)
    expect(entries).to_have_count(24)
    expect(entries.first.locator(".prompt")).to_have_text("The last")
    tab.get_by_role("button", name="Older").click()
    expect(entries).to_have_count(1)
    expect(tab.get_by_text("Page 2 of 2")).to_be_visible()
    tab.get_by_role("button", name="Newer").click()
    expect(entries).to_have_count(24)


def test_an_organizations_generations_are_found_by_its_name(page: OpenPage, person: Person) -> None:
    name = f"org-{uuid4().hex[:8]}"
    with person.hub.database.transaction() as tx:
        accounts.create_organization(tx, name)
        accounts.add_member(tx, name, person.name)
    for more in ({}, {"target_namespace": name}):
        person.client.delete(f"/api/ai/queue/{person.enqueue('Either', **more)}").raise_for_status()
    tab = page(person=person)
    entries = open_history(tab)
    expect(entries).to_have_count(2)
    tab.get_by_role("search").get_by_label("Namespace").select_option(name)
    expect(entries).to_have_count(1)


def test_any_two_results_are_compared_with_one_timeline(page: OpenPage, filmed: Filmed) -> None:
    tab = page(person=filmed[0], reduced_motion="reduce")
    open_history(tab)
    tab.get_by_role("button", name="Compare: A saffron lighthouse, slow push in").click()
    expect(tab.get_by_text("Pick another result to compare it with.")).to_be_visible()
    tab.get_by_role("button", name="Compare: A cobalt lighthouse, pan left").click()
    tray = tab.get_by_role("complementary", name="Compare two results").get_by_role("button", name="Compare")
    expect(tray).to_be_focused()
    tray.press("Enter")
    dialog = tab.get_by_role("dialog", name="Compare")
    expect(dialog.get_by_role("row", name=re.compile("prompt A saffron.* A cobalt"))).to_be_visible()
    expect(dialog.locator("video")).to_have_count(2)
    until(tab, "[...document.querySelectorAll('dialog video')].every((one) => one.readyState >= 1)")
    for _ in range(5):
        tab.keyboard.press("ArrowRight")
    expect(clock(tab, "dialog")).to_have_text("00:00:05 · 6 / 73")
    until(tab, "[...document.querySelectorAll('dialog video')].every((one) => Math.floor(one.currentTime * 24) === 5)")
    dialog.get_by_role("button", name="Play").click()
    until(tab, "document.querySelector('dialog video').currentTime > 0.8")
    both = "[...document.querySelectorAll('dialog video')]"
    until(tab, f"(([a, b]) => !a.paused && Math.abs(a.currentTime - b.currentTime) < 0.1)({both})")
    dialog.get_by_role("button", name="B", exact=True).click()
    expect(dialog.locator("video").nth(0)).to_be_hidden()
    expect(dialog.locator("video").nth(1)).to_be_visible()
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
