"""The reference's pages as a browser and a program get them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oxreel import workbench
from oxreel.catalogue import Catalogue
from oxreel.reference.pages import STATIC
from oxreel.reference.shelf import TOPICS
from support.hub import RunningHub

MODELS = [model.id for model in Catalogue().all()]
PAGES = ["/docs", *(f"/docs/api/{name}" for name in TOPICS), *(f"/docs/models/{model_id}" for model_id in MODELS)]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_html_that_runs_nothing_but_its_own_script(hub: RunningHub, path: str) -> None:
    answer = hub.client.get(path, headers={"Authorization": ""})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=", answer.text)


def test_every_colour_is_named_in_one_place_for_all_pages(hub: RunningHub) -> None:
    sheets = [*STATIC.glob("*.css"), *(Path(workbench.__file__).parent / "static").glob("*.css")]
    named = [name for sheet in sheets for name in re.findall(r"^  (--[\w-]+):", sheet.read_text(), re.MULTILINE)]
    assert len(named) == len(set(named))
    own_in_scripts = {"--shape", "--wipe"}
    for sheet in sheets:
        assert set(re.findall(r"var\((--[\w-]+)", sheet.read_text())) <= {*named, *own_in_scripts}, sheet.name
    for page in ("/docs", "/ai/workbench"):
        assert '<link rel="stylesheet" href="/ai/workbench/static/palette.css">' in hub.client.get(page).text


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(hub: RunningHub, path: str) -> None:
    text = hub.client.get(path).text
    for link in set(re.findall(r'(?:href|src)="(/[^"#]*)"', text)):
        assert hub.client.get(link.replace("&amp;", "&")).status_code in (200, 307), link


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_markdown_too_and_says_the_same(hub: RunningHub, path: str) -> None:
    answer = hub.client.get(f"{path}.md")
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    title = answer.text.splitlines()[0].removeprefix("# ")
    assert f"<h1>{title}</h1>" in hub.client.get(path).text


def test_the_index_for_language_models_names_every_page_and_the_full_file_holds_them(hub: RunningHub) -> None:
    index, full = hub.client.get("/llms.txt").text, hub.client.get("/llms-full.txt").text
    for path in PAGES[1:]:
        assert f"({hub.url}{path}.md)" in index
        assert hub.client.get(f"{path}.md").text in full


def test_a_page_that_is_not_there_is_named(hub: RunningHub) -> None:
    assert "Model not found: kling-9" in hub.client.get("/docs/models/kling-9").json()["error"]["message"]
    assert "no page 'nothing'" in hub.client.get("/docs/api/nothing").json()["error"]["message"]


@pytest.mark.parametrize("model_id", MODELS)
def test_the_page_of_a_model_lists_every_parameter(hub: RunningHub, model_id: str) -> None:
    text = hub.client.get(f"/docs/models/{model_id}.md").text
    schema = hub.client.get(f"/api/ai/models/{model_id}").json()["request_schema"]
    alternatives = [branch["required"][0] for branch in schema.get("oneOf", ())]
    for name, field in fields(schema):
        [row] = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        _, _, kind, default, values, description, _ = re.split(r"(?<!\\)\|", row)
        assert field["type"] in kind
        assert ("**required**" in default) == (field["required"] or name in alternatives)
        if "default" in field and not field["required"]:
            assert json.dumps(field["default"]) in default
        for limit in ("minimum", "maximum", "maxLength", "maxItems"):
            assert str(field.get(limit, "")) in values
        for value in field.get("enum", ()):
            assert f"`{json.dumps(value)}`" in values
        assert field.get("description", "") in description


def fields(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a schema by its path, those of nested objects too."""
    for name, field in schema["properties"].items():
        yield prefix + name, field | {"required": name in schema.get("required", ())}
        if "properties" in field.get("items", {}):
            yield from fields(field["items"], f"{prefix}{name}[].")


def test_the_workbench_gets_a_request_as_code(hub: RunningHub) -> None:
    body = {"model": MODELS[0], "prompt": "A hill"}
    code = hub.client.post("/docs/snippets", json=body).json()
    assert {way: set(languages) for way, languages in code.items()} == {
        way: {"curl", "python", "javascript"} for way in ("sync", "async", "sse")
    }
    assert hub.url in code["sync"]["curl"]
    assert hub.client.post("/docs/snippets", json={"prompt": "A hill"}).status_code == 400


@pytest.mark.parametrize(
    ("value", "status"),
    [
        pytest.param('"\\ud800"', 400, id="half of a surrogate pair"),
        pytest.param("[" * 900 + "]" * 900, 400, id="nested too deep"),
        pytest.param("1e999", 400, id="no number of JSON"),
        pytest.param('"' + "a" * 1_000_000 + '"', 413, id="too large"),
    ],
)
def test_what_cannot_be_written_as_code_is_refused(hub: RunningHub, value: str, status: int) -> None:
    body = f'{{"model": "{MODELS[0]}", "prompt": {value}}}'
    answer = hub.client.post("/docs/snippets", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["status"] == "error"
