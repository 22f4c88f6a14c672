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

#: The kind of machine that each needs, known without importing it: `cpu` unless it says otherwise.
QUEUES: Mapping[str, str] = {"animatic": "cpu"}


class Registry:
    """Engines by name, each made once."""

    def __init__(
        self, makers: Mapping[str, Callable[[], Engine]] = BUILT_IN, queues: Mapping[str, str] = QUEUES
    ) -> None:
        self._makers = dict(makers)
        self._queues = dict(queues)
        self._engines: dict[str, Engine] = {}

    @property
    def names(self) -> list[str]:
        """Every engine that can be asked for."""
        return sorted(self._makers)

    def check(self, name: str) -> None:
        """Nothing for an engine of this hub. Raises InvalidParams for any other, naming those there are."""
        if name not in self._makers:
            raise InvalidParams(f"engine: there is no engine {name!r} on this hub; it has {', '.join(self.names)}.")

    def queue(self, name: str) -> str:
        """The kind of machine that an engine needs. Raises InvalidParams for one that is not there."""
        self.check(name)
        return self._queues.get(name, "cpu")

    def get(self, name: str) -> Engine:
        """The engine of that name. Raises InvalidParams, naming those there are."""
        self.check(name)
        if name not in self._engines:
            self._engines[name] = self._makers[name]()
        return self._engines[name]
