"""What the pages say is what the hub does: paths, fields, errors, sizes, links into the Workbench."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from oxreel import workbench
from oxreel.api.error_responses import _BY_STATUS, RESPONSES
from oxreel.catalogue import COMMON_FIELDS, Catalogue, examples
from oxreel.reference.links import workbench_link
from oxreel.reference.shelf import TOPICS
from support.hub import RunningHub
from support.interpreters import lacking

MODELS = [model.id for model in Catalogue().all()]
TEXT = "kling-video-o3-pro-text-to-video"
REFERENCE = "kling-video-o3-pro-reference-to-video"
PICTURE = "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"
#: How the pages write the parts of a path that vary.
PARTS = {
    "namespace": "NS",
    "repository": "REPO",
    "branch": "main",
    "path": "PATH",
    "generation_id": "ID",
    "delivery_id": "ID",
    "model_id": "ID",
}


@pytest.fixture(scope="module")
def topics(hub: RunningHub) -> dict[str, str]:
    """The pages of the API by name."""
    return {name: hub.client.get(f"/docs/api/{name}.md").text for name in TOPICS}


@pytest.fixture(scope="module")
def openapi(hub: RunningHub) -> dict[str, Any]:
    """The hub's own description."""
    document: dict[str, Any] = hub.client.get("/openapi.json").json()
    return document


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path as the pages write it, operation) of everything but the old paths."""
    for path, item in openapi["paths"].items():
        for method, operation in item.items():
            if not operation.get("deprecated") and "old paths" not in operation.get("tags", ()):
                yield method.upper(), re.sub(r"\{(\w+)(?::path)?\}", lambda found: PARTS[found[1]], path), operation


def test_every_path_of_the_api_stands_on_a_page(topics: dict[str, str], openapi: dict[str, Any]) -> None:
    every = "\n".join(topics.values())
    said = set(re.findall(r"`([A-Z]+) (/api/[\w/]+)[^`]*`", every))
    # Uploads may be sent by POST too: said beside PUT.
    said |= {("POST", path) for method, path in said if method == "PUT"}
    assert {(method, path) for method, path, _ in operations(openapi)} <= said


def test_every_query_parameter_stands_on_a_page(topics: dict[str, str], openapi: dict[str, Any]) -> None:
    every = "\n".join(topics.values())
    for method, path, operation in operations(openapi):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and "/search" not in path:
                assert re.search(rf"\b{parameter['name']}\b", every), (method, path, parameter["name"])


@pytest.mark.parametrize(("topic", "schema"), [("queue", "HistoryRow"), ("generate", "EstimateAnswer")])
def test_every_field_of_an_answer_is_explained(
    topics: dict[str, str], openapi: dict[str, Any], topic: str, schema: str
) -> None:
    rows = [line for line in topics[topic].splitlines() if line.startswith("|")]
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert set(openapi["components"]["schemas"][schema]["properties"]) <= explained


def test_every_field_that_all_models_take_is_explained(topics: dict[str, str]) -> None:
    rows = [line for topic in ("generate", "queue") for line in topics[topic].splitlines() if line.startswith("|")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])} >= COMMON_FIELDS


def test_the_error_table_has_every_error_and_no_other(topics: dict[str, str]) -> None:
    table = set(re.findall(r"^\| (\d{3}) \| `(\w+)` \|", topics["errors"], re.MULTILINE))
    known = {(status, kind) for status, kind, _ in RESPONSES.values()}
    known |= {(status, kind) for status, (kind, _) in _BY_STATUS.items()}
    assert table == {(str(status), kind) for status, kind in known}


def test_the_messages_are_the_hubs_own(hub: RunningHub, topics: dict[str, str]) -> None:
    """Each row of the table of messages, in its order, is what the hub says to such a request."""
    shot = {"prompt": "A hill"}
    wrong = [
        {"model": "NAME", "prompt": "A hill"},
        {"model": TEXT, "prompt": "A hill", "multi_prompt": [shot]},
        {"model": TEXT},
        {"model": REFERENCE, "multi_prompt": [{"duration": 5}]},
        {"model": REFERENCE, "prompt": "A hill", "duration": 2},
        {"model": TEXT, "multi_prompt": [{**shot, "duration": 8}, {**shot, "duration": 8}]},
        {"model": TEXT, "prompt": "A hill", "aspect_ratio": "4:3"},
        {"model": REFERENCE, "prompt": "A hill", "tail_image_url": PICTURE},
        {"model": REFERENCE, "prompt": "@Image3", "input_image": [PICTURE, PICTURE]},
        {"model": REFERENCE, "prompt": "A hill", "input_image": [PICTURE] * 5},
        {"model": TEXT, "prompt": "A hill", "num_generations": 5},
    ]
    section = topics["errors"].partition("## Messages of the models")[2]
    rows = [line.split("|")[2] for line in section.splitlines() if line.startswith("|")][2:]
    assert len(rows) == len(wrong)
    for body, row in zip(wrong, rows, strict=True):
        message = hub.client.post("/api/ai/estimate", json=body).json()["error"]["message"]
        for said in re.findall(r"`([^`]+)`", row):
            assert said in message


@pytest.mark.parametrize("model_id", MODELS)
def test_a_model_page_tells_the_size_and_price_that_the_estimate_tells(hub: RunningHub, model_id: str) -> None:
    text = hub.client.get(f"/docs/models/{model_id}.md").text
    body = examples(Catalogue().find(model_id))["minimal"] | {"preview": False}
    estimate = hub.client.post("/api/ai/estimate", json=body).json()
    if "has the shape of the" not in text:
        assert f"{estimate['width']}x{estimate['height']} at " in text
    price = float(text.partition("## Price")[2].strip().split(" ")[0].removeprefix("$"))
    assert float(estimate["price"]) == pytest.approx(price * estimate["seconds"])


@pytest.mark.parametrize("model_id", MODELS)
def test_the_lengths_that_a_page_names_are_those_that_the_hub_takes(hub: RunningHub, model_id: str) -> None:
    text = hub.client.get(f"/docs/models/{model_id}.md").text
    said = re.search(r"^- (\d+) (to|or) (\d+) seconds", text, re.MULTILINE)
    if said is None:
        assert "As long as the source video." in text
        return
    first, last = int(said[1]), int(said[3])
    named = set(range(first, last + 1)) if said[2] == "to" else {first, last}
    body = examples(Catalogue().find(model_id))["minimal"]
    for seconds in range(1, 18):
        answer = hub.client.post("/api/ai/estimate", json=body | {"duration": seconds})
        assert (answer.status_code == 200) == (seconds in named), seconds


def test_links_to_headings_find_them(hub: RunningHub) -> None:
    paths = ["/docs", *(f"/docs/api/{name}" for name in TOPICS), *(f"/docs/models/{one}" for one in MODELS)]
    pages = {path: hub.client.get(path).text for path in paths}
    anchors = {path: re.findall(r'<(?:main|h[2-4]) id="([^"]+)"', html) for path, html in pages.items()}
    for path, html in pages.items():
        assert len(set(anchors[path])) == len(anchors[path]), path
        for target, anchor in re.findall(r'href="(/docs[^"#]*|)#([^"]+)"', html):
            assert anchor in anchors[target or path], (path, target, anchor)


@pytest.mark.parametrize("model_id", MODELS)
def test_every_example_opens_in_the_workbench_with_its_values(hub: RunningHub, model_id: str) -> None:
    if lacking("javascript"):
        pytest.skip("the Workbench's reader of links needs node")
    tokens = MarkdownIt().parse(hub.client.get(f"/docs/models/{model_id}.md").text)
    inlines = [child for token in tokens for child in token.children or ()]
    links = [str(child.attrGet("href")) for child in inlines if child.type == "link_open"]
    opened = [read_by_the_workbench(link) for link in dict.fromkeys(links) if "#" in link and "workbench" in link]
    for body in examples(Catalogue().find(model_id)).values():
        values = {name: value for name, value in body.items() if name not in ("model", "prompt")}
        assert any({**one, "prompt": ""} == {**values, "prompt": ""} for one in opened), values
    assert all("<" not in one["prompt"] for one in opened), "a placeholder is nothing to film"
    for one in opened:
        answer = hub.client.post("/api/ai/estimate", json={"model": model_id, **one})
        assert answer.status_code == 200, answer.text


def test_any_request_survives_the_link() -> None:
    if lacking("javascript"):
        pytest.skip("the Workbench's reader of links needs node")
    values = {
        "prompt": "100% & more? #1 + a=b ~ é 夜晚 (x)\nnext", "seed": 7, "cfg_scale": 0.5, "preview_text": "true",
        "number": "12", "quoted": '"x"', "flag": True, "tilde": "~/not ours", "broken": "{not json",
        "elements": [{"frontal_image_url": "~x", "reference_image_urls": ["http://a/b?c=d&e=f"]}],
    }  # fmt: skip
    assert read_by_the_workbench(workbench_link({"model": TEXT, **values})) == values


def read_by_the_workbench(link: str) -> dict[str, Any]:
    """The values that the Workbench's own script reads from a link."""
    script = (Path(workbench.__file__).parent / "static" / "request.js").read_text(encoding="utf-8")
    ask = "globalThis.location = new URL('http://hub/'); console.log(JSON.stringify(fromFragment(process.argv[1])));"
    done = subprocess.run(
        ["node", "--input-type=module", "-e", f"{script}\n{ask}", "--", f"#{link.partition('#')[2]}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    values: dict[str, Any] = json.loads(done.stdout)
    return values


def test_the_index_for_language_models_has_the_form_of_llmstxt_org(hub: RunningHub) -> None:
    lines = [line for line in hub.client.get("/llms.txt").text.splitlines() if line]
    assert lines[0] == "# OxReel"
    assert lines[1].startswith("> ")
    sections = [line for line in lines if line.startswith("#")][1:]
    assert sections == ["## API", "## Models", "## Optional"]
    for line in lines[lines.index("## API") :]:
        assert line in sections or re.fullmatch(r"- \[[^\]]+\]\(http[^)]+\): .+\.", line), line
        if found := re.search(r"\((http[^)]+)\)", line):
            assert hub.client.get(found[1]).status_code == 200
