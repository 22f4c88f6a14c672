"""A result, saved as a file."""

from pathlib import Path

import httpx

from oxreel_client.connection import Connection, refuse
from oxreel_client.errors import ClientError


def save(connection: Connection, url: str, path: Path) -> Path:
    """The file behind `url` at `path`, which appears only when it is whole.

    Raises HubRefused (an expired URL, say), HubUnreachable, or ClientError where the file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        with connection.fetch(url) as response:
            if not response.is_success:
                response.read()
            refuse(response)
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                for piece in response.iter_bytes():
                    file.write(piece)
        part.replace(path)
    except httpx.HTTPError as error:
        part.unlink(missing_ok=True)
        raise connection.unreachable(error) from error
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ClientError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path
