"""Objects: the bytes of assets and results, by key, in a local folder, in memory or in S3.

A write is atomic: readers see the whole object or none. Keys are of our own making, never a client's.
"""

import re
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import obstore
from obstore.store import LocalStore, MemoryStore

from oxreel.errors import NotFound, StorageUnavailable, WrongSetting
from oxreel.log import Log
from oxreel.storage.bucket import Bucket, open_bucket, reason

if TYPE_CHECKING:
    from obstore import Attributes, GetOptions

log = Log(__name__)

#: Bytes of one piece of a streamed object: few system calls, little memory.
PIECE = 256 * 1024
#: Bytes of one part of an upload, and parts under way at a time: what one upload takes of memory.
PART, PARTS_AT_A_TIME = 8 * 1024 * 1024, 3
#: Objects of one page of a listing.
PAGE = 1000

#: What a key may look like on every kind of store, with no name that a file system reads in its own way.
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
#: How the local store calls a file that is still being written.
_HALF_WRITTEN = re.compile(r".+#\d+")
#: Times that objects are tried to be deleted.
_DELETES = 4
#: Where the object lies that a start writes to see that it can.
PROBES = "probes"

_MISSING = (obstore.exceptions.NotFoundError, FileNotFoundError)
_NO_PART = "non-partial response when range requested"
_FAILURES = (obstore.exceptions.BaseError, OSError)


@dataclass(frozen=True)
class Entry:
    """One line of a listing."""

    key: str
    #: UNIX milliseconds of the last write, by the store's clock.
    modified_at: int


class Objects:
    """One store of objects.

    Raises NotFound where an object is asked for that is not there, StorageUnavailable where the store is away.
    """

    def __init__(self, store: Any, bucket: Bucket | None = None) -> None:
        self._store = store
        #: Where files go and come: it tries again for longer.
        self._patient = bucket.patient if bucket else store
        self._bucket = bucket

    @classmethod
    def open(cls, url: str, public_endpoint: str = "") -> "Objects":
        """The store at `url`: `file:///folder` (made where it is missing), `memory:///`, `s3://bucket/prefix`.

        S3 takes its keys, region and endpoint from the usual AWS_... variables; `public_endpoint` is the address
        that clients reach it by, where that is another. Raises WrongSetting for a store that cannot be.
        """
        scheme = url.partition(":")[0]
        try:
            if scheme == "memory":
                return cls(MemoryStore())
            if scheme == "file":
                return cls(LocalStore.from_url(url, mkdir=True, automatic_cleanup=True))
            bucket = open_bucket(url, public_endpoint)
        except (*_FAILURES, ValueError) as error:
            raise WrongSetting(f"OXREEL_STORAGE_URL: '{url}' cannot be opened: {_first_line(error)}") from error
        return cls(bucket.brisk, bucket)

    def check(self) -> None:
        """Nothing where objects can be written, read, listed and deleted. Raises WrongSetting, within seconds."""
        key, data = f"{PROBES}/{uuid.uuid4().hex}", b"written by a hub that starts"
        try:
            obstore.put(self._store, key, data)
            kept = bytes(obstore.get(self._store, key).bytes())
            listed = any(entry["path"] == key for page in obstore.list(self._store, prefix=PROBES) for entry in page)
            obstore.delete(self._store, key)
        except _FAILURES as error:
            why = reason(self._bucket, error) if self._bucket else _first_line(error)
            raise WrongSetting(f"OXREEL_STORAGE_URL: {why}.") from error
        if kept != data or not listed:
            raise WrongSetting("OXREEL_STORAGE_URL: the store does not give back what was put there a moment before.")

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, in place of what was there."""
        with _answered("put", key):
            obstore.put(self._patient, _checked(key), data, chunk_size=PART, max_concurrency=PARTS_AT_A_TIME)

    def put_file(self, key: str, path: Path, *, content_type: str = "", name: str = "") -> None:
        """Keep a copy of the file at `path` under `key`, in place of what was there.

        `content_type` and `name` are what a bucket tells those that it hands the file out to.
        """
        attributes: Attributes = {}
        if content_type and self._bucket:
            attributes["Content-Type"] = content_type
        if name and self._bucket:
            attributes["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name, safe='')}"
        with _answered("put", key):
            obstore.put(
                self._patient,
                _checked(key),
                path,
                attributes=attributes or None,
                chunk_size=PART,
                max_concurrency=PARTS_AT_A_TIME,
            )

    def read(self, key: str) -> bytes:
        """The whole object."""
        with _answered("read", key):
            return bytes(obstore.get(self._store, _checked(key)).bytes())

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Its bytes from `start` up to, not including, `end`, piece by piece.

        The object is opened before this returns, so that a missing one raises here and not midway.
        """
        return self._pieces(self._store, key, start, end)

    def copy_to(self, key: str, path: Path) -> None:
        """Write the object to the local file `path`."""
        pieces = self._pieces(self._patient, key, 0, None)
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)

    def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        return self.modified_at(key) is not None

    def modified_at(self, key: str) -> int | None:
        """UNIX milliseconds of the object's last write, by the store's clock; None where there is none."""
        try:
            with _answered("look for", key):
                return _milliseconds(obstore.head(self._store, _checked(key)))
        except NotFound:
            return None

    def url(self, key: str, seconds: int) -> str | None:
        """A URL of the bucket that anyone may GET for so long; None where the store has no address of its own."""
        if self._bucket is None:
            return None
        with _answered("sign", key):
            signed: str = obstore.sign(self._bucket.signing, "GET", _checked(key), timedelta(seconds=seconds))
        return signed

    @property
    def origin(self) -> str:
        """Scheme and host of those URLs, "" where there are none."""
        try:
            parts = urlsplit(self.url(PROBES, 1) or "")
        except StorageUnavailable:
            return ""
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def pages(self, prefix: str) -> Iterator[list[Entry]]:
        """What lies below the folder `prefix`, a page at a time, so that a million objects take no memory."""
        with _answered("list", prefix):
            for page in obstore.list(self._store, prefix=_checked(prefix), chunk_size=PAGE):
                yield [Entry(str(one["path"]), _milliseconds(one)) for one in page]

    def keys(self, prefix: str) -> list[str]:
        """Every key below the folder `prefix`."""
        return sorted(entry.key for page in self.pages(prefix) for entry in page)

    def delete(self, key: str) -> None:
        """Forget the object; one that is not there is forgotten already."""
        self.delete_all([key])

    def delete_all(self, keys: Sequence[str]) -> None:
        """Forget these objects, in as few requests as the store allows."""
        if not keys:
            return
        checked = [_checked(key) for key in keys]
        with _answered("delete", keys[0]):
            if self._bucket:
                _delete_from_bucket(self._store, checked)
                return
            for key in checked:
                # The local store stops at the first that is not there.
                with suppress(*_MISSING):
                    obstore.delete(self._store, key)

    def delete_prefix(self, prefix: str) -> None:
        """Forget every object below the folder `prefix`."""
        for page in self.pages(prefix):
            self.delete_all([entry.key for entry in page])

    def drop_half_written(self, before: int) -> int:
        """How many files of broken writes from before then (UNIX ms) were removed from a local folder.

        A bucket keeps the parts of a broken upload out of sight, and its own lifecycle rule removes them.
        """
        folder = getattr(self._store, "prefix", None) if self._bucket is None else None
        dropped = 0
        for file in Path(folder).rglob("*#*") if folder else ():
            with suppress(FileNotFoundError):
                if _HALF_WRITTEN.fullmatch(file.name) and file.stat().st_mtime * 1000 < before:
                    file.unlink()
                    dropped += 1
        return dropped

    def _pieces(self, store: Any, key: str, start: int, end: int | None) -> Iterator[bytes]:
        options: GetOptions = {}
        if end is not None:
            if end <= start:
                return iter(())
            options["range"] = (start, end)
        elif start:
            options["range"] = {"offset": start}
        with _answered("read", key):
            try:
                result = obstore.get(store, _checked(key), options=options)
            except obstore.exceptions.GenericError as error:
                if _NO_PART not in str(error):
                    raise
                result = None
        # Some servers (rclone's) send the part but call it the whole, which the library does not believe.
        return _cut(self._pieces(store, key, 0, None), start, end) if result is None else _read_through(result, key)


