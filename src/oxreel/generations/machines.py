"""Which kind of machine a queue is for."""

from oxreel.engines.registry import Place
from oxreel.errors import InvalidParams
from oxreel.generations.jobs import GPU, HOSTED
from oxreel.generations.studio import Studio


def needs_gpu(studio: Studio, queue: str, engine: str | None = None) -> bool:
    """Whether each film of a queue, or that one by `engine`, has a GPU to itself."""
    if engine is not None:
        try:
            if studio.engines.place(engine) == "device":
                return True
        except InvalidParams:
            return queue == GPU
    return queue == GPU or "device" in _places(studio, queue)


def only_waits(studio: Studio, queue: str) -> bool:
    """Whether films of a queue are all made elsewhere."""
    return queue == HOSTED or _places(studio, queue) == {"worker"}


def hosted_engines(studio: Studio, queues: frozenset[str]) -> list[str]:
    """The engines of these queues that have others film."""
    names = studio.engines.names
    return [name for name in names if studio.engines.place(name) == "worker" and studio.queue_of(name) in queues]


def _places(studio: Studio, queue: str) -> set[Place]:
    return {studio.engines.place(name) for name in studio.engines.names if studio.queue_of(name) == queue}
