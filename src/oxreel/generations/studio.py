"""The studio: everything that it takes to make a generation."""

from dataclasses import dataclass

from oxreel.catalogue import Catalogue
from oxreel.db import Database
from oxreel.engines.registry import Registry
from oxreel.generations.jobs import Jobs
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
    jobs: Jobs
    signer: Signer
