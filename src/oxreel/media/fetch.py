"""Fetching what an untrusted http(s) URL points at, to a local file.

Each redirect starts over with the same checks of where it leads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpcore

from oxreel.errors import BadReference
from oxreel.media.limits import Limits, megabytes
from oxreel.network.addresses import Resolve, look_up
from oxreel.network.connection import NotPublic, Reach, Route, reason
from oxreel.network.place import NotAPlace, Place, WrongScheme, read_place

_REDIRECTS = (301, 302, 303, 307, 308)
#: Longer URLs are nobody's picture.
_LONGEST_URL = 8192


def fetch(url: str, target: Path, field: str, largest: int, limits: Limits, *, resolve: Resolve = look_up) -> None:
    """Write what `url` points at, at most `largest` bytes, to `target`.

    Raises BadReference, whose sentence begins with `field`, for every way that this can go wrong.
    """
    _Fetching(field, largest, limits, resolve).follow(url, target)


@dataclass
class _Fetching:
    """One reference on its way, over all of its redirects."""

    field: str
    largest: int
    limits: Limits
    resolve: Resolve

    def __post_init__(self) -> None:
        self._route = Route(Reach(self.limits.allow_hosts, self.limits.fetch_seconds, self.resolve))

    def follow(self, url: str, target: Path) -> None:
        for _ in range(self.limits.fetch_redirects + 1):
            place = self._checked(url)
            try:
                location = self._get(place, target)
            except NotPublic as error:
                raise self._bad(
                    f"{error}, and only public addresses are fetched; upload the file to this hub and send its URL "
                    "instead"
                ) from error
            except (httpcore.TimeoutException, TimeoutError) as error:
                raise self._bad(
                    f"fetching it from '{place.host}' took longer than {self.limits.fetch_seconds:g} s", may_come=True
                ) from error
            except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
                raise self._bad(
                    f"it could not be fetched from '{place.host}' ({reason(error)})", may_come=True
                ) from error
            if location is None:
                return
            url = urljoin(url, location)
        raise self._bad(f"the URL redirects more than {self.limits.fetch_redirects} times")

    def _checked(self, url: str) -> Place:
        """The URL in parts, where it is one that may be fetched at all."""
        try:
            return read_place(url, _LONGEST_URL)
        except WrongScheme as error:
            raise self._bad(
                f"{error}; send an http:// or https:// URL, a data: URI, or the URL of a file of this hub"
            ) from error
        except NotAPlace as error:
            raise self._bad(str(error)) from error

    def _get(self, place: Place, target: Path) -> str | None:
        """None once `target` is written, or where the answer redirects to."""
        headers: dict[bytes | str, bytes | str] = {
            "Host": place.host_header,
            "User-Agent": "OxReel",
            "Accept": "image/*, video/*;q=0.9, */*;q=0.5",
            # A compressed answer could unpack to any size.
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        with self._route.pool(place) as pool, pool.stream("GET", place.url, headers=headers) as answer:
            said = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
            if answer.status in _REDIRECTS and "location" in said:
                return said["location"]
            if answer.status != 200:
                raise self._bad(
                    f"'{place.host}' answered with status {answer.status} instead of the file", may_come=True
                )
            if said.get("content-encoding", "identity").lower() not in ("identity", ""):
                raise self._bad(
                    f"'{place.host}' sent it compressed ({said['content-encoding']}), which was not asked for"
                )
            length = said.get("content-length", "")
            if length.isdecimal() and int(length) > self.largest:
                raise self._too_large(f"is {megabytes(int(length))}")
            self._write(answer.iter_stream(), target)
        return None

    def _write(self, pieces: Iterable[bytes], target: Path) -> None:
        size = 0
        with target.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > self.largest:
                    raise self._too_large("is larger")
                file.write(piece)

    def _bad(self, why: str, *, may_come: bool = False) -> BadReference:
        return BadReference(f"{self.field}: {why}.", may_come=may_come)

    def _too_large(self, how: str) -> BadReference:
        return self._bad(f"the file {how}; at most {megabytes(self.largest)} are allowed")
