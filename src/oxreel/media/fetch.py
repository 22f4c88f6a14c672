"""Fetching what an untrusted http(s) URL points at, to a local file.

The host is looked up once and the connection is made to the address that was checked, so that a
name that changes its answer leads nowhere else. Each redirect starts over with the same checks.
"""

import os
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import certifi
import httpcore

from oxreel.errors import BadReference
from oxreel.media.addresses import Resolve, is_public, look_up, look_up_within
from oxreel.media.limits import Limits, megabytes

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
#: What may stand as it is in a path or query, as browsers send it; '%' starts what is encoded already.
_SAFE = "/%:@!$&'()*+,;=~-._?[]{}|\\^"
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
        self._deadline = time.monotonic() + self.limits.fetch_seconds

    def follow(self, url: str, target: Path) -> None:
        for _ in range(self.limits.fetch_redirects + 1):
            place = self._checked(url)
            try:
                location = self._get(place, target)
            except (httpcore.TimeoutException, TimeoutError) as error:
                raise self._bad(
                    f"fetching it from '{place.hostname}' took longer than {self.limits.fetch_seconds:g} s"
                ) from error
            except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
                raise self._bad(f"it could not be fetched from '{place.hostname}' ({_reason(error)})") from error
            if location is None:
                return
            url = urljoin(url, location)
        raise self._bad(f"the URL redirects more than {self.limits.fetch_redirects} times")

    def _checked(self, url: str) -> SplitResult:
        """The URL in parts, where it is one that may be fetched at all."""
        if len(url) > _LONGEST_URL:
            raise self._bad(f"the URL has {len(url)} characters; at most {_LONGEST_URL} are allowed")
        try:
            place = urlsplit(url)
            port = place.port
        except ValueError as error:
            raise self._bad(f"'{_shown(url)}' is not a URL ({error})") from error
        if place.scheme not in _PORTS:
            raise self._bad(
                f"'{_shown(url)}' is not an http(s) URL; "
                "send an http:// or https:// URL, a data: URI, or the URL of a file of this hub"
            )
        if "@" in place.netloc:
            raise self._bad("a URL with a user name or password in it is not fetched")
        if not place.hostname or port == 0:
            raise self._bad(f"'{_shown(url)}' names no host or port that can be reached")
        return place

    def _get(self, place: SplitResult, target: Path) -> str | None:
        """None once `target` is written, or where the answer redirects to."""
        port = place.port or _PORTS[place.scheme]
        url = httpcore.URL(scheme=place.scheme, host=self._host(place), port=port, target=_target(place))
        headers: dict[bytes | str, bytes | str] = {
            "Host": _host_header(place),
            "User-Agent": "OxReel",
            "Accept": "image/*, video/*;q=0.9, */*;q=0.5",
            # A compressed answer could unpack to any size.
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        network = _CheckedNetwork(self)
        tls = _trusted() if place.scheme == "https" else None
        with (
            httpcore.ConnectionPool(ssl_context=tls, network_backend=network) as pool,
            pool.stream("GET", url, headers=headers) as answer,
        ):
            said = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
            if answer.status in _REDIRECTS and "location" in said:
                return said["location"]
            if answer.status != 200:
                raise self._bad(f"'{place.hostname}' answered with status {answer.status} instead of the file")
            if said.get("content-encoding", "identity").lower() not in ("identity", ""):
                raise self._bad(
                    f"'{place.hostname}' sent it compressed ({said['content-encoding']}), which was not asked for"
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

    def _host(self, place: SplitResult) -> bytes:
        host = place.hostname or ""
        try:
            return host.encode("ascii") if host.isascii() else host.encode("idna")
        except UnicodeError as error:
            raise self._bad(f"'{host}' is not a host name") from error

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be connected to; at least one. Raises BadReference, OSError."""
        found = look_up_within(self.resolve, host, port, self.seconds_left())
        allowed = self.limits.allow_hosts
        if host.lower() in allowed or f"{host.lower()}:{port}" in allowed:
            return list(found)
        good = [address for address in found if is_public(address) or address in allowed]
        if not good:
            # Not where the name leads: what the inside of the network looks like is nobody's business.
            raise self._bad(
                f"the host '{host}' is not on the public internet, and only public addresses are fetched; "
                "upload the file to this hub and send its URL instead"
            )
        return good

    def seconds_left(self) -> float:
        """Seconds until the whole fetch must be done. Raises TimeoutError when none are left."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _bad(self, why: str) -> BadReference:
        return BadReference(f"{self.field}: {why}.")

    def _too_large(self, how: str) -> BadReference:
        return self._bad(f"the file {how}; at most {megabytes(self.largest)} are allowed")


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connects only to addresses that were checked."""

    def __init__(self, fetching: _Fetching) -> None:
        self._fetching = fetching

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        trouble: Exception = OSError("no address")
        for address in self._fetching.addresses(host, port):
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, timeout=self._fetching.seconds_left())
            except httpcore.ConnectError as error:
                trouble = error
            else:
                return _TimedStream(stream, self._fetching)
        raise trouble


class _TimedStream(httpcore.NetworkStream):
    """A connection on which every step may take what is left of the whole fetch, however slowly it drips."""

    def __init__(self, stream: httpcore.NetworkStream, fetching: _Fetching) -> None:
        self._stream = stream
        self._fetching = fetching

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=self._fetching.seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._fetching.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._fetching.seconds_left()
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, timeout=left), self._fetching)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _trusted() -> ssl.SSLContext:
    """The system's certificate authorities, or certifi's where a bare machine has none."""
    context = ssl.create_default_context()
    if "SSL_CERT_FILE" not in os.environ:
        context.load_verify_locations(cafile=certifi.where())
    return context


def _target(place: SplitResult) -> bytes:
    query = f"?{place.query}" if place.query else ""
    return quote((place.path or "/") + query, safe=_SAFE).encode("ascii")


def _host_header(place: SplitResult) -> str:
    host = (place.hostname or "").encode("idna").decode() if not (place.hostname or "").isascii() else place.hostname
    host = f"[{host}]" if host and ":" in host else host
    return f"{host}:{place.port}" if place.port not in (None, _PORTS[place.scheme]) else str(host)


def _reason(error: Exception) -> str:
    """What the network said, in short: "Name or service not known", "Connection refused"."""
    inner: BaseException = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    text = (inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)) or type(inner).__name__
    return text[:200]


def _shown(url: str) -> str:
    return url if len(url) <= 100 else f"{url[:100]}..."
