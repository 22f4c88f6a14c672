"""Markdown as pages of the reference."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from string import Template

from markdown_it import MarkdownIt
from markdown_it.token import Token

from oxreel.reference.shelf import Entry

#: Raw HTML in a page is text: whatever a description holds, it cannot run.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_WORKBENCH = "/ai/workbench"
#: Columns of the tables that phones show as a list, one row below the other, and of those that need much room.
_SOME_COLUMNS, _MANY_COLUMNS = 3, 5
#: Headings that are worth a list of their own.
_SOME_HEADINGS = 3


@dataclass(frozen=True)
class Heading:
    """A place within a page that links can point at."""

    anchor: str
    text: str
    level: int


def page(text: str, sections: dict[str, list[Entry]], here: str) -> str:
    """The page at the address `here`, with the list of all pages beside it."""
    tokens = _MARKDOWN.parse(text)
    headings = list(_name_headings(tokens))
    title = tokens[1].content
    top, body = tokens[:3], tokens[3:]
    _frame_tables(body)
    _mark_workbench_links(body)
    return _template().substitute(
        title=escape(title),
        navigation=_navigation(sections, here),
        heading=_render(top),
        contents=_contents(headings),
        body=_render(body),
        markdown=f"{here}.md",
    )


def _name_headings(tokens: list[Token]) -> Iterator[Heading]:
    """Give every heading below the title an id: its words, behind those of the h3 that an h4 stands in."""
    within = ""
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open" or opening.tag == "h1":
            continue
        anchor = re.sub(r"\W+", "-", inline.content.lower()).strip("-")
        level = int(opening.tag[1])
        if level <= 3:
            within = anchor
        else:
            anchor = f"{within}-{anchor}"
        opening.attrSet("id", anchor)
        assert inline.children is not None
        name = escape(inline.content)
        link = f' <a class="anchor" href="#{anchor}" aria-label="Link to {name}">#</a>'
        inline.children.append(Token("html_inline", "", 0, content=link))
        yield Heading(anchor, inline.content, level)


def _frame_tables(tokens: list[Token]) -> None:
    """Let wide tables scroll, with the keyboard too, and tell each cell the name of its column."""
    names: list[str] = []
    column = 0
    for place, token in enumerate(list(tokens)):
        if token.type == "table_open":
            names, table = [], token
        elif token.type == "th_open":
            names.append(tokens[place + 1].content.replace("`", ""))
        elif token.type == "thead_close" and len(names) >= _SOME_COLUMNS:
            table.attrSet("class", "listed many" if len(names) >= _MANY_COLUMNS else "listed")
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrSet("data-name", names[column])
            column += 1
    for place in reversed(range(len(tokens))):
        if tokens[place].type == "table_close":
            tokens.insert(place + 1, Token("html_block", "", 0, content="</div>\n"))
        elif tokens[place].type == "table_open":
            frame = '<div class="scroll" role="group" aria-label="Table" tabindex="0">\n'
            tokens.insert(place, Token("html_block", "", 0, content=frame))


def _mark_workbench_links(tokens: list[Token]) -> None:
    """Paragraphs that are nothing but a link into the Workbench are buttons."""
    for opening, inline in pairwise(tokens):
        if opening.type != "paragraph_open" or not inline.children:
            continue
        first, last = inline.children[0], inline.children[-1]
        links = sum(child.type == "link_open" for child in inline.children)
        alone = first.type == "link_open" and last.type == "link_close" and links == 1
        if alone and str(first.attrGet("href")).startswith(f"{_WORKBENCH}?"):
            opening.attrSet("class", "try")


def _render(tokens: list[Token]) -> str:
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _contents(headings: list[Heading]) -> str:
    """The list of what stands on this page, empty where that is little."""
    listed = [one for one in headings if one.level <= 3]
    if len(listed) < _SOME_HEADINGS:
        return ""
    links = "".join(
        f'<li class="level-{one.level}"><a href="#{one.anchor}">{escape(one.text)}</a></li>' for one in listed
    )
    return f'<nav class="contents" aria-label="On this page"><p>On this page</p><ul>{links}</ul></nav>'


def _navigation(sections: dict[str, list[Entry]], here: str) -> str:
    lists = []
    for name, entries in sections.items():
        links = "".join(
            f'<li><a href="{escape(entry.address)}"{" aria-current=page" if entry.address == here else ""}>'
            f"{escape(entry.title)}</a></li>"
            for entry in entries
        )
        lists.append(f"<p>{escape(name)}</p><ul>{links}</ul>")
    return "".join(lists)


@cache
def _template() -> Template:
    return Template(files(__package__).joinpath("static", "page.html").read_text(encoding="utf-8"))
