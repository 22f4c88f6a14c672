"""The documents as data: their code blocks and their tables."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

#: The host that the documents name. Tests swap it in the calls; references in bodies keep it.
HOST = "https://hub.oxen.ai"

_FOLDER = Path(__file__).parent / "documents"
_TAB = re.compile(r'<Tab title="([^"]+)">')
_FENCE = re.compile(r"\s*```(\w+)?.*")
_ROW = re.compile(r"\| `(\w+)`\s*\| `([^`]+)`\s*\| (.+?)\s*\| (.+?)\s*\|")


@dataclass(frozen=True)
class CodeBlock:
    """One code block of a reference page."""

    page: str
    #: "Sync", "Async", "Async with SSE", or the heading of a section without tabs.
    way: str
    #: "Minimal", "Basic parameters", "All parameters"; empty without tabs.
    size: str
    #: "bash" or "python".
    language: str
    text: str

    def __str__(self) -> str:
        words = f"{self.page} {self.way} {self.size} {self.language}".split()
        return "-".join(words).lower()


@dataclass(frozen=True)
class FieldRow:
    """One row of a page's parameter tables."""

    name: str
    type: str
    #: As JSON, None where the table has a dash.
    default: str | None
    description: str
    required: bool


def read(file: str) -> str:
    """The text of a document."""
    return (_FOLDER / file).read_text(encoding="utf-8")


def code_blocks(file: str) -> list[CodeBlock]:
    """Every code block of a reference page, in its order."""
    page = file.partition(".")[0]
    found: list[CodeBlock] = []
    tabs: list[str] = []
    heading, language = "", ""
    code: list[str] | None = None
    for line in read(file).splitlines():
        fence = _FENCE.fullmatch(line)
        if fence and code is None:
            language, code = fence[1], []
        elif fence and code is not None:
            way, size = (tabs[0], tabs[1]) if tabs else (heading, "")
            found.append(CodeBlock(page, way, size, language, textwrap.dedent("\n".join(code)) + "\n"))
            code = None
        elif code is not None:
            code.append(line)
        elif tab := _TAB.search(line):
            tabs.append(tab[1])
        elif "</Tab>" in line:
            tabs.pop()
        elif line.startswith("## "):
            heading = line.removeprefix("## ")
    return found


def field_rows(file: str) -> list[FieldRow]:
    """The rows of a reference page's parameter tables."""
    found = []
    required = False
    for line in read(file).splitlines():
        if line.startswith("### "):
            required = line == "### Required parameters"
        elif row := _ROW.fullmatch(line):
            name, kind, default, description = row.groups()
            shown = None if default == "—" else default.strip("`")
            found.append(FieldRow(name, kind, shown, description, required))
    return found


def guide_examples(file: str) -> dict[str, str]:
    """The Python examples of a guide by the heading before each; the guide has no fences."""
    found: dict[str, str] = {}
    heading = ""
    code: list[str] | None = None
    for line in read(file).splitlines():
        if code is None and line == "import requests":
            code = [line]
        elif code is not None:
            code.append(line)
            # Each of them ends by printing what it got.
            if line.lstrip().startswith("print("):
                found[heading] = "\n".join(code) + "\n"
                code = None
        elif line and not line.endswith("."):
            heading = line
    return found
