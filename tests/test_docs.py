"""The documents: their links lead somewhere, their settings are all, and their examples run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from oxreel.settings import Settings
from support.hub import RunningHub

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
#: Languages of blocks that are run.
RUN = ("bash", "python")


def anchors(page: Path) -> set[str]:
    """What a link may name within a page, as a forge makes it from the headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_page_that_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pictures_are_small(page: Path) -> None:
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text()):
        assert (page.parent / picture).stat().st_size < 300_000


def settings_table() -> str:
    """The settings as a table: variable, meaning, default."""
    rows = ["| variable | meaning | default |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        text = ",".join(default) if isinstance(default, tuple) else str(default)
        shown = "" if text in ("", "{}") or set(text) == {"*"} else f"`{text}`"
        rows.append(f"| `OXREEL_{name.upper()}` | {field.description} | {shown} |".replace("  ", " "))
    return "\n".join(rows)


def test_the_operators_page_lists_every_setting_as_it_is() -> None:
    table = settings_table()
    text = (ROOT / "docs/operations.md").read_text()
    assert table in text, f"docs/operations.md must hold this table:\n{table}"


def blocks() -> list[tuple[str, str, str]]:
    """Name, language and text of every block that is run."""
    found = []
    fence = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for page in (ROOT / "README.md", ROOT / "docs/getting-started.md"):
        for number, (language, text) in enumerate(fence.findall(page.read_text()), start=1):
            if language in RUN:
                found.append((f"{page.stem}-{number}", language, text))
    return found


def test_there_are_blocks_to_run() -> None:
    assert {language for _, language, _ in blocks()} == set(RUN)


@pytest.mark.parametrize(("name", "language", "text"), blocks(), ids=lambda value: value if len(value) < 40 else "")
def test_a_block_runs_as_it_stands(name: str, language: str, text: str, hub: RunningHub, tmp_path: Path) -> None:
    for program in ("curl", "jq", "awk"):
        if f"{program} " in text and shutil.which(program) is None:
            pytest.skip(f"{name} needs {program}, which is not here")
    (tmp_path / "data").symlink_to(hub.settings.data_dir)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    Image.new("RGB", (800, 600), (90, 120, 60)).save(tmp_path / "photo.jpg")
    text = text.replace("http://127.0.0.1:8000", hub.url)
    command = ["bash", "-eu", "-c", text] if language == "bash" else [sys.executable, "-c", text]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "OXREEL_URL": hub.url, "OXREEL_API_KEY": hub.key},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()
    assert '"error"' not in done.stdout
