"""Puts the sample pictures and the sample video where the documents say they are, each time a hub starts."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

import sqlalchemy as sa

from oxreel import db


class Store(Protocol):
    """Where the bytes go."""

    def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`."""


@dataclass(frozen=True)
class Sample:
    """One picture or video, and its place in a public repository."""

    namespace: str
    repository: str
    path: str
    #: Pixels.
    width: int
    height: int
    content_type: str = "image/png"
    #: Of a video; None for a picture.
    seconds: float | None = None

    @property
    def file(self) -> str:
        """Name of the file beside this module."""
        return self.path.rpartition("/")[2]

    def read(self) -> bytes:
        """Its bytes."""
        return files("oxreel.samples").joinpath(self.file).read_bytes()


#: As the documents spell them (S0..S4).
SAMPLES = (
    Sample("elau", "assets", "bloxy/bloxy_cropped_512x512.png", 512, 512),
    Sample("ox", "Oxen-AI-Assets", "images/ox_zoom_out_1926_1076.png", 1926, 1076),
    # Not in those, but in the hub's public reference, as the source of its video models' examples.
    Sample("ox", "Oxen-AI-Assets", "images/winter_summer_ox.mp4", 1280, 720, "video/mp4", 121 / 24),
)
#: Where their objects lie: what lies elsewhere was put there by somebody, and stays.
_FOLDER = "samples"
_LOCK = 0x0F4EE3


def install_samples(tx: sa.Connection, objects: Store) -> None:
    """Make sure that every sample is there and is this version's; files that others put in its place stay."""
    if tx.dialect.name == "postgresql":
        # Two hubs that start at once must not both add the same one.
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    for sample in SAMPLES:
        _install(tx, objects, sample)


def _install(tx: sa.Connection, objects: Store, sample: Sample) -> None:
    data = sample.read()
    digest = hashlib.sha256(data).hexdigest()
    key = f"{_FOLDER}/{digest[:16]}/{sample.file}"
    repository_id = _repository(tx, sample)
    assets = db.assets
    here = sa.and_(assets.c.repository_id == repository_id, assets.c.path == sample.path)
    existing = tx.execute(sa.select(assets.c.object_key).where(here)).scalar()
    if existing is not None and not existing.startswith(f"{_FOLDER}/"):
        return
    if not objects.exists(key):
        objects.put(key, data)
    if existing == key:
        return
    values = {
        "size": len(data),
        "content_type": sample.content_type,
        "digest": digest,
        "object_key": key,
        "width": sample.width,
        "height": sample.height,
        "seconds": sample.seconds,
        "created_at": db.now_ms(),
    }
    if existing is None:
        tx.execute(sa.insert(assets).values(repository_id=repository_id, path=sample.path, **values))
    else:
        tx.execute(sa.update(assets).where(here).values(**values))


def _repository(tx: sa.Connection, sample: Sample) -> int:
    namespaces, repositories = db.namespaces, db.repositories
    owner = tx.execute(sa.select(namespaces.c.id).where(namespaces.c.name == sample.namespace)).scalar()
    if owner is None:
        new = sa.insert(namespaces).values(
            name=sample.namespace, kind="organization", display_name=sample.namespace, created_at=db.now_ms()
        )
        owner = tx.execute(new.returning(namespaces.c.id)).scalar_one()
    here = sa.and_(repositories.c.namespace_id == owner, repositories.c.name == sample.repository)
    found = tx.execute(sa.select(repositories.c.id).where(here)).scalar()
    if found is None:
        made = sa.insert(repositories).values(
            namespace_id=owner, name=sample.repository, public=True, created_at=db.now_ms()
        )
        found = tx.execute(made.returning(repositories.c.id)).scalar_one()
    return int(found)
