"""Placing: what of a plan is drawn, how large, in which pose and what it does."""

from dataclasses import replace

import numpy as np

from oxreel.engines.animatic.drawn.palette import Palette
from oxreel.engines.animatic.drawn.shapes import bounds
from oxreel.engines.animatic.drawn.spots import BUILT, PEOPLE, Group, Placed, Scene, spot
from oxreel.engines.animatic.drawn.things import Drawing, drawing, known
from oxreel.engines.animatic.plan import Action, ShotPlan, Thing

#: Height of the subject in shares of the picture, by framing.
_SIZES = {None: 0.36, "extreme_wide": 0.13, "wide": 0.24, "medium": 0.52, "close": 0.80, "extreme_close": 1.35}
#: People are cropped as portraits are: to the knees, to the chest, to the face.
_PEOPLE_SIZES = {"medium": 0.92, "close": 1.75, "extreme_close": 2.5}
#: Share of the picture's width that a thing may take, by framing.
_WIDTHS = {None: 0.46, "extreme_wide": 0.24, "wide": 0.36, "medium": 0.62, "close": 0.9, "extreme_close": 1.2}
#: Most figures of one kind that are drawn.
_MOST, _CROWD = 9, 16
#: Who is ridden, and goes as the rider does.
_RIDDEN = ("horse", "bicycle", "motorbike", "boat")
_FLYERS = ("bird", "seagull", "eagle", "butterfly", "owl", "dragon")
#: Words for several of them.
_FLOCKS = (
    "birds", "seagulls", "gulls", "eagles", "owls", "butterflies", "crows", "ravens", "doves", "pigeons", "geese",
    "swallows", "parrots", "cranes", "dragons",
)  # fmt: skip
#: Pace of those that fly about unasked.
_CALM = 0.55
#: Degrees from upright of a rocket that flies across the picture, and of one that climbs from the ground.
_TILT, _CLIMB = 62.0, 28.0
#: Height in the picture of a metre of what is small, in open country and among houses, and the least height.
_METRE, _METRE_IN_TOWN, _LEAST = 0.55, 0.34, 0.075
#: Below this many metres a thing is small.
_SMALL = 1.0
_TOWN = ("village", "street", "frontage", "city")
#: Height of a person in a room.
_IN_A_ROOM = 0.56
#: Colours of things that say none because everybody knows it.
_USUAL = {"taxi": "#e9b53a", "cab": "#e9b53a", "fire truck": "#d0342c", "school bus": "#f0b429"}
_OPEN = ("sky", "sea", "beach", "mountains", "above", "desert", "city", "street")
_POSES = {
    "walk": "walk", "run": "run", "fly": "fly", "float": "fly", "wave": "wave", "dance": "dance", "jump": "jump",
}  # fmt: skip
#: What belongs to the setting, and is drawn there.
_SCENERY = {
    "tree": ("forest", "park", "above", "snowfield", "mountains"),
    "pine": ("forest", "above", "snowfield", "mountains"),
    "rock": ("above", "sea", "beach"), "house": ("above", "village", "city", "street", "frontage"),
    **dict.fromkeys(("castle", "lighthouse", "windmill", "bridge", "temple", "chapel"), ("room", "table")),
    **dict.fromkeys(("car", "bus", "truck", "train", "plane", "ship"), ("room", "table")),
    "tower": ("above", "village", "street", "frontage"), "table": ("table",), "cloud": ("sky",),
    "sign": ("street", "frontage", "city", "above", "room", "table"),
}  # fmt: skip
_FIXED = (
    "moon", "sun", "star", "cloud", "rainbow", "planet", "aurora", "rock", "bench", "lamp", "fence", "sign",
    "iceberg",
)  # fmt: skip


def placed(
    plan: ShotPlan, palette: Palette, ground: str, horizon: float, aspect: float, seed: int, random: np.random.Generator
) -> list[Placed]:
    """Everything that stands in the setting, far things first."""
    things = [thing for thing in plan.things if _seen(thing, plan, ground)]
    if not things:
        return []
    subject = next((thing for thing in things if _leads(thing)), things[0])
    scene = Scene(plan, ground, horizon, aspect, random)
    side = 1 if random.random() < 0.5 else -1
    lead = action_of(plan, subject, True)
    if lead is not None:
        # What else there is stands where the subject goes.
        side = _facing(lead, side)
    reference: float | None = None
    result: list[Placed] = []
    for number, thing in enumerate([subject, *(thing for thing in things if thing is not subject)]):
        kind = _kind(thing)
        action = action_of(plan, thing, number == 0)
        if kind in _RIDDEN and action is None and _kind(subject) in PEOPLE:
            action = action_of(plan, subject, True)
        flock = _flock(thing, kind, action, ground)
        if flock:
            # Butterflies hover over the flowers; birds go somewhere.
            action = Action("float" if kind == "butterfly" else "fly", kind, pace=_CALM)
        pose = _pose(kind, action, ground)
        # A thing looks the same in every shot of the film: its dice are the seed and its name.
        dice = np.random.default_rng([seed & 0xFFFF_FFFF, *thing.kind.encode()[:12]])
        count = _CROWD if kind == "crowd" else 2 if kind == "couple" else max(1, min(_MOST, thing.count))
        count = max(count, flock)
        members = [
            drawing(
                _member(kind, index),
                thing.word,
                thing.colour or _USUAL.get(thing.word.lower(), ""),
                pose,
                palette,
                dice,
            )
            for index in range(count)
        ]
        if not members[0].parts:
            continue
        if kind == "rocket" and action is not None and action.kind in ("fly", "drive", "float"):
            members = [_tilted(one, _TILT if ground in ("space", "sky") else _CLIMB) for one in members]
        reference = reference if reference is not None else members[0].metres
        size = _size(scene, members[0], kind, number, reference) * _shrunk(kind, count)
        facing = _facing(action, side)
        if number and action is None:
            # It looks at the subject, from wherever it stands.
            facing = -side if number % 2 else side
        if action is not None:
            action = replace(action, sign=facing)
        group = Group(kind, number, count, size, facing, action, side)
        result += [spot(scene, group, member, index) for index, member in enumerate(members)]
    return sorted(result, key=lambda one: one.y if one.grounded else one.y - 0.2)


