"""The camera: what a prompt asks of it, as phases of moves."""

from dataclasses import replace
from typing import cast

from oxreel.engines.animatic.direction.heard import Heard, Match
from oxreel.engines.animatic.direction.moving import moving, paces, way
from oxreel.engines.animatic.direction.negative import Forbidden
from oxreel.engines.animatic.direction.phrases import Meaning
from oxreel.engines.animatic.plan import GENTLE_PUSH, HOLD, USUAL, Axis, Camera, Framing, Move

_NEARNESS: tuple[Framing, ...] = ("extreme_wide", "wide", "medium", "close", "extreme_close")


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


def framing_of(heard: Heard, forbidden: Forbidden) -> Framing | None:
    """How near a shot begins."""
    said = _framings(heard, forbidden)
    heard.use(*(match for match, _ in said[:1]))
    return said[0][1] if said else None


def reframed(heard: Heard, camera: Camera, forbidden: Forbidden) -> Camera:
    """The camera, which moves in or out where a shot is said to end nearer or further than it begins."""
    said = _framings(heard, forbidden)
    if not said:
        return camera
    match, ending = said[-1]
    begins, ends = _NEARNESS.index(said[0][1]), _NEARNESS.index(ending)
    if (camera.asked and camera.has("zoom")) or abs(ends - begins) < 2:
        heard.use(*(match for match, _ in said))
    elif not camera.asked and not forbidden.has("camera", "zoom") and _ends_there(heard, match):
        heard.use(match)
        return Camera(((Move("zoom", 1 if ends > begins else -1),),), camera.handheld)
    return camera


def _ends_there(heard: Heard, match: Match) -> bool:
    """Whether a framing is said to come later: "then", "to a close-up"."""
    start = heard.within(match.first, -heard.width(match.first, 4))
    later = heard.marked("then", start, match.first - 1) or heard.marked("link", start, match.first - 1)
    heard.use(*later)
    return bool(later)


def _framings(heard: Heard, forbidden: Forbidden) -> list[tuple[Match, Framing]]:
    return [
        (match, cast(Framing, meaning.kind))
        for match, meaning in heard.of("framing")
        if not forbidden.has("framing", meaning.kind)
    ]


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
