"""Acting: how an actor stands at each frame. It travels, bobs, leans and turns; it has no limbs to move."""

from dataclasses import dataclass, replace
from math import cos, pi, sin
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.actor import Actor
from oxreel.engines.animatic.effect import Canvas, Nearness
from oxreel.engines.animatic.plan import Action, ActionKind
from oxreel.units import FRAME_RATE

_RATE = float(FRAME_RATE)
#: Own heights that an actor of usual pace travels in a second.
_SPEED: dict[ActionKind, float] = {"walk": 0.32, "run": 0.8, "drive": 0.75, "swim": 0.35, "fly": 0.5}
#: Steps in a second, for the bob and for the sound of footsteps.
STEPS: dict[ActionKind, float] = {"walk": 1.8, "run": 2.7}
#: Share of a way in which an actor gathers speed, and again comes to rest.
_RAMP = 0.22
#: Share of its size by which who walks towards the camera grows in a second, and at most; and the horizon.
_NEARER, _MOST_NEARER, _HORIZON = 0.075, 0.55, 0.48
#: Seconds in which movement in place begins.
_BEGIN = 0.7
#: How far out of sight one waits that is to come in, as a share of the canvas's width.
_UNSEEN = 0.015
#: How narrow a turned cut-out gets: halfway between two angles, and with its front alone.
_HALFWAY, _FRONT_ALONE = 0.68, 0.8


@dataclass(frozen=True)
class Stance:
    """How an actor stands at a frame, measured from its place."""

    #: Its foot on the ground, moved right and down, in shares of the canvas.
    dx: float = 0.0
    dy: float = 0.0
    #: Above the ground, in shares of the canvas's height.
    lift: float = 0.0
    #: Radians clockwise, about its foot (about its middle while it is off the ground).
    rotation: float = 0.0
    scale: float = 1.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    #: Its top moved right and down, in shares of its height; less the lower, nothing at its foot.
    bend: float = 0.0
    dip: float = 0.0
    #: Which of its angles is seen; between two whole numbers the next one comes in over it.
    angle: float = 0.0


def stance(actor: Actor, frame: int, canvas: Canvas, *, enters: bool = False) -> Stance:
    """How the actor stands at that frame of the shot; one that travels comes into sight from a side if it `enters`."""
    time = frame / _RATE
    begun = _smooth(time / _BEGIN)
    action = actor.action
    if action is None:
        return _idle(actor, time, begun)
    x, speed = _way(actor, action, frame, canvas, enters)
    if actor.card:
        # A print travels and turns, and does nothing else.
        turned = _turn(actor, action, frame, canvas) if action.kind == "turn" else _idle(actor, time, begun)
        return replace(turned, dx=x - actor.x)
    found = _moving(actor, action, frame, canvas, begun, speed)
    # What is wide, a car or lettering, rocks less: the same angle moves its ends further.
    rows, columns = actor.angles[0].shape[:2]
    calm = min(1.0, 1.4 * rows / columns)
    found = replace(found, rotation=found.rotation * calm * calm, bend=found.bend * calm)
    if action.depth and action.kind in _SPEED:
        scale = _distance(action, frame, canvas)
        # Along the ground, whose horizon lies in the middle: what is further off stands further up.
        dy = (scale - 1) * max(0.0, actor.y - _HORIZON)
        return replace(found, dx=x - actor.x, dy=dy, scale=scale, lift=found.lift * scale)
    return replace(found, dx=x - actor.x)


def half_width(actor: Actor, canvas: Canvas) -> float:
    """Half of its width, as a share of the canvas's."""
    rows, columns = actor.angles[0].shape[:2]
    return float(actor.height * columns / rows * canvas.height / canvas.width / 2)