def action_of(plan: ShotPlan, thing: Thing, first: bool) -> Action | None:
    """What the plan lets a thing do."""
    named = (thing.kind, thing.word)
    return next((one for one in plan.actions if one.who in named or (first and one.who == "")), None)


def _kind(thing: Thing) -> str:
    return known(thing.kind, thing.word) or thing.kind


def _flock(thing: Thing, kind: str, action: Action | None, ground: str) -> int:
    """How many are in the air where several that fly are named and nothing is said of what they do; else 0."""
    plural = thing.count > 1 or any(word in _FLOCKS for word in thing.word.lower().split())
    outdoors = ground not in ("room", "table", "studio", "underwater", "space")
    return max(thing.count, 5) if plural and outdoors and action is None and kind in _FLYERS else 0


def _tilted(one: Drawing, degrees: float) -> Drawing:
    """The drawing leaning to the right, which is where it faces, with its foot on the ground again."""
    turn = np.radians(degrees)
    around = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    parts = [replace(part, shapes=[(shape - (0, 50)) @ around for shape in part.shapes]) for part in one.parts]
    left, low, right, _ = bounds([shape for part in parts for shape in part.shapes])
    middle = np.array(((left + right) / 2, low))
    return replace(one, parts=[replace(part, shapes=[shape - middle for shape in part.shapes]) for part in parts])


def _seen(thing: Thing, plan: ShotPlan, ground: str) -> bool:
    """Whether a thing is drawn by itself: trees in a wood and rocks on a shore are there already."""
    kind = known(thing.kind, thing.word)
    if kind == "flower" and ground in ("field", "park", "mountains") and thing is not plan.things[0]:
        return False
    return kind is not None and ground not in _SCENERY.get(kind, ())


def _leads(thing: Thing) -> bool:
    """Whether it may be what a shot is about where something else is named as well."""
    return _kind(thing) not in BUILT and _kind(thing) not in _FIXED


def _pose(kind: str, action: Action | None, ground: str) -> str:
    if ground == "space" and kind in PEOPLE:
        return "drift"
    if kind in _FLYERS and ground in _OPEN and action is None:
        return "fly"
    return _POSES.get(action.kind, "stand") if action else "stand"


def _facing(action: Action | None, side: int) -> int:
    """Which way it looks: where it goes, else as the dice fall."""
    if action is None:
        return side
    return action.sign or (1 if action.kind in ("walk", "run", "fly", "drive", "swim") else side)


def _member(kind: str, index: int) -> str:
    if kind == "couple":
        return "woman" if index == 0 else "man"
    return ("woman", "man", "man", "woman", "child")[index % 5] if kind == "crowd" else kind


def _shrunk(kind: str, count: int) -> float:
    """Many are drawn smaller than one."""
    if count == 1:
        return 1.0
    return 0.5 if kind == "crowd" or count > 5 else 0.82 if count == 2 else 0.66


def _size(scene: Scene, first: Drawing, kind: str, number: int, reference: float) -> float:
    """Height in shares of the picture: by the framing, then by what it is beside the subject, tempered."""
    framing = scene.plan.framing
    size = _SIZES[framing]
    if framing is None and scene.ground == "studio":
        size *= 1.5
    if number:
        size *= float((max(first.metres, 0.05) / max(reference, 0.05)) ** 0.55)
        size = float(np.clip(size, 0.06, 0.62 if kind not in BUILT else 0.46))
    elif kind in BUILT:
        size = min(0.72, size * 1.45)
    elif kind in PEOPLE and framing in _PEOPLE_SIZES and scene.ground not in ("space", "underwater", "above"):
        size = _PEOPLE_SIZES[framing]
    elif framing is None and first.metres < 0.5 and scene.ground not in ("table", "studio", "room"):
        size *= 0.72
    elif framing is None and first.metres > 2.5:
        size *= 1.15
    size = min(size, _largest(scene, first))
    if scene.ground == "above":
        size *= 0.42
    if scene.ground == "river" and first.element == "water":
        size *= 0.45
    if scene.ground == "room" and framing in (None, "wide") and kind in PEOPLE:
        size = _IN_A_ROOM
    left, low, right, high = first.box
    wide = (right - left) / max(1.0, high - low)
    # A narrow picture is filled further.
    room = _WIDTHS[framing] * (1.35 if kind == "train" else 1.0) * (1 + 0.7 * max(0.0, 1 - scene.aspect))
    return min(size, room * scene.aspect / max(wide, 0.1))


def _largest(scene: Scene, first: Drawing) -> float:
    """The height that a small creature or flower may have beside the place it is in."""
    if scene.plan.framing not in (None, "wide", "extreme_wide") or first.metres >= _SMALL:
        return np.inf
    if scene.ground == "room":
        return max(_LEAST, _IN_A_ROOM / 1.7 * 1.15 * first.metres)
    if scene.ground in ("studio", "table", "space", "underwater", "above"):
        return np.inf
    metre = _METRE_IN_TOWN if scene.ground in _TOWN else _METRE
    return max(_LEAST * (0.6 if first.kind == "butterfly" else 1.0), metre * first.metres) * (
        1.0 if scene.plan.framing is None else 0.8
    )
