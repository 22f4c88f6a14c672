"""`oxreel migrate`: the tables brought up to this release, ahead of the processes that use them."""

import typer

from oxreel.cli.hub_settings import DataDirOption, load


def migrate(data_dir: DataDirOption = None) -> None:
    """Bring the database and the store up to this release; every process makes sure of it at its start as well."""
    from oxreel.bootstrap import open_hub  # noqa: PLC0415 - `oxreel --help` must be quick

    open_hub(load(data_dir=data_dir), first_user=False).close()
    typer.echo("The database is up to date.", err=True)
