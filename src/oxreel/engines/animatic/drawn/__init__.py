"""Drawn scenes: sets for shots that nobody gave a picture, from the places and things of their plan."""

from oxreel.engines.animatic.drawn.drawing import draw_set
from oxreel.engines.animatic.drawn.things import KINDS

__all__ = ["KINDS", "draw_set"]
