"""Who is signed in without typing a key: the hub's own user, at the hub's own machine, and nobody else.

Whatever can reach a loopback port can send any header, and whoever controls a domain can point it at
127.0.0.1. So all of this must hold: the hub listens on loopback only; the connection comes from loopback,
straight and not through a proxy; the socket at its other end belongs to the user that runs the hub (so that
other users of the machine get no more than the key file's mode gives them); the Host header is a loopback
name (no rebound domain); and the browser says that the hub's own page asks.
"""

import ipaddress
import os
from pathlib import Path

from fastapi import Request

from oxreel.errors import Forbidden
from oxreel.settings import Settings

_PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
#: The state of a closed connection that the kernel remembers for a while; it has no owner any more.
_TIME_WAIT = "06"


def own_key(request: Request, settings: Settings) -> str:
    """The first user's key. Raises Forbidden unless everything that the module's text names holds."""
    headers = request.headers
    client = request.client
    allowed = (
        is_loopback(settings.host)
        and client is not None
        and is_loopback(client.host)
        and not any(name in headers for name in _PROXY_HEADERS)
        and is_loopback(host_name(headers.get("host", "")))
        and headers.get("sec-fetch-site") in ("same-origin", "none")
        and socket_owner(client.port, request.scope["server"][1]) == os.geteuid()
    )
    key = _key(settings) if allowed else None
    if key is None:
        raise Forbidden("Nobody is signed in here: type an API key.")
    return key


def is_loopback(host: str) -> bool:
    """Whether this is a name or an address of the machine itself, as browsers understand it."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The Host header without its port: "127.0.0.1:8000" is "127.0.0.1", "[::1]:8000" is "::1"."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def socket_owner(port: int, peer_port: int) -> int | None:
    """The user id at the other end of a loopback connection, None where the system does not tell.

    `port` is that end's own port, `peer_port` ours. Where several sockets fit, they must have one owner.
    """
    owners = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for _, local, remote, state, _, _, _, owner, *_ in map(str.split, lines):
            if local.endswith(f":{port:04X}") and remote.endswith(f":{peer_port:04X}") and state != _TIME_WAIT:
                owners.add(int(owner))
    return owners.pop() if len(owners) == 1 else None


def _key(settings: Settings) -> str | None:
    try:
        return settings.key_file.read_text().strip() or None
    except OSError:
        return None
