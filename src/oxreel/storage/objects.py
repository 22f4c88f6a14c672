"""Objects: the bytes of assets and results, by key, in a local folder, in memory or in S3.

A write is atomic: readers see the whole object or none. Keys are of our own making, never a client's.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.store import LocalStore, MemoryStore, from_url

from oxreel.errors import NotFound

if TYPE_CHECKING:
    from obstore import GetOptions

#: Bytes of one piece of a streamed object: few system calls, little memory.
PIECE = 256 * 1024

#: What a key may look like on every kind of store, with no name that a file system reads in its own way.
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")

_MISSING = (obstore.exceptions.NotFoundError, FileNotFoundError)


class Objects:
    """One store of objects. Raises NotFound where an object is asked for that is not there."""

    def __init__(self, store: Any) -> None:
        self._store = store

    @classmethod
    def open(cls, url: str) -> "Objects":
        """The store at `url`: `file:///folder` (made where it is missing), `memory:///`, `s3://bucket/prefix`.

        S3 takes its keys, region and endpoint from the usual AWS_... variables.
        """
        scheme = url.partition(":")[0]
        if scheme == "memory":
            return cls(MemoryStore())
        if scheme == "file":
            return cls(LocalStore.from_url(url, mkdir=True, automatic_cleanup=True))
        return cls(from_url(url))

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, in place of what was there."""
        obstore.put(self._store, _checked(key), data)

    def put_file(self, key: str, path: Path) -> None:
        """Keep a copy of the file at `path` under `key`, in place of what was there."""
        obstore.put(self._store, _checked(key), path)

    def read(self, key: str) -> bytes:
        """The whole object."""
        try:
            return bytes(obstore.get(self._store, _checked(key)).bytes())
        except _MISSING as error:
            raise _missing(key) from error

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Its bytes from `start` up to, not including, `end`, piece by piece.

        The object is opened before this returns, so that a missing one raises here and not midway.
        """
        options: GetOptions = {}
        if end is not None:
            if end <= start:
                return iter(())
            options["range"] = (start, end)
        elif start:
            options["range"] = {"offset": start}
        try:
            result = obstore.get(self._store, _checked(key), options=options)
        except _MISSING as error:
            raise _missing(key) from error
        return (bytes(piece) for piece in result.stream(min_chunk_size=PIECE))

    def copy_to(self, key: str, path: Path) -> None:
        """Write the object to the local file `path`."""
        pieces = self.stream(key)
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)

    def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        try:
            obstore.head(self._store, _checked(key))
        except _MISSING:
            return False
        return True

    def keys(self, prefix: str) -> list[str]:
        """Every key below the folder `prefix`."""
        pages = obstore.list(self._store, prefix=_checked(prefix))
        return sorted(str(entry["path"]) for page in pages for entry in page)

    def delete(self, key: str) -> None:
        """Forget the object; one that is not there is forgotten already."""
        try:
            obstore.delete(self._store, _checked(key))
        except _MISSING:
            return

    def delete_prefix(self, prefix: str) -> None:
        """Forget every object below the folder `prefix`."""
        for key in self.keys(prefix):
            self.delete(key)


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"'{key}' is no object key: segments of letters, digits, '.', '_' and '-', parted by '/'")
    return key


def _missing(key: str) -> NotFound:
    return NotFound("The stored file is missing.", detail=f"There is no object '{key}' in the store.")
