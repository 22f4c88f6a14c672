"""Negatives: what a prompt says shall not be, and what a negative prompt takes out."""

from dataclasses import dataclass

from oxreel.engines.animatic.direction.heard import Heard, Match, hear
from oxreel.engines.animatic.direction.lexicon import Lexicon
from oxreel.engines.animatic.direction.tokens import tokens_of

#: Words that "no" and "without" reach over, and how far ahead an "or" keeps a list negated.
_REACH = 4
_LIST = 8


@dataclass(frozen=True)
class Forbidden:
    """What shall not be in a shot: (facet, kind); the kind "*" is all of the facet."""

    things: frozenset[tuple[str, str]] = frozenset()

    def has(self, facet: str, kind: str = "*") -> bool:
        """Whether it is ruled out."""
        return (facet, kind) in self.things or (facet, "*") in self.things

    def __or__(self, other: "Forbidden") -> "Forbidden":
        return Forbidden(self.things | other.things)


def forbidden_by(negative_prompt: str, lexicon: Lexicon) -> Forbidden:
    """What a negative prompt rules out: everything it names."""
    heard = hear(negative_prompt, tokens_of(negative_prompt, (), lexicon.simplified), lexicon, avoiding=True)
    named = {pair for match in heard.matches for pair in _named(match)}
    # Who wants no snow wants none on the ground either.
    return Forbidden(frozenset(named | ({("places", "snowfield")} if ("weather", "snow") in named else set())))


def negate(heard: Heard) -> Forbidden:
    """Mark what the text itself negates, and tell what it names so."""
    named: set[tuple[str, str]] = set()
    unless, stops, joins, alternatives = (_covered(heard, facet) for facet in ("yet", "until", "and", "or"))
    # One negation reaches no further than to the next.
    stops |= {mark.first for mark in heard.marks.get("not", [])}
    for mark in heard.marks.get("not", []):
        if mark.first in heard.owner or mark.first in unless:
            continue
        reached = _reached(heard, mark.last, stops, joins, alternatives)
        for match in reached:
            match.negated = True
            heard.use(match)
            named.update(_named(match))
        if reached:
            heard.used.update(range(mark.first, reached[-1].last + 1))
    return Forbidden(frozenset(named))


def _named(match: Match) -> set[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for meaning in match.meanings:
        if meaning.facet == "all":
            pairs.update((kind, "*") for kind in meaning.kinds)
        elif meaning.facet == "turning":
            pairs.update(("time", kind) for kind in meaning.kinds[1:])
        else:
            pairs.update((meaning.facet, kind or "*") for kind in meaning.kinds)
    return pairs


def _covered(heard: Heard, facet: str) -> set[int]:
    return {index for mark in heard.marks.get(facet, []) for index in range(mark.first, mark.last + 1)}


def _reached(heard: Heard, at: int, stops: set[int], joins: set[int], alternatives: set[int]) -> list[Match]:
    """The phrases that a negation reaches from its last token on: those close by, and a list of them."""
    tokens = heard.tokens
    reached: list[Match] = []
    reach = left = heard.width(at, _REACH)
    position = at + 1
    while position < len(tokens) and left > 0 and tokens[position].sentence == tokens[at].sentence:
        if tokens[position].clause != tokens[position - 1].clause:
            ahead = range(position, heard.within(position, _LIST, sentence=True) + 1)
            listed = tokens[position].parted == "、" or any(index in alternatives for index in ahead)
            if not reached or not listed:
                break
            left = reach
        if position in stops:
            break
        match = heard.owner.get(position)
        if position in joins and match is None:
            left = reach
        elif match is not None and match.first == position:
            if reached and match.of("actions") and not reached[-1].of("actions") and position - 1 not in joins:
                # "A girl without a hat dances."
                break
            reached.append(match)
            left -= 1
            position = match.last
        else:
            left -= 1
        position += 1
    return reached
