"""Phrases: the lexicons' patterns as one tree, walked from each token by a bounded number of steps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from oxreel.engines.animatic.direction.tokens import Token, normal


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase says: ("weather", ("snow",), 1.5), ("camera", ("pan",), 1, ("left", "right"))."""

    facet: str
    kinds: tuple[str, ...]
    value: float = 1.0
    #: The direction words that make a camera move's sign negative and positive.
    turns: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The first kind, which is nearly always the only one."""
        return self.kinds[0]


@dataclass(slots=True)
class _Node:
    words: dict[str, "_Node"] = field(default_factory=dict)
    #: Ways on that skip tokens: how many at most, which ones (None: any), and the node after them.
    gaps: list[tuple[int, frozenset[str] | None, "_Node"]] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Step:
    words: tuple[str, ...] = ()
    may_miss: bool = False
    #: A step that skips up to so many tokens instead.
    skips: int = 0
    among: frozenset[str] | None = None


class Phrases:
    """A tree of phrases. `find` takes no more steps for a longer text."""

    def __init__(self) -> None:
        self._root = _Node()
        #: Phrases that are said at the start of a clause only.
        self._opening = _Node()

    def add(self, steps: Sequence[_Step], meaning: Meaning, opening: bool) -> None:
        """Teach one phrase."""
        self._grow(self._opening if opening else self._root, steps, meaning)

    def _grow(self, node: _Node, steps: Sequence[_Step], meaning: Meaning) -> None:
        if not steps:
            if meaning not in node.meanings:
                node.meanings.append(meaning)
            return
        step, rest = steps[0], steps[1:]
        if step.may_miss:
            self._grow(node, rest, meaning)
        if step.skips:
            for skips, among, after in node.gaps:
                if (skips, among) == (step.skips, step.among):
                    self._grow(after, rest, meaning)
                    return
            node.gaps.append((step.skips, step.among, _Node()))
            self._grow(node.gaps[-1][2], rest, meaning)
            return
        for word in step.words:
            self._grow(node.words.setdefault(word, _Node()), rest, meaning)

    def find(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[tuple[int, ...], list[Meaning]]]:
        """Every phrase that begins with that token: the tokens it is made of (not those it skips), its meanings."""
        clause = tokens[at].clause
        ways: list[tuple[_Node, int, tuple[int, ...]]] = [(self._root, at, ())]
        if at == 0 or tokens[at - 1].clause != clause:
            ways.append((self._opening, at, ()))
        while ways:
            node, position, path = ways.pop()
            if node.meanings and path:
                yield path, node.meanings
            if position >= len(tokens) or tokens[position].clause != clause:
                continue
            after = node.words.get(tokens[position].text)
            if after is not None:
                ways.append((after, position + 1, (*path, position)))
            if not path:
                continue
            for skips, among, beyond in node.gaps:
                for skipped in range(skips + 1):
                    onward = position + skipped
                    if onward >= len(tokens) or tokens[onward].clause != clause:
                        break
                    if skipped and among is not None and tokens[onward - 1].text not in among:
                        break
                    following = beyond.words.get(tokens[onward].text)
                    if following is not None:
                        ways.append((following, onward + 1, (*path, onward)))


class English:
    """Reads phrases of words: a|b, walk+, dog*, may?, ~3, *adv, {set}, ^."""

    def __init__(self, sets: Mapping[str, str], forms: Mapping[str, str]) -> None:
        self._sets = {name: tuple(map(normal, words.split("|"))) for name, words in sets.items()}
        self._forms = {word: tuple(forms.split()) for word, forms in forms.items()}
        #: Every plural that was made.
        self.plurals: set[str] = set()

    def read(self, phrase: str, plural: bool = False) -> tuple[list[_Step], bool]:
        """The steps of a phrase, and whether it stands at the start of a clause only."""
        opening = phrase.startswith("^")
        parts = phrase.removeprefix("^").split()
        if plural and parts[-1][-1].isalpha():
            parts[-1] = "|".join(f"{word}*" for word in parts[-1].split("|"))
        return [self._step(part) for part in parts], opening

    def _step(self, part: str) -> _Step:
        if part.startswith("~"):
            return _Step(skips=int(part[1:]))
        if part.startswith("*"):
            return _Step(skips=3, among=frozenset(self._sets[part[1:]]))
        may_miss = part.endswith("?")
        words: list[str] = []
        for one in part.removesuffix("?").split("|"):
            if one.startswith("{"):
                words += self._sets[one[1:-1]]
            elif one.endswith("+"):
                words += self._verb(normal(one[:-1]))
            elif one.endswith("*"):
                words += self._noun(normal(one[:-1]))
            else:
                words.append(normal(one))
        return _Step(tuple(dict.fromkeys(words)), may_miss)

    def _verb(self, word: str) -> tuple[str, ...]:
        if word in self._forms:
            return (word, *self._forms[word])
        if word.endswith("e"):
            return word, f"{word}s", f"{word[:-1]}ing", f"{word}d"
        if word.endswith("y") and word[-2] not in "aeiou":
            return word, f"{word[:-1]}ies", f"{word}ing", f"{word[:-1]}ied"
        if word.endswith(("s", "sh", "ch", "x", "z")):
            return word, f"{word}es", f"{word}ing", f"{word}ed"
        return word, f"{word}s", f"{word}ing", f"{word}ed"

    def _noun(self, word: str) -> tuple[str, str]:
        if word in self._forms:
            plural = self._forms[word][0]
        elif word.endswith("y") and word[-2:-1] not in "aeiou":
            plural = f"{word[:-1]}ies"
        else:
            plural = f"{word}es" if word.endswith(("s", "sh", "ch", "x", "z")) else f"{word}s"
        if plural != word:
            self.plurals.add(plural)
        return word, plural


_CHARACTER = re.compile(r"~(?P<skips>\d)|\[(?P<either>[^\]]+)\](?P<maybe>\??)|(?P<one>.)(?P<may>\??)")


def read_chinese(phrase: str) -> tuple[list[_Step], bool]:
    """The steps of a phrase of characters: [左右], 着?, ~3, ^; English words in it (arrow) stay words."""
    if phrase.isascii() and phrase.isalpha():
        return [_Step((phrase,))], False
    steps = []
    for match in _CHARACTER.finditer(phrase.removeprefix("^")):
        if match["skips"]:
            steps.append(_Step(skips=int(match["skips"])))
        elif match["either"]:
            steps.append(_Step(tuple(match["either"]), bool(match["maybe"])))
        else:
            steps.append(_Step((match["one"],), bool(match["may"])))
    return steps, phrase.startswith("^")
