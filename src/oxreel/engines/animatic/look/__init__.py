"""How a shot looks: its light and season, its style, its grain, its type, and how it begins and ends."""

from oxreel.engines.animatic.look.fade import fade_effects
from oxreel.engines.animatic.look.grade import grade_effects
from oxreel.engines.animatic.look.grain import grain_effects
from oxreel.engines.animatic.look.sign import sign
from oxreel.engines.animatic.look.slate import Slate, slate_effects
from oxreel.engines.animatic.look.titles import title_effects

__all__ = ["Slate", "fade_effects", "grade_effects", "grain_effects", "sign", "slate_effects", "title_effects"]
