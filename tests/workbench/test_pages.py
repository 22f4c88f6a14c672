"""The Workbench's page as a browser gets it."""

import re
from pathlib import Path

import pytest

from oxreel.workbench.pages import FILES, FOLDER, policy, without_comments
from support.hub import RunningHub

HTML = (FOLDER / "workbench.html").read_text()
SCRIPTS = {name: file.read_text() for name, file in FILES.items() if name.endswith(".js")}


def test_the_hubs_front_page_is_the_workbench(hub: RunningHub) -> None:
    answer = hub.client.get("/")
    assert answer.status_code == 307
    assert answer.headers["Location"] == "/ai/workbench"


def test_the_page_runs_nothing_but_its_own_files(hub: RunningHub) -> None:
    answer = hub.client.get("/ai/workbench?model=kling-video-o1-image-to-video", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=|javascript:", answer.text)


def test_every_file_that_the_page_names_is_served(hub: RunningHub) -> None:
    named = set(re.findall(r'"(/ai/workbench/static/[^"]+)"', HTML))
    for name, text in SCRIPTS.items():
        for imported in re.findall(r'from "\./([^"]+)"', text):
            named.add(f"/ai/workbench/static/{imported}")
            assert imported in SCRIPTS, f"{name} imports {imported}"
    assert {Path(path).name for path in named} == set(FILES)
    for path in named:
        answer = hub.client.get(path, headers={"Authorization": ""})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(("text/javascript", "text/css", "image/svg+xml"))


def test_no_other_file_is_served(hub: RunningHub) -> None:
    for name in ("nothing.js", "pages.py", "..%2Fpages.py", "workbench.html"):
        assert hub.client.get(f"/ai/workbench/static/{name}").status_code == 404


def test_the_scripts_find_every_element_that_they_look_for() -> None:
    ids = set(re.findall(r'\bid="([^"]+)"', HTML))
    for name, text in SCRIPTS.items():
        assert set(re.findall(r'\$\("([^"]+)"\)', text)) <= ids, name


def test_the_scripts_are_small_and_come_without_comments(hub: RunningHub) -> None:
    served = {name: hub.client.get(f"/ai/workbench/static/{name}").text for name in SCRIPTS}
    assert sum(len(text.encode()) for text in served.values()) < 150_000
    for name, text in served.items():
        assert not re.search(r"^\s*(//|/?\*)", text, re.MULTILINE), name
        # What a browser says of line 40 is found in line 40.
        assert text.count("\n") == SCRIPTS[name].count("\n")


def test_only_whole_lines_of_comment_are_left_out() -> None:
    script = '// a\nconst url = "https://x"; // b\n  /** c\n   * d */\nconst text = "/** e */";\n'
    assert without_comments(script) == '\nconst url = "https://x"; // b\n\n\nconst text = "/** e */";\n'


def test_the_scripts_write_no_markup() -> None:
    for name, text in SCRIPTS.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text), (
            name
        )


def test_every_control_has_a_name_for_screen_readers() -> None:
    for field in re.findall(r"<(?:input|select|textarea)[^>]*>", HTML):
        [name] = re.findall(r'id="([^"]+)"', field)
        within = re.search(rf'<label[^>]*>(?:(?!</label>).)*id="{name}"', HTML, re.DOTALL)
        assert within or re.search(rf'<label[^>]*\bfor="{name}"', HTML), name


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://hub.example/", "https://hub.example"),
        ("https://hub.example:8443", "https://hub.example:8443"),
        ("", ""),
        ("javascript:x", ""),
    ],
)
def test_videos_of_the_public_address_may_be_played(address: str, origin: str) -> None:
    rules = dict(rule.split(" ", 1) for rule in policy(address).split("; "))
    assert rules["media-src"] == f"'self' blob: {origin}".rstrip()


def test_pictures_and_videos_of_the_bucket_may_be_shown_and_nothing_else_of_it() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy("https://hub.example", "https://bucket.example").split("; "))
    assert rules["media-src"] == "'self' blob: https://hub.example https://bucket.example"
    assert rules["img-src"] == "'self' blob: data: https://hub.example https://bucket.example"
    assert [name for name, sources in rules.items() if "bucket" in sources] == ["img-src", "media-src"]
