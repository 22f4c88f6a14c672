"""A finished video that lies in the object store and waits to be delivered."""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oxreel.assets import NewAsset
from oxreel.errors import FilmingFailed, StorageUnavailable
from oxreel.storage.objects import Objects

#: Where results lie, each below its generation's id: until that has ended, its video may still wait for delivery.
FOLDER = "results"
_TYPE = "video/mp4"


@dataclass(frozen=True)
class Result:
    """The video as an asset without its final path, and what it costs."""

    object_key: str
    size: int
    #: SHA-256 of the bytes, in hexadecimal.
    digest: str
    width: int
    height: int
    seconds: float
    #: Micro-dollars for the length that was filmed.
    price: int

    def asset(self, path: str) -> NewAsset:
        """The asset that it becomes at `path`."""
        return NewAsset(
            path=path,
            size=self.size,
            content_type=_TYPE,
            digest=self.digest,
            object_key=self.object_key,
            width=self.width,
            height=self.height,
            seconds=self.seconds,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, which `Result(**...)` takes."""
        return asdict(self)


def store(objects: Objects, path: Path, facts: dict[str, Any], *, price: int, generation_id: str) -> Result:
    """The result whose bytes are at `path`, put in the object store. `facts` has width, height and seconds.

    Raises FilmingFailed where the store does not keep it, however often it is asked.
    """
    # A new name each time: of two workers that store one film, the one that lost it must not take the other's away.
    key = f"{FOLDER}/{generation_id}/{uuid.uuid4().hex}"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        objects.put_file(key, path, content_type=_TYPE, name="video.mp4")
    except StorageUnavailable:
        raise FilmingFailed(
            "The hub's store of files could not keep the finished video. Nothing was charged; please retry it."
        ) from None
    return Result(object_key=key, size=path.stat().st_size, digest=digest, price=price, **facts)
