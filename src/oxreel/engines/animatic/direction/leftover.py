"""Leftovers: the words of a prompt that changed nothing."""

from oxreel.engines.animatic.direction.heard import Heard
from oxreel.engines.animatic.direction.lexicon import Lexicon


def without_effect(heard: Heard, lexicon: Lexicon) -> tuple[str, ...]:
    """Words and runs of Chinese characters that nothing came of, as they are written, in order, each once."""
    found: dict[str, str] = {}
    for first, last in _runs(heard, lexicon):
        written = heard.text[heard.tokens[first].start : heard.tokens[last].end]
        found.setdefault(written.lower(), written)
    return tuple(found.values())


def _runs(heard: Heard, lexicon: Lexicon) -> list[tuple[int, int]]:
    """First and last token of each: a word alone, characters up to the next that mattered or means little."""
    runs: list[tuple[int, int]] = []
    silent = _little(heard, lexicon)
    for index, token in enumerate(heard.tokens):
        if token.kind in ("mention", "quote") or index in heard.used or index in silent:
            continue
        before = heard.tokens[index - 1] if index else None
        owner = heard.owner.get(index)
        if (
            token.kind == "han"
            and runs
            and before is not None
            and runs[-1][1] == index - 1
            and before.kind == "han"
            and before.clause == token.clause
            and owner is heard.owner.get(index - 1)
        ):
            runs[-1] = runs[-1][0], index
        elif token.kind == "han" or not token.text.isdigit():
            runs.append((index, index))
    return runs


def _little(heard: Heard, lexicon: Lexicon) -> set[int]:
    """Tokens of words that mean little; of Chinese ones the longest at each place."""
    found = {
        index
        for facet in ("then", "and", "not", "yet", "until", "from", "link", "who")
        for mark in heard.marks.get(facet, ())
        for index in range(mark.first, mark.last + 1)
        if index not in heard.owner or not heard.owner[index].meanings
    }
    index = 0
    while index < len(heard.tokens):
        token = heard.tokens[index]
        width = 1
        if token.kind == "han":
            for length in (3, 2, 1):
                word = "".join(one.text for one in heard.tokens[index : index + length] if one.kind == "han")
                if len(word) == length and word in lexicon.stop and _free(heard, index, length):
                    found.update(range(index, index + length))
                    width = length
                    break
        elif token.text in lexicon.stop:
            found.add(index)
        index += width
    return found


def _free(heard: Heard, index: int, length: int) -> bool:
    """Whether those characters are no part of a longer phrase."""
    owners = (heard.owner.get(one) for one in range(index, index + length))
    return all(owner is None or not owner.meanings for owner in owners)
