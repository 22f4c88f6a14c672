"""The cast: the places and things of a prompt, and what its subjects do."""

from dataclasses import dataclass
from typing import cast

from oxreel.engines.animatic.direction.heard import Heard, Mark, Match, between
from oxreel.engines.animatic.direction.lexicon import Lexicon
from oxreel.engines.animatic.direction.moving import moving, paces, way
from oxreel.engines.animatic.direction.negative import Forbidden
from oxreel.engines.animatic.direction.phrases import Meaning
from oxreel.engines.animatic.direction.subjects import PEOPLE, Subject, acts, subjects_of
from oxreel.engines.animatic.plan import USUAL, Action, ActionKind, Place, Thing

#: How many a plural shows.
_PLURAL = 3
#: Words before a noun that may count or colour it.
_ADJECTIVES = 4
#: Words between an action and who acts, and between the weather and how it moves.
_FURTHEST, _WEATHER_REACH = 60, 8
_WORN = ("clothes", "hat", "shoe", "ring", "watch")
#: How things of other builds go where people walk and run.
_BUILT = {
    **dict.fromkeys(("car", "truck", "bus", "train", "motorcycle", "bicycle"), "wheels"),
    **dict.fromkeys(("plane", "helicopter", "rocket", "spaceship"), "wings"),
    **dict.fromkeys(("eagle", "butterfly", "bee", "kite", "balloon"), "wings"),
    **dict.fromkeys(("boat", "ship", "jellyfish"), "hull"),
    **dict.fromkeys(("fish", "whale", "dolphin"), "fins"),
}  # fmt: skip
_GOES: dict[str, ActionKind] = {"wheels": "drive", "wings": "fly", "hull": "float", "fins": "swim"}
_SUITED: dict[tuple[str, str], ActionKind] = {
    (kind, build): goes
    for build, goes in _GOES.items()
    for kind in ("walk", "run", "drive", "float")
    if goes != "float" or kind != "float"
}


@dataclass(frozen=True)
class Cast:
    """Who and what is there."""

    actions: tuple[Action, ...]
    places: tuple[Place, ...]
    things: tuple[Thing, ...]


def cast_of(heard: Heard, forbidden: Forbidden, lexicon: Lexicon, drawn: bool) -> Cast:
    """The cast. `drawn`: no picture shows it, so that its nouns matter."""
    subjects = subjects_of(heard, lexicon)
    actions = _actions(heard, subjects, forbidden, lexicon)
    things = _things(heard, forbidden, lexicon, drawn)
    if drawn and not any(one.kind in PEOPLE for one in things):
        meant = next((one for one in subjects if one.pronoun and not one.name and one.kind), None)
        if meant is not None and not forbidden.has("things", meant.kind):
            word = heard.text[heard.tokens[meant.first].start : heard.tokens[meant.last].end]
            things.insert(0, Thing(meant.kind, word))
            actions = [
                Action(one.kind, meant.kind, one.sign, one.pace, one.depth) if not one.who else one for one in actions
            ]
    places: list[Place] = []
    for match, meaning in heard.of("places"):
        if not forbidden.has("places", meaning.kind):
            if drawn:
                heard.use(match)
            if meaning.kind not in places:
                places.append(cast(Place, meaning.kind))
    return Cast(tuple(dict.fromkeys(actions)), tuple(places), tuple(things))


def _things(heard: Heard, forbidden: Forbidden, lexicon: Lexicon, drawn: bool) -> list[Thing]:
    things: list[Thing] = []
    for match, meaning in heard.of("things"):
        if forbidden.has("things", meaning.kind):
            continue
        number, colour = _said(heard, match, "number"), _said(heard, match, "colour")
        if drawn:
            heard.use(match, *(mark for mark in (number, colour) if mark is not None))
        wearer = _wearer(heard, match, meaning, things)
        if wearer is not None:
            if colour is not None and not things[wearer].colour:
                worn = things[wearer]
                things[wearer] = Thing(worn.kind, worn.word, worn.count, colour.kind)
            continue
        word = heard.text[heard.tokens[match.first].start : heard.tokens[match.last].end]
        thing = Thing(meaning.kind, word, _count(heard, match, number, lexicon), colour.kind if colour else "")
        known = [one for one in things if one.kind == thing.kind and (one.colour == thing.colour or not thing.colour)]
        if not known:
            things.append(thing)
    return things


