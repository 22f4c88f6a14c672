"""`oxreel backup` and `oxreel restore`: a hub on SQLite saved while it runs, and brought back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oxreel.cli.hub_settings import DataDirOption, load

if TYPE_CHECKING:
    from oxreel.operation.backup import Manifest

TargetArgument = Annotated[Path, typer.Argument(help="A new folder, for this backup alone.", show_default=False)]
SourceArgument = Annotated[Path, typer.Argument(help="The folder of a backup.", show_default=False)]


def backup(target: TargetArgument, data_dir: DataDirOption = None) -> None:
    """Save a hub on SQLite to a folder; the hub may be running."""
    from oxreel.operation import backup as room  # noqa: PLC0415 - `oxreel --help` must be quick

    saved = room.backup(load(data_dir=data_dir), target)
    typer.echo(f"Saved {saved.rows['generations']} generations and {_objects(saved)} to {target}.", err=True)
    typer.echo(f"To bring it back: oxreel restore {target} --data-dir NEW_FOLDER", err=True)


def restore(source: SourceArgument, data_dir: DataDirOption = None) -> None:
    """Bring a hub back from a backup, to a folder where there is none."""
    from oxreel.operation import restore as room  # noqa: PLC0415

    settings = load(data_dir=data_dir)
    held = room.restore(settings, source)
    typer.echo(
        f"Restored {held.rows['generations']} generations and {_objects(held)} to {settings.data_dir}. "
        "Start the hub: what was under way goes on.",
        err=True,
    )


def _objects(held: "Manifest") -> str:
    if held.left_in:
        return f"no files, which stay in {held.left_in},"
    return f"{held.objects} files ({held.object_bytes / 1e6:.1f} MB)"
