"""A finished video that lies in the object store and waits to be delivered."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oxreel.assets import NewAsset, new_object_key
from oxreel.storage.objects import Objects


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
            content_type="video/mp4",
            digest=self.digest,
            object_key=self.object_key,
            width=self.width,
            height=self.height,
            seconds=self.seconds,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, which `Result(**...)` takes."""
        return asdict(self)


def store(objects: Objects, path: Path, facts: dict[str, Any], *, price: int) -> Result:
    """The result whose bytes are at `path`, put in the object store. `facts` has width, height and seconds."""
    key = new_object_key()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    objects.put_file(key, path)
    return Result(object_key=key, size=path.stat().st_size, digest=digest, price=price, **facts)
