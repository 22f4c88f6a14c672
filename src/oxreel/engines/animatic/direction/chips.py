"""Chips: a plan in a few words each, for people to read."""

from oxreel.engines.animatic.plan import FAST, SLOW, Action, Amount, Camera, Change, Move, ShotPlan, Thing

_MOVES = {
    ("zoom", 1): "push in", ("zoom", -1): "pull out", ("pan", 1): "pan right", ("pan", -1): "pan left",
    ("tilt", 1): "tilt down", ("tilt", -1): "tilt up", ("truck", 1): "truck right", ("truck", -1): "truck left",
    ("crane", 1): "crane down", ("crane", -1): "crane up", ("orbit", 1): "orbit right", ("orbit", -1): "orbit left",
    ("dolly", 1): "dolly zoom", ("dolly", -1): "dolly zoom out", ("roll", 1): "roll clockwise",
    ("roll", -1): "roll counter-clockwise", ("whip", 1): "whip pan right", ("whip", -1): "whip pan left",
    ("follow", 1): "follow", ("follow", -1): "follow to the left", ("hold", 1): "static camera",
}  # fmt: skip
_SIDES = {1: " right", -1: " left", 0: ""}
_DEPTHS = {1: " to camera", -1: " away", 0: ""}


def describe(plan: ShotPlan, *, drawn: bool = True) -> tuple[str, ...]:
    """What was understood, one short phrase each: "push in, slow", "rain, heavy", "winter to summer".

    Places and things are told where they are `drawn`: elsewhere the pictures show what there is.
    """
    chips = _camera(plan.camera)
    chips += [f"{plan.framing.replace('_', ' ')} shot"] if plan.framing else []
    chips += [plan.angle if plan.angle in ("aerial", "overhead") else f"{plan.angle} angle"] if plan.angle else []
    chips += [f"focus to {'background' if plan.focus == 'far' else 'foreground'}"] if plan.focus else []
    chips += ["shallow focus"] if plan.shallow else []
    chips += (
        ["slow motion" if plan.tempo < 1 else "timelapse" if plan.tempo > 2 else "fast motion"]
        if plan.tempo != 1
        else []
    )
    chips += [_action(one) for one in plan.actions]
    chips += [_change(one) for one in (plan.time, plan.season) if one is not None]
    chips += [_amount(one) for one in (*plan.weather, *plan.light)]
    chips += ["water"] if plan.water else []
    chips += [plan.style] if plan.style else []
    chips += [f"style of @{name}" for name in plan.style_references]
    chips += [plan.transition.replace("fade_", "fade from ").replace("_", " ")] if plan.transition != "cut" else []
    chips += [plan.ending.replace("fade_", "fade to ")] if plan.ending else []
    chips += [f"{one.kind} “{one.text}”" for one in plan.words]
    chips += [f"{one.speaker or 'voice'}: “{one.text}”" for one in plan.lines]
    chips += [f"sound of {_amount(one)}" for one in plan.sounds]
    chips += [*plan.places, *(_thing(one) for one in plan.things)] if drawn else []
    return tuple(dict.fromkeys(chips))


def _camera(camera: Camera) -> list[str]:
    if not camera.asked:
        return []
    chips = []
    for number, moves in enumerate(camera.phases):
        chips += [("then " if number else "") + _move(move) for move in moves]
    # A hold that only carries the shaking is not worth a word.
    if camera.handheld:
        chips = [chip for chip in chips if chip != "static camera"] + ["handheld"]
    return chips


def _move(move: Move) -> str:
    return _MOVES.get((move.axis, move.sign), move.axis) + _pace(move.pace)


def _pace(pace: float) -> str:
    return ", slow" if pace <= SLOW else ", fast" if pace >= FAST else ""


def _action(action: Action) -> str:
    who = f"{action.who.replace('_', ' ')} " if action.who else ""
    return f"{who}{action.kind}{_SIDES[action.sign]}{_DEPTHS[action.depth]}{_pace(action.pace)}"


def _change(change: Change) -> str:
    ends = change.before.replace("_", " "), change.after.replace("_", " ")
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _amount(amount: Amount) -> str:
    name = amount.kind.replace("_", " ")
    return f"{name}, light" if amount.strength < 1 else f"{name}, heavy" if amount.strength > 1 else name


def _thing(thing: Thing) -> str:
    words = [str(thing.count)] if thing.count > 1 else []
    words += [thing.colour] if thing.colour else []
    return " ".join([*words, thing.kind.replace("_", " ")])
