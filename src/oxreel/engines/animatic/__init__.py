"""The animatic engine: storyboard -> direction -> views -> scene -> camera -> frames -> segment -> film."""

from oxreel.engines.animatic.engine import AnimaticEngine

__all__ = ["AnimaticEngine"]
