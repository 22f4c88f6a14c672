"""Which asset of this hub a URL means, where it means one."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

_PATH = re.compile(r"(?s)/api/repos/([^/]+)/([^/]+)/(file|files)/([^/]+)/(.+)")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class AssetAddress:
    """The place of an asset in this hub, and the signature that came with its URL."""

    namespace: str
    repository: str
    #: As written in the URL; only `main` exists.
    branch: str
    #: Percent-decoded.
    path: str
    #: The URL's own path, percent-decoded: what the signature signs.
    url_path: str
    #: `expires` and `signature`, where the URL carries them.
    signature: tuple[tuple[str, str], ...] = ()


def locate(url: str, host_aliases: Collection[str], own_hosts: Collection[str]) -> AssetAddress | None:
    """The asset that `url` means, None where it is not one of this hub's.

    Hosts are names with a port where it is not the scheme's own: "hub.oxen.ai", "127.0.0.1:8000".
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:  # a host or port that no URL can have: whoever fetches it says so
        return None
    # Credentials in a URL are refused where it is fetched; they never open an asset.
    if parts.scheme not in _DEFAULT_PORTS or parts.hostname is None or "@" in parts.netloc:
        return None
    host = parts.hostname.rstrip(".")
    host = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    if host not in {known.lower() for known in (*host_aliases, *own_hosts)}:
        return None
    # Decoded before it is cut, as a web server does: "%2F" parts directories too.
    url_path = unquote(parts.path)
    match = _PATH.fullmatch(url_path)
    if match is None:
        return None
    namespace, repository, _, branch, path = match.groups()
    signature = tuple((name, value) for name, value in parse_qsl(parts.query) if name in ("expires", "signature"))
    return AssetAddress(namespace, repository, branch, path, url_path, signature)
