"""Which network addresses an untrusted URL may lead to: public ones only."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence

#: Looks a host up: name and port to addresses.
Resolve = Callable[[str, int], Sequence[str]]

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Beyond what `is_global` knows: addresses that look public and lead inside, or that wrap another address.
#: IANA special-purpose registries (2026-11) and the clouds' own documents.
_REFUSED: tuple[_Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT; metadata of Alibaba Cloud
        "168.63.129.16/32",  # metadata of Azure, on a public address
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID and other wrappings
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
#: What of IPv6 is given out to the public; NAT64, mapped, local and multicast addresses lie outside.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")


def is_public(address: str) -> bool:
    """Whether `address` is one that anybody on the internet could be given; a scoped or odd one is not."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and (parsed.scope_id or parsed not in _PUBLIC_V6):
        return False
    if any(parsed.version == network.version and parsed in network for network in _REFUSED):
        return False
    return parsed.is_global and not parsed.is_multicast


def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of `host`, in the system's order, each once. Raises OSError for an unknown host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def look_up_within(resolve: Resolve, host: str, port: int, seconds: float) -> Sequence[str]:
    """What `resolve` finds, or TimeoutError after `seconds`: the system's look-up takes no time limit."""
    answer: list[Sequence[str] | Exception] = []

    def ask() -> None:
        try:
            answer.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if not answer:
        raise TimeoutError
    if isinstance(answer[0], Exception):
        raise answer[0]
    return answer[0]
