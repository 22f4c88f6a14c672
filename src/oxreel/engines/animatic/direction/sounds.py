"""Sounds: what is said to be heard, and what places, weather and actions sound like."""

from oxreel.engines.animatic.direction.heard import Heard
from oxreel.engines.animatic.direction.mood import amounts_of
from oxreel.engines.animatic.direction.negative import Forbidden
from oxreel.engines.animatic.plan import Action, Amount, Place, ShotPlan

_OF_PLACES: dict[Place, tuple[str, float]] = {
    "sea": ("sea", 1.0), "beach": ("sea", 1.0), "river": ("river", 1.0), "forest": ("birds", 1.0),
    "park": ("birds", 1.0),
    "field": ("birds", 0.5), "village": ("birds", 0.5), "mountains": ("wind", 0.5), "desert": ("wind", 1.0),
    "snowfield": ("wind", 1.0), "sky": ("wind", 0.5), "city": ("city", 1.0), "street": ("city", 1.0),
    "road": ("wind", 0.5),
    "room": ("room", 1.0), "underwater": ("sea", 0.5),
}  # fmt: skip
_OF_WEATHER: dict[str, tuple[tuple[str, float], ...]] = {
    "rain": (("rain", 1.0),), "storm": (("thunder", 1.0), ("rain", 1.5), ("wind", 1.0)), "wind": (("wind", 1.0),),
    "snow": (("wind", 0.5),), "leaves": (("wind", 0.5),), "dust": (("wind", 0.5),), "embers": (("fire", 0.5),),
    "fireflies": (("insects", 1.0),),
}  # fmt: skip
_OF_THINGS = {"fire": ("fire", 1.0), "waterfall": ("river", 1.5), "fountain": ("river", 0.5)}
_ENGINES = {"car", "truck", "bus", "motorcycle", "train", "plane", "helicopter", "rocket", "spaceship", "ship"}
_QUIET = (
    "bird",
    "eagle",
    "owl",
    "duck",
    "butterfly",
    "bee",
    "fish",
    "whale",
    "dolphin",
    "jellyfish",
    "turtle",
    "snake",
)
_WET = {"rain", "storm"}


def sounds_of(heard: Heard, plan: ShotPlan, forbidden: Forbidden) -> tuple[Amount, ...]:
    """What is heard, loudest mention first said; nothing in silence."""
    if forbidden.has("sounds") or any(True for _ in heard.of("silence")):
        heard.use(*(match for match, _ in heard.of("silence")))
        return ()
    said = {one.kind: one.strength for one in amounts_of(heard, "sounds", forbidden)}
    implied: dict[str, float] = {}
    for kind, strength in _implied(plan):
        # Birds keep still at night, in the rain and in winter; insects are what a night sounds like.
        if kind == "birds" and _is_still(plan):
            if _is_night(plan) and not _is_wet(plan) and not _is_winter(plan):
                implied.setdefault("insects", strength)
        elif not forbidden.has("sounds", kind):
            implied[kind] = max(strength, implied.get(kind, 0.0))
    return tuple(Amount(kind, strength) for kind, strength in {**implied, **said}.items())


def makes_sound(kind: str) -> bool:
    """Whether a thing or a place is heard by itself."""
    return kind in _OF_PLACES or kind in _OF_THINGS


def _implied(plan: ShotPlan) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for weather in plan.weather:
        for kind, strength in _OF_WEATHER.get(weather.kind, ()):
            found.append((kind, round(strength * weather.strength, 2)))
    found += [_OF_PLACES[place] for place in plan.places if place in _OF_PLACES]
    found += [_OF_THINGS[thing.kind] for thing in plan.things if thing.kind in _OF_THINGS]
    if any(thing.kind in ("person", "man", "woman") and thing.count >= 8 for thing in plan.things):
        found.append(("crowd", 1.0))
    for action in plan.actions:
        found += _of_action(action, any(thing.kind in _ENGINES for thing in plan.things))
    return found


def _of_action(action: Action, engines: bool) -> list[tuple[str, float]]:
    drives = action.kind == "drive" and (engines or action.who.startswith(("Element", "Image")))
    if action.who in _ENGINES or drives:
        return [("engine", 1.0)]
    if action.kind in ("walk", "run") and action.who not in _QUIET:
        return [("footsteps", 1.0)]
    if action.kind == "swim":
        return [("river", 0.5)]
    return []


def _is_still(plan: ShotPlan) -> bool:
    return _is_night(plan) or _is_wet(plan) or _is_winter(plan)


def _is_night(plan: ShotPlan) -> bool:
    return plan.time is not None and plan.time.before == "night"


def _is_wet(plan: ShotPlan) -> bool:
    return any(one.kind in _WET for one in plan.weather)


def _is_winter(plan: ShotPlan) -> bool:
    snow = any(one.kind == "snow" for one in plan.weather) or "snowfield" in plan.places
    return snow or (plan.season is not None and plan.season.before == "winter")
