"""`oxreel serve` and `oxreel worker`: the hub's processes."""

import contextlib
import errno
import socket
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from oxreel.cli.hub_settings import KEY_FILE, DataDirOption, HostOption, PortOption, load, wait_for_key
from oxreel.cli.trouble import Fault

if TYPE_CHECKING:
    from oxreel.settings import Settings


QueuesOption = Annotated[
    str | None, typer.Option("--queues", help="Queues to film for, with commas: cpu,gpu.", show_default="all")
]
SlotsOption = Annotated[
    int | None,
    typer.Option("--slots", min=1, max=64, help="Videos at a time.", show_default="1, on gpu one per GPU"),
]
NoWorkerOption = Annotated[bool, typer.Option("--no-worker", help="Film nothing: workers beside it do.")]


def serve(
    host: HostOption = None,
    port: PortOption = None,
    data_dir: DataDirOption = None,
    no_worker: NoWorkerOption = False,
    queues: QueuesOption = None,
    slots: SlotsOption = None,
) -> None:
    """Run the hub: API, Workbench and a worker in one process."""
    settings = load(
        host=host,
        port=port,
        data_dir=data_dir,
        serve_worker=False if no_worker else None,
        queues=queues,
        film_slots=slots,
    )
    check_address(settings.host, settings.port, another_port(settings.port))
    if not settings.api_key.get_secret_value() and not (settings.data_dir / KEY_FILE).exists():
        threading.Thread(target=_tell_key, args=(settings,), daemon=True).start()
    from oxreel import server  # noqa: PLC0415 - `oxreel --help` must be quick

    server.serve(settings)


def _tell_key(settings: "Settings") -> None:
    """Print the key that the first start draws, this once."""
    with contextlib.suppress(Fault):
        key = wait_for_key(settings.data_dir)
        kept = settings.data_dir.absolute() / KEY_FILE
        typer.echo(f"The API key of the first user, '{settings.username}': {key}\nIt is kept in {kept}.")


def worker(queues: QueuesOption = None, slots: SlotsOption = None, data_dir: DataDirOption = None) -> None:
    """Run a worker alone, beside a hub that shares its database and storage."""
    settings = load(data_dir=data_dir, queues=queues, film_slots=slots)
    from oxreel import worker as room  # noqa: PLC0415

    if not settings.worker_port:
        room.run(settings)
        return
    check_address(settings.host, settings.worker_port, f"OXREEL_WORKER_PORT={_neighbour(settings.worker_port)}")
    from oxreel.worker_endpoint import endpoint  # noqa: PLC0415 - a worker without one needs no server

    room.run(settings, endpoint)


def check_address(host: str, port: int, another: str) -> None:
    """Raise Fault with what to do, such as `another` port, where nobody can listen on that address."""
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
                f"Port {port} on {host} is taken by another program, perhaps by a hub or worker that already runs. "
                f"Stop it, or choose another port: {another}."
            ) from error
        if error.errno == errno.EACCES:
            raise Fault(f"Port {port} may only be used by the administrator: choose one above 1023.") from error
        raise Fault(f"The hub cannot listen on {host}, port {port}: {error.strerror}.") from error


def another_port(port: int) -> str:
    """How to give the hub another port."""
    return f"--port {_neighbour(port)} (`make run PORT={_neighbour(port)}`)"


def _neighbour(port: int) -> int:
    return port + 1 if port < 65535 else 8000
