"""The mood: time, season, weather, light, water, style, framing, focus, and how a shot begins and ends."""

from itertools import pairwise

from oxreel.engines.animatic.direction.heard import Heard, Match
from oxreel.engines.animatic.direction.lexicon import Lexicon
from oxreel.engines.animatic.direction.moving import strength
from oxreel.engines.animatic.direction.negative import Forbidden
from oxreel.engines.animatic.direction.phrases import Meaning
from oxreel.engines.animatic.plan import Amount, Change

#: What a change begins with where only its end is said.
_OTHER = {
    "day": "night", "sunrise": "night", "golden_hour": "day", "dusk": "day", "night": "day",
    "spring": "winter", "summer": "winter", "autumn": "summer", "winter": "summer",
}  # fmt: skip
#: Words between a change and its goal, and between two ends of a change.
_TO_GOAL = 7
_FOCUS_REACH = 16


def first_of(heard: Heard, facet: str, forbidden: Forbidden) -> str | None:
    """The first thing that is said about a facet that can only be one."""
    said = [(match, meaning.kind) for match, meaning in heard.of(facet) if not forbidden.has(facet, meaning.kind)]
    heard.use(*(match for match, kind in said if kind == said[0][1]))
    return said[0][1] if said else None


def amounts_of(heard: Heard, facet: str, forbidden: Forbidden) -> tuple[Amount, ...]:
    """Effects with their strengths, each once: a strength that is said somewhere wins over the ordinary one."""
    found: dict[str, float] = {}
    for match, meaning in heard.of(facet):
        if not forbidden.has(facet, meaning.kind):
            heard.use(match)
            strong = strength(heard, match, meaning.value)
            if found.get(meaning.kind, 1.0) == 1.0:
                found[meaning.kind] = strong
    return tuple(Amount(kind, strong) for kind, strong in found.items())


def weather_of(heard: Heard, forbidden: Forbidden) -> tuple[Amount, ...]:
    """The weather. A storm without rain is its wind."""
    found = amounts_of(heard, "weather", forbidden)
    kinds = {one.kind for one in found}
    if "storm" in kinds and forbidden.has("weather", "rain"):
        winds = () if "wind" in kinds or forbidden.has("weather", "wind") else (Amount("wind", 1.5),)
        found = (*(one for one in found if one.kind != "storm"), *winds)
    return found


def change_of(heard: Heard, facet: str, forbidden: Forbidden, lexicon: Lexicon, edits: bool) -> Change | None:
    """The time of day or the season, and what it turns into. `edits`: one that is only asked for is there at once."""
    said = [(match, meaning) for match, meaning in heard.of(facet) if not forbidden.has(facet, meaning.kind)]
    turnings = _turnings(heard, forbidden) if facet == "time" else []
    if turnings:
        match, before, after = turnings[0][0], turnings[0][1], turnings[-1][2]
        earlier = [(one, meaning.kind) for one, meaning in said if one.last < match.first and meaning.kind != after]
        heard.use(*(one for one, _, _ in turnings), *(one for one, _ in earlier[:1]))
        return Change(earlier[0][1] if earlier else before, after)
    if not said:
        return None
    first, before = said[0][0], said[0][1].kind
    after, changed = before, False
    for (one, before_it), (match, meaning) in pairwise(said):
        linked = _linked(heard, one, match, lexicon)
        if linked:
            # What was said before the change is not what it begins with: "Morning. From day to night."
            first, before = (first, before) if changed else (one, before_it.kind)
            start = heard.within(first.first, -_TO_GOAL)
            heard.use(match, *heard.marked("turned", start, match.first), *heard.marked("theme", start, match.first))
            after, changed = meaning.kind, True
        elif meaning.kind in (before, after):
            heard.use(match)
    heard.use(first)
    if after == before and not edits and _is_goal(heard, first, lexicon):
        before = _OTHER[after]
        if forbidden.has(facet, before):
            before = after
    return Change(before, after)


def _turnings(heard: Heard, forbidden: Forbidden) -> list[tuple[Match, str, str]]:
    """What is said to come: "night falls" is dusk, then night."""
    found = []
    for match, meaning in heard.of("turning"):
        before, after = meaning.kinds
        if not forbidden.has("time", after):
            found.append((match, after if forbidden.has("time", before) else before, after))
    return found


def _linked(heard: Heard, one: Match, other: Match, lexicon: Lexicon) -> bool:
    """Whether nothing but "slowly turns into the" lies between two times, or it is said that the other comes then."""
    first, last = one.last + 1, other.first - 1
    if heard.tokens[one.last].sentence == heard.tokens[other.first].sentence or last - first < _TO_GOAL:
        links = heard.marked("link", first, last) if _only_joins(heard, first, last, lexicon) else []
        if links:
            heard.use(*links)
            return True
    then = heard.marked("then", heard.within(other.first, -3), last)
    heard.use(*then)
    return bool(then)


def _only_joins(heard: Heard, first: int, last: int, lexicon: Lexicon) -> bool:
    if last - first >= 2 * _TO_GOAL:
        return False
    joins = {
        index
        for facet in ("link", "turned", "pace", "theme", "from")
        for mark in heard.marked(facet, first, last)
        for index in range(mark.first, mark.last + 1)
    }
    return all(index in joins or heard.tokens[index].text in lexicon.stop for index in range(first, last + 1))


def _is_goal(heard: Heard, match: Match, lexicon: Lexicon) -> bool:
    """Whether a time is what something turns into: "change the season to summer"."""
    start = heard.within(match.first, -heard.width(match.first, _TO_GOAL))
    for mark in reversed(heard.marked("turned", start, match.first - 1)):
        if _only_joins(heard, mark.last + 1, match.first - 1, lexicon):
            heard.use(mark, *heard.marked("theme", mark.last, match.first - 1))
            return True
    return False


def focus_of(heard: Heard, forbidden: Forbidden) -> str | None:
    """Where a rack focus goes: to the far unless the words name something near as its goal."""
    for match, meaning in heard.of("focus"):
        if forbidden.has("focus", meaning.kind) or forbidden.has("focus", "far"):
            continue
        heard.use(match)
        end = heard.within(match.last, heard.width(match.last, _FOCUS_REACH), sentence=True)
        places = heard.marked("depth", match.first + 1, end)
        if meaning.kind != "rack":
            heard.use(*places[-1:])
            return meaning.kind
        origins = [mark for mark in places if heard.marked("from", mark.first - 3, mark.first - 1)]
        goals = [mark for mark in places if mark not in origins]
        heard.use(*origins, *goals)
        if goals:
            return goals[-1].kind
        return "near" if origins and origins[0].kind == "far" else "far"
    return None


def tempo_of(heard: Heard, forbidden: Forbidden) -> float:
    """How fast time passes."""
    for match, meaning in heard.of("tempo"):
        if not forbidden.has("tempo"):
            heard.use(match)
            return meaning.value
    return 1.0


def is_said(heard: Heard, facet: str, forbidden: Forbidden) -> bool:
    """Whether an effect that has no kinds is asked for."""
    said: list[tuple[Match, Meaning]] = [] if forbidden.has(facet) else list(heard.of(facet))
    heard.use(*(match for match, _ in said))
    return bool(said)
