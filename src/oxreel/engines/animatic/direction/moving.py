"""Ways and paces: which side a move or an action goes to, how fast, and how strong an effect is."""

from itertools import pairwise

from oxreel.engines.animatic.direction.heard import Heard, Mark, Match, between
from oxreel.engines.animatic.plan import FAST, SLOW, USUAL

#: Words within which a direction counts: after a phrase, and before it.
_AFTER, _BEFORE = 6, 3
#: Words within which "slowly" and "heavy" count.
_PACE_REACH, _STRENGTH_REACH = 4, 2
#: Tokens that a phrase is long, at most.
_LONGEST = 24


def moving(heard: Heard) -> list[Match]:
    """Everything that moves, in order: those that share the directions and paces of a text among them."""
    return [match for match in heard.matches if not match.negated and (match.of("camera") or match.of("actions"))]


def _moves(match: Match | None) -> bool:
    return match is not None and (match.of("camera") is not None or match.of("actions") is not None)


def way(heard: Heard, match: Match, minus: str, plus: str, movers: list[Match], *, earlier: bool = True) -> int:
    """-1 or +1 by the direction word in the phrase, soon after it, or just before it; 0 where there is none."""
    first, last = match.first, heard.within(match.last, heard.width(match.last, _AFTER))
    last = min([last, *(other.first - 1 for other in between(movers, match.last + 1, last))])
    later = [mark for mark in heard.marked("toward", first, last) if mark.kind in (minus, plus)]
    origins = [mark for mark in later if heard.marked("from", mark.first - 2, mark.first - 1)]
    goals = [mark for mark in later if mark not in origins]
    if goals:
        heard.use(goals[0], *origins)
        return 1 if goals[0].kind == plus else -1
    if origins:
        # What comes from the left goes to the right.
        heard.use(origins[0])
        return -1 if origins[0].kind == plus else 1
    if not earlier:
        return 0
    start = heard.within(first, -heard.width(first, _BEFORE))
    marks = [
        mark
        for mark in heard.marked("toward", start, first - 1)
        if mark.kind in (minus, plus) and not _moves(heard.owner.get(mark.first))
    ]
    if marks:
        heard.use(marks[-1])
        return 1 if marks[-1].kind == plus else -1
    return 0


def paces(heard: Heard, movers: list[Match]) -> dict[int, float]:
    """Pace by the first token of each mover that has one said: each adverb belongs to the mover nearest to it."""
    found: dict[int, float] = {}
    for mark in heard.marks.get("pace", []):
        owner = heard.owner.get(mark.first)
        if owner is not None and not _moves(owner):
            continue
        reach = heard.width(mark.first, _PACE_REACH)
        low, high = heard.within(mark.first, -reach), heard.within(mark.last, reach)
        near = [
            (_distance(mark, match), -match.first, match)
            for match in between(movers, low - _LONGEST, high)
            if match.last >= low
        ]
        if near:
            nearest = min(near, key=lambda one: one[:2])[2]
            if found.get(nearest.first) != SLOW:
                found[nearest.first] = SLOW if mark.kind == "slow" else FAST
            heard.use(mark)
    for before, match in pairwise(movers):
        # "slowly pan left and tilt up"
        joined = match.of("camera") and before.of("camera") and match.first - before.last <= 3
        same = heard.tokens[before.last].clause == heard.tokens[match.first].clause
        if joined and same and before.first in found:
            found.setdefault(match.first, found[before.first])
    return found


def strength(heard: Heard, match: Match, usual: float) -> float:
    """How strong an effect is: as its phrase says, else as the words around it say."""
    reach = heard.width(match.first, _STRENGTH_REACH)
    low, high = heard.within(match.first, -reach), heard.within(match.last, reach)
    for span in ((low, match.first - 1), (match.last + 1, high)):
        for mark in heard.marked("strength", *span):
            if mark.first not in heard.owner:
                heard.use(mark)
                return float(mark.kind) if usual == USUAL else usual
    return usual


def _distance(mark: Mark, match: Match) -> int:
    if match.first <= mark.first <= match.last:
        return 0
    return mark.first - match.last if mark.first > match.last else match.first - mark.last
