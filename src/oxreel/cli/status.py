"""`oxreel status`: who films, what waits, and for how long.

It reads the database itself, so that it needs no key, and works while no hub answers.
"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from oxreel.cli.admin import snapshot, table
from oxreel.cli.hub_settings import DataDirOption

if TYPE_CHECKING:
    from oxreel.generations.fleet import Fleet, LineState, WorkerState

JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


def status(as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """Show the workers, the queues and what is in them."""
    from oxreel.generations.fleet import fleet  # noqa: PLC0415 - `oxreel --help` must be quick

    with snapshot(data_dir) as tx:
        found = fleet(tx)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
    else:
        _show(found)


def _show(found: "Fleet") -> None:
    if found.workers:
        table(("worker", "films", "since", "last sign of life"), (_worker(one) for one in found.workers))
    else:
        typer.echo("No worker runs: nothing is filmed until one does (`oxreel worker`).")
    for what, lines in (("queue", found.queues), ("model", found.models)):
        if lines:
            typer.echo("")
            table((what, "queued", "running", "oldest wait"), (_line(one) for one in lines))
    if not found.queues:
        typer.echo("\nNothing is queued or running.")


def _worker(one: "WorkerState") -> tuple[str, ...]:
    from datetime import UTC, datetime  # noqa: PLC0415

    films = ", ".join(f"{queue} {one.busy[queue]} of {slots}" for queue, slots in one.slots.items())
    since = datetime.fromtimestamp(one.since / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return one.name, f"{films} (ends soon)" if one.draining else films, since, f"{one.silent_seconds:.1f} s ago"


def _line(one: "LineState") -> tuple[str, ...]:
    waited = "" if one.oldest_wait_seconds is None else _duration(one.oldest_wait_seconds)
    return one.name, str(one.queued), str(one.running), waited


def _duration(seconds: float) -> str:
    """As people say it: `42 s`, `3 min 20 s`, `5 h 7 min`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
