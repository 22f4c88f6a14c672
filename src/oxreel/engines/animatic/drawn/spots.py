"""Spots: where in the picture a thing stands, floats or flies."""

from dataclasses import dataclass, replace

import numpy as np

from oxreel.engines.animatic.drawn.things import Drawing
from oxreel.engines.animatic.plan import Action, ShotPlan

PEOPLE = ("person", "woman", "man", "child", "astronaut")
BUILT = (
    "house", "castle", "lighthouse", "tower", "windmill", "temple", "chapel", "bridge", "statue", "tree", "pine",
    "palm",
)  # fmt: skip
_WHEELED = ("car", "bus", "truck", "motorbike", "bicycle")
#: What floats: the share of it that is under water.
_DRAUGHT = {
    "boat": 0.10, "ship": 0.06, "sailboat": 0.02, "duck": 0.10, "whale": 0.42, "shark": 0.5, "turtle": 0.3, "fish": 0.3,
    "dolphin": 0.0, "iceberg": 0.02,
}  # fmt: skip
_WADING = 0.42
#: Heights of a flock's members: it is seen in depth.
_FLOCK = (1.7, 0.72, 1.05, 0.5, 0.85, 0.42, 0.62, 0.36, 0.55)
#: What hides feet, and where they are then: beside the road, on it.
_ROADSIDE = {"frontage": (0.835, 0.965), "country road": (0.835, 0.80)}


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


@dataclass(frozen=True)
class Scene:
    """What everything is placed in."""

    plan: ShotPlan
    ground: str
    horizon: float
    aspect: float
    random: np.random.Generator

    def between(self, low: float, high: float) -> float:
        """A number between the two."""
        return float(self.random.uniform(low, high))


@dataclass(frozen=True)
class Group:
    """Things of one kind that stand together; the subject has the number 0."""

    kind: str
    number: int
    count: int
    size: float
    #: To the right (1) or to the left (-1).
    facing: int
    action: Action | None
    side: int


def spot(scene: Scene, group: Group, member: Drawing, index: int) -> Placed:
    """Where one of a group is, inside the picture where it has room."""
    placed = Placed(
        member, _across(scene, group, index), 0.0, _height(scene, group, member, index), _flipped(scene, group, index),
        group.action, member.mobile or group.action is not None,
    )  # fmt: skip
    indoors = scene.ground in ("table", "room", "studio")
    if scene.ground in ("space", "underwater"):
        placed = _adrift(scene, group, placed)
    elif member.element == "air" and not indoors and member.kind != "umbrella":
        placed = _flying(scene, group, placed)
    elif scene.ground == "sea" and member.element == "ground" and group.kind not in BUILT:
        # Who is in the sea without a boat swims or wades.
        placed = replace(_afloat(scene, group, placed), draught=_WADING)
    elif member.element == "water" and scene.ground in ("sea", "beach", "river"):
        placed = _afloat(scene, group, placed)
    elif scene.ground == "above":
        placed = replace(
            placed, y=0.5 + placed.height / 2 + scene.between(-0.1, 0.1), grounded=member.element == "ground"
        )
    else:
        placed = _standing(scene, group, placed, index)
    return _inside(scene, placed)


def _height(scene: Scene, group: Group, member: Drawing, index: int) -> float:
    height = group.size * (scene.between(0.92, 1.06) if group.count > 1 else 1.0)
    if group.count > 2 and member.element in ("air", "water"):
        height *= _FLOCK[index % len(_FLOCK)]
    return height


def _across(scene: Scene, group: Group, index: int) -> float:
    """x: the subject near the middle with room before it, others beside it."""
    jitter = scene.between(-0.02, 0.02)
    if group.number:
        middle = 0.5 + 0.24 * (group.side if group.number % 2 else -group.side)
    elif scene.plan.framing in (None, "wide", "extreme_wide") and group.action is None and group.count == 1:
        middle = 0.5 - 0.10 * group.side
    else:
        middle = 0.5 - 0.07 * group.facing
    if group.count == 1:
        return scene.aspect * (middle + jitter)
    spread = (index - (group.count - 1) / 2) / group.count
    if group.kind == "couple":
        return scene.aspect * middle + spread * 0.78 * group.size
    return scene.aspect * (middle + jitter + spread * min(0.78, 0.24 * group.count))


def _flipped(scene: Scene, group: Group, index: int) -> bool:
    if group.kind == "couple":
        return index == 1
    if group.count > 2 and group.kind in ("person", "crowd", "sheep", "cow", "butterfly"):
        return bool(scene.random.random() < 0.5)
    return group.facing < 0


