"""Every code block of two of the documents' model pages, run as it stands with only the host swapped.

The host is swapped in the calls alone: the pictures in the bodies keep the documents' host, and the hub finds
them in its own public repositories, offline.
"""

import ast
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from acceptance import film
from acceptance.document import CodeBlock, FieldRow, code_blocks, field_rows
from acceptance.example import Printed, run_block, run_text, swap_all
from support.hub import RunningHub

O1_PAGE, O3_PAGE = "o1_image_to_video.mdx", "o3_pro_reference_to_video.mdx"
O1, O3 = "kling-video-o1-image-to-video", "kling-video-o3-pro-reference-to-video"
OX = "/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"
BLOXY = "/api/repos/elau/assets/file/main/bloxy/bloxy_cropped_512x512.png"
#: The page of O3 shows bodies without any prompt, and its guide says what they get.
NO_PROMPT = "Getting model response error: 422 - Value error, Either 'prompt' or 'multi_prompt' must be provided."
DETAILS = "Fetch model details"
#: Examples that run side by side; the hub films two at a time.
AT_ONCE = 6
#: Mean difference of two pictures, of 255, below which they show the same.
SAME, OTHER = 6.0, 25.0

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("bash", "curl", "jq", "awk")),
    reason="the documents' examples need bash, curl, jq and awk",
)

O1_BLOCKS, O3_BLOCKS = code_blocks(O1_PAGE), code_blocks(O3_PAGE)
FILMING = [block for block in O1_BLOCKS if block.way != DETAILS]
REFUSED = [block for block in O3_BLOCKS if block.way != DETAILS]


def of(blocks: list[CodeBlock], way: str, language: str = "") -> pytest.MarkDecorator:
    """One test for each block that goes this way."""
    chosen = [block for block in blocks if block.way == way and language in ("", block.language)]
    return pytest.mark.parametrize("block", chosen, ids=str)


Runs = Mapping[CodeBlock, "Future[Printed]"]


