"""The `oxreel` command: its sub-commands, each of which imports what it needs only when it runs."""

from typing import Annotated

import typer

from oxreel import __version__
from oxreel.cli import (
    admin,
    backup,
    doctor,
    fal_prices,
    first_sample,
    generate,
    migrate,
    models,
    serve,
    settings,
    status,
)
from oxreel.cli.trouble import Commands

app = typer.Typer(
    name="oxreel",
    cls=Commands,
    help="OxReel, a self-hosted video-generation hub.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.command("run")(first_sample.run)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("status")(status.status)
app.command("doctor")(doctor.doctor)
app.command("generate")(generate.generate)
app.add_typer(models.models, name="models")
app.command("settings")(settings.settings)
app.command("migrate", rich_help_panel="Administration")(migrate.migrate)
app.command("fal-prices", rich_help_panel="Administration")(fal_prices.fal_prices)
app.command("backup", rich_help_panel="Administration")(backup.backup)
app.command("restore", rich_help_panel="Administration")(backup.restore)
for name, group in (("user", admin.user), ("org", admin.org), ("key", admin.key), ("credits", admin.credits_)):
    app.add_typer(group, name=name, rich_help_panel="Administration")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"OxReel {__version__}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the stack trace of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that stand before the command; `Commands` reads --debug."""


def main() -> None:
    """Run the command that the command line names, and exit.

    Exit codes: 0 done, 1 refused or failed, 2 not understood, 3 the hub does not answer, 130 interrupted.
    """
    app()
