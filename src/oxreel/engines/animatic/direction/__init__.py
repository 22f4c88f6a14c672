"""Direction: what the words of a prompt ask of a shot."""

from dataclasses import replace

from oxreel.engines.animatic.direction.chips import describe
from oxreel.engines.animatic.direction.film import directions_of, plan_of
from oxreel.engines.animatic.plan import FAST, Axis, Camera, Move
from oxreel.storyboard import Shot, Storyboard

__all__ = ["describe", "direction_of", "directions_of", "plan_of"]

#: Moves in the words of a camera that cannot make them itself.
_PLAINLY: dict[Axis, Axis] = {"whip": "pan", "follow": "truck", "dolly": "zoom"}


def direction_of(prompt: str, negative_prompt: str = "") -> Camera:
    """The camera of a prompt alone, in plain moves."""
    shot = Shot(0, prompt, 1, 0, 25)
    camera = plan_of(Storyboard("", "", (shot,), 64, 64, 0, negative_prompt), shot).camera
    phases = [tuple(_plainly(move) for move in moves if move.axis != "roll") for moves in camera.phases]
    return replace(camera, phases=tuple(moves or (Move("hold", 1),) for moves in phases))


def _plainly(move: Move) -> Move:
    if move.axis == "whip":
        return Move("pan", move.sign, FAST)
    return replace(move, axis=_PLAINLY.get(move.axis, move.axis))