def _moving(actor: Actor, action: Action, frame: int, canvas: Canvas, begun: float, speed: float) -> Stance:  # noqa: PLR0911  # one case for each action
    time = frame / _RATE
    size, side = actor.height, _side(actor, action)
    pace = 0.6 + 0.4 * action.pace
    match action.kind:
        case "walk" | "run":
            step = pi * STEPS[action.kind] * pace * time
            strong = 1.0 if action.kind == "walk" else 2.0
            bob = (0.5 - 0.5 * cos(2 * step)) * 0.014 * strong * size
            rock = sin(step) * 0.014 * strong
            return Stance(
                lift=bob * speed,
                rotation=(rock + side * 0.012 * (strong - 0.5)) * speed,
                bend=side * 0.012 * strong * speed - rock * 0.4 * speed,
                scale_y=1 - 0.008 * strong * speed * (0.5 + 0.5 * cos(2 * step)),
            )
        case "drive":
            return Stance(lift=0.0012 * size * sin(2 * pi * 6.3 * time) * speed, rotation=-side * 0.006 * (1 - speed))
        case "fly":
            room = max(0.0, actor.y - size - 0.04)
            high = min(0.22, 0.75 * room) * begun + min(0.02, 0.2 * room) * sin(2 * pi * 0.55 * pace * time) * begun
            swing = cos(2 * pi * 0.55 * pace * time)
            return Stance(lift=high, rotation=(side * 0.06 * speed - side * 0.04 * swing) * begun, bend=0.01 * swing)
        case "float":
            room = max(0.0, actor.y - size - 0.02)
            swing = sin(2 * pi * 0.22 * pace * time + _phase(actor))
            high = min(0.07, 0.7 * room) + min(0.018, 0.25 * room) * swing
            return Stance(lift=high * begun, rotation=0.035 * sin(2 * pi * 0.16 * time + _phase(actor)) * begun)
        case "swim":
            roll = 2 * pi * 0.7 * pace * time
            return Stance(
                lift=(0.02 + 0.012 * sin(roll)) * size * begun,
                rotation=0.03 * cos(roll) * begun,
                bend=0.025 * sin(roll),
            )
        case "jump":
            return _jump(size, time * pace, begun)
        case "dance":
            beat = 2 * pi * 1.0 * pace * time
            return Stance(
                lift=abs(sin(beat)) * 0.025 * size * begun,
                rotation=0.03 * sin(beat) * begun,
                bend=0.04 * sin(beat + 0.6) * begun,
                scale_y=1 - 0.02 * begun * (0.5 + 0.5 * cos(2 * beat)),
            )
        case "nod":
            nod = _twice(time * pace, 0.5, 2.8, 0.42)
            return replace(_idle(actor, time, begun), dip=0.045 * nod, bend=0.006 * nod)
        case "wave":
            swing = _twice(time * pace, 0.35, 3.0, 0.9) * sin(2 * pi * 1.6 * pace * time)
            return replace(_idle(actor, time, begun), bend=0.03 * swing, rotation=0.022 * swing)
        case "turn":
            return _turn(actor, action, frame, canvas)


def _jump(size: float, time: float, begun: float) -> Stance:
    """A hop each 1.15 s: crouches, leaves the ground for half of that, and lands softly."""
    share = time % 1.15 / 1.15
    air = (share - 0.28) / 0.5
    if 0 < air < 1:
        return Stance(lift=0.2 * size * 4 * air * (1 - air) * begun, scale_y=1 + 0.03 * sin(pi * air) * begun)
    # Down before it, and down after it.
    crouch = sin(pi * share / 0.28) if share < 0.28 else sin(pi * (share - 0.78) / 0.22)
    return Stance(scale_y=1 - 0.07 * crouch * begun, scale_x=1 + 0.04 * crouch * begun)


def _turn(actor: Actor, action: Action, frame: int, canvas: Canvas) -> Stance:
    """Through its angles, one after the other, and narrow between them; with one alone, half aside and back."""
    time = min(1.0, frame / max(1, canvas.frames - 1) * max(1.0, action.pace))
    count = len(actor.angles)
    done = _eased((time - 0.06) / 0.88)
    if count == 1:
        aside = sin(pi * done) ** 2
        return Stance(scale_x=1 - (1 - _FRONT_ALONE) * aside, bend=_side(actor, action) * 0.012 * aside)
    at = done * (count - 1)
    # It rests a little on each angle: the change takes the middle of the time between two.
    whole = min(int(at), count - 2)
    between = _smooth((at - whole - 0.12) / 0.76)
    return Stance(scale_x=1 - (1 - _HALFWAY) * sin(pi * between), angle=whole + between)


