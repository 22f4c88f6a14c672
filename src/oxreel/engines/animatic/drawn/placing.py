"""Placing: where each thing of a shot stands, how large, which way it looks and what it does."""

from dataclasses import dataclass

import numpy as np

from oxreel.engines.animatic.drawn.palette import Palette
from oxreel.engines.animatic.drawn.things import Drawing, drawing, known
from oxreel.engines.animatic.plan import Action, ShotPlan, Thing

#: Height of the subject in shares of the picture, by framing.
_SIZES = {None: 0.36, "extreme_wide": 0.13, "wide": 0.24, "medium": 0.52, "close": 0.80, "extreme_close": 1.35}
#: Large things seen whole are larger in the picture, small ones smaller.
_BUILT = ("house", "castle", "lighthouse", "tower", "windmill", "temple", "bridge", "statue", "tree", "pine", "palm")
#: Most figures of one kind that are drawn.
_MOST, _CROWD = 9, 16
_POSES = {"walk": "walk", "run": "run", "fly": "fly", "float": "fly", "wave": "wave", "dance": "dance", "jump": "jump"}
#: What floats: the share of it that is under water.
_DRAUGHT = {
    "boat": 0.10,
    "ship": 0.06,
    "sailboat": 0.02,
    "duck": 0.10,
    "whale": 0.42,
    "shark": 0.5,
    "turtle": 0.3,
    "fish": 0.3,
    "dolphin": 0.0,
}
_FLYERS = ("bird", "seagull", "eagle", "butterfly", "owl", "dragon")


@dataclass(frozen=True)
class Placed:
    """A drawing with its foot at (x, y) in heights of the picture, `height` high."""

    drawing: Drawing
    x: float
    y: float
    height: float
    flip: bool
    action: Action | None
    #: Whether it is cut out of the set, to move in it.
    actor: bool
    #: Share of it below the water's surface.
    draught: float = 0.0
    #: Whether it stands on the ground.
    grounded: bool = True


def action_of(plan: ShotPlan, thing: Thing, first: bool) -> Action | None:
    """What the plan lets a thing do."""
    for action in plan.actions:
        if action.who in (thing.kind, thing.word) or (first and action.who == ""):
            return action
    return None


def placed(
    plan: ShotPlan, palette: Palette, ground: str, horizon: float, aspect: float, seed: int, random: np.random.Generator
) -> list[Placed]:
    """Everything that stands in the setting, far things first."""
    things = [thing for thing in plan.things if known(thing.kind) is not None and _seen(thing, plan, ground)]
    if not things:
        return []
    subject = next((thing for thing in things if _mobile(thing)), things[0])
    share = _SIZES[plan.framing]
    result: list[Placed] = []
    reference: float | None = None
    side = 1 if random.random() < 0.5 else -1
    order = [subject, *(thing for thing in things if thing is not subject)]
    for number, thing in enumerate(order):
        kind = known(thing.kind) or thing.kind
        action = action_of(plan, thing, number == 0)
        pose = _POSES.get(action.kind, "stand") if action else "stand"
        if (
            kind in _FLYERS
            and ground in ("sky", "sea", "beach", "mountains", "above", "desert", "city", "street")
            and action is None
        ):
            pose = "fly"
        count = _count(thing, kind)
        # A thing looks the same in every shot of the film: its dice are the seed and its name.
        dice = np.random.default_rng([seed & 0xFFFF_FFFF, *thing.kind.encode()[:12]])
        members = [
            drawing(_member(kind, index), thing.word, thing.colour, pose, palette, dice) for index in range(count)
        ]
        first = members[0]
        if not first.parts:
            continue
        reference = reference if reference is not None else first.metres
        size = _size(share, first, number, reference, kind, plan, aspect, ground)
        if count > 1:
            size *= 0.82 if count == 2 else 0.66 if count <= 5 else 0.5
        facing = action.sign if action and action.sign else (1 if action and pose in ("walk", "run", "fly") else side)
        if action and action.kind in ("drive", "swim") and not action.sign:
            facing = 1
        for index, member in enumerate(members):
            result.append(
                _spot(
                    member,
                    kind,
                    number,
                    index,
                    count,
                    size,
                    facing,
                    action,
                    ground,
                    horizon,
                    aspect,
                    plan,
                    random,
                    side,
                )
            )
    return sorted(result, key=lambda one: one.y if one.grounded else one.y - 0.2)


def _seen(thing: Thing, plan: ShotPlan, ground: str) -> bool:
    """Whether a thing is drawn by itself: trees in a wood and rocks on a shore are there already."""
    kind = known(thing.kind)
    if kind in ("tree", "pine") and ground in ("forest", "park", "above", "snowfield", "mountains"):
        return False
    if kind == "rock" and ground in ("above", "sea", "beach"):
        return False
    if kind in ("house", "tower") and ground in ("above", "village", "city", "street"):
        return kind == "tower" and ground == "city"
    if kind == "flower" and ground in ("field", "park", "mountains") and thing is not plan.things[0]:
        return False
    return not (kind == "table" and ground == "table")


def _mobile(thing: Thing) -> bool:
    return (known(thing.kind) or "") not in _BUILT and (known(thing.kind) or "") not in (
        "moon",
        "sun",
        "star",
        "cloud",
        "rainbow",
        "planet",
        "rock",
        "bench",
        "lamp",
    )


