"""The engines of this hub by name. Built-in engines and others enter by the same door."""

from collections.abc import Callable, Mapping
from importlib import import_module

from oxreel.engines.engine import Engine
from oxreel.errors import InvalidParams


def _animatic() -> Engine:
    engine: Engine = import_module("oxreel.engines.animatic").AnimaticEngine()
    return engine


#: What makes each built-in engine; imported only when it is asked for, because engines are heavy.
BUILT_IN: Mapping[str, Callable[[], Engine]] = {"animatic": _animatic}


class Registry:
    """Engines by name, each made once."""

    def __init__(self, makers: Mapping[str, Callable[[], Engine]] = BUILT_IN) -> None:
        self._makers = dict(makers)
        self._engines: dict[str, Engine] = {}

    @property
    def names(self) -> list[str]:
        """Every engine that can be asked for."""
        return sorted(self._makers)

    def check(self, name: str) -> None:
        """Nothing for an engine of this hub. Raises InvalidParams for any other, naming those there are."""
        if name not in self._makers:
            raise InvalidParams(f"engine: there is no engine {name!r} on this hub; it has {', '.join(self.names)}.")

    def get(self, name: str) -> Engine:
        """The engine of that name. Raises InvalidParams, naming those there are."""
        self.check(name)
        if name not in self._engines:
            self._engines[name] = self._makers[name]()
        return self._engines[name]
