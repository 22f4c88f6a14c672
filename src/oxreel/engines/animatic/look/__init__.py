"""How a shot looks: its light and season, its style, its grain, its type, and how it begins and ends."""

from oxreel.engines.animatic.look.fade import fade_effects
from oxreel.engines.animatic.look.grade import grade_effects
from oxreel.engines.animatic.look.grain import grain_effects
from oxreel.engines.animatic.look.palette import Palette, palette_effects, palette_of
from oxreel.engines.animatic.look.sign import sign
from oxreel.engines.animatic.look.slate import Slate, slate_effects
from oxreel.engines.animatic.look.style import style_effects
from oxreel.engines.animatic.look.titles import title_effects

__all__ = [
    "Palette",
    "Slate",
    "fade_effects",
    "grade_effects",
    "grain_effects",
    "palette_effects",
    "palette_of",
    "sign",
    "slate_effects",
    "style_effects",
    "title_effects",
]
