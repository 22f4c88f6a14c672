"""The engines of this hub by name. Built-in engines and others enter by the same door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from oxreel.engines.engine import Engine
from oxreel.engines.route import Route
from oxreel.errors import InvalidParams

if TYPE_CHECKING:
    # The filming process reads no settings for the animatic: that would take longer than many a task.
    from oxreel.settings import Settings


#: Where an engine films: in the filming process of its generation; in a process that keeps a GPU and its weights
#: from one generation to the next; or in the worker itself, where it only waits for a provider and decodes nothing.
Place = Literal["process", "device", "worker"]


def _animatic(_: "Settings | None") -> Engine:
    engine: Engine = import_module("oxreel.engines.animatic").AnimaticEngine()
    return engine


def _diffusers(settings: "Settings | None") -> Engine:
    settings = settings or _from_environment()
    if settings.video_server_url or settings.video_server_model:
        elsewhere: Engine = import_module("oxreel.engines.video_server").of_settings(settings)
        return elsewhere
    engine: Engine = import_module("oxreel.engines.diffusers").DiffusersEngine(settings)
    return engine


def _fal(settings: "Settings | None") -> Engine:
    engine: Engine = import_module("oxreel.engines.fal").FalEngine(settings or _from_environment())
    return engine


def _from_environment() -> "Settings":
    settings: Settings = import_module("oxreel.settings").Settings()
    return settings


@dataclass(frozen=True)
class Entry:
    """How an engine is made, on which kind of machine it films, and where there."""

    make: "Callable[[Settings | None], Engine]"
    queue: str
    place: Place


#: The built-in engines, imported only when asked for, because engines are heavy.
BUILT_IN: dict[str, Entry] = {
    "animatic": Entry(_animatic, "cpu", "process"),
    "diffusers": Entry(_diffusers, "gpu", "device"),
    "fal": Entry(_fal, "hosted", "worker"),
}


#: The same engine where a separate server films for it: the worker only waits.
_ELSEWHERE = Entry(_diffusers, "hosted", "worker")


class Registry:
    """The engines that a hub offers by name, each made once; without settings, all that there are."""

    def __init__(self, settings: "Settings | None" = None, entries: Mapping[str, Entry] | None = None) -> None:
        known = BUILT_IN if entries is None else entries
        if settings is not None and settings.video_server_url and entries is None:
            known = {**known, "diffusers": _ELSEWHERE}
        self._settings = settings
        self._entries = {name: known[name] for name in (known if settings is None else _offered(settings, known))}
        self._engines: dict[str, Engine] = {}

    @property
    def names(self) -> list[str]:
        """Every engine that can be asked for."""
        return sorted(self._entries)

    def check(self, name: str) -> None:
        """Nothing for an engine of this hub. Raises InvalidParams for any other, naming those there are."""
        if name not in self._entries:
            raise InvalidParams(f"engine: there is no engine {name!r} on this hub; it has {', '.join(self.names)}.")

    def queue(self, name: str) -> str:
        """The kind of machine that an engine needs. Raises InvalidParams for one that is not there."""
        self.check(name)
        return self._entries[name].queue

    def place(self, name: str) -> Place:
        """Where on that machine it films. Raises InvalidParams for one that is not there."""
        self.check(name)
        return self._entries[name].place

    def get(self, name: str) -> Engine:
        """The engine of that name. Raises InvalidParams, naming those there are."""
        self.check(name)
        if name not in self._engines:
            self._engines[name] = self._entries[name].make(self._settings)
        return self._engines[name]


def _offered(settings: "Settings", known: Mapping[str, Entry]) -> list[str]:
    """The animatic, which previews need, and what the settings name or give a key for."""
    routed = {Route.read(text).engine for text in settings.routes.values()}
    named = {"animatic", settings.engine, *settings.engines, *routed}
    if settings.video_server_url:
        named.add("diffusers")
    return [name for name in known if name in named]
