"""The documents' examples on a hub whose models are routed to other engines, and what each engine's failure leaves."""

import ast
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from acceptance import film
from acceptance.document import CodeBlock, code_blocks, guide_examples
from acceptance.example import Printed, run_block, run_text, swap_all
from oxreel import accounts
from support.fal import FakeFal, Fault
from support.processes import eventually, filming_processes
from support.routed_hub import RoutedHub

O1, O3 = "kling-video-o1-image-to-video", "kling-video-o3-pro-reference-to-video"
TEXT, SPOILT = "kling-video-o3-pro-text-to-video", "kling-video-v2-6-pro-text-to-video"
PAGE = code_blocks("o1_image_to_video.mdx")
#: One for each way and language, of each size in turn.
BLOCKS = [
    next(one for one in PAGE if (one.way, one.size, one.language) == wanted)
    for wanted in (
        ("Sync", "Minimal", "bash"),
        ("Sync", "All parameters", "python"),
        ("Async", "Basic parameters", "bash"),
        ("Async", "Minimal", "python"),
        ("Async with SSE", "All parameters", "bash"),
        ("Async with SSE", "Basic parameters", "python"),
    )
]
GUIDE = guide_examples("o3_pro_reference_guide.txt")
SECONDS = {
    "Multi-shot with reference image": 10,
    "With start/end frames and elements": 5,
}
LAKE = {"model": TEXT, "prompt": "A quiet lake", "duration": 3}


@pytest.fixture(scope="module")
def new_routed_key(routed_hub: RoutedHub) -> Callable[[], str]:
    """Makes another key of the first user: each example is a client of its own."""

    def made() -> str:
        with routed_hub.database.transaction() as tx:
            return accounts.create_key(tx, routed_hub.settings.username, "an example")[1]

    return made


@pytest.fixture(scope="module")
def runs(
    routed_hub: RoutedHub, fal: FakeFal, gallery: str, new_routed_key: Callable[[], str]
) -> Iterator[Callable[[object], Printed]]:
    """What an example printed: a block of the page or a heading of the guide; they run side by side."""
    fal.size = (320, 180)

    def guided(heading: str, key: str) -> Printed:
        text = swap_all(GUIDE[heading], routed_hub.url).replace("https://example.com", gallery)
        return run_text(text.replace("YOUR_API_KEY", key), "python", key)

    with ThreadPoolExecutor(3) as pool:
        begun: dict[object, Future[Printed]] = {
            **{heading: pool.submit(guided, heading, new_routed_key()) for heading in SECONDS},
            **{block: pool.submit(run_block, block, routed_hub.url, new_routed_key()) for block in BLOCKS},
        }
        yield lambda which: begun[which].result()


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_an_example_of_the_page_is_filmed_by_fal(
    block: CodeBlock, runs: Callable[[object], Printed], fal: FakeFal
) -> None:
    printed = runs(block)
    assert printed.exit_code == 0, printed.errors
    shown = film.download(_url(block, printed))
    shown.assert_lasts(5)
    assert (shown.metadata["engine"], shown.metadata["model"]) == ("fal", O1)
    assert not shown.facts.has_audio
    assert {job.endpoint for job in fal.jobs} >= {"fal-ai/kling-video/o1/image-to-video"}


@pytest.mark.parametrize("heading", SECONDS)
def test_an_example_of_the_guide_is_filmed_with_weights(
    heading: str, runs: Callable[[object], Printed], routed_hub: RoutedHub
) -> None:
    printed = runs(heading)
    assert printed.exit_code == 0, printed.errors
    url = printed.output.removeprefix("Video URL: ").strip()
    shown = film.download(url)
    shown.assert_lasts(SECONDS[heading])
    assert (shown.metadata["engine"], shown.metadata["model"]) == ("diffusers", O3)
    row = routed_hub.wait_for(shown.metadata["generation_id"])
    if row.get("generate_audio") and not shown.facts.has_audio:
        # Of these weights none takes references and makes sound; never silently.
        assert any("silent" in warning for warning in row["warnings"])
    assert row["warnings"]


def test_a_preview_of_a_routed_model_is_an_animatic_and_free(routed_hub: RoutedHub) -> None:
    row = routed_hub.wait_for(routed_hub.enqueue(model=O3, prompt="A quiet lake", duration=3, preview=True))
    assert (row["status"], row["engine"], row["price"], row["cost"]) == ("succeeded", "animatic", "0.00", None)


def test_the_models_say_where_they_are_filmed(routed_hub: RoutedHub) -> None:
    models = {one["id"]: one for one in routed_hub.client.get("/api/ai/models").json()["data"]}
    assert (models[O1]["routes"], models[O3]["routes"]) == ({"1080p": "fal"}, {"1080p": "diffusers"})
    assert models[TEXT]["routes"] == {"1080p": "animatic"}
    assert models[TEXT]["engines"] == ["animatic", "diffusers", "fal"]
    assert models["kling-video-o1-video-to-video-edit"]["engines"] == ["animatic", "fal"]