def _idle(actor: Actor, time: float, begun: float) -> Stance:
    """Breathing, hardly to be seen; a print hangs in the air."""
    phase = _phase(actor)
    breath, sway = sin(2 * pi * 0.27 * time + phase), sin(2 * pi * 0.13 * time + 2 * phase)
    if actor.card:
        return Stance(lift=0.004 * breath * begun, rotation=0.005 * sway * begun)
    return Stance(bend=0.0035 * sway * begun, dip=0.003 * (breath - sin(phase)) * begun)


def _way(actor: Actor, action: Action, frame: int, canvas: Canvas, enters: bool) -> tuple[float, float]:
    """Where its middle is, in shares of the canvas's width, and its speed, 0..1 of its fastest."""
    if action.kind not in _SPEED:
        return actor.x, 0.0
    if action.depth and not action.sign:
        return actor.x, _travelled(frame / max(1, canvas.frames - 1), _RAMP, _RAMP)[1]
    half, side = half_width(actor, canvas), _side(actor, action)
    least, most = half + actor.free, 1 - half - actor.free
    if least > most:
        # It is wider than the canvas: it shifts as far as shows all of it in turn.
        least, most = min(most, actor.x), max(least, actor.x)
    seconds = canvas.frames / _RATE
    metres = _SPEED[action.kind] * action.pace * actor.height * canvas.height / canvas.width
    if enters:
        first = -half - _UNSEEN if side > 0 else 1 + half + _UNSEEN
        # To its place, or on to as far as its pace takes it; it is there before the shot ends, and does not rush.
        place = min(max(actor.x, least), most)
        onward = min(max(first + side * metres * seconds * 0.8, least), most)
        last = max(place, onward) if side > 0 else min(place, onward)
        needed = abs(last - first) / max(metres * (1 - _RAMP), 1e-6)
        done, speed = _travelled(
            frame / max(1, canvas.frames - 1) / min(max(needed / seconds, 0.4), 0.94), 0.0, 2 * _RAMP
        )
    else:
        length = min(metres * seconds * (1 - _RAMP), most - least)
        first = (
            min(max(actor.x - side * length / 2, least), most - length)
            if side > 0
            else min(max(actor.x + length / 2, least + length), most)
        )
        last = first + side * length
        done, speed = _travelled(frame / max(1, canvas.frames - 1), _RAMP, _RAMP)
    return first + (last - first) * done, speed


def _distance(action: Action, frame: int, canvas: Canvas) -> float:
    """The size of who comes nearer, or goes away, against its size in its place."""
    done, _ = _travelled(frame / max(1, canvas.frames - 1), _RAMP, _RAMP)
    way = min(_NEARER * _SPEED[action.kind] / _SPEED["walk"] * action.pace * canvas.frames / _RATE, _MOST_NEARER)
    # It comes to its place, or leaves from there.
    return 1 - way * (1 - done if action.depth > 0 else done)


def _travelled(time: float, gather: float, rest: float) -> tuple[float, float]:
    """Share of a way done at a share of its time, and the speed then; it gathers speed and comes to rest."""
    time = min(max(time, 0.0), 1.0)
    top = 1 / (1 - gather / 2 - rest / 2)
    if gather and time < gather:
        share = time / gather
        return top * gather * (share / 2 - sin(pi * share) / (2 * pi)), (1 - cos(pi * share)) / 2
    left = 1 - time
    if rest and left < rest:
        share = left / rest
        return 1 - top * rest * (share / 2 - sin(pi * share) / (2 * pi)), (1 - cos(pi * share)) / 2
    return top * (time - gather / 2), 1.0


def _side(actor: Actor, action: Action) -> int:
    """Which way it goes: as the words say, else where there is more room."""
    return action.sign or (1 if actor.x <= 0.5 else -1)


