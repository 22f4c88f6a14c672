"""Markdown as pages of the reference."""

from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from markdown_it import MarkdownIt

from oxreel.reference.shelf import Entry

#: Raw HTML in a page is text: whatever a description holds, it cannot run.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def page(text: str, sections: dict[str, list[Entry]], here: str) -> str:
    """The page at the address `here`, with the list of all pages beside it."""
    title = text.partition("\n")[0].removeprefix("# ")
    return _template().substitute(
        title=escape(title), navigation=_navigation(sections, here), body=_MARKDOWN.render(text), markdown=f"{here}.md"
    )


def _navigation(sections: dict[str, list[Entry]], here: str) -> str:
    lists = []
    for name, entries in sections.items():
        links = "".join(
            f'<li><a href="{escape(entry.address)}"{" aria-current=page" if entry.address == here else ""}>'
            f"{escape(entry.title)}</a></li>"
            for entry in entries
        )
        lists.append(f"<h2>{escape(name)}</h2><ul>{links}</ul>")
    return "".join(lists)


@cache
def _template() -> Template:
    return Template(files(__package__).joinpath("static", "page.html").read_text(encoding="utf-8"))
