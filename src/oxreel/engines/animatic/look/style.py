"""Styles: what makes a shot look as if it were made another way."""

from collections.abc import Callable

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.look.film import Cyberpunk, Noir, Vintage
from oxreel.engines.animatic.look.paint import Anime, Comic, Watercolour
from oxreel.engines.animatic.look.pencil import Pencil
from oxreel.engines.animatic.look.vhs import Vhs
from oxreel.engines.animatic.plan import ShotPlan, Style

_STYLES: dict[Style, Callable[[Canvas], Effect]] = {
    "noir": Noir,
    "vintage": Vintage,
    "vhs": Vhs,
    "watercolour": Watercolour,
    "pencil": Pencil,
    "comic": Comic,
    "anime": Anime,
    "cyberpunk": Cyberpunk,
}


def style_effects(plan: ShotPlan, canvas: Canvas) -> tuple[Effect, ...]:
    """The style of a shot, if it has one; its grain is `grain_effects`'."""
    return (_STYLES[plan.style](canvas),) if plan.style is not None else ()