def _member(kind: str, index: int) -> str:
    if kind == "couple":
        return "woman" if index == 0 else "man"
    return ("woman", "man", "man", "woman", "child")[index % 5] if kind == "crowd" else kind


def _count(thing: Thing, kind: str) -> int:
    if kind == "crowd":
        return _CROWD
    if kind == "couple":
        return 2
    return max(1, min(_MOST, thing.count))


def _size(
    share: float, first: Drawing, number: int, reference: float, kind: str, plan: ShotPlan, aspect: float, ground: str
) -> float:
    """Height in shares of the picture: by the framing, then by what it is beside the subject, tempered."""
    if number == 0:
        size = share
        if kind in _BUILT:
            size = min(0.72, share * 1.45)
        elif first.metres < 0.5 and plan.framing is None and ground not in ("table", "studio", "room"):
            size = share * 0.72
        elif first.metres > 2.5 and plan.framing is None:
            size = share * 1.15
    else:
        size = share * float((max(first.metres, 0.05) / max(reference, 0.05)) ** 0.55)
        size = float(np.clip(size, 0.06, 0.62 if kind not in _BUILT else 0.7))
    if ground == "above":
        size *= 0.42
    left, low, right, high = first.box
    wide = (right - left) / max(1.0, high - low)
    roomy = 0.60 if plan.framing not in ("close", "extreme_close") else 0.95
    return min(size, roomy * aspect / max(wide, 0.1))


def _spot(
    member: Drawing, kind: str, number: int, index: int, count: int, size: float, facing: int, action: Action | None,
    ground: str, horizon: float, aspect: float, plan: ShotPlan, random: np.random.Generator, side: int,
) -> Placed:  # fmt: skip
    jitter = float(random.uniform(-0.02, 0.02))
    middle = 0.5 + (-0.07 * facing if number == 0 else 0.22 * (side if number % 2 else -side)) + jitter
    if number == 0 and plan.framing in (None, "wide", "extreme_wide") and action is None and count == 1:
        middle = 0.5 - 0.10 * side
    height = size * float(random.uniform(0.92, 1.06) if count > 1 else 1.0)
    spread = (index - (count - 1) / 2) / max(1, count)
    x = aspect * (middle + (spread * min(0.78, 0.24 * count) if count > 1 else 0.0))
    flip = facing < 0
    if count > 2 and kind in ("person", "crowd", "sheep", "cow", "butterfly"):
        flip = bool(random.random() < 0.5)
    element = member.element
    floats = element == "water" and ground in ("sea", "beach", "river", "above")
    actor = member.mobile or action is not None
    common = (member, x)
    if ground in ("space", "underwater") or (
        element == "air" and ground not in ("table", "room", "studio") and member.kind != "umbrella"
    ):
        low = 0.56 if ground in ("space", "underwater") else min(0.50, horizon * 0.72)
        if kind == "butterfly":
            low = horizon + 0.08
        y = low + height * 0.5 + (float(random.uniform(-0.16, 0.14)) if count > 1 else jitter)
        if kind in ("rocket", "balloon"):
            y = min(0.84, low + height * 0.62)
        if ground == "underwater" and member.element == "ground":
            y = 0.5 + height * 0.5
        return Placed(*common, y, height, flip, action, actor, grounded=False)
    if floats:
        y = {"sea": horizon + (1 - horizon) * 0.36, "beach": horizon + 0.06, "river": 0.80}.get(ground, 0.5)
        if number or count > 1:
            y += float(random.uniform(-0.03, 0.10))
        draught = _DRAUGHT.get(kind, 0.1)
        if kind == "dolphin":
            y -= 0.05
        return Placed(
            *common, y, height * (0.75 if ground == "beach" else 1.0), flip, action, actor, draught, grounded=False
        )
    if ground == "above":
        return Placed(
            *common,
            0.5 + height / 2 + float(random.uniform(-0.1, 0.1)),
            height,
            flip,
            action,
            actor,
            grounded=element == "ground",
        )
    y = _foot(kind, number, height, ground, horizon, plan)
    if count > 1:
        y += float(random.uniform(-0.05, 0.05)) * (1.6 if kind == "crowd" else 1.0)
        if kind == "crowd":
            row = index % 4
            y, height = y + 0.05 * row - 0.10, height * (0.8 + 0.16 * row)
            x = aspect * (0.5 + ((index // 4 + 0.5 * (row % 2) + 0.25) / (count / 4) - 0.5) * 0.84) + jitter
            actor = row == 3
    return Placed(*common, y, height, flip, action, actor, grounded=element != "air")


def _foot(kind: str, number: int, height: float, ground: str, horizon: float, plan: ShotPlan) -> float:
    """Where the foot of something that stands is."""
    if plan.framing in ("close", "extreme_close") and number == 0 and kind not in _BUILT:
        return max(0.90, 0.16 + height)
    if ground == "table":
        return 0.84
    if kind in _BUILT:
        if kind == "tower" and ground == "city":
            return horizon + 0.09
        if kind in ("lighthouse",) and ground in ("sea", "beach"):
            return horizon + 0.075
        if kind == "bridge":
            return horizon + 0.10
        return min(0.86, horizon + 0.12 + 0.05 * (number == 0))
    base = max(0.80, min(0.9, horizon + 0.16))
    if plan.angle == "low":
        base = 0.90
    if plan.angle == "high":
        base = 0.76
    return base - 0.05 * (number % 3) if number else base + 0.02
