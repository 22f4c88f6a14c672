"""The diffusers engine: storyboard -> checkpoint -> clips -> frames of 24 a second -> segment -> film."""

from oxreel.engines.diffusers.engine import DiffusersEngine

__all__ = ["DiffusersEngine"]
