"""What was heard: the phrases of a prompt, the words that modify them, and which of them came to matter."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from oxreel.engines.animatic.direction.lexicon import Lexicon
from oxreel.engines.animatic.direction.phrases import Meaning
from oxreel.engines.animatic.direction.tokens import Token


@dataclass(eq=False, slots=True)
class Match:
    """A phrase that was found; its tokens belong to no other one."""

    path: tuple[int, ...]
    meanings: tuple[Meaning, ...]
    negated: bool = False

    @property
    def first(self) -> int:
        """Its first token."""
        return self.path[0]

    @property
    def last(self) -> int:
        """Its last token."""
        return self.path[-1]

    def of(self, facet: str) -> Meaning | None:
        """What it says about that facet."""
        return next((meaning for meaning in self.meanings if meaning.facet == facet), None)


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that modifies phrases."""

    facet: str
    kind: str
    first: int
    last: int


class _Placed(Protocol):
    @property
    def first(self) -> int: ...


_AnyPlaced = TypeVar("_AnyPlaced", bound=_Placed)


def between(placed: Sequence[_AnyPlaced], first: int, last: int) -> Sequence[_AnyPlaced]:
    """Those of a sorted sequence that begin from one token to another, both included."""
    start = bisect_left(placed, first, key=_first)
    return placed[start : bisect_left(placed, last + 1, lo=start, key=_first)]


def _first(one: _Placed) -> int:
    return one.first


@dataclass(eq=False)
class Heard:
    """A text as it was heard. `used` grows while it is understood; nothing else changes."""

    text: str
    tokens: list[Token]
    matches: list[Match]
    marks: dict[str, list[Mark]]
    #: The match that a token belongs to.
    owner: dict[int, Match]
    #: Tokens that changed something.
    used: set[int] = field(default_factory=set)

    def of(self, facet: str) -> Iterator[tuple[Match, Meaning]]:
        """What is said about a facet and not negated, in order."""
        for match in self.matches:
            meaning = None if match.negated else match.of(facet)
            if meaning is not None:
                yield match, meaning

    def marked(self, facet: str, first: int, last: int) -> list[Mark]:
        """Marks of a facet that lie from one token to another, both included."""
        return [mark for mark in between(self.marks.get(facet, []), first, last) if mark.last <= last]

    def use(self, *spans: Match | Mark) -> None:
        """Note that these changed something."""
        for span in spans:
            self.used.update(span.path if isinstance(span, Match) else range(span.first, span.last + 1))

    def within(self, at: int, reach: int, *, sentence: bool = False) -> int:
        """The furthest token up to `reach` away (negative: before) in the same clause, or sentence."""
        step = 1 if reach > 0 else -1
        here = self.tokens[at]
        for _ in range(abs(reach)):
            onward = at + step
            if not 0 <= onward < len(self.tokens):
                break
            there = self.tokens[onward]
            if (there.sentence != here.sentence) if sentence else (there.clause != here.clause):
                break
            at = onward
        return at

    def width(self, at: int, words: int) -> int:
        """So many words there, in tokens: Chinese takes about two characters for a word."""
        return words * 2 if self.tokens[at].kind == "han" else words


def hear(text: str, tokens: list[Token], lexicon: Lexicon, *, avoiding: bool = False) -> Heard:
    """The phrases of a text. The longest one wins, and the first of two that overlap."""
    matches: list[Match] = []
    owner: dict[int, Match] = {}
    for at in range(len(tokens)):
        if at in owner:
            continue
        best: tuple[tuple[int, int], tuple[int, ...], Sequence[Meaning]] | None = None
        for path, meanings in lexicon.main.find(tokens, at):
            rank = len(path), path[0] - path[-1]
            if (best is None or rank > best[0]) and not any(index in owner for index in path):
                best = rank, path, meanings
        if best is not None:
            telling = tuple(meaning for meaning in best[2] if meaning.facet != "nothing")
            match = Match(best[1], telling)
            matches.append(match)
            owner.update(dict.fromkeys(match.path, match))
    if avoiding:
        for at in range(len(tokens)):
            matches += [Match(path, tuple(meanings)) for path, meanings in lexicon.avoid.find(tokens, at)]
    return Heard(text, tokens, matches, _marks(tokens, lexicon), owner)


def _marks(tokens: list[Token], lexicon: Lexicon) -> dict[str, list[Mark]]:
    marks: dict[str, list[Mark]] = {}
    for at in range(len(tokens)):
        longest: dict[str, Mark] = {}
        for path, meanings in lexicon.modifiers.find(tokens, at):
            for meaning in meanings:
                before = longest.get(meaning.facet)
                if before is None or path[-1] > before.last:
                    longest[meaning.facet] = Mark(meaning.facet, meaning.kind, path[0], path[-1])
        for facet, mark in longest.items():
            known = marks.setdefault(facet, [])
            if not known or known[-1].last < mark.first:
                known.append(mark)
    return marks
