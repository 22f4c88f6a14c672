"""The camera: what a prompt asks of it, as phases of moves."""

from dataclasses import replace
from typing import cast

from oxreel.engines.animatic.direction.heard import Heard, Match
from oxreel.engines.animatic.direction.lexicon import Lexicon
from oxreel.engines.animatic.direction.moving import moving, paces, way
from oxreel.engines.animatic.direction.negative import Forbidden
from oxreel.engines.animatic.direction.phrases import Meaning
from oxreel.engines.animatic.plan import GENTLE_PUSH, HOLD, USUAL, Axis, Camera, Move


def subjects_own(heard: Heard, lexicon: Lexicon) -> None:
    """Drop what sounds like the camera but is what a subject does: "she pushes into the crowd"."""
    for match in list(heard.matches):
        if match.of("camera") and heard.tokens[match.first].text in lexicon.unsure and _has_subject(heard, match):
            heard.matches.remove(match)
            for index in match.path:
                del heard.owner[index]


def _has_subject(heard: Heard, match: Match) -> bool:
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


def camera_of(heard: Heard, forbidden: Forbidden) -> Camera:
    """What is said, less what is ruled out; else a gentle push, or a hold where movement itself is ruled out."""
    movers = moving(heard)
    pace = paces(heard, movers)
    said = [(match, meaning) for match, meaning in heard.of("camera") if not forbidden.has("camera", meaning.kind)]
    handheld = max((pace.get(match.first, USUAL) for match, meaning in said if meaning.kind == "handheld"), default=0.0)
    phases: list[list[Move]] = []
    before: Match | None = None
    for match, meaning in said:
        heard.use(match)
        if meaning.kind == "handheld":
            continue
        move = _move(heard, match, meaning, movers, pace)
        again = bool(phases) and any((one.axis, one.sign) == (move.axis, move.sign) for one in phases[-1])
        if before is None or _later(heard, before, match, again):
            phases.append([])
        before = match
        if all(one.axis != move.axis for one in phases[-1]):
            phases[-1].append(move)
    if phases:
        return Camera(tuple(_without_idle_hold(moves) for moves in phases), handheld)
    still = bool(handheld) or forbidden.has("camera", "zoom")
    return replace(HOLD if still else GENTLE_PUSH, handheld=handheld)


def _move(heard: Heard, match: Match, meaning: Meaning, movers: list[Match], pace: dict[int, float]) -> Move:
    sign = int(meaning.value)
    if meaning.turns:
        minus, plus = meaning.turns
        sign = way(heard, match, minus, plus, movers) or sign
    return Move(cast(Axis, meaning.kind), sign, pace.get(match.first, USUAL))


def _later(heard: Heard, before: Match, match: Match, again: bool) -> bool:
    """Whether a move comes after the one before it: it is said so, or said in another sentence."""
    then = heard.marked("then", before.last + 1, match.first - 1)
    if not then:
        after = heard.marked("after", heard.within(before.first, -3), before.first - 1)
        then = after if heard.tokens[before.last].clause != heard.tokens[match.first].clause else []
    heard.use(*then)
    apart = heard.tokens[before.last].sentence != heard.tokens[match.first].sentence
    return bool(then) or (apart and not again)


def _without_idle_hold(moves: list[Move]) -> tuple[Move, ...]:
    """A phase that both moves and stays put moves."""
    return tuple(move for move in moves if move.axis != "hold") or tuple(moves)
