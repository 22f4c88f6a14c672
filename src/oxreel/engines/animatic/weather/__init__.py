"""Weather and particles: what falls, drifts, flies and glows before the picture."""

from collections.abc import Callable

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.weather.breeze import Breeze, breeze_of
from oxreel.engines.animatic.weather.fog import Fog, Smoke
from oxreel.engines.animatic.weather.glowing import Dust, Embers, Fireflies, Sparks
from oxreel.engines.animatic.weather.lightning import Lightning, Strike, strikes
from oxreel.engines.animatic.weather.rain import Rain
from oxreel.engines.animatic.weather.snow import Snow
from oxreel.engines.animatic.weather.tumbling import GREEN, LEAVES, PETALS, Bubbles, Tumbling
from oxreel.engines.animatic.weather.wind import Wind

__all__ = ["Strike", "strikes", "weather_effects"]

_SIMPLE: dict[str, Callable[[Canvas, float, Breeze], Effect]] = {
    "rain": Rain,
    "snow": Snow,
    "fog": Fog,
    "dust": Dust,
    "sparks": Sparks,
    "embers": Embers,
    "fireflies": Fireflies,
    "bubbles": Bubbles,
    "smoke": Smoke,
}
#: What hangs in the distance is laid first, what is bright last.
_ORDER = ("fog", "smoke", "storm", "rain", "snow", "wind", "leaves", "petals", "bubbles", "dust", "embers", "sparks",
          "fireflies")  # fmt: skip


def weather_effects(plan: ShotPlan, canvas: Canvas) -> tuple[Effect, ...]:
    """The plan's weather and particles, in the order in which they are laid over a frame."""
    strongest: dict[str, float] = {}
    for amount in plan.weather:
        if amount.strength > 0:
            strongest[amount.kind] = max(amount.strength, strongest.get(amount.kind, 0.0))
    if "storm" in strongest:
        strongest.pop("rain", None)
    if {"storm", "rain"} & set(strongest):
        strongest.pop("wind", None)  # it slants the rain; dust does not fly
    breeze = breeze_of(plan, canvas)
    return tuple(
        effect
        for kind in _ORDER
        if kind in strongest
        for effect in _effects(kind, strongest[kind], plan, canvas, breeze)
    )


def _effects(kind: str, strength: float, plan: ShotPlan, canvas: Canvas, breeze: Breeze) -> tuple[Effect, ...]:
    if kind == "storm":
        return Rain(canvas, 1.45 * strength, breeze, gloom=min(1.0, strength)), Lightning(canvas, strength)
    if kind == "leaves":
        green = plan.season is not None and plan.season.after in {"spring", "summer"}
        return (Tumbling(canvas, LEAVES, strength, breeze, GREEN if green else None),)
    if kind == "wind":
        return (Wind(canvas, strength, breeze, snow="snow" in {amount.kind for amount in plan.weather}),)
    if kind == "petals":
        return (Tumbling(canvas, PETALS, strength, breeze),)
    return (_SIMPLE[kind](canvas, strength, breeze),)
