"""Light in the picture: flicker, shafts, neon and a lens that flares."""

from collections.abc import Callable

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.light.flicker import Flicker
from oxreel.engines.animatic.light.god_rays import GodRays
from oxreel.engines.animatic.light.lens_flare import LensFlare
from oxreel.engines.animatic.light.neon import Neon
from oxreel.engines.animatic.plan import ShotPlan

__all__ = ["light_effects"]

#: In the order in which they are laid over a frame.
_EFFECTS: dict[str, Callable[[Canvas, float], Effect]] = {
    "neon": Neon,
    "flicker": Flicker,
    "god_rays": GodRays,
    "lens_flare": LensFlare,
}


def light_effects(plan: ShotPlan, canvas: Canvas) -> tuple[Effect, ...]:
    """The plan's light, in the order in which it is laid over a frame."""
    strongest: dict[str, float] = {}
    for amount in plan.light:
        strongest[amount.kind] = max(amount.strength, strongest.get(amount.kind, 0.0))
    return tuple(make(canvas, strongest[kind]) for kind, make in _EFFECTS.items() if strongest.get(kind, 0.0) > 0)
