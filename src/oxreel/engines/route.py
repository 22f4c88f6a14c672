"""A route: the engine that films a model, and what that engine calls it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """Where a request is filmed."""

    engine: str
    #: What the engine calls the model; empty for its own choice.
    name: str = ""

    @classmethod
    def read(cls, text: str) -> "Route":
        """The route as settings write it: `fal`, `diffusers:wan2.2-ti2v-5b`."""
        engine, _, name = text.partition(":")
        return cls(engine.strip().lower(), name.strip())
