"""How a shot looks: its light and season, its style, its grain, its type, and how it begins and ends."""

from oxreel.engines.animatic.look.grade import grade_effects

__all__ = ["grade_effects"]