@pytest.mark.parametrize("path", ["/api/ai/estimate", "/api/ai/videos/generate", "/api/ai/queue"])
def test_what_the_named_engine_cannot_film_is_refused_at_once_and_costs_nothing(
    routed_hub: RoutedHub, path: str
) -> None:
    body = {
        "model": "kling-video-o1-video-to-video-edit",
        "prompt": "make it night",
        "input_video": "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4",
        "engine": "diffusers",
        "validate": True,
    }
    before = routed_hub.client.get("/api/ai/generations").json()["total_entries"]
    answer = routed_hub.client.post(path, json=body)
    assert (answer.status_code, answer.json()["status_message"]) == (400, "invalid_params")
    assert "diffusers cannot change a source video" in answer.json()["error"]["message"]
    assert routed_hub.client.get("/api/ai/generations").json()["total_entries"] == before


def test_what_nobody_checked_at_once_fails_with_the_same_reason_when_it_runs(routed_hub: RoutedHub) -> None:
    body = {
        "model": "kling-video-o1-video-to-video-edit",
        "prompt": "make it night",
        "input_video": "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4",
        "engine": "diffusers",
    }
    row = routed_hub.wait_for(routed_hub.enqueue(**body))
    assert (row["status"], row["cost"]) == ("failed", None)
    assert "diffusers cannot change a source video" in row["error_message"]


# A failure of one engine is that of its films alone


def _films(hub: RoutedHub, *engines: str) -> None:
    """Each of these engines films, at the same time."""
    made = {engine: hub.enqueue(**LAKE, engine=engine) for engine in engines}
    for engine, generation_id in made.items():
        row = hub.wait_for(generation_id)
        assert (row["status"], row["engine"]) == ("succeeded", engine), row["error_message"]


def test_when_the_provider_fails_the_other_engines_film(routed_hub: RoutedHub, fal: FakeFal) -> None:
    fal.refusal = Fault(422, {"detail": [{"loc": ["body", "prompt"], "msg": "No such words", "type": "value_error"}]})
    try:
        refused = routed_hub.enqueue(**LAKE, engine="fal")
        _films(routed_hub, "animatic", "diffusers")
        row = routed_hub.wait_for(refused)
    finally:
        fal.refusal = None
    assert (row["status"], row["cost"]) == ("failed", None)
    assert "No such words" in row["error_message"]
    _films(routed_hub, "fal")


def test_a_provider_that_breaks_off_is_not_asked_twice_and_stops_nobody(routed_hub: RoutedHub, fal: FakeFal) -> None:
    before = len(fal.jobs)
    fal.faults["submit"] = [Fault(drop=True)]
    row = routed_hub.wait_for(routed_hub.enqueue(**LAKE, engine="fal"))
    assert (row["status"], row["cost"]) == ("failed", None)
    assert "create_ambiguous" in row["error_message"]
    assert len(fal.jobs) == before + 1
    _films(routed_hub, "diffusers", "fal")


def test_weights_that_cannot_be_loaded_fail_their_films_alone(routed_hub: RoutedHub) -> None:
    spoilt = routed_hub.enqueue(model=SPOILT, prompt="A lake", duration=5)
    _films(routed_hub, "fal", "diffusers")
    row = routed_hub.wait_for(spoilt)
    assert (row["status"], row["engine"], row["cost"]) == ("failed", "diffusers", None)
    assert "Traceback" not in row["error_message"]


def test_a_process_with_weights_that_is_killed_takes_nothing_with_it(routed_hub: RoutedHub) -> None:
    _films(routed_hub, "diffusers")
    # What stays when nothing is filmed is the process that keeps the weights.
    assert eventually(lambda: len(filming_processes(routed_hub.pid)) == 1)
    [warm] = filming_processes(routed_hub.pid)
    os.kill(warm, signal.SIGSTOP)
    struck = routed_hub.enqueue(**LAKE, engine="diffusers")
    # Once its references are there and its warnings are said, it is that process's turn.
    assert eventually(lambda: bool(routed_hub.client.get(f"/api/ai/queue/{struck}").json()["warnings"]))
    time.sleep(1)
    os.kill(warm, signal.SIGKILL)
    _films(routed_hub, "fal")
    # It had not begun to answer, so that another one films what it was given.
    assert routed_hub.wait_for(struck)["status"] == "succeeded"
    assert warm not in filming_processes(routed_hub.pid)
    assert routed_hub.client.get("/readyz").status_code == 200


def _url(block: CodeBlock, printed: Printed) -> str:
    """The address of the film in what an example of the page printed."""
    text = printed.output
    if block.way == "Async" and block.language == "python":
        return text.removeprefix("Result: ").strip()
    if block.way == "Async":
        return str(json.loads(text[text.index("{") :])["result_url"])
    said: dict[str, Any] = ast.literal_eval(text) if block.language == "python" else json.loads(text)
    return str(said["videos"][0]["url"] if block.way == "Sync" else said["url"])
