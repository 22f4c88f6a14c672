"""The results side of the Workbench in a real browser: cards, player, queue, comparison, history, live events."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from oxreel import accounts, ledger
from oxreel.units import MicroUSD
from support.hub import RunningHub

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright found: the browser tests need `make dev`")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Request

MODEL = "kling-video-o3-pro-text-to-video"
PRICE = "$0.672"
#: Milliseconds that a film of three seconds may take on a busy machine.
FILMING = 240_000
AXE = Path(__file__).parent / "axe" / "axe.min.js"

OpenPage = Callable[..., "Page"]


class Person:
    """A user of their own, so that no other test's generations are in the way."""

    def __init__(self, hub: RunningHub, dollars: int = 100) -> None:
        self.hub = hub
        self.name = f"person-{uuid4().hex[:8]}"
        with hub.database.transaction() as tx:
            user = accounts.create_user(tx, self.name)
            ledger.grant(tx, user.id, MicroUSD(dollars * 1_000_000), "test")
            _, self.key = accounts.create_key(tx, self.name, "key")
        self.client = httpx.Client(
            base_url=hub.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=FILMING / 1000, trust_env=False
        )

    def enqueue(self, prompt: str, **more: Any) -> str:
        """The id of a new preview."""
        body = {"model": MODEL, "prompt": prompt, "duration": 3, "preview": True, "validate": True, **more}
        answer = self.client.post("/api/ai/queue", json=body).raise_for_status().json()
        return str(answer["generations"][0]["generation_id"])

    def film(self, prompt: str) -> dict[str, Any]:
        """The row of a finished preview."""
        body = {"model": MODEL, "prompt": prompt, "duration": 3, "preview": True}
        self.client.post("/api/ai/videos/generate", json=body).raise_for_status()
        [row] = self.client.get("/api/ai/generations?page_size=1").json()["generations"]
        assert (row["prompt"], row["status"]) == (prompt, "succeeded")
        return dict(row)


#: Somebody with two finished previews, the older first.
Filmed = tuple[Person, dict[str, Any], dict[str, Any]]


@pytest.fixture
def person(hub: RunningHub) -> Iterator[Person]:
    made = Person(hub)
    yield made
    made.client.close()


@pytest.fixture(scope="module")
def filmed(hub: RunningHub) -> Iterator[Filmed]:
    someone = Person(hub)
    older = someone.film("A saffron lighthouse, slow push in")
    newer = someone.film("A cobalt lighthouse, pan left")
    yield someone, older, newer
    someone.client.close()


def write(page: "Page", prompt: str) -> None:
    """Put a request for three seconds into the form."""
    page.select_option("#model", MODEL)
    page.locator("#fields textarea").first.fill(prompt)
    seconds = page.locator("#fields input[type=number][max='15']").first
    seconds.fill("3")
    seconds.press("Tab")


def open_history(page: "Page") -> "Locator":
    page.get_by_role("tab", name="History").click()
    entries = page.locator(".entry")
    expect(entries.first).to_be_visible()
    return entries


def clock(page: "Page", within: str = ".card") -> "Locator":
    return page.locator(f"{within} .clock").first


def until(page: "Page", script: str, timeout: int = FILMING) -> None:
    """Wait for the script to be true; the page's policy leaves Playwright's own way out."""
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(script):
        assert time.monotonic() < end, script
        page.wait_for_timeout(50)


def times(page: "Page", within: str) -> list[float]:
    """Where the videos stand, in seconds."""
    found: list[float] = page.locator(f"{within} video").evaluate_all("(all) => all.map((one) => one.currentTime)")
    return found


