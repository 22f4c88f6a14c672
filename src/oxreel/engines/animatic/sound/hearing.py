"""What is heard in a shot: the sounds of its plan, and how its place and its people make them sound."""

from dataclasses import dataclass

from oxreel.engines.animatic.plan import Action, ShotPlan
from oxreel.engines.animatic.sound.setting import Ground, Setting

_SOFT = frozenset({"forest", "park", "field", "beach", "desert"})
_LOOSE = frozenset({"road", "mountains", "village", "river"})
#: Steps a second of people (a walk of 114, a run of 168 steps a minute), and how much a pace changes them.
_CADENCE = {"walk": 1.9, "run": 2.8}
_PACE = 0.35
#: Who goes on two feet, or may: "" and references are whoever the picture shows.
_TWO_FEET = ("", "Element", "Image", "Video")
_PEOPLE = frozenset({"person", "people", "man", "woman", "child", "boy", "girl", "astronaut", "robot", "crowd"})
#: Four feet fall more often, and more softly.
_FOUR_FEET, _PAWS = 1.7, 0.5


@dataclass(frozen=True)
class Heard:
    """One sound of a shot. Shots that follow one another with the same are heard without a break."""

    kind: str
    strength: float
    setting: Setting


def heard_in(plan: ShotPlan) -> tuple[Heard, ...]:
    """The sounds of a shot, each kind once; a quiet bed of air is always among them."""
    strengths = {"air": 1.0}
    for amount in plan.sounds:
        kind = "underwater" if amount.kind == "sea" and "underwater" in plan.places else amount.kind
        strengths[kind] = max(strengths.get(kind, 0.0), amount.strength)
    return tuple(_heard(plan, kind, strength) for kind, strength in strengths.items())


def _heard(plan: ShotPlan, kind: str, strength: float) -> Heard:
    indoors = "room" in plan.places
    if kind == "footsteps":
        cadence, light = _steps(plan)
        return Heard(kind, strength * light, Setting(strength, cadence, _ground(plan), indoors))
    # Only what walls muffle depends on them: the others go on unchanged from room to street.
    return Heard(kind, strength, Setting(strength, indoors=indoors and kind == "rain"))


def _steps(plan: ShotPlan) -> tuple[float, float]:
    """Steps a second, and how loud they are, of the first who walks or runs; a walk where nobody is seen to."""
    for action in plan.actions:
        if action.kind in _CADENCE:
            cadence = _CADENCE[action.kind] * action.pace**_PACE
            return (cadence, 1.0) if _has_two_feet(action) else (_FOUR_FEET * cadence, _PAWS)
    return _CADENCE["walk"], 1.0


def _has_two_feet(action: Action) -> bool:
    return action.who in _PEOPLE or action.who.rstrip("0123456789") in _TWO_FEET


def _ground(plan: ShotPlan) -> Ground:
    places = set(plan.places)
    season = plan.season is not None and plan.season.after == "winter"
    if "room" not in places and (season or "snowfield" in places or any(one.kind == "snow" for one in plan.weather)):
        return "snow"
    if _SOFT & places:
        return "soft"
    return "gravel" if _LOOSE & places else "hard"
