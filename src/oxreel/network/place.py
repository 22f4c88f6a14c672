"""An http(s) URL of somebody's in parts, where it is one that may be used at all."""

from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import httpcore

_PORTS = {"http": 80, "https": 443}
#: What may stand as it is in a path or query, as browsers send it; '%' starts what is encoded already.
_SAFE = "/%:@!$&'()*+,;=~-._?[]{}|\\^"


class NotAPlace(Exception):
    """The text is no URL that can be reached; it says why, as the rest of a sentence."""


class WrongScheme(NotAPlace):
    """It is not an http(s) URL."""


@dataclass(frozen=True)
class Place:
    """Where a request goes."""

    #: "http" or "https".
    scheme: str
    #: In lower case, as it was written: a name or an address, without brackets.
    host: str
    port: int
    #: The host as the network knows it, in ASCII.
    wire_host: bytes
    #: Path and query, encoded.
    target: bytes

    @property
    def name(self) -> str:
        """The host with its port."""
        return f"{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        """What the header `Host` says."""
        host = self.wire_host.decode()
        host = f"[{host}]" if ":" in host else host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> httpcore.URL:
        """The URL as the network library takes it."""
        return httpcore.URL(scheme=self.scheme, host=self.wire_host, port=self.port, target=self.target)


def read_place(url: str, longest: int) -> Place:
    """The place that a URL of at most so many characters names. Raises NotAPlace."""
    if len(url) > longest:
        raise NotAPlace(f"the URL has {len(url)} characters; at most {longest} are allowed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAPlace(f"'{shortened(url)}' is not a URL ({error})") from error
    if parts.scheme not in _PORTS:
        raise WrongScheme(f"'{shortened(url)}' is not an http(s) URL")
    if "@" in parts.netloc:
        raise NotAPlace("a URL with a user name or password in it is not taken")
    if not parts.hostname or port == 0:
        raise NotAPlace(f"'{shortened(url)}' names no host or port that can be reached")
    return Place(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        wire_host=_wire_host(parts.hostname),
        target=_target(parts),
    )


def shortened(url: str) -> str:
    """A URL for a message."""
    return url if len(url) <= 100 else f"{url[:100]}..."


def _wire_host(host: str) -> bytes:
    try:
        return host.encode("ascii") if host.isascii() else host.encode("idna")
    except UnicodeError as error:
        raise NotAPlace(f"'{shortened(host)}' is not a host name") from error


def _target(parts: SplitResult) -> bytes:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe=_SAFE).encode("ascii")