def _adrift(scene: Scene, group: Group, one: Placed) -> Placed:
    """In the middle of space or of the water."""
    astray = scene.between(-0.16, 0.14) if group.count > 1 else 0.0
    return replace(one, y=0.5 + one.height / 2 + astray, grounded=False)


def _flying(scene: Scene, group: Group, one: Placed) -> Placed:
    low = min(0.50, scene.horizon * 0.72)
    x = one.x
    if group.number == 0 and len(scene.plan.things) > 1 and group.count == 1:
        # It flies high on its side; what stands below has the other one.
        x, low = scene.aspect * (0.5 - 0.13 * group.facing), min(low, 0.34)
    if group.kind in ("butterfly", "bee"):
        low = min(0.62, scene.horizon + 0.08)
    if scene.plan.framing in ("close", "extreme_close"):
        low = 0.5
    # Butterflies keep to the meadow, birds to the sky.
    spread = (-0.08, 0.16) if group.kind in ("butterfly", "bee") else (-0.20, 0.04)
    y = low + one.height * 0.5 + (scene.between(*spread) if group.count > 1 else 0.0)
    if group.kind in ("rocket", "balloon"):
        y = min(0.84, low + one.height * 0.62)
    return replace(one, x=x, y=y, grounded=False)


def _afloat(scene: Scene, group: Group, one: Placed) -> Placed:
    surface = {"sea": scene.horizon + (1 - scene.horizon) * 0.36, "beach": scene.horizon + 0.06, "river": 0.80}
    y = surface[scene.ground]
    if group.number or group.count > 1:
        y += scene.between(-0.03, 0.08)
    if group.kind == "dolphin":
        y -= 0.05
    height = one.height * (0.75 if scene.ground == "beach" else 1.0)
    return replace(one, y=y, height=height, draught=_DRAUGHT.get(group.kind, 0.1), grounded=False)


def _standing(scene: Scene, group: Group, one: Placed, index: int) -> Placed:
    y = _foot(scene, group, one.height)
    one = replace(one, y=y, grounded=one.drawing.element != "air")
    if group.kind == "crowd":
        row = index % 4
        x = (index // 4 + 0.5 * (row % 2) + 0.25) / (group.count / 4) - 0.5
        return replace(
            one,
            x=scene.aspect * (0.5 + x * 0.84 + scene.between(-0.02, 0.02)),
            y=y + 0.05 * row - 0.10 + scene.between(-0.02, 0.02),
            height=one.height * (0.8 + 0.16 * row),
            actor=row == 3,
        )
    if group.count > 1 and group.kind != "couple":
        return replace(one, y=y + scene.between(-0.05, 0.05))
    return one


def _foot(scene: Scene, group: Group, height: float) -> float:
    """Where the foot of something that stands is."""
    kind, ground, plan = group.kind, scene.ground, scene.plan
    if group.number == 0 and kind not in BUILT and plan.framing in ("close", "extreme_close"):
        foot = max(0.90, 0.16 + height)
    elif group.number == 0 and kind in PEOPLE and plan.framing == "medium" and ground not in ("frontage", "table"):
        foot = 0.13 + height
    elif ground in _ROADSIDE:
        foot = _ROADSIDE[ground][0 if kind in _WHEELED else 1]
    elif ground == "table":
        foot = 0.84
    elif ground == "room":
        # The floor begins 0.15 below the horizon.
        edge = scene.horizon + 0.15
        foot = edge + (1 - edge) * (0.55 if group.number == 0 else 0.36 if group.number % 2 else 0.72)
    elif ground == "beach" and kind in ("palm", "tree", "house"):
        # On the sand, clear of the last wave.
        foot = scene.horizon + (1 - scene.horizon) * 0.42 + 0.10 + 0.05 * (group.number == 0)
    elif kind in BUILT:
        near = {"tower": 0.09, "lighthouse": 0.075, "bridge": 0.10}.get(kind, 0.12 + 0.05 * (group.number == 0))
        foot = min(0.86, scene.horizon + near)
    else:
        base = {"low": 0.90, "high": 0.76}.get(plan.angle or "", max(0.80, min(0.9, scene.horizon + 0.16)))
        foot = base - 0.05 * (group.number % 3) if group.number else base + 0.02
        foot = 0.80 if kind == "train" else foot
    return foot


def _inside(scene: Scene, one: Placed) -> Placed:
    left, _, right, _ = one.drawing.box
    edge = 0.04 * scene.aspect + (right - left) / 200 * one.height
    if edge >= scene.aspect / 2:
        return replace(one, x=scene.aspect / 2)
    return replace(one, x=float(np.clip(one.x, edge, scene.aspect - edge)))