def _said(heard: Heard, match: Match, facet: str) -> Mark | None:
    """The number or the colour that stands in or before a noun, with nothing of another meaning between."""
    start = heard.within(match.first, -heard.width(match.first, _ADJECTIVES))
    for mark in reversed(heard.marked(facet, start, match.last)):
        apart = range(mark.first, match.first)
        if all(heard.owner.get(index) in (None, match) for index in apart) and mark.last < match.last:
            return mark
    return None


def _count(heard: Heard, match: Match, number: Mark | None, lexicon: Lexicon) -> int:
    own = heard.marked("several", match.first, match.last)
    if number is not None:
        return int(number.kind)
    if own:
        return int(own[0].kind)
    return _PLURAL if heard.tokens[match.last].text in lexicon.plurals else 1


def _wearer(heard: Heard, match: Match, meaning: Meaning, things: list[Thing]) -> int | None:
    """Whose clothes these are: the last person who was named."""
    if meaning.kind not in _WORN:
        return None
    start = heard.within(match.first, -heard.width(match.first, _ADJECTIVES))
    people = [index for index, one in enumerate(things) if one.kind in (*PEOPLE, "robot")]
    return people[-1] if people and heard.marked("worn", start, match.first - 1) else None


def _actions(heard: Heard, subjects: list[Subject], forbidden: Forbidden, lexicon: Lexicon) -> list[Action]:
    movers = moving(heard)
    pace = paces(heard, movers)
    found: list[Action] = []
    for match, meaning in heard.of("actions"):
        # "Day turns to night" is a change and no turn.
        if forbidden.has("actions", meaning.kind) or match.first in heard.used:
            continue
        heard.use(match)
        heard.use(*heard.marked("along", match.last + 1, heard.within(match.last, 2)))
        sign = way(heard, match, "left", "right", movers, earlier=False)
        depth = way(heard, match, "away", "near", movers, earlier=False)
        own = pace.get(match.first, USUAL) * meaning.value
        doers = _who(heard, match, subjects, lexicon)
        if doers == [""] and _is_weathers(heard, match):
            continue
        for who in doers:
            kind = _SUITED.get((meaning.kind, _BUILT.get(who, "")), cast(ActionKind, meaning.kind))
            if not any((one.kind, one.who) == (kind, who) for one in found):
                found.append(Action(kind, who, sign, own, depth))
    return found


def _is_weathers(heard: Heard, match: Match) -> bool:
    """Whether it is the weather that moves: "dust motes float"."""
    start = heard.within(match.first, -heard.width(match.first, _WEATHER_REACH))
    return any(one.of("weather") for one in between(heard.matches, start, match.first - 1))


def _who(heard: Heard, match: Match, subjects: list[Subject], lexicon: Lexicon) -> list[str]:
    """Who does it: who is named right after ("running dogs"), else before it in the sentence, else after it."""
    sentence = heard.tokens[match.first].sentence
    near = between(subjects, match.first - _FURTHEST, match.last + _FURTHEST)
    mine = [one for one in near if heard.tokens[one.first].sentence == sentence]
    following = match.last + 1
    if following < len(heard.tokens) and heard.tokens[following].text in ("的", "着"):
        following += 1
    participle = heard.tokens[match.last].text.endswith("ing") or heard.tokens[match.first].kind == "han"
    if participle:
        for one in mine:
            if one.first == following and one.kind != "@" and heard.tokens[following - 1].text != "着":
                return [one.name]
    before = [one for one in mine if one.last < match.first]
    acting = [one for one in before if acts(one, lexicon)]
    if acting:
        return _joined(heard, acting)
    after = [one for one in mine if one.first > match.last and acts(one, lexicon)]
    other = heard.tokens[match.first].clause
    after = [one for one in after if heard.tokens[one.first].clause != other]
    if before or after:
        return [before[-1].name if before else after[0].name]
    return [""]


def _joined(heard: Heard, acting: list[Subject]) -> list[str]:
    """The last one, with those that are named with it: "a dog and a cat"."""
    last = acting[-1]
    names = [last.name]
    if len(acting) > 1 and not last.pronoun:
        other = acting[-2]
        apart = range(other.last + 1, last.first)
        joins = [mark for mark in heard.marked("and", other.last + 1, last.first - 1) if mark.kind == ""]
        if joins and len(apart) <= heard.width(last.first, 3) and not any(index in heard.owner for index in apart):
            names.insert(0, other.name)
    return names
