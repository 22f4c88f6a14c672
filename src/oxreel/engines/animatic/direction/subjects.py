"""Subjects: who a prompt speaks of, and whom its pronouns mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from oxreel.engines.animatic.direction.heard import Heard, between
from oxreel.engines.animatic.direction.lexicon import Lexicon

PEOPLE = ("woman", "man", "child", "person")
#: Words that a pronoun looks back.
_FURTHEST = 120
_SUITS = {"woman": ("woman", "child", "person"), "man": ("man", "child", "person")}


@dataclass(frozen=True)
class Subject:
    """Someone or something named, or meant by a pronoun."""

    first: int
    last: int
    #: A reference's name, a thing's kind, or "" for a pronoun that means nobody who was named.
    name: str
    #: "@" for a reference, else the thing's kind; of a pronoun without a name what it tells: "woman", "man" or "".
    kind: str
    pronoun: bool = False


def subjects_of(heard: Heard, lexicon: Lexicon) -> list[Subject]:
    """Everyone and everything that is spoken of, in order. A pronoun has the name of whom it means."""
    named = [
        Subject(index, index, _name(heard.text[token.start + 1 : token.end]), "@")
        for index, token in enumerate(heard.tokens)
        if token.kind == "mention"
    ]
    named += [Subject(match.first, match.last, meaning.kind, meaning.kind) for match, meaning in heard.of("things")]
    named.sort(key=lambda one: one.first)
    found = list(named)
    for mark in heard.marks.get("who", []):
        if mark.first not in heard.owner:
            meant = _meant(mark.kind, between(named, mark.first - _FURTHEST, mark.first - 1), lexicon)
            kind = meant.kind if meant is not None else mark.kind if mark.kind in _SUITS else ""
            found.append(Subject(mark.first, mark.last, meant.name if meant else "", kind, pronoun=True))
    return sorted(found, key=lambda one: one.first)


def acts(subject: Subject, lexicon: Lexicon) -> bool:
    """Whether it may be who does something."""
    return subject.pronoun or subject.kind == "@" or subject.kind in lexicon.alive


def _meant(pronoun: str, before: Sequence[Subject], lexicon: Lexicon) -> Subject | None:
    for one in reversed(before):
        if one.kind == "@":
            return one
        if pronoun == "it" and one.kind not in PEOPLE:
            return one
        if one.kind in _SUITS.get(pronoun, ()) or (pronoun == "they" and one.kind in lexicon.alive):
            return one
    return None


def _name(written: str) -> str:
    """A reference as storyboards call it: "Image1"."""
    return written[0].upper() + written[1:].lower()