def _milliseconds(found: Any) -> int:
    return int(found["last_modified"].timestamp() * 1000)


def _read_through(result: Any, key: str) -> Iterator[bytes]:
    with _answered("read", key):
        for piece in result.stream(min_chunk_size=PIECE):
            yield bytes(piece)


def _cut(pieces: Iterator[bytes], start: int, end: int | None) -> Iterator[bytes]:
    at = 0
    for piece in pieces:
        part = piece[max(start - at, 0) : None if end is None else max(end - at, 0)]
        at += len(piece)
        if part:
            yield part
        if end is not None and at >= end:
            return


def _delete_from_bucket(store: Any, keys: list[str]) -> None:
    for left in reversed(range(_DELETES)):
        try:
            obstore.delete(store, keys)
        except obstore.exceptions.GenericError:
            # The library does not repeat a POST whose connection broke; to delete twice does no harm.
            if not left:
                raise
            time.sleep(0.2)
        else:
            return


@contextmanager
def _answered(deed: str, key: str) -> Iterator[None]:
    """What the store says when it does not do `deed`, as errors of ours; the log has its own words."""
    try:
        yield
    except _MISSING as error:
        if deed == "put":
            log.warning("storage_failed", deed=deed, key=key, error=_first_line(error))
            raise StorageUnavailable(_AWAY) from error
        raise NotFound("The stored file is missing.", detail=f"There is no object '{key}' in the store.") from error
    except _FAILURES as error:
        log.warning("storage_failed", deed=deed, key=key, error=_first_line(error))
        raise StorageUnavailable(_AWAY) from error


_AWAY = "The hub's store of files does not answer at the moment; please try again in a minute."


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"'{key}' is no object key: segments of letters, digits, '.', '_' and '-', parted by '/'")
    return key


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