def test_a_first_visit_ends_in_a_preview_that_steps_frame_by_frame(page: OpenPage, person: Person) -> None:
    tab = page(key=person.key, reduced_motion="reduce")
    expect(tab.get_by_text("Preview films an animatic of your request, free of charge")).to_be_visible()
    write(tab, "A red fox runs through a snowy forest, slow push in, stunning")
    tab.locator("button.preview").click()
    card = tab.locator(".card")
    expect(card).to_have_count(1)
    expect(card.get_by_role("progressbar")).to_be_visible()
    expect(tab.locator(".queue .line")).to_have_count(1)
    expect(card.locator("video")).to_be_visible(timeout=FILMING)
    expect(tab.locator(".queue")).to_be_hidden()
    expect(card.locator(".chips li", has_text="push in")).to_be_visible()
    expect(card.locator(".without")).to_contain_text("stunning")
    expect(card.locator(".meta")).to_contain_text("preview by animatic, free")
    expect(clock(tab)).to_have_text("00:00:00 · 1 / 73")
    card.get_by_role("button", name="Next frame").click()
    card.get_by_role("button", name="Next frame").click()
    expect(clock(tab)).to_have_text("00:00:02 · 3 / 73")
    card.get_by_role("slider", name="Frame").press("End")
    expect(clock(tab)).to_have_text("00:03:00 · 73 / 73")
    card.get_by_role("slider", name="Frame").press("ArrowLeft")
    expect(clock(tab)).to_have_text("00:02:23 · 72 / 73")


