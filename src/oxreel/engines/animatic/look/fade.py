"""Fades: a shot comes out of black or white, or goes into it."""

from collections.abc import Set
from dataclasses import dataclass

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.look.field import everywhere
from oxreel.engines.animatic.look.tone import veil
from oxreel.engines.animatic.plan import ShotPlan, Transition
from oxreel.media.encode import Planes

#: Frames of a fade between shots, and of the one that ends a film.
_BETWEEN, _LAST = 12, 20
#: Codes of luma, cb and cr.
_COLOURS = {"fade_black": (16.0, 128.0, 128.0), "fade_white": (235.0, 128.0, 128.0)}


def fade_effects(
    plan: ShotPlan,
    canvas: Canvas,
    is_first: bool,
    is_last: bool,
    *,
    follows: Transition = "cut",
    anchored: Set[int] = frozenset(),
) -> tuple[Effect, ...]:
    """How a shot fades in and out; `follows` is the transition with which the next shot begins.

    An anchored frame has to be seen as it is, so that nothing fades there.
    """
    fades: list[Effect] = []
    if plan.transition in _COLOURS and 0 not in anchored:
        frames = min(_LAST if is_first else _BETWEEN, canvas.frames // 2)
        fades.append(Fade(_COLOURS[plan.transition], 0, frames))
    ending = plan.ending if is_last else follows
    if ending in _COLOURS and canvas.frames - 1 not in anchored:
        frames = min(_LAST if is_last else _BETWEEN, canvas.frames // 2)
        fades.append(Fade(_COLOURS[ending], canvas.frames - 1, frames))
    return tuple(fades)


@dataclass(frozen=True)
class Fade:
    """A colour that covers one frame wholly, and those around it less and less."""

    colour: tuple[float, float, float]
    covered: int
    #: How many frames it takes until nothing of it is left.
    frames: int

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        clear = min(1.0, abs(frame - self.covered) / max(1, self.frames))
        share = 1 - clear * clear * (3 - 2 * clear)
        veil(planes, self.colour, everywhere(share), strength)
