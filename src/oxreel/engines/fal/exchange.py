"""One exchange with fal: a request with the key, and an answer of limited size within limited time.

It tells apart what never left from what may have arrived, because a film that is asked for twice is paid twice.
"""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from oxreel.network.connection import trusted

#: Bytes of an answer; those of the queue have a few thousand.
_MOST_BYTES = 4_000_000


class NeverLeft(Exception):
    """No connection came about: fal heard nothing. It says why."""


class NoAnswer(Exception):
    """What was sent may have arrived, and no whole answer came. It says why."""


@dataclass(frozen=True)
class Answer:
    """What fal said."""

    status: int
    #: By their names in lower case.
    headers: dict[str, str]
    data: bytes

    @property
    def said(self) -> dict[str, Any] | None:
        """The object that it holds, None where it holds no such thing."""
        try:
            found = json.loads(self.data)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    @property
    def seconds_to_wait(self) -> float | None:
        """How long it asks to wait, None where it does not."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isdecimal() else None


class Exchange:
    """What talks to one host with one key."""

    def __init__(self, url: str, key: str, seconds: float) -> None:
        self.url = url.rstrip("/")
        self._key = key
        self._seconds = seconds

    def is_here(self, address: Any) -> bool:
        """Whether an address leads to the very host that the key is for."""
        if not isinstance(address, str) or len(address) > 2000:
            return False
        try:
            one, other = urlsplit(address), urlsplit(self.url)
            return (one.scheme, one.hostname, one.port, one.username) == (
                other.scheme,
                other.hostname,
                other.port,
                None,
            )
        except ValueError:
            return False

    def send(self, method: str, address: str, body: Any = None) -> Answer:
        """The answer of fal. Raises NeverLeft, NoAnswer."""
        if not self.is_here(address):
            raise NeverLeft("its address is not that of fal")
        deadline = time.monotonic() + self._seconds
        try:
            # A connection of its own: one that was kept might be closed at the other end, which nobody could tell
            # from a request that was taken.
            with (
                httpx.Client(timeout=self._seconds, follow_redirects=False, verify=trusted()) as client,
                client.stream(method, address, json=body, headers={"Authorization": f"Key {self._key}"}) as answer,
            ):
                return Answer(answer.status_code, dict(answer.headers), _read(answer, deadline))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise NeverLeft(_reason(error)) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise NeverLeft(_reason(error)) from error
        except httpx.HTTPError as error:
            raise NoAnswer(_reason(error)) from error


def _read(answer: httpx.Response, deadline: float) -> bytes:
    data = b""
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > _MOST_BYTES:
            raise httpx.ReadError("the answer is too large")
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer takes too long")
    return data


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]
