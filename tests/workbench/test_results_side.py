"""The results side of the Workbench in a real browser: cards, player, queue, live events."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from support.hub import RunningHub
from support.workbench import FILMING, MODEL, Filmed, Person, clock, open_history, reach, until, write

playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright found: the browser tests need `make dev`")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

PRICE = "$0.672"
#: The smallest film that is a real one.
SMALL = "?model=kling-video-o3-omni#duration=3&resolution=720p"
AXE = Path(__file__).parent / "axe" / "axe.min.js"

OpenPage = Callable[..., "Page"]


def test_a_first_visit_ends_in_a_preview_that_steps_frame_by_frame(page: OpenPage, person: Person) -> None:
    tab = page(SMALL, person, reduced_motion="reduce")
    expect(tab.get_by_text("Preview films an animatic of your request, free of charge")).to_be_visible()
    tab.get_by_label("Prompt", exact=True).fill("A red fox runs through a snowy forest, slow push in, stunning")
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


def test_a_preview_and_its_render_stay_together_on_one_card(page: OpenPage, quick: Person) -> None:
    quick.film("A paper boat on a pond, slow zoom out")
    tab = page(person=quick, reduced_motion="reduce", viewport={"width": 1440, "height": 900})
    card = tab.locator(".card")
    render = card.get_by_role("button", name=f"Render {PRICE}")
    # The film is there in a moment: what was seen meanwhile is written down.
    tab.evaluate("""() => new MutationObserver(() => {
      const card = document.querySelector(".card:has(.line[data-kind=render] progress:not([hidden]))");
      if (card) document.body.dataset.meanwhile = `${card.querySelectorAll("video").length} video`;
    }).observe(document.body, { childList: true, subtree: true })""")
    render.click()
    expect(card.locator("video")).to_have_count(2, timeout=FILMING)
    assert tab.evaluate("document.body.dataset.meanwhile") == "1 video"
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
    tab = page(person=person)
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
    tab = page(person=person)
    write(tab, "A comet")
    for _ in range(3):
        tab.get_by_role("button", name="Videos: one more").click()
    tab.locator("button.preview").click()
    expect(tab.locator(".card")).to_have_count(4)
    expect(tab.locator(".queue .line")).to_have_count(4)
    expect(tab.locator(".queue", has_text=re.compile("before it|Next in line")).first).to_be_visible()
    for cancelled in range(1, 5):
        tab.locator(".queue").get_by_role("button", name="Cancel A comet").first.click()
        expect(tab.locator(".queue").get_by_text("Cancelled. Nothing was charged.")).to_have_count(cancelled)


def test_the_hubs_refusal_is_said_in_its_own_words(page: OpenPage, hub: RunningHub) -> None:
    poor = Person(hub, dollars=1)
    poor.client.close()
    tab = page(person=poor)
    write(tab, "A yacht")
    tab.locator("#fields input[type=number][max='15']").first.fill("15")
    tab.locator("button.render").first.click()
    expect(tab.get_by_role("alert").filter(has_text="Insufficient credits")).to_be_visible()
    expect(tab.locator(".card")).to_have_count(0)


def test_a_hub_that_restarts_is_met_again_and_nothing_is_missed(
    page: OpenPage, start_hub: Callable[..., RunningHub]
) -> None:
    hub = start_hub()
    tab = page(SMALL, hub=hub, key=hub.key)
    streams: list[Request] = []
    tab.on("request", lambda request: streams.append(request) if "/api/events" in request.url else None)
    tab.get_by_label("Prompt", exact=True).fill("A steam train crosses a bridge, pan right")
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
    tab = page(person=filmed[0])
    open_history(tab)
    tab.wait_for_load_state("load")
    tab.wait_for_timeout(1500)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.wait_for_timeout(3000)
    assert asked == []


def test_another_clients_generation_appears_by_itself(page: OpenPage, person: Person) -> None:
    tab = page(person=person)
    tab.get_by_role("tab", name="History").click()
    expect(tab.get_by_text("Nothing yet.")).to_be_visible()
    generation = person.enqueue("A snow globe")
    expect(tab.locator(".queue .name", has_text="A snow globe")).to_be_visible(timeout=FILMING)
    expect(tab.locator(".entry .prompt", has_text="A snow globe")).to_be_visible()
    person.client.delete(f"/api/ai/queue/{generation}").raise_for_status()


def test_the_player_loops_is_heard_and_fills_the_screen(page: OpenPage, filmed: Filmed) -> None:
    tab = page(person=filmed[0], reduced_motion="reduce")
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


def test_a_result_is_downloaded_copied_to_the_form_and_run_again(page: OpenPage, quick: Person) -> None:
    newer = quick.film("A cobalt lighthouse, pan left")
    tab = page(person=quick)
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
    expect(entries.filter(has_text="cobalt")).to_have_count(2)
    again, first = quick.client.get("/api/ai/generations").json()["generations"]
    assert first["generation_id"] == newer["generation_id"]
    assert (again["prompt"], again["duration"], again["preview"]) == (newer["prompt"], 3, True)
    assert again["seed"] != newer["seed"]


def test_deleting_says_what_it_does_and_removes_the_file_only(page: OpenPage, quick: Person) -> None:
    row = quick.film("A sand castle")
    tab = page(person=quick)
    card = tab.locator(".card")
    card.get_by_role("button", name="Delete").click()
    asked = tab.get_by_role("dialog", name="Delete the preview?")
    expect(asked).to_contain_text(f"{row['generation_id']}/video.mp4")
    expect(asked).to_contain_text("What was charged is not given back.")
    asked.get_by_role("button", name="Keep it").click()
    assert httpx.head(row["result_url"], trust_env=False).status_code == 200
    card.get_by_role("button", name="Delete").click()
    asked.get_by_role("button", name="Delete the file").click()
    expect(card.get_by_text("The file of this video was deleted.")).to_be_visible()
    expect(card).to_be_focused()
    assert httpx.head(row["result_url"], trust_env=False).status_code == 404


def test_a_deleted_file_is_called_so_wherever_it_was_deleted_and_can_be_filmed_anew(
    page: OpenPage, quick: Person
) -> None:
    rows = [quick.film("A sand castle"), quick.film("A snow castle")]
    tab = page(person=quick)
    entry = open_history(tab).filter(has_text="A snow castle")
    entry.get_by_role("button", name="Compare").click()
    # Another client deletes both, one of them while it waits to be compared.
    for row in rows:
        quick.client.delete(row["result_url"].partition("?")[0].replace("/files/", "/file/")).raise_for_status()
    entry.locator(".open").click()
    dialog = tab.get_by_role("dialog", name="Preview")
    expect(dialog.get_by_text("The file of this video was deleted.")).to_be_visible()
    expect(dialog.locator("video")).to_have_count(0)
    for gone in ("Download", "Delete", "Compare"):
        expect(dialog.get_by_text(gone, exact=True)).to_have_count(0)
    tab.keyboard.press("Escape")
    expect(tab.locator(".tray")).to_be_hidden()
    expect(entry.locator(".frame")).to_have_text("File deleted")
    tab.reload()
    expect(tab.locator(".card").get_by_text("The file of this video was deleted.")).to_be_visible()
    entries = open_history(tab)
    expect(entries.locator(".frame")).to_have_text(["File deleted", "File deleted"])
    expect(entries.get_by_role("button", name="Compare")).to_have_count(0)
    entries.first.locator(".open").click()
    dialog.get_by_role("button", name="Rerun").click()
    tab.keyboard.press("Escape")
    expect(entries.locator(".frame img")).to_have_count(1)


def test_what_another_client_cancels_is_seen_when_one_looks_and_within_half_a_minute(
    page: OpenPage, person: Person
) -> None:
    tab = page(person=person)
    tab.clock.install()
    tab.reload()
    tab.wait_for_selector("#fields > *")
    for look in ("window.dispatchEvent(new Event('focus'))", ""):
        write(tab, "A kite over the dunes")
        tab.locator("button.render").first.click()
        tab.clock.run_for(1000)
        card = tab.locator(".card").first
        expect(card.get_by_role("button", name="Cancel")).to_be_visible()
        expect(tab.locator("#balance")).not_to_have_text("$100.00")
        person.cancel_all()
        tab.evaluate(look)
        tab.clock.run_for(1000 if look else 31_000)
        expect(card.get_by_text("Cancelled. Nothing was charged.")).to_be_visible()
        expect(tab.locator("#balance")).to_have_text("$100.00")


def test_frames_are_counted_at_the_rate_that_the_hub_tells(page: OpenPage, quick: Person) -> None:
    quick.film("A spinning top")
    tab = page(person=quick, reduced_motion="reduce")
    expect(clock(tab)).to_have_text("00:00:00 · 1 / 73")

    def slower(route: "Route") -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "frame_rate": 48.0})

    tab.route("**/api/ai/estimate", slower)
    tab.reload()
    expect(clock(tab)).to_have_text("00:00:00 · 1 / 146")
    for _ in range(2):
        tab.locator(".card").get_by_role("button", name="Next frame").click()
    expect(clock(tab)).to_have_text("00:00:02 · 3 / 146")
    until(tab, "Math.floor(document.querySelector('.card video').currentTime * 48) === 2")
    tab.unroute_all(behavior="ignoreErrors")


def test_what_is_said_while_a_dialog_is_open_is_said_in_it(page: OpenPage, filmed: Filmed) -> None:
    tab = page(person=filmed[0])
    tab.get_by_role("button", name="API", exact=True).click()
    drawer = tab.get_by_role("dialog", name="This request as code")
    drawer.get_by_role("button", name="Copy").last.click()
    expect(drawer.locator(".voice")).to_have_text("Copied")
    tab.keyboard.press("Escape")
    open_history(tab).first.locator(".open").click()
    dialog = tab.get_by_role("dialog", name="Preview")
    said = "import('/ai/workbench/static/signs.js').then(({ announce }) => announce('The render is finished.'))"
    tab.evaluate(said)
    expect(dialog.get_by_role("status")).to_have_text("The render is finished.")
    tab.keyboard.press("Escape")
    tab.evaluate(said)
    expect(tab.locator("#voice")).to_have_text("The render is finished.")


def test_a_preview_is_made_and_cancelled_with_the_keyboard(page: OpenPage, person: Person) -> None:
    tab = page(person=person)
    write(tab, "A lantern in the rain")
    tab.locator("#fields input[type=number][max='15']").first.fill("15")
    tab.locator("button.preview").focus()
    tab.keyboard.press("Enter")
    cancel = tab.locator(".card").first.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    reach(tab, cancel)
    tab.keyboard.press("Enter")
    expect(tab.locator(".card").first.get_by_role("button", name="Retry")).to_be_focused()


def test_results_are_found_and_played_with_the_keyboard(page: OpenPage, filmed: Filmed) -> None:
    tab = page(person=filmed[0], reduced_motion="reduce")
    expect(tab.locator(".card video")).to_be_visible()
    results = tab.get_by_role("tab", name="Results")
    reach(tab, results)
    tab.keyboard.press("ArrowRight")
    expect(tab.get_by_role("tab", name="History")).to_be_focused()
    first = tab.locator(".entry", has_text="saffron").locator(".open")
    expect(first).to_be_visible()
    reach(tab, first)
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="Preview")
    forward = dialog.get_by_role("button", name="Next frame")
    expect(clock(tab, "dialog")).to_have_text("00:00:00 · 1 / 73")
    reach(tab, forward)
    tab.keyboard.press("Enter")
    tab.keyboard.press(".")
    expect(clock(tab, "dialog")).to_have_text("00:00:02 · 3 / 73")
    tab.keyboard.press("Escape")
    expect(first).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: OpenPage, filmed: Filmed, scheme: str) -> None:
    tab = page(person=filmed[0], color_scheme=scheme)
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
    tab = page(person=filmed[0], viewport={"width": width, "height": 800})
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


def test_a_phone_shows_cards_and_players_whole(page: OpenPage, filmed: Filmed) -> None:
    tab = page(person=filmed[0], viewport={"width": 360, "height": 800})
    boxes = "['h3', 'header button'].map((one) => document.querySelector('.card ' + one).getBoundingClientRect())"
    expect(tab.locator(".card video")).to_be_visible()
    assert tab.evaluate(f"(([title, cross]) => cross.top < title.bottom && cross.left >= title.right)({boxes})")
    open_history(tab).first.locator(".open").click()
    lines = tab.locator("dialog .clock span")
    for line in lines.all():
        assert line.evaluate("(one) => one.getClientRects().length") == 1, "a number is not broken"
    assert tab.locator("dialog .player").evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_of_two_shapes_only_one_is_seen_on_each_side_of_the_wipe(page: OpenPage, quick: Person) -> None:
    rows = [quick.film("Wide"), quick.film("Tall", aspect_ratio="9:16")]
    tab = page(person=quick, reduced_motion="reduce")
    open_history(tab)
    for row in rows:
        tab.get_by_role("button", name=f"Compare: {row['prompt']}").click()
    tab.locator(".tray .render").click()
    dialog = tab.get_by_role("dialog", name="Compare")
    dialog.get_by_role("button", name="Wipe").click()
    until(tab, "[...document.querySelectorAll('dialog video')].every((one) => one.videoWidth)")
    over = """() => {
      const screens = [...document.querySelectorAll("dialog .screen")];
      const [first, second] = screens.map((one) => one.getBoundingClientRect());
      const { top, bottom } = document.querySelector("dialog .screen video").getBoundingClientRect();
      return [first.height === second.height, Math.abs((top + bottom) / 2 - (first.top + first.bottom) / 2) < 1,
        getComputedStyle(screens[0]).backgroundColor];
    }"""
    assert tab.evaluate(over) == [True, True, "rgb(12, 10, 7)"]


def test_events_are_read_whole_however_they_are_cut(page: OpenPage, person: Person) -> None:
    tab = page(person=person)
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
