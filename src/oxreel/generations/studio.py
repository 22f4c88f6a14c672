"""The studio: everything that it takes to make a generation."""

from dataclasses import dataclass

from oxreel.catalogue import Catalogue
from oxreel.db import Database
from oxreel.engines.registry import Registry
from oxreel.generations.jobs import Jobs
from oxreel.generations.routes import Routes
from oxreel.settings import Settings
from oxreel.storage import Objects, Signer


@dataclass(frozen=True)
class Studio:
    """What the use cases of this room work with; `bootstrap.py` fills it."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    objects: Objects
    engines: Registry
    routes: Routes
    jobs: Jobs
    signer: Signer

    def queue_of(self, engine: str) -> str:
        """The queue of the kind of machine that an engine films on. Raises InvalidParams for an unknown engine."""
        return self.settings.engine_queues.get(engine) or self.engines.queue(engine)

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue that generations of this hub can be in."""
        return tuple(sorted({self.queue_of(engine) for engine in self.engines.names}))

    def film_slots_of(self, model: str) -> int | None:
        """How many generations of a model may be filmed at a time; None: any number."""
        slots = self.settings.model_film_slots
        return slots.get(model, slots.get("*"))
