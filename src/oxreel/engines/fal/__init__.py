"""The engine that has real Kling models film, hosted by fal."""

from oxreel.engines.fal.engine import FalEngine

__all__ = ["FalEngine"]
