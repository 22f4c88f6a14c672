"""Direction: what the words of a prompt ask of a shot."""

from oxreel.engines.animatic.direction.chips import describe
from oxreel.engines.animatic.direction.film import directions_of, plan_of

__all__ = ["describe", "directions_of", "plan_of"]
