"""Which hub a command talks to, and with which key."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from oxreel.cli.hub_settings import first_key
from oxreel.cli.trouble import NOT_UNDERSTOOD, Fault

if TYPE_CHECKING:
    from oxreel_client import Client

BaseUrlOption = Annotated[
    str, typer.Option("--base-url", envvar="OXREEL_URL", help="Address of the hub.", rich_help_panel="Hub")
]
ApiKeyOption = Annotated[
    str,
    typer.Option(
        "--api-key",
        envvar="OXREEL_API_KEY",
        help="Key; for a hub on this machine, the one in its data folder is found.",
        rich_help_panel="Hub",
        show_envvar=True,
    ),
]
DEFAULT_URL = "http://127.0.0.1:8000"


def connect(base_url: str, api_key: str) -> "Client":
    """A client of that hub. Raises Fault where the address is none, or no key can be found."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Fault(f"'{base_url}' is no address of a hub: write it like {DEFAULT_URL}.", NOT_UNDERSTOOD)
    from oxreel_client import Client  # noqa: PLC0415 - `oxreel --help` must be quick

    return Client(base_url, api_key or _local_key(parts.hostname))


def _local_key(host: str) -> str:
    """The first user's key, for a hub on this machine only: it must not reach a stranger's hub."""
    if host not in ("localhost", "127.0.0.1", "::1"):
        raise Fault("This hub needs a key: give --api-key, or set OXREEL_API_KEY.", NOT_UNDERSTOOD)
    folder = Path(os.environ.get("OXREEL_DATA_DIR") or "data")
    try:
        return first_key(folder)
    except OSError as error:
        raise Fault(
            f"No key: {error.filename} cannot be read ({error.strerror}). "
            "Run this where the hub was started, or give --api-key, or set OXREEL_API_KEY.",
            NOT_UNDERSTOOD,
        ) from error
