"""What is heard in a shot: the sounds its words name, those that its weather and place imply, and how they sound."""

from dataclasses import dataclass

from oxreel.engines.animatic.plan import Action, Amount, ShotPlan
from oxreel.engines.animatic.sound.setting import Ground, Setting

#: Sounds that leave silence between them: where only these are named, the place is heard behind them.
_MOMENTARY = frozenset({"thunder", "footsteps"})
#: How strong the place is behind sounds that are named.
_BEHIND = 0.5
#: What the weather sounds like. What is seen is heard, named or not.
_WEATHER: dict[str, tuple[Amount, ...]] = {
    "rain": (Amount("rain"),),
    "storm": (Amount("rain", 1.3), Amount("wind"), Amount("thunder")),
    "wind": (Amount("wind"),),
    "snow": (Amount("wind", 0.4),),
    "fog": (Amount("wind", 0.35),),
    "dust": (Amount("wind", 0.8),),
    "leaves": (Amount("wind", 0.6),),
    "petals": (Amount("wind", 0.35),),
    "embers": (Amount("fire", 0.8),),
    "sparks": (Amount("fire", 0.5),),
    "fireflies": (Amount("insects", 0.8),),
    "bubbles": (Amount("underwater"),),
}
_PLACES: dict[str, tuple[Amount, ...]] = {
    "sky": (Amount("wind", 0.8),),
    "sea": (Amount("sea"),),
    "beach": (Amount("sea"), Amount("wind", 0.3)),
    "forest": (Amount("birds"), Amount("wind", 0.35)),
    "mountains": (Amount("wind"),),
    "city": (Amount("city"),),
    "street": (Amount("city"),),
    "desert": (Amount("wind", 0.8),),
    "room": (Amount("room"),),
    "space": (Amount("room"),),
    "field": (Amount("birds", 0.7), Amount("wind", 0.4)),
    "park": (Amount("birds"), Amount("city", 0.25)),
    "road": (Amount("city", 0.4), Amount("wind", 0.3)),
    "river": (Amount("river"),),
    "snowfield": (Amount("wind", 0.7),),
    "village": (Amount("birds", 0.6), Amount("wind", 0.25)),
    "underwater": (Amount("underwater"),),
}
_ACTIONS: dict[str, tuple[Amount, ...]] = {
    "walk": (Amount("footsteps", 0.6),),
    "run": (Amount("footsteps", 0.8),),
    "drive": (Amount("engine", 0.7),),
    "fly": (Amount("wind", 0.6),),
    "swim": (Amount("river", 0.4),),
}
#: Whose steps are heard, where the words name who takes them.
_WEARS_SHOES = frozenset({"person", "people", "man", "woman", "child", "boy", "girl", "crowd", "astronaut", "knight"})
_SOFT = frozenset({"forest", "park", "field", "beach", "desert"})
_LOOSE = frozenset({"road", "mountains", "village", "river"})
#: Steps a second (a walk of 114 and a run of 168 steps a minute), and how much a pace changes them.
_CADENCE = {"walk": 1.9, "run": 2.8}
_PACE = 0.35


@dataclass(frozen=True)
class Heard:
    """One sound of a shot. Shots that follow one another with the same are heard without a break."""

    kind: str
    strength: float
    setting: Setting


def heard_in(plan: ShotPlan) -> tuple[Heard, ...]:
    """The sounds of a shot, each kind once; a quiet bed of air is always among them."""
    strengths = {"air": 1.0}

    def add(amounts: tuple[Amount, ...], share: float = 1.0) -> None:
        for amount in amounts:
            strengths[amount.kind] = max(strengths.get(amount.kind, 0.0), amount.strength * share)

    add(plan.sounds)
    named = {amount.kind for amount in plan.sounds}
    for weather in plan.weather:
        for amount in _WEATHER.get(weather.kind, ()):
            if amount.kind not in named:
                add((amount,), weather.strength)
    for action in plan.actions:
        if action.kind not in _CADENCE or _is_heard_to_step(plan, action):
            add(tuple(amount for amount in _ACTIONS.get(action.kind, ()) if amount.kind not in named))
    if named <= _MOMENTARY:
        for place in plan.places:
            add(_PLACES[place], _BEHIND if named else 1.0)
    return tuple(
        Heard(kind, strength, _setting(plan, kind, strength)) for kind, strength in _in_season(plan, strengths, named)
    )


def _in_season(plan: ShotPlan, strengths: dict[str, float], named: set[str]) -> list[tuple[str, float]]:
    """The same, with crickets in place of birds at night, and neither in snow or heavy rain unless they are named."""
    heard = dict(strengths)
    if "birds" in heard and "birds" not in named:
        if _is_winter(plan) or heard.get("rain", 0) > 0.7:
            del heard["birds"]
        elif plan.time is not None and plan.time.after == "night":
            heard["insects"] = max(heard.get("insects", 0.0), heard.pop("birds"))
    return list(heard.items())


def _setting(plan: ShotPlan, kind: str, strength: float) -> Setting:
    indoors = "room" in plan.places
    if kind == "footsteps":
        return Setting(strength, _cadence(plan), _ground(plan), indoors)
    # Only what walls muffle depends on them: the others go on unchanged from room to street.
    return Setting(strength, indoors=indoors and kind == "rain")


def _cadence(plan: ShotPlan) -> float:
    for action in plan.actions:
        if action.kind in _CADENCE:
            return float(_CADENCE[action.kind] * action.pace**_PACE)
    return _CADENCE["walk"]


def _ground(plan: ShotPlan) -> Ground:
    if _is_winter(plan) and "room" not in plan.places:
        return "snow"
    if _SOFT & set(plan.places):
        return "soft"
    return "gravel" if _LOOSE & set(plan.places) else "hard"


def _is_winter(plan: ShotPlan) -> bool:
    season = plan.season is not None and plan.season.after == "winter"
    return season or "snowfield" in plan.places or any(amount.kind == "snow" for amount in plan.weather)


def _is_heard_to_step(plan: ShotPlan, action: Action) -> bool:
    """Whether the one who walks is near, and wears shoes as far as the words tell."""
    if plan.framing == "extreme_wide" or plan.angle in ("aerial", "overhead"):
        return False
    walkers = {action.who} if action.who else {thing.kind for thing in plan.things}
    return not walkers or any(who in _WEARS_SHOES or who.startswith(("Element", "Image")) for who in walkers)
