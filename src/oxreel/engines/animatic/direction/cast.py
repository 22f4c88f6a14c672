"""The cast: the places and things of a prompt, and what its subjects do."""

from dataclasses import dataclass, replace
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
_WEARERS = (*PEOPLE, "robot")
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
        for kind in meaning.kinds:
            if forbidden.has("places", kind):
                continue
            if drawn:
                heard.use(match)
            if kind not in places:
                places.append(cast(Place, kind))
    return Cast(tuple(dict.fromkeys(actions)), tuple(places), tuple(things))


def _things(heard: Heard, forbidden: Forbidden, lexicon: Lexicon, drawn: bool) -> list[Thing]:
    things: list[Thing] = []
    #: Of clothes whose wearer is named after them: "穿红裙的女孩".
    worn = ""
    for match, meaning in heard.of("things"):
        if forbidden.has("things", meaning.kind):
            continue
        number, colour = _said(heard, match, "number"), _said(heard, match, "colour")
        if drawn:
            heard.use(match, *(mark for mark in (number, colour) if mark is not None))
        if _is_worn(heard, match, meaning):
            wearer = next((index for index, one in reversed([*enumerate(things)]) if one.kind in _WEARERS), None)
            if wearer is None:
                worn = colour.kind if colour is not None else worn
            elif colour is not None and not things[wearer].colour:
                things[wearer] = replace(things[wearer], colour=colour.kind)
            continue
        word = heard.text[heard.tokens[match.first].start : heard.tokens[match.last].end]
        thing = Thing(meaning.kind, word, _count(heard, match, number, lexicon), colour.kind if colour else "")
        if worn and thing.kind in _WEARERS:
            thing, worn = replace(thing, colour=thing.colour or worn), ""
        if not any(one.kind == thing.kind and (one.colour == thing.colour or not thing.colour) for one in things):
            things.append(thing)
    return things


def _is_worn(heard: Heard, match: Match, meaning: Meaning) -> bool:
    """Whether these are clothes that someone has on: they lend a colour."""
    start = heard.within(match.first, -heard.width(match.first, _ADJECTIVES))
    return meaning.kind in _WORN and bool(heard.marked("worn", start, match.first - 1))


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


def _actions(heard: Heard, subjects: list[Subject], forbidden: Forbidden, lexicon: Lexicon) -> list[Action]:
    movers = moving(heard)
    changes = set(heard.used)
    pace = paces(heard, movers)
    found: list[Action] = []
    for match, meaning in heard.of("actions"):
        # "Day turns to night" is a change and no turn.
        if forbidden.has("actions", meaning.kind) or (meaning.kind == "turn" and match.first in changes):
            continue
        heard.use(match)
        heard.use(*heard.marked("along", match.last + 1, heard.within(match.last, 2)))
        # In Chinese the direction comes first: 从右向左疾驰.
        earlier = heard.tokens[match.first].kind == "han"
        sign = way(heard, match, "left", "right", movers, earlier=earlier)
        depth = way(heard, match, "away", "near", movers, earlier=earlier)
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
    participle = heard.tokens[match.last].text.endswith("ing")
    if following < len(heard.tokens) and heard.tokens[following].text == "的":
        following, participle = following + 1, True
    if participle and heard.within(match.last, 2) >= following:
        for one in mine:
            if one.first == following and one.kind != "@":
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
