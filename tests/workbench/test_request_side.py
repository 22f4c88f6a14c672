"""The Workbench's request half in a real browser: fields, uploads, JSON, links, code, sign-in."""

import base64
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest

from oxreel import accounts, ledger, samples
from oxreel.units import MicroUSD
from support.hub import RunningHub
from support.workbench import Person

pytest.importorskip("playwright.sync_api", reason="no Playwright found: the browser tests need `make dev`")
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    OpenPage = Callable[..., Page]

REFERENCE = "kling-video-o3-pro-reference-to-video"
START_AND_END = "kling-video-o3-4k-image-to-video"
TEXT = "kling-video-v2-6-pro-text-to-video"
EDIT = "kling-video-o3-pro-video-to-video-edit"
OX = "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"
BLOXY = "https://hub.oxen.ai/api/repos/elau/assets/file/main/bloxy/bloxy_cropped_512x512.png"
VIDEO = "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"
PICTURE = Path(samples.__file__).parent / "bloxy_cropped_512x512.png"
AXE = Path(__file__).parent / "axe" / "axe.min.js"

expect.set_options(timeout=20_000)


def link(model: str, **values: Any) -> str:
    """The query and fragment of a request."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    return f"?model={model}#{urlencode(texts)}"


def body(page: "Page") -> dict[str, Any]:
    """The request as the JSON view shows it; the form is back afterwards."""
    page.locator("#view-json").check()
    found: dict[str, Any] = json.loads(page.locator("#json").input_value())
    page.locator("#view-form").check()
    return found


def field(page: "Page", title: str) -> "Locator":
    """The field of that title."""
    return page.locator(".field", has=page.locator(".name", has_text=re.compile(rf"^{title}$"))).last


def advanced(page: "Page") -> None:
    """Open what is not basic."""
    page.locator("#advanced summary").click()


# Signing in


def test_one_signs_in_with_a_key_that_only_the_tab_keeps(person: Person, page: "OpenPage") -> None:
    tab = page(key="")
    dialog = tab.get_by_role("dialog", name="Sign in")
    expect(dialog).to_be_visible()
    key = dialog.get_by_label("API key")
    expect(key).to_be_focused()
    key.fill("oxr_not-a-key")
    key.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    key.fill(person.key)
    key.press("Enter")
    expect(dialog).to_be_hidden()
    expect(tab.locator("#balance")).to_have_text(re.compile(r"^\$[0-9.]+$"))
    assert person.key in tab.evaluate("Object.values(sessionStorage)")
    assert person.key not in tab.evaluate("JSON.stringify(localStorage) + document.cookie")
    tab.reload()
    expect(tab.locator("#balance")).to_be_visible()
    tab.get_by_role("button", name="Sign out", exact=True).click()
    expect(dialog).to_be_visible()
    assert person.key not in tab.evaluate("Object.values(sessionStorage)")


# Every kind of field


def test_a_text_counts_its_characters_and_the_hub_says_when_they_are_too_many(page: "OpenPage") -> None:
    tab = page(f"?model={REFERENCE}")
    prompt = tab.get_by_label("Prompt", exact=True)
    prompt.fill("牛" * 12)
    expect(field(tab, "Prompt")).to_contain_text("12 / 512")
    prompt.fill("x" * 520)
    expect(field(tab, "Prompt")).to_contain_text("520 / 512")
    expect(field(tab, "Prompt")).to_contain_text("String should have at most 512 characters, not 520")
    expect(prompt).to_have_attribute("aria-invalid", "true")
    prompt.fill("x" * 512)
    expect(prompt).not_to_have_attribute("aria-invalid", "true")
    assert body(tab) == {"model": REFERENCE, "prompt": "x" * 512}


def test_choices_ranges_and_switches_make_the_request(page: "OpenPage") -> None:
    tab = page(link(TEXT, prompt="A lantern"))
    tab.get_by_role("radio", name="9:16").check()
    tab.get_by_role("radio", name="10 s").check()
    advanced(tab)
    tab.get_by_role("switch", name="Generate audio").check()
    number = tab.get_by_label("CFG scale", exact=True)
    slider = tab.get_by_role("slider", name="CFG scale, slider")
    number.fill("7.5")
    expect(slider).to_have_value("7.5")
    slider.focus()
    slider.press("ArrowRight")
    expect(number).to_have_value("7.6")
    tab.get_by_label("Seed").fill("42")
    assert body(tab) == {
        "model": TEXT,
        "prompt": "A lantern",
        "aspect_ratio": "9:16",
        "duration": 10,
        "generate_audio": True,
        "cfg_scale": 7.6,
        "seed": 42,
    }
    number.fill("11")
    expect(field(tab, "CFG scale")).to_contain_text("Input should be less than or equal to 10")


def test_what_equals_the_default_is_not_sent_and_an_emptied_default_is(page: "OpenPage") -> None:
    tab = page(link(TEXT, prompt="A lantern"))
    advanced(tab)
    tab.get_by_label("Negative prompt").fill("")
    assert body(tab) == {"model": TEXT, "prompt": "A lantern", "negative_prompt": ""}


def test_the_frames_are_two_slots_that_take_addresses(page: "OpenPage") -> None:
    tab = page(link(START_AND_END, prompt="Pan"))
    for name, address in (("Start frame", OX), ("Last frame", BLOXY)):
        tab.get_by_role("button", name=f"{name}: type an address").click()
        tab.get_by_role("textbox", name=f"{name}: address").fill(address)
        expect(field(tab, name).locator("img")).to_be_visible()
    assert body(tab) == {"model": START_AND_END, "prompt": "Pan", "input_image": OX, "tail_image_url": BLOXY}
    tab.get_by_role("button", name="Last frame: remove").click()
    assert "tail_image_url" not in body(tab)


def test_several_images_are_chosen_ordered_and_limited(person: Person, page: "OpenPage") -> None:
    tab = page(link(REFERENCE, prompt="Pan over @Image1"), person)
    chosen = [{"name": f"{name}.png", "mimeType": "image/png", "buffer": PICTURE.read_bytes()} for name in "ab"]
    tab.get_by_label("Reference images: choose image files").set_input_files(chosen)  # type: ignore[arg-type]
    images = tab.locator(".slots .slot.filled")
    expect(images).to_have_count(2)
    tab.get_by_role("group", name="@Image2").get_by_role("button", name="Earlier").click()
    first, second = body(tab)["input_image"]
    assert first.endswith("/b.png")
    assert second.endswith("/a.png")
    assert first.startswith(f"{person.hub.url}/api/repos/{person.name}/uploads/file/main/")
    assert person.client.get(first).content == PICTURE.read_bytes()
    tab.get_by_label("Reference images: choose image files").set_input_files(chosen)  # type: ignore[arg-type]
    expect(images).to_have_count(4)
    expect(tab.get_by_label("Reference images: choose image files")).to_be_hidden()


def test_a_video_slot_takes_a_video_and_says_what_is_none(page: "OpenPage") -> None:
    tab = page(link(EDIT, prompt="Make it dusk", input_video=VIDEO))
    expect(field(tab, "Input video").locator("img")).to_be_visible()
    tab.get_by_label("Input video: choose a video file").set_input_files(str(PICTURE))
    expect(field(tab, "Input video")).to_contain_text("bloxy_cropped_512x512.png is not a video.")
    assert body(tab)["input_video"] == VIDEO


def test_an_element_has_a_front_and_angles(page: "OpenPage") -> None:
    tab = page(link(REFERENCE, prompt="@Element1 waves"))
    advanced(tab)
    tab.get_by_role("button", name="Add an element").click()
    element = tab.get_by_role("group", name="@Element1")
    for name, address in (("Frontal image", BLOXY), ("Angle 2", OX)):
        element.get_by_role("button", name=f"{name}: type an address").click()
        element.get_by_role("textbox", name=f"{name}: address").fill(address)
    expected = [{"frontal_image_url": BLOXY, "reference_image_urls": [OX]}]
    assert body(tab)["elements"] == expected
    element.get_by_role("button", name="Frontal image: remove").click()
    tab.locator("#form").get_by_role("button", name="Preview").click()
    expect(element).to_contain_text("Field required")
    element.get_by_role("button", name="Remove this element").click()
    assert "elements" not in body(tab)


def test_shots_have_prompts_seconds_and_a_timeline(page: "OpenPage") -> None:
    tab = page(link(REFERENCE, prompt="Push in", duration=4))
    tab.get_by_role("radio", name="Several shots").check()
    expect(tab.get_by_role("group", name="Shot 1").get_by_label("Prompt")).to_have_value("Push in")
    tab.get_by_role("button", name="Add a shot").click()
    second = tab.get_by_role("group", name="Shot 2")
    expect(second.get_by_label("Prompt")).to_be_focused()
    tab.keyboard.type("Pan left")
    second.get_by_role("button", name="Seconds: one more").click()
    timeline = tab.get_by_role("img", name=re.compile("Timeline"))
    expect(timeline).to_have_attribute("aria-label", "Timeline: shot 1 4 s, shot 2 6 s; 10 s in all, of 3 to 15 s")
    second.get_by_role("button", name="Move this shot earlier").click()
    assert body(tab) == {
        "model": REFERENCE,
        "multi_prompt": [{"prompt": "Pan left", "duration": 6}, {"prompt": "Push in", "duration": 4}],
    }
    tab.get_by_role("radio", name="One prompt").check()
    assert body(tab) == {"model": REFERENCE, "prompt": "Push in", "duration": 4}


def test_shots_that_are_too_short_or_too_long_are_shown_and_refused_in_place(page: "OpenPage") -> None:
    shots = [{"prompt": "One", "duration": 10}, {"prompt": "Two", "duration": 6}]
    tab = page(link(REFERENCE, multi_prompt=shots))
    place = field(tab, "Shots")
    expect(place).to_contain_text("16 s, at most 15")
    expect(place).to_contain_text("Total shot duration (16s) exceeds maximum allowed (15s).")
    expect(tab.locator("#price")).to_have_text("")
    tab.get_by_role("group", name="Shot 1").get_by_label("Seconds", exact=True).fill("1")
    tab.get_by_role("group", name="Shot 2").get_by_label("Seconds", exact=True).fill("1")
    expect(place).to_contain_text("2 s, at least 3")
    tab.get_by_role("group", name="Shot 2").get_by_label("Seconds", exact=True).fill("4")
    expect(tab.locator("#price")).to_have_text("$1.12")
    tab.get_by_role("group", name="Shot 1").get_by_label("Prompt").fill("")
    expect(tab.locator("#estimate")).to_have_text("Still needed: shots")
    tab.locator("#form").get_by_role("button", name="Preview").click()
    expect(tab.get_by_role("group", name="Shot 1")).to_contain_text("Field required")


# Uploads

_EVENT = """([node, kind, name, type, data]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))], name, { type }));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true });
  node.dispatchEvent(event);
}"""


def carry(tab: "Page", target: "Locator", kind: str, name: str) -> None:
    """Drop or paste the sample picture."""
    data = base64.b64encode(PICTURE.read_bytes()).decode()
    tab.evaluate(_EVENT, [target.element_handle(), kind, name, "image/png", data])


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_is_uploaded_by_drop_and_paste(person: Person, page: "OpenPage", kind: str) -> None:
    tab = page(link(START_AND_END, prompt="Pan"), person)
    carry(tab, field(tab, "Last frame").locator(".slot"), kind, f"my {kind}.png")
    expect(field(tab, "Last frame").locator("img")).to_have_attribute("src", re.compile("^blob:"))
    expect(field(tab, "Last frame")).to_contain_text(f"my-{kind}.png")
    stored = person.client.get(body(tab)["tail_image_url"])
    assert stored.content == PICTURE.read_bytes()


def test_a_picture_that_is_pasted_beside_the_slots_takes_the_first_free_one(page: "OpenPage") -> None:
    tab = page(link(START_AND_END, prompt="Pan"))
    carry(tab, tab.get_by_label("Prompt", exact=True), "paste", "beside.png")
    expect(field(tab, "Start frame")).to_contain_text("beside.png")


def test_an_upload_shows_its_progress_and_what_the_hub_refuses(page: "OpenPage") -> None:
    tab = page(link(START_AND_END, prompt="Pan"))
    sentence = "The file is larger than 2 MB."
    refusal = json.dumps({"error": {"message": sentence}})
    tab.route("**/api/repos/*/uploads/**", lambda route: route.fulfill(status=413, body=refusal))
    carry(tab, field(tab, "Start frame").locator(".slot"), "drop", "large.png")
    expect(field(tab, "Start frame")).to_contain_text(sentence)
    assert "input_image" not in body(tab)


def test_a_picture_is_picked_from_the_samples_and_from_private_uploads(person: Person, page: "OpenPage") -> None:
    mine = f"/api/repos/{person.name}/uploads/file/main/0123456789abcdef/mine.png"
    person.client.put(mine, files={"file": ("mine.png", PICTURE.read_bytes(), "image/png")}).raise_for_status()
    tab = page(link(START_AND_END, prompt="Pan"), person)
    opener = tab.get_by_role("button", name="Start frame: pick from the assets")
    opener.click()
    dialog = tab.get_by_role("dialog", name="Pick an image")
    expect(dialog.get_by_role("button", name="mine.png").locator("img")).to_have_attribute("src", re.compile("^blob:"))
    dialog.get_by_label("Repository").select_option(label="ox/Oxen-AI-Assets")
    dialog.get_by_role("button", name="ox_zoom_out").click()
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    assert body(tab)["input_image"].endswith("/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png")


# The request as text


def test_form_and_json_are_the_same_request(page: "OpenPage") -> None:
    tab = page(link(TEXT, prompt="A lantern"))
    tab.locator("#view-json").check()
    text = tab.get_by_label("Request body")
    shots = [{"prompt": "One", "duration": 3}, {"prompt": "Two"}]
    asked = {"model": REFERENCE, "multi_prompt": shots, "input_image": [OX], "num_generations": 2}
    text.fill(json.dumps(asked))
    expect(tab.get_by_label("Model", exact=True)).to_have_value(REFERENCE)
    expect(tab.locator("#price")).to_have_text("$3.584 for 2")
    tab.locator("#view-form").check()
    expect(tab.get_by_role("group", name="Shot 2").get_by_label("Prompt")).to_have_value("Two")
    expect(tab.get_by_label("Videos", exact=True)).to_have_value("2")
    assert body(tab) == asked


def test_the_json_says_where_it_is_wrong(page: "OpenPage") -> None:
    tab = page(link(TEXT, prompt="A lantern"))
    tab.locator("#view-json").check()
    text = tab.get_by_label("Request body")
    text.fill('{"model": ')
    expect(tab.locator("#json-error")).to_contain_text("JSON")
    expect(text).to_have_attribute("aria-invalid", "true")
    tab.locator("#form").get_by_role("button", name="Preview").click()
    expect(text).to_be_focused()
    text.fill(json.dumps({"model": TEXT, "prompt": "x", "duration": 7, "colour": "red"}, indent=2))
    expect(tab.locator("#json-error")).to_contain_text("Line 4: duration: Input should be '5' or '10'")
    expect(tab.locator("#json-error")).to_contain_text("Line 5: colour: Unknown field")
    tab.locator("#view-form").check()
    expect(field(tab, "Duration")).to_contain_text("Input should be '5' or '10'")
    assert body(tab)["duration"] == 7, "what a control cannot show is kept until the control is used"
    tab.locator("#view-json").check()
    text.fill(json.dumps({"model": TEXT, "prompt": "x", "duration": 10}))
    expect(tab.locator("#json-error")).to_be_hidden()


def test_mentions_are_chosen_by_keyboard(page: "OpenPage") -> None:
    elements = [{"frontal_image_url": BLOXY}]
    tab = page(link(REFERENCE, prompt="Pan", input_image=[OX, BLOXY], elements=elements))
    prompt = tab.get_by_label("Prompt", exact=True)
    prompt.focus()
    prompt.press("End")
    tab.keyboard.type(" from @")
    options = tab.get_by_role("listbox", name="References").get_by_role("option")
    expect(options).to_have_text([re.compile("@Image1"), re.compile("@Image2"), re.compile("@Element1")])
    expect(options.nth(1).locator("img")).to_have_attribute("src", re.compile("^blob:"))
    prompt.press("ArrowDown")
    expect(prompt).to_have_attribute("aria-activedescendant", str(options.nth(1).get_attribute("id")))
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    prompt.press("Enter")
    tab.keyboard.type("to @el")
    expect(options).to_have_count(1)
    prompt.press("Tab")
    expect(prompt).to_have_value("Pan from @Image2 to @Element1 ")
    tab.keyboard.type("@")
    expect(options).to_have_count(3)
    prompt.press("Escape")
    expect(options).to_have_count(0)
    expect(prompt).to_be_focused()


def test_a_link_restores_the_request_and_back_the_one_before(page: "OpenPage") -> None:
    values = {"prompt": "true", "input_image": [OX], "seed": 7, "aspect_ratio": "9:16"}
    tab = page(link(REFERENCE, **values | {"prompt": '"true"'}))
    assert body(tab) == {"model": REFERENCE, **values}
    tab.get_by_label("Prompt", exact=True).fill("Pan @Image1 & more = better # 1")
    expect(tab).to_have_url(re.compile(r"#prompt=Pan\+@Image1\+%26\+more"))
    tab.reload()
    expect(tab.get_by_label("Prompt", exact=True)).to_have_value("Pan @Image1 & more = better # 1")
    tab.get_by_label("Model", exact=True).select_option(TEXT)
    expect(tab).to_have_url(re.compile(TEXT))
    tab.go_back()
    expect(tab.get_by_label("Model", exact=True)).to_have_value(REFERENCE)
    expect(tab.locator(".slots li")).to_have_count(1)
    tab.go_forward()
    expect(tab.get_by_label("Model", exact=True)).to_have_value(TEXT)
    expect(tab.get_by_label("Prompt", exact=True)).to_have_value("Pan @Image1 & more = better # 1")
    tab.get_by_role("button", name="Link", exact=True).click()
    expect(tab.locator("#copy-link")).to_have_text("Copied")
    assert tab.evaluate("navigator.clipboard.readText()") == tab.url


def test_an_unknown_model_in_a_link_is_named(page: "OpenPage") -> None:
    tab = page("?model=no-such-model")
    alert = tab.get_by_role("alert").filter(has_text="Model not found: no-such-model")
    expect(alert).to_be_visible()
    expect(tab.locator("#estimate .facts")).to_be_visible()
    expect(alert).to_be_visible()
    tab.get_by_label("Prompt", exact=True).fill("A lantern")
    expect(alert).to_be_hidden()


def test_another_model_keeps_what_fits_it_and_gives_the_rest_back(page: "OpenPage") -> None:
    values = {"prompt": "Pan", "input_image": OX, "tail_image_url": BLOXY, "duration": 7, "seed": 7}
    tab = page(link(START_AND_END, **values))
    model = tab.get_by_label("Model", exact=True)
    model.select_option(REFERENCE)
    frames = {"input_image": [OX], "tail_image_url": BLOXY}
    assert body(tab) == {"model": REFERENCE, "prompt": "Pan", "duration": 7, "seed": 7} | frames
    model.select_option(TEXT)
    expect(tab.locator("#kept")).to_contain_text("duration, last frame, reference images")
    assert body(tab) == {"model": TEXT, "prompt": "Pan", "seed": 7}
    model.select_option(START_AND_END)
    assert body(tab) == {"model": START_AND_END, **values, "duration": 7}


# Before anything is paid


def test_price_size_notes_and_plan_are_shown_before_anything_is_paid(page: "OpenPage") -> None:
    tab = page(f"?model={TEXT}")
    expect(tab.locator("#estimate")).to_have_text("Still needed: prompt")
    tab.get_by_label("Prompt", exact=True).fill("Slow push in at night, quixotic")
    expect(tab.locator("#price")).to_have_text("$0.35")
    estimate = tab.locator("#estimate")
    expect(estimate).to_contain_text("1920 × 1080")
    expect(estimate).to_contain_text("left after")
    expect(estimate.locator(".chip", has_text="push in")).to_be_visible()
    expect(estimate.locator(".chip.idle")).to_have_text("no effect: quixotic")
    estimate.locator("summary").click()
    expect(estimate.locator("details")).to_contain_text("animatic")
    tab.get_by_role("button", name="Videos: one more").click()
    expect(tab.locator("#price")).to_have_text("$0.70 for 2")
    assert body(tab)["num_generations"] == 2


def test_only_the_newest_estimate_counts(page: "OpenPage") -> None:
    tab = page(link(TEXT, prompt="A lantern"))
    expect(tab.locator("#price")).to_have_text("$0.35")
    tab.get_by_role("radio", name="10 s").check()
    tab.wait_for_timeout(250)
    tab.get_by_role("radio", name="5 s", exact=True).check()
    tab.get_by_role("radio", name="10 s").check()
    expect(tab.locator("#price")).to_have_text("$0.70")


def test_an_organization_pays_when_it_is_chosen(hub: RunningHub, page: "OpenPage") -> None:
    poor = Person(hub, dollars=0)
    poor.client.close()
    with hub.database.transaction() as tx:
        organization = accounts.create_organization(tx, f"{poor.name}-studio", "The Studio")
        accounts.add_member(tx, organization.name, poor.name)
        ledger.grant(tx, organization.id, MicroUSD(5_000_000), "for the test")
    tab = page(link(TEXT, prompt="A lantern"), poor)
    expect(tab.locator("#estimate")).to_contain_text("short")
    tab.get_by_label("Who pays").select_option(organization.name)
    expect(tab.locator("#balance")).to_have_text("$5.00")
    expect(tab.locator("#estimate")).to_contain_text("$4.65 left after")
    assert body(tab)["target_namespace"] == organization.name


def test_what_is_missing_is_a_mistake_only_once_it_was_tried(page: "OpenPage") -> None:
    tab = page(f"?model={START_AND_END}")
    expect(tab.locator("#estimate")).to_have_text("Still needed: prompt, start frame")
    expect(tab.locator(".wrong:visible")).to_have_count(0)
    tab.locator("#form").get_by_role("button", name="Render").click()
    expect(field(tab, "Prompt")).to_contain_text("Field required")
    expect(field(tab, "Start frame")).to_contain_text("Field required")
    expect(tab.get_by_label("Prompt", exact=True)).to_be_focused()


def test_preview_enqueues_exactly_the_form_free_of_charge(person: Person, page: "OpenPage") -> None:
    tab = page(link("kling-video-o3-pro-text-to-video", prompt="A lantern swings", duration=3, seed=5), person)
    with tab.expect_response(lambda one: one.request.method == "POST" and one.url.endswith("/api/ai/queue")) as sent:
        tab.locator("#form").get_by_role("button", name="Preview").click()
    made = sent.value.json()["generations"]
    row = person.client.get(f"/api/ai/queue/{made[0]['generation_id']}").json()
    assert (row["prompt"], row["duration"], row["seed"], row["preview"], row["price"]) == (
        *("A lantern swings", 3, 5, True),
        "0.00",
    )


# As code


def test_code_copied_from_the_page_runs_in_a_shell(quick: Person, page: "OpenPage") -> None:
    prompt = 'It\'s a "lantern" $HOME'
    tab = page(link("kling-video-o3-pro-text-to-video", prompt=prompt, duration=3), quick)
    tab.get_by_role("button", name="API", exact=True).click()
    drawer = tab.get_by_role("dialog", name="This request as code")
    drawer.get_by_role("switch", name="Preview").check()
    assert quick.key not in drawer.inner_text()
    expect(drawer.locator("#code")).to_contain_text('"preview": true')
    copied = []
    for button in drawer.get_by_role("button", name="Copy").all():
        button.click()
        copied.append(tab.evaluate("navigator.clipboard.readText()"))
    key_line, code = copied
    assert code == drawer.locator("#code").inner_text()
    environment = {name: value for name, value in os.environ.items() if name != "OXREEL_API_KEY"}
    script = f"{key_line}\n{code}"
    run = subprocess.run(["bash", "-e"], input=script, capture_output=True, text=True, env=environment, check=True)
    answer = json.loads(run.stdout)
    assert answer["videos"][0]["url"].startswith(quick.hub.url)
    [row] = quick.client.get("/api/ai/generations").json()["generations"]
    assert row["prompt"] == prompt


def test_the_drawer_shows_what_was_asked_for_last(page: "OpenPage") -> None:
    tab = page(link(TEXT, prompt="A lantern"))
    held: list[Any] = []
    tab.route("**/docs/snippets", lambda route: route.continue_() if held else held.append(route))
    tab.get_by_role("button", name="API", exact=True).click()
    tab.wait_for_timeout(100)
    tab.get_by_role("switch", name="Preview").check()
    expect(tab.locator("#code")).to_contain_text('"preview": true')
    with tab.expect_response("**/docs/snippets"):
        held[0].continue_()
    tab.wait_for_timeout(100)
    expect(tab.locator("#code")).to_contain_text('"preview": true')


def test_the_drawer_has_every_way_and_language_of_the_current_request(page: "OpenPage") -> None:
    tab = page(link(TEXT, prompt="A lantern", seed=3))
    tab.get_by_role("button", name="API", exact=True).click()
    code = tab.locator("#code")
    signs = {"curl": "curl", "python": "import requests", "javascript": "await fetch"}
    for way, sign in (("Sync", "videos/generate"), ("Async", "/api/ai/queue"), ("Async with SSE", "/api/events")):
        tab.get_by_role("radio", name=way, exact=True).check()
        for language in ("cURL", "Python", "JavaScript"):
            tab.get_by_role("radio", name=language, exact=True).check()
            expect(code).to_contain_text(sign)
            expect(code).to_contain_text(signs[language.lower()])
            expect(code).to_contain_text("A lantern")
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("button", name="API", exact=True)).to_be_focused()


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: "OpenPage", scheme: str) -> None:
    elements = [{"frontal_image_url": BLOXY}]
    shots = [{"prompt": "One", "duration": 3}, {"prompt": "Two", "duration": 14}]
    tab = page(link(REFERENCE, multi_prompt=shots, input_image=[OX], elements=elements), color_scheme=scheme)
    expect(tab.locator(".slots img:visible")).to_have_count(1)
    expect(field(tab, "Shots")).to_contain_text("exceeds maximum")
    # The policy of the page lets no script tag in; evaluating is not under it.
    tab.evaluate(AXE.read_text())

    def serious() -> list[str]:
        found = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    assert serious() == []
    tab.locator("#view-json").check()
    assert serious() == []
    tab.get_by_role("button", name="API", exact=True).click()
    expect(tab.locator("#code")).to_contain_text("curl")
    assert serious() == []
    tab.keyboard.press("Escape")
    tab.locator("#view-form").check()
    tab.get_by_role("button", name="Start frame: pick from the assets").click()
    expect(tab.locator("#picker-files img").first).to_be_visible()
    assert serious() == []


@pytest.mark.parametrize("width", [360, 820])
def test_nothing_is_wider_than_the_screen(page: "OpenPage", quick: Person, width: int) -> None:
    with quick.hub.database.transaction() as tx:
        organization = accounts.create_organization(tx, f"{quick.name}-{'long-' * 8}name")
        accounts.add_member(tx, organization.name, quick.name)
    quick.film("A sign: " + "donaudampfschifffahrt" * 8)
    elements = [{"frontal_image_url": BLOXY, "reference_image_urls": [OX, OX]}]
    shots = [{"prompt": "One", "duration": 3}, {"prompt": "Two", "duration": 5}]
    query = link(REFERENCE, multi_prompt=shots, input_image=[OX], elements=elements, start_image_url=OX)
    tab = page(query, quick, viewport={"width": width, "height": 760})
    expect(tab.locator(".card video")).to_be_visible()
    expect(tab.get_by_label("Who pays")).to_be_visible()
    expect(tab.locator("#price")).to_have_text("$1.792")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_a_preview_is_made_with_the_keyboard_alone(page: "OpenPage") -> None:
    tab = page(f"?model={TEXT}")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="To the form")).to_be_focused()
    tab.keyboard.press("Enter")
    seen = []
    for _ in range(40):
        tab.keyboard.press("Tab")
        now = tab.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()")
        seen.append(now)
        if now.startswith("Prompt"):
            tab.keyboard.type("Pan left")
        if now.startswith("Preview"):
            break
    assert seen[-1].startswith("Preview"), seen
    with tab.expect_request(lambda one: one.method == "POST" and one.url.endswith("/api/ai/queue")) as asked:
        tab.keyboard.press("Enter")
    sent = json.loads(asked.value.post_data or "")
    assert (sent["prompt"], sent["preview"]) == ("Pan left", True)


def test_the_first_paint_is_quick(page: "OpenPage") -> None:
    tab = page(f"?model={quote(TEXT)}")
    tab.reload()
    tab.wait_for_selector("#fields > *")
    paint = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    assert paint < 1000
