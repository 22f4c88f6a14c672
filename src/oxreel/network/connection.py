"""Connections that lead only where they may, and take no longer than they may.

The host is looked up once and the connection is made to the address that was checked, so that a
name that changes its answer leads nowhere else.
"""

import os
import re
import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

import certifi
import httpcore

from oxreel.network.addresses import Resolve, is_public, look_up, look_up_within
from oxreel.network.place import Place


class NotPublic(Exception):
    """The host is not on the public internet. Not where it leads: what the inside looks like is nobody's business."""

    def __init__(self, host: str) -> None:
        super().__init__(f"the host '{host}' is not on the public internet")


@dataclass(frozen=True)
class Reach:
    """How far requests may go, and how long one may take."""

    #: Hosts ("name", "name:port" or an address) that may be private.
    allow_hosts: Collection[str]
    #: From the look-up of its host to the last byte that is read.
    seconds: float
    resolve: Resolve = look_up

    def allows(self, host: str, port: int) -> bool:
        """Whether that host may be private."""
        return host.lower() in self.allow_hosts or f"{host.lower()}:{port}" in self.allow_hosts


class Route(httpcore.NetworkBackend):
    """The way of one exchange, over all of its connections: connects only to addresses that were checked."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._deadline = time.monotonic() + reach.seconds

    def pool(self, place: Place) -> httpcore.ConnectionPool:
        """A pool whose connections go this way."""
        return httpcore.ConnectionPool(ssl_context=trusted() if place.scheme == "https" else None, network_backend=self)

    def seconds_left(self) -> float:
        """Seconds until the whole exchange must be done. Raises TimeoutError when none are left."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def hurry(self, seconds: float) -> None:
        """Take no longer than this from now on."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """A connection to `host`. Raises NotPublic, OSError."""
        trouble: Exception = OSError("no address")
        for address in self._addresses(host, port):
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, timeout=self.seconds_left())
            except httpcore.ConnectError as error:
                trouble = error
            else:
                return _TimedStream(stream, self)
        raise trouble

    def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be connected to; at least one."""
        try:
            found = look_up_within(self._reach.resolve, host, port, self.seconds_left())
        except UnicodeError as error:
            # The system's look-up takes no label of more than 63 characters.
            raise OSError("not a host name") from error
        if self._reach.allows(host, port):
            return list(found)
        good = [address for address in found if is_public(address) or address in self._reach.allow_hosts]
        if not good:
            raise NotPublic(host)
        return good


class _TimedStream(httpcore.NetworkStream):
    """A connection on which every step may take what is left of the whole exchange, however slowly it drips."""

    def __init__(self, stream: httpcore.NetworkStream, route: Route) -> None:
        self._stream = stream
        self._route = route

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=self._route.seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._route.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._route.seconds_left()
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, timeout=left), self._route)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def trusted() -> ssl.SSLContext:
    """The system's certificate authorities, or certifi's where a bare machine has none."""
    return _trusted(os.environ.get("SSL_CERT_FILE"))


@cache
def _trusted(chosen: str | None) -> ssl.SSLContext:
    # Reading all of them takes longer than a handshake.
    context = ssl.create_default_context()
    if chosen is None:
        context.load_verify_locations(cafile=certifi.where())
    return context


def reason(error: BaseException) -> str:
    """What the network said, in short: "Name or service not known", "Connection refused"."""
    inner: BaseException = error
    while inner.__cause__ is not None and not isinstance(inner.__cause__, UnicodeError):
        inner = inner.__cause__
    text = (inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)) or type(inner).__name__
    return re.sub(r"^\[Errno -?\d+\] ", "", text)[:200]
