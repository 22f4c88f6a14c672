"""The hub's settings as the command line starts it: variables first, then the options that were given."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oxreel.cli.trouble import NOT_UNDERSTOOD, Fault

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from oxreel.settings import Settings

#: Where the hub keeps the first user's key, within its data folder (bootstrap.py writes it).
KEY_FILE = "api-key"
#: Seconds that the hub may take to answer for the first time.
START_SECONDS = 60.0

HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default="127.0.0.1")]
PortOption = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port.", show_default="8000")]
DataDirOption = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder of the database, assets and key.", show_default="data")
]


def load(**options: Any) -> "Settings":
    """The settings, where an option that is not None wins over its variable. Raises Fault naming each wrong one."""
    from pydantic import ValidationError  # noqa: PLC0415 - `oxreel --help` must be quick

    from oxreel.settings import Settings  # noqa: PLC0415

    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        wrong = "; ".join(_problem(one) for one in error.errors())
        raise Fault(f"{wrong}. `oxreel settings` lists every setting.", NOT_UNDERSTOOD) from error


def tell_unknown() -> None:
    """Say which variables look like settings and are none, and which were meant."""
    from oxreel.settings import unknown  # noqa: PLC0415

    for said in unknown(os.environ):
        typer.secho(f"oxreel: {said}", err=True, fg="yellow")


def _problem(one: "ErrorDetails") -> str:
    """What is wrong with which variable, and where within it."""
    name, *within = (str(part) for part in one["loc"])
    where = "".join(f" at '{part}'" for part in within if part != "[key]")
    if one["type"] == "value_error":
        return f"{variable(name)}{where}: {one['msg'].removeprefix('Value error, ')}"
    return f"{variable(name)}{where}: {one['msg']}, not {one['input']!r}"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"OXREEL_{name.upper()}"


def local_url(settings: "Settings") -> str:
    """The address at which a program on this machine reaches the hub."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(settings.host, settings.host)  # noqa: S104 - compared
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def wait_for_key(data_dir: Path) -> str:
    """The first user's key, waiting while the hub starts. Raises Fault when it does not come."""
    for _ in tries():
        with contextlib.suppress(OSError):
            return first_key(data_dir)
    raise Fault(f"no key appeared in {data_dir} within {START_SECONDS:.0f} s.")


def tries() -> Iterator[None]:
    """Turns as long as a hub may take to start, with a pause between them."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(0.05)


def first_key(data_dir: Path) -> str:
    """The first user's key, which the hub wrote at its first start. Raises OSError where it did not yet."""
    return (data_dir / KEY_FILE).read_text().strip()
