"""`oxreel serve` and `oxreel worker`: the hub's processes."""

import errno
import socket

from oxreel.cli.hub_settings import DataDirOption, HostOption, PortOption, load
from oxreel.cli.trouble import Fault


def serve(host: HostOption = None, port: PortOption = None, data_dir: DataDirOption = None) -> None:
    """Run the hub: API, Workbench and a worker in one process."""
    settings = load(host=host, port=port, data_dir=data_dir)
    check_address(settings.host, settings.port)
    from oxreel import server  # noqa: PLC0415 - `oxreel --help` must be quick

    server.serve(settings)


def worker(data_dir: DataDirOption = None) -> None:
    """Run a worker alone, beside a hub that shares its database and storage."""
    settings = load(data_dir=data_dir)
    from oxreel import worker as room  # noqa: PLC0415

    room.run(settings)


def check_address(host: str, port: int) -> None:
    """Raise Fault with what to do where nobody can listen on that address."""
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise Fault(f"'{host}' is no address that this machine knows: {error.strerror}.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Fault(
                f"Port {port} on {host} is taken by another program, perhaps by a hub that already runs. "
                f"Stop it, or choose another port: --port {_neighbour(port)} (`make run PORT={_neighbour(port)}`)."
            ) from error
        if error.errno == errno.EACCES:
            raise Fault(f"Port {port} may only be used by the administrator: choose one above 1023.") from error
        raise Fault(f"The hub cannot listen on {host}, port {port}: {error.strerror}.") from error


def _neighbour(port: int) -> int:
    return port + 1 if port < 65535 else 8000