def test_a_preview_and_its_render_stay_together_on_one_card(page: OpenPage, person: Person) -> None:
    person.film("A paper boat on a pond, slow zoom out")
    tab = page(key=person.key, reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    card = tab.locator(".card")
    render = card.get_by_role("button", name=f"Render {PRICE}")
    render.click()
    expect(card.locator(".line[data-kind=render]")).to_be_visible()
    expect(card.locator("video")).to_have_count(1)
    expect(card.locator("video")).to_have_count(2, timeout=FILMING)
    expect(tab.locator(".card")).to_have_count(1)
    expect(render).to_have_count(0)
    expect(card.locator(".meta")).to_contain_text(f"render by animatic, {PRICE}")
    expect(tab.locator("#balance")).to_have_text("$99.328")
    card.get_by_role("button", name="Side by side").click()
    expect(card.locator("video").nth(0)).to_be_visible()
    expect(card.locator("video").nth(1)).to_be_visible()
    card.get_by_role("slider", name="Frame").fill("30")
    expect(clock(tab)).to_have_text("00:01:06 · 31 / 73")
    until(tab, "[...document.querySelectorAll('.card video')].every((one) => Math.floor(one.currentTime * 24) === 30)")
    card.get_by_role("button", name="Wipe").click()
    wipe = card.get_by_role("slider", name="How much of the first video shows")
    wipe.fill("20")
    assert "80%" in card.locator(".screen").first.evaluate("(one) => getComputedStyle(one).clipPath")
    tab.reload()
    expect(tab.locator(".card video")).to_have_count(2)
    expect(tab.locator(".card")).to_have_count(1)


def test_cancelling_says_what_was_charged_and_can_be_retried(page: OpenPage, person: Person) -> None:
    tab = page(key=person.key)
    write(tab, "A kite over the dunes")
    tab.locator("button.render").first.click()
    card = tab.locator(".card")
    card.get_by_role("button", name="Cancel").click()
    expect(card.get_by_text("Cancelled. Nothing was charged.")).to_be_visible()
    expect(card.get_by_role("button", name="Retry")).to_be_focused()
    expect(tab.locator("#balance")).to_have_text("$100.00")
    card.get_by_role("button", name="Retry").click()
    expect(card.get_by_role("progressbar")).to_be_visible()
    tab.locator(".queue").get_by_role("button", name="Cancel A kite over the dunes").click()
    expect(tab.locator(".queue .line", has_text="Cancelled. Nothing was charged.").last).to_be_visible()
    expect(card.get_by_text("Cancelled. Nothing was charged.")).to_be_visible()
    rows = person.client.get("/api/ai/generations").json()["generations"]
    assert [row["status"] for row in rows] == ["cancelled", "cancelled"]
    assert rows[0]["retried_from_id"] == rows[1]["generation_id"]
    tab.get_by_role("button", name="Clear what has ended from the queue").click()
    expect(tab.locator(".queue")).to_be_hidden()


def test_four_at_once_stand_in_line_each_with_a_card(page: OpenPage, person: Person) -> None:
    tab = page(key=person.key)
    write(tab, "A comet")
    for _ in range(3):
        tab.get_by_role("button", name="Videos: one more").click()
    tab.locator("button.preview").click()
    expect(tab.locator(".card")).to_have_count(4)
    expect(tab.locator(".queue .line")).to_have_count(4)
    expect(tab.locator(".queue", has_text=re.compile("before it|Next in line")).first).to_be_visible()
    for _ in range(4):
        tab.locator(".queue").get_by_role("button", name="Cancel A comet").first.click()
    expect(tab.locator(".queue").get_by_text("Cancelled. Nothing was charged.")).to_have_count(4)


def test_the_hubs_refusal_is_said_in_its_own_words(page: OpenPage, hub: RunningHub) -> None:
    poor = Person(hub, dollars=1)
    poor.client.close()
    tab = page(key=poor.key)
    write(tab, "A yacht")
    tab.locator("#fields input[type=number][max='15']").first.fill("15")
    tab.locator("button.render").first.click()
    expect(tab.get_by_role("alert").filter(has_text="Insufficient credits")).to_be_visible()
    expect(tab.locator(".card")).to_have_count(0)


def test_a_hub_that_restarts_is_met_again_and_nothing_is_missed(
    page: OpenPage, start_hub: Callable[..., RunningHub]
) -> None:
    hub = start_hub()
    tab = page(hub=hub)
    streams: list[Request] = []
    tab.on("request", lambda request: streams.append(request) if "/api/events" in request.url else None)
    write(tab, "A steam train crosses a bridge, pan right")
    tab.locator("button.preview").click()
    until(tab, "document.querySelector('.card progress')?.value > 0", timeout=FILMING)
    hub.kill()
    expect(tab.locator(".connection")).to_have_text("Reconnecting to the hub…")
    hub.start()
    expect(tab.locator(".connection")).to_be_hidden()
    expect(tab.locator(".card video")).to_be_visible(timeout=FILMING)
    expect(tab.locator(".queue")).to_be_hidden()
    assert streams[-1].all_headers()["last-event-id"].isdigit()
    assert "observe=true" in streams[-1].url


def test_nothing_is_asked_while_nothing_happens(page: OpenPage, filmed: Filmed) -> None:
    tab = page(key=filmed[0].key)
    open_history(tab)
    tab.wait_for_load_state("load")
    tab.wait_for_timeout(1500)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.wait_for_timeout(3000)
    assert asked == []


def test_another_clients_generation_appears_by_itself(page: OpenPage, person: Person) -> None:
    tab = page(key=person.key)
    tab.get_by_role("tab", name="History").click()
    expect(tab.get_by_text("Nothing yet.")).to_be_visible()
    generation = person.enqueue("A snow globe")
    expect(tab.locator(".queue .name", has_text="A snow globe")).to_be_visible(timeout=FILMING)
    expect(tab.locator(".entry .prompt", has_text="A snow globe")).to_be_visible()
    person.client.delete(f"/api/ai/queue/{generation}").raise_for_status()


def test_the_history_is_searched_and_filtered(page: OpenPage, filmed: Filmed) -> None:
    tab = page(key=filmed[0].key)
    entries = open_history(tab)
    expect(entries).to_have_count(2)
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
    for number in range(25):
        person.client.delete(f"/api/ai/queue/{person.enqueue(f'Number {number}')}").raise_for_status()
    tab = page(key=person.key)
    entries = open_history(tab)
    expect(entries).to_have_count(24)
    expect(entries.first.locator(".prompt")).to_have_text("Number 24")
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
    tab = page(key=person.key)
    entries = open_history(tab)
    expect(entries).to_have_count(2)
    tab.get_by_role("search").get_by_label("Namespace").select_option(name)
    expect(entries).to_have_count(1)


def test_any_two_results_are_compared_with_one_timeline(page: OpenPage, filmed: Filmed) -> None:
    tab = page(key=filmed[0].key, reduced_motion="reduce")
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
    first, second = times(tab, "dialog")
    assert abs(first - second) < 0.25
    dialog.get_by_role("button", name="B", exact=True).click()
    expect(dialog.locator("video").nth(0)).to_be_hidden()
    expect(dialog.locator("video").nth(1)).to_be_visible()
    tab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_player_loops_is_heard_and_fills_the_screen(page: OpenPage, filmed: Filmed) -> None:
    tab = page(key=filmed[0].key, reduced_motion="reduce")
    card = tab.locator(".card").first
    video = card.locator("video")
    assert video.evaluate("(one) => one.muted")
    card.get_by_role("button", name="Sound").click()
    assert not video.evaluate("(one) => one.muted")
    card.get_by_role("slider", name="Frame").press("End")
    card.get_by_role("slider", name="Frame").press(" ")
    expect(card.get_by_role("button", name="Pause")).to_be_visible()
    until(tab, "document.querySelector('.card video').currentTime < 2", timeout=FILMING)
    card.get_by_role("button", name="Loop").click()
    expect(card.get_by_role("button", name="Play")).to_be_visible(timeout=FILMING)
    expect(clock(tab)).to_have_text("00:03:00 · 73 / 73")
    card.get_by_role("button", name="Full screen").click()
    until(tab, "document.fullscreenElement?.className.includes('player')")


def test_a_result_is_downloaded_copied_to_the_form_and_run_again(page: OpenPage, filmed: Filmed) -> None:
    someone, _, newer = filmed
    tab = page(key=someone.key)
    entries = open_history(tab)
    entries.filter(has_text="cobalt").locator(".open").click()
    dialog = tab.get_by_role("dialog", name="Preview")
    with tab.expect_download() as download:
        dialog.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == f"{newer['generation_id']}.mp4"
    assert Path(download.value.path()).read_bytes() == httpx.get(newer["result_url"], trust_env=False).content
    dialog.get_by_role("button", name="Copy parameters").click()
    expect(dialog).to_have_count(0)
    expect(tab.locator("#fields textarea").first).to_have_value("A cobalt lighthouse, pan left")
    expect(tab.locator("#model")).to_have_value(MODEL)
    entries.filter(has_text="cobalt").locator(".open").first.click()
    dialog.get_by_role("button", name="Rerun").click()
    tab.keyboard.press("Escape")
    expect(tab.locator(".queue .name", has_text="A cobalt lighthouse")).to_be_visible()
    [again] = someone.client.get("/api/ai/queue").json()["generations"]
    assert (again["prompt"], again["duration"], again["preview"]) == (newer["prompt"], 3, True)
    assert again["seed"] != newer["seed"]
    tab.locator(".queue").get_by_role("button", name=re.compile("Cancel")).click()
    expect(tab.locator(".queue").get_by_text("Cancelled. Nothing was charged.")).to_be_visible()


def test_deleting_says_what_it_does_and_removes_the_file_only(page: OpenPage, person: Person) -> None:
    row = person.film("A sand castle")
    tab = page(key=person.key)
    card = tab.locator(".card")
    card.get_by_role("button", name="Delete").click()
    asked = tab.get_by_role("dialog", name="Delete the preview?")
    expect(asked).to_contain_text(f"{row['generation_id']}/video.mp4")
    expect(asked).to_contain_text("What was charged is not given back.")
    asked.get_by_role("button", name="Keep it").click()
    assert httpx.head(row["result_url"], trust_env=False).status_code == 200
    card.get_by_role("button", name="Delete").click()
    asked.get_by_role("button", name="Delete the file").click()
    expect(card.get_by_text("The video was deleted.")).to_be_visible()
    expect(card).to_be_focused()
    assert httpx.head(row["result_url"], trust_env=False).status_code == 404
    tab.reload()
    expect(tab.locator(".card .fault")).to_have_text("The file of this video was deleted.")
    expect(open_history(tab).locator(".frame")).to_have_text("Deleted")


def test_everything_is_done_with_the_keyboard(page: OpenPage, filmed: Filmed) -> None:
    tab = page(key=filmed[0].key, reduced_motion="reduce")
    write(tab, "A lantern in the rain")
    tab.locator("button.preview").focus()
    tab.keyboard.press("Enter")
    cancel = tab.locator(".card").first.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    reach(tab, cancel)
    tab.keyboard.press("Enter")
    expect(tab.locator(".card").first.get_by_role("button", name="Retry")).to_be_focused()
    results = tab.get_by_role("tab", name="Results")
    reach(tab, results, backwards=True)
    tab.keyboard.press("ArrowRight")
    expect(tab.get_by_role("tab", name="History")).to_be_focused()
    first = tab.locator(".entry", has_text="saffron").locator(".open")
    expect(first).to_be_visible()
    reach(tab, first)
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="Preview")
    forward = dialog.get_by_role("button", name="Next frame")
    reach(tab, forward)
    tab.keyboard.press("Enter")
    tab.keyboard.press(".")
    expect(clock(tab, "dialog")).to_have_text("00:00:02 · 3 / 73")
    tab.keyboard.press("Escape")
    expect(first).to_be_focused()