@pytest.fixture(scope="module")
def runs(document_hub: RunningHub, new_key: Callable[[], str], request: pytest.FixtureRequest) -> Iterator[Runs]:
    """The runs of all blocks that this session's tests look at, side by side."""
    wanted = [
        item.callspec.params["block"]  # type: ignore[attr-defined]
        for item in request.session.items
        if item.path == request.path and "block" in getattr(getattr(item, "callspec", None), "params", {})
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {block: pool.submit(run_block, block, document_hub.url, new_key()) for block in dict.fromkeys(wanted)}


@pytest.fixture
def printed(runs: Runs, block: CodeBlock) -> Printed:
    """What the block printed."""
    return runs[block].result()


def test_the_pages_have_the_blocks_that_they_show() -> None:
    for blocks in (O1_BLOCKS, O3_BLOCKS):
        assert len(set(blocks)) == len(blocks) == 3 * 3 * 2 + 1
        assert {block.way for block in blocks} == {"Sync", "Async", "Async with SSE", DETAILS}
        assert {block.size for block in blocks} == {"Minimal", "Basic parameters", "All parameters", ""}
        assert sum(block.language == "python" for block in blocks) == 9


# The page of Kling O1: every block films


@of(FILMING, "Sync")
def test_a_synchronous_example_prints_the_video(block: CodeBlock, printed: Printed, document_hub: RunningHub) -> None:
    answer = _object(block, printed)
    assert set(answer) == {"created", "model", "videos"}
    assert type(answer["created"]) is int
    assert answer["model"] == O1
    (video,) = answer["videos"]
    assert set(video) == {"url"}
    _check_film(video["url"], block, document_hub)


@of(FILMING, "Async", "bash")
def test_a_polling_curl_example_prints_each_status_and_then_the_row(
    block: CodeBlock, printed: Printed, document_hub: RunningHub
) -> None:
    statuses, row = _statuses_and_row(printed)
    assert statuses[-1] == "succeeded"
    assert set(statuses) <= {"queued", "processing", "succeeded"}
    assert row["model_name"] == O1
    assert row["status"] == "succeeded"
    assert row["media_type"] == "video"
    assert row["error_message"] is None
    assert row["engine"] == "animatic"
    assert row["target_namespace"] == document_hub.settings.username
    assert row["enqueued_at"] <= row["started_at"] <= row["completed_at"]
    # Every parameter that was submitted, as it was.
    body = _body(block)
    del body["model"]
    assert {name: row[name] for name in body} == body
    shown = _check_film(row["result_url"], block, document_hub)
    assert shown.metadata["generation_id"] == row["generation_id"]
    assert shown.metadata["seed"] == str(row["seed"])


@of(FILMING, "Async", "python")
def test_a_polling_python_example_prints_the_result(
    block: CodeBlock, printed: Printed, document_hub: RunningHub
) -> None:
    assert printed.exit_code == 0, printed.errors
    assert printed.output.startswith("Result: http")
    _check_film(printed.output.removeprefix("Result: ").strip(), block, document_hub)


@of(FILMING, "Async with SSE")
def test_a_streaming_example_ends_with_the_completion(
    block: CodeBlock, printed: Printed, document_hub: RunningHub
) -> None:
    event = _object(block, printed)
    assert list(event) == ["generation_id", "status", "media_type", "model", "url"]
    assert event["status"] == "succeeded"
    assert event["media_type"] == "video"
    assert event["model"] == O1
    shown = _check_film(event["url"], block, document_hub)
    assert shown.metadata["generation_id"] == event["generation_id"]


def test_an_example_films_with_the_host_swapped_in_its_body_too(
    document_hub: RunningHub, new_key: Callable[[], str]
) -> None:
    block = _find(O1_BLOCKS, "Async with SSE", "All parameters", "bash")
    text = swap_all(block.text, document_hub.url)
    assert "hub.oxen.ai" not in text
    event = json.loads(run_text(text, "bash", new_key()).output)
    _check_film(event["url"], block, document_hub)


# The page of Kling O3 reference to video: no body has a prompt


@of(REFUSED, "Sync")
def test_a_synchronous_example_without_a_prompt_is_refused_at_once(block: CodeBlock, printed: Printed) -> None:
    if block.language == "python":
        assert printed.exit_code == 1
        assert "requests.exceptions.HTTPError: 400 Client Error" in printed.errors
        assert printed.output == ""
        return
    answer = _object(block, printed)
    assert answer["status"] == "error"
    assert answer["status_message"] == "invalid_params"
    assert answer["error"]["type"] == "invalid_params"
    assert answer["error"]["message"] == NO_PROMPT


@of(REFUSED, "Async")
def test_a_polling_example_without_a_prompt_fails_when_it_runs(block: CodeBlock, printed: Printed) -> None:
    if block.language == "python":
        assert printed.exit_code == 0, printed.errors
        assert printed.output == f"Generation failed: {NO_PROMPT}\n"
        return
    statuses, row = _statuses_and_row(printed)
    assert statuses[-1] == row["status"] == "failed"
    assert row["error_message"] == NO_PROMPT
    assert row["result_url"] is None
    assert row["cost"] is None


@of(REFUSED, "Async with SSE")
def test_a_streaming_example_without_a_prompt_ends_with_the_failure(block: CodeBlock, printed: Printed) -> None:
    event = _object(block, printed)
    assert list(event) == ["generation_id", "status", "media_type", "error"]
    assert event["status"] == "failed"
    assert event["media_type"] == "video"
    assert event["error"] == NO_PROMPT


@pytest.mark.parametrize("size", ["Minimal", "Basic parameters", "All parameters"])
def test_a_body_of_the_page_films_once_it_has_a_prompt(document_hub: RunningHub, size: str) -> None:
    body = {**_body(_find(O3_BLOCKS, "Sync", size, "bash")), "prompt": "Push in on @Image1", "duration": 3}
    if "input_image" not in body:
        body["prompt"] = "Push in on a quiet street"
    row = document_hub.wait_for(document_hub.enqueue(**body))
    assert row["status"] == "succeeded", row["error_message"]
    shown = film.download(row["result_url"])
    shown.assert_lasts(3)
    assert (shown.facts.width, shown.facts.height) == (1920, 1080)
    if "start_image_url" in body:
        bloxy = film.picture(document_hub.url + BLOXY)
        assert film.difference(shown.first, bloxy) < SAME
        assert film.difference(shown.last, bloxy) < SAME


# Model details and parameter tables of both pages


@of([*O1_BLOCKS, *O3_BLOCKS], DETAILS)
def test_the_details_hold_every_row_of_the_pages_tables(block: CodeBlock, printed: Printed) -> None:
    model = _object(block, printed)
    assert model["id"] in block.text
    assert model["object"] == "model"
    assert model["endpoint"] == "/videos/generate"
    assert model["request_schema"] == model["json_request_schema"]
    schema = model["json_request_schema"]
    rows = field_rows(f"{block.page}.mdx")
    assert rows
    assert set(schema["required"]) == {row.name for row in rows if row.required}
    for row in rows:
        _check_field(row, schema["properties"][row.name])


def _check_field(row: FieldRow, field: dict[str, Any]) -> None:
    inner = re.fullmatch(r"array<(\w+)>", row.type)
    assert field["type"] == ("array" if inner else row.type)
    if inner:
        assert field["items"]["type"] == inner[1]
    if row.default is not None:
        assert field["default"] == json.loads(row.default)
    if "Format: uri" in row.description:
        assert (field["items"] if inner else field)["format"] == "uri"
    if one_of := re.search(r"One of: (.+)\.", row.description):
        assert [str(value) for value in field["enum"]] == one_of[1].split(", ")


def _check_film(url: str, block: CodeBlock, hub: RunningHub) -> film.Film:
    """The film of an example of the O1 page: five seconds from the ox, to Bloxy where the body says so."""
    assert url.startswith(f"{hub.url}/api/repos/{hub.settings.username}/")
    assert "/files/" in url
    assert "?" in url
    shown = film.download(url)
    shown.assert_lasts(5)
    # The shape follows the start image, which has the size of the pro tier already.
    assert (shown.facts.width, shown.facts.height) == (1926, 1076)
    assert not shown.facts.has_audio
    assert shown.metadata["engine"] == "animatic"
    assert shown.metadata["model"] == O1
    assert film.difference(shown.first, film.picture(hub.url + OX)) < SAME
    to_bloxy = film.difference(shown.last, film.picture(hub.url + BLOXY))
    if "tail_image_url" in block.text:
        assert to_bloxy < SAME
    else:
        assert to_bloxy > OTHER
    return shown


def _object(block: CodeBlock, printed: Printed) -> dict[str, Any]:
    """The one object that a block prints: JSON from jq or curl, a Python dict from `print`."""
    assert printed.exit_code == 0, printed.errors
    value: dict[str, Any]
    value = ast.literal_eval(printed.output) if block.language == "python" else json.loads(printed.output)
    return value


def _statuses_and_row(printed: Printed) -> tuple[list[str], dict[str, Any]]:
    assert printed.exit_code == 0, printed.errors
    said, brace, rest = printed.output.partition("{")
    statuses = [line.removeprefix("Status: ") for line in said.splitlines()]
    return statuses, json.loads(brace + rest)


def _body(block: CodeBlock) -> dict[str, Any]:
    """The JSON that a cURL block sends."""
    found = re.search(r"-d '(\{.*?\n\})'", block.text, re.DOTALL)
    assert found is not None
    body: dict[str, Any] = json.loads(found[1])
    return body


def _find(blocks: list[CodeBlock], way: str, size: str, language: str) -> CodeBlock:
    return next(one for one in blocks if (one.way, one.size, one.language) == (way, size, language))
