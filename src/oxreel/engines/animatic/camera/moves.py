"""Moves: what the directions of a shot do to the camera's curves."""

import numpy as np

from oxreel.engines.animatic.camera.curves import Curves
from oxreel.engines.animatic.camera.timing import Curve, ease
from oxreel.engines.animatic.plan import Axis, Camera, Move
from oxreel.engines.animatic.views import Anchors

#: What a move of ordinary pace adds up to in five seconds. Zoom is the logarithm of the magnification; pan, tilt,
#: truck, crane and follow are shares of the frame; orbit and roll are angles in radians; a dolly zoom is a part of the
#: way to the subject; a whip pan takes no account of the time that there is.
_AMOUNT: dict[Axis, float] = {
    "zoom": float(np.log(1.28)), "pan": 0.14, "tilt": 0.14, "truck": 0.14, "crane": 0.14, "orbit": 0.2,
    "dolly": 0.34, "roll": 0.1, "whip": 0.26, "follow": 0.3,
}  # fmt: skip
#: Frames that a move of ordinary amount takes.
_USUAL_FRAMES = 120
#: Share of a path after which the room that a move needs at the edges is made.
LEAD = 0.45
#: Furthest that one move goes to the side, as a share of the frame; furthest that it turns; most of a dolly zoom.
_FURTHEST_ASIDE, _FURTHEST_TURN, _FURTHEST_HELD = 0.15, 0.13, 0.45
#: Part of a pan's and a tilt's way that the camera goes rather than turns: no one turns about the lens itself.
_PANNED = 0.2
#: Part of a following camera's way that moves the subject in the frame.
_LAG = 0.1
#: Most that a pull-out takes away from a first frame that is given: what lies beyond it is made up.
_FURTHEST_OUT = float(np.log(1.1))
#: Frames that a whip pan takes.
_WHIP = 11


def curves_of(direction: Camera, frames: int, anchors: Anchors, seed: int, scale: float) -> Curves:
    """How the camera stands when it does as directed."""
    curves = Curves(frames)
    time = np.arange(frames) / max(1, frames - 1)
    phases = direction.phases
    for index, moves in enumerate(phases):
        local = np.clip(time * len(phases) - index, 0, 1)
        for move in moves:
            _add(curves, move, local, frames / len(phases), scale, anchors)
    furthest = -float(curves.zoom.min())
    if anchors.start and furthest > _FURTHEST_OUT:
        curves.zoom = np.where(curves.zoom < 0, curves.zoom * (_FURTHEST_OUT / furthest), curves.zoom)
    if direction.handheld:
        _shake(curves, direction.handheld * scale, seed, anchors)
    return curves


def _add(  # noqa: PLR0912  # a move each
    curves: Curves, move: Move, time: Curve, frames: float, scale: float, anchors: Anchors
) -> None:
    """Let one move of a phase (its own time 0..1) change the camera."""
    if move.axis == "hold":
        return
    length = 1.0 if move.axis == "whip" else float(np.clip((frames / _USUAL_FRAMES) ** 0.6, 0.4, 1.5))
    amount = _AMOUNT[move.axis] * (1.0 if move.axis == "whip" else move.pace) * length
    # Further to the side, or turned, costs so much magnification that the picture turns soft.
    match move.axis:
        case "pan" | "truck" | "tilt" | "crane":
            amount = min(amount, _FURTHEST_ASIDE)
        case "roll":
            amount = min(amount, _FURTHEST_TURN)
        case "dolly":
            amount = min(amount, _FURTHEST_HELD)
    amount *= move.sign * scale
    done = ease(np.clip(time * max(1.0, move.pace), 0, 1))
    # A free path moves about the middle of the picture; an anchored one leaves it, or arrives there.
    free = not anchors.start and not anchors.end
    away = done - (0.5 if free else 0.0)
    match move.axis:
        case "zoom":
            # A free pull-out starts close, so that it never needs what lies beyond the picture.
            curves.zoom += amount * (done - 1 if amount < 0 and free else done)
        case "pan":
            curves.x += amount * (1 - _PANNED) * away
            curves.gone_x += amount * _PANNED * away
        case "tilt":
            curves.y += amount * (1 - _PANNED) * away
            curves.gone_y += amount * _PANNED * away
        case "truck":
            curves.gone_x += amount * away
        case "crane":
            curves.gone_y += amount * away
        case "orbit":
            curves.yaw += amount * away
        case "dolly":
            curves.held += _held(amount, done, anchors)
        case "roll":
            curves.roll += amount * away
        case "follow":
            curves.gone_x += amount * _LAG * away
            curves.beside += amount * (1 - _LAG) * away
        case "whip":
            share = min(1.0, _WHIP / max(frames, 1))
            curves.x += amount * (ease(np.clip((time - 0.5) / share + 0.5, 0, 1), 0.45) - (0.5 if free else 0.0))


def _held(amount: float, done: Curve, anchors: Anchors) -> Curve:
    """The way of a dolly zoom: always where the background is as large as in the picture, or larger.

    Smaller, its edges would come into view: so a camera that goes there comes from further away, and one that must
    begin at the picture leaves it.
    """
    if anchors.start or anchors.end:
        return -abs(amount) * done
    return abs(amount) * (done - 1) if amount > 0 else -abs(amount) * done


def _shake(curves: Curves, strength: float, seed: int, anchors: Anchors) -> None:
    """Breath and hands: slow sway with a little tremor, at rest at anchored ends."""
    random = np.random.default_rng([seed & 0xFFFF_FFFF_FFFF_FFFF, 0x4A4D])
    time = np.arange(curves.frames) / max(1, curves.frames - 1)
    seconds = np.arange(curves.frames) / 24
    rates = np.array([0.23, 0.41, 0.83, 1.7, 2.9])
    sizes = np.array([1.0, 0.8, 0.35, 0.12, 0.05])
    envelope = np.ones(curves.frames)
    if anchors.start:
        # No sooner than the room for it is made.
        envelope *= ease(np.clip(time / LEAD, 0, 1))
    if anchors.end:
        envelope *= ease(np.clip(time[::-1] / LEAD, 0, 1))
    sways = []
    for size in (0.0055, 0.007, 0.0035):
        phase = random.uniform(0, 2 * np.pi, rates.size)
        rate = rates * random.uniform(0.85, 1.15, rates.size)
        sway = (sizes * np.sin(2 * np.pi * rate * seconds[:, None] + phase)).sum(axis=1)
        sways.append(strength * size * envelope * sway)
    curves.sway_x, curves.sway_y, turned = sways
    curves.roll = curves.roll + turned