def reach(page: "Page", target: "Locator", *, backwards: bool = False) -> None:
    """Tab until the target has the focus."""
    for _ in range(80):
        if target.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: OpenPage, filmed: Filmed, scheme: str) -> None:
    tab = page(key=filmed[0].key, color_scheme=scheme)
    expect(tab.locator(".card video").first).to_be_visible()
    tab.evaluate(AXE.read_text())
    assert serious(tab) == []
    open_history(tab)
    assert serious(tab) == []
    for entry in tab.locator(".entry [data-deed=compare]").all()[:2]:
        entry.click()
    tab.locator(".tray .render").click()
    expect(tab.get_by_role("dialog", name="Compare")).to_be_visible()
    assert serious(tab) == []


def serious(page: "Page") -> list[str]:
    """What axe calls serious or worse on the results side."""
    found = page.evaluate(
        "async () => (await axe.run(document.querySelector('dialog[open]') ?? '#results')).violations"
    )
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_nothing_runs_over_the_edge(page: OpenPage, filmed: Filmed, width: int) -> None:
    tab = page(key=filmed[0].key, viewport={"width": width, "height": 800})
    expect(tab.locator(".card video").first).to_be_visible()
    over = "document.documentElement.scrollWidth <= innerWidth"
    assert tab.evaluate(over)
    box = tab.locator(".card .player").first.bounding_box()
    full = tab.get_by_role("button", name="Full screen").first.bounding_box()
    assert box is not None
    assert full is not None
    assert full["x"] + full["width"] <= box["x"] + box["width"] <= width
    open_history(tab)
    assert tab.evaluate(over)


def test_events_are_read_whole_however_they_are_cut(page: OpenPage, person: Person) -> None:
    tab = page(key=person.key)
    text = ': keep-alive\n\nevent: a\ndata: {"x":1}\nid: 7\n\nevent: b\r\ndata: 1\ndata: 2\n\ndata: last'
    read = """async (text) => {
      const { frames } = await import("/ai/workbench/static/events.js");
      const found = [];
      const take = frames((frame) => found.push(frame));
      for (const piece of text) take(piece);
      return found;
    }"""
    assert tab.evaluate(read, text) == [
        {"event": "a", "data": '{"x":1}', "id": "7"},
        {"event": "b", "data": "1\n2", "id": ""},
    ]