def _phase(actor: Actor) -> float:
    """Actors do not breathe together."""
    return crc32(actor.name.encode()) % 628 / 100


def _twice(time: float, first: float, every: float, length: float) -> float:
    """Two gentle impulses, each of that length, once `every` so many seconds."""
    local = (time - first) % every if time > first else -1.0
    number = int(local // length) if local >= 0 else 2
    return sin(pi * (local % length) / length) ** 2 if number < 2 else 0.0


def _smooth(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _eased(share: float) -> float:
    return _travelled(share, 0.35, 0.35)[0]


def sway_field(
    action: Action | None, salience: Nearness, frame: int, canvas: Canvas, strength: float = 1.0
) -> NDArray[np.float32]:
    """How far the subject of a picture that cannot be cut out moves: float32 (rows, columns, 2), to the right and down.

    In pixels of the canvas, on the grid of `salience` (0..1, where the subject is). It is so smooth that the picture
    can follow it without a fold; `strength` 0 gives zeros.
    """
    rows, columns = salience.shape
    field = np.zeros((rows, columns, 2), np.float32)
    if strength <= 0 or float(salience.max()) <= 0:
        return field
    soft = max(1.0, 0.07 * columns)
    mask = cv2.GaussianBlur(salience / salience.max(), (0, 0), soft)
    mask = np.asarray(mask / max(float(mask.max()), 1e-6), np.float32)
    # More towards its top: it stands on its foot.
    weight = mask.sum(axis=1)
    down = np.arange(rows, dtype=np.float32)
    middle = float((weight * down).sum() / weight.sum())
    spread = max(1.0, float(np.sqrt((weight * (down - middle) ** 2).sum() / weight.sum())))
    upper = 1 / (1 + np.exp((down - middle) / spread * 1.2))[:, None]
    time = frame / _RATE
    begun = _smooth(time / _BEGIN) * strength
    across, up = _swaying(action, time)
    # Never steeper than half a pixel for each pixel.
    cell = canvas.width / columns
    limit = 0.35 * soft * cell
    field[..., 0] = mask * upper * np.clip(across * canvas.height, -limit, limit) * begun
    field[..., 1] = -mask * (0.35 + 0.65 * upper) * np.clip(up * canvas.height, -limit, limit) * begun
    return field


def _swaying(action: Action | None, time: float) -> tuple[float, float]:  # noqa: PLR0911  # as above
    """To the right and up, in shares of the canvas's height."""
    if action is None:
        return 0.0012 * sin(2 * pi * 0.13 * time), 0.0016 * sin(2 * pi * 0.27 * time)
    pace = 0.6 + 0.4 * action.pace
    match action.kind:
        case "walk" | "run":
            step = pi * STEPS[action.kind] * pace * time
            size = 0.006 if action.kind == "walk" else 0.01
            return size * 0.7 * sin(step), size * (0.5 - 0.5 * cos(2 * step))
        case "fly" | "float" | "swim":
            return 0.006 * sin(2 * pi * 0.17 * time), 0.011 * sin(2 * pi * 0.3 * pace * time)
        case "turn":
            return 0.009 * sin(2 * pi * 0.18 * pace * time), 0.001 * sin(2 * pi * 0.27 * time)
        case "nod":
            return 0.0, -0.01 * _twice(time * pace, 0.5, 2.8, 0.42)
        case "wave":
            return 0.009 * _twice(time * pace, 0.35, 3.0, 0.9) * sin(2 * pi * 1.6 * pace * time), 0.0
        case "drive":
            return 0.001 * sin(2 * pi * 1.1 * time), 0.0012 * sin(2 * pi * 4.3 * time)
        case "jump":
            air = (time * pace % 1.15 / 1.15 - 0.28) / 0.5
            return 0.0, 0.016 * 4 * air * (1 - air) if 0 < air < 1 else 0.0
        case "dance":
            beat = 2 * pi * pace * time
            return 0.009 * sin(beat), 0.007 * abs(sin(beat))
