"""Senses: which of its meanings a phrase has in its place, before anything is read from it."""

from oxreel.engines.animatic.direction.heard import Heard, Match
from oxreel.engines.animatic.direction.lexicon import Lexicon


def settle(heard: Heard, lexicon: Lexicon) -> None:
    """Leave every phrase the meanings that it has where it stands."""
    kept: list[Match] = []
    for match in heard.matches:
        if (
            _is_subjects(heard, match, lexicon)
            or _is_titles(heard, match)
            or _is_no_thing(heard, match, lexicon)
            or _is_no_action(heard, match, lexicon)
            or _is_of_a_dish(heard, match)
        ):
            for index in match.path:
                del heard.owner[index]
            continue
        if match.of("actions") and match.of("places"):
            # "She waves", but "the waves".
            acts = _has_subject(heard, match) or _goes_on(heard, match, kept)
            match.meanings = tuple(one for one in match.meanings if (one.facet == "actions") == acts)
        kept.append(match)
    heard.matches[:] = kept


def _is_subjects(heard: Heard, match: Match, lexicon: Lexicon) -> bool:
    """Whether what sounds like the camera is what a subject does: "she pushes into the crowd"."""
    unsure = match.of("camera") is not None and heard.tokens[match.first].text in lexicon.unsure
    return unsure and _has_subject(heard, match)


def _is_no_thing(heard: Heard, match: Match, lexicon: Lexicon) -> bool:
    """Whether what sounds like several things is what one does: "the train rocks", "a bell rings"."""
    if match.of("things") is None or heard.tokens[match.first].text not in lexicon.verbs:
        return False
    one = match.first >= 2 and heard.tokens[match.first - 2].text in ("a", "an", "one")
    return _has_subject(heard, match) or (one and _follows(heard, match))


def _is_no_action(heard: Heard, match: Match, lexicon: Lexicon) -> bool:
    """Whether what sounds like an action is somebody: "a fly lands"."""
    known = match.of("actions") is not None and heard.tokens[match.first].text in lexicon.nouns
    return known and _follows(heard, match) and heard.tokens[match.first - 1].text in ("a", "an", "the", "one")


def _is_of_a_dish(heard: Heard, match: Match) -> bool:
    """Whether it is the pan of a "pan pizza"."""
    if heard.tokens[match.first].text != "pan" or match.last + 1 >= len(heard.tokens):
        return False
    after = heard.owner.get(match.last + 1)
    meant = None if after is None else after.of("things")
    return meant is not None and "food" in meant.kinds


def _follows(heard: Heard, match: Match) -> bool:
    """Whether a word of its own clause is before it."""
    return match.first > 0 and heard.tokens[match.first - 1].clause == heard.tokens[match.first].clause


def _is_titles(heard: Heard, match: Match) -> bool:
    """Whether it is shown words that fade in or out."""
    fades = match.of("transition") or match.of("ending")
    if fades is None or match.first == 0 or heard.tokens[match.first - 1].kind != "quote":
        return False
    heard.use(match)
    return True


def _has_subject(heard: Heard, match: Match) -> bool:
    """Whether someone is named right before it, in its clause."""
    at = match.first - 1
    clause = heard.tokens[match.first].clause
    while at >= 0 and heard.tokens[at].clause == clause and heard.tokens[at].text.endswith("ly"):
        at -= 1
    if at < 0 or heard.tokens[at].clause != clause:
        return False
    if heard.tokens[at].kind == "mention" or any(one.kind != "it" for one in heard.marked("who", at, at)):
        return True
    before = heard.owner.get(at)
    return before is not None and before.last == at and before.of("things") is not None


def _goes_on(heard: Heard, match: Match, before: list[Match]) -> bool:
    """Whether it goes on with what someone does: "turns and waves"."""
    if match.first < 2 or heard.tokens[match.first - 1].text not in ("and", "then"):
        return False
    spoke = heard.tokens[match.first - 2].kind == "quote"
    acted = bool(before) and before[-1].last == match.first - 2 and before[-1].of("actions") is not None
    return spoke or (acted and before[-1].of("places") is None)
