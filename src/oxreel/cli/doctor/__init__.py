"""`oxreel doctor`: what this machine can run, and what keeps it from running more."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from oxreel.cli.doctor.finding import Examination, Finding, Level, examined
from oxreel.cli.hub_settings import DataDirOption, load

if TYPE_CHECKING:
    from oxreel.settings import Settings

JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
_MARKS: dict[Level, tuple[str, str]] = {"good": ("ok", "green"), "note": ("--", "yellow"), "trouble": ("!!", "red")}
#: Seconds that one look may take.
_SECONDS, _LONG_SECONDS = 20.0, 150.0


def doctor(as_json: JsonOption = False, data_dir: DataDirOption = None) -> None:
    """Tell what this machine can run; ends with 1 where something keeps the hub from doing what its settings say."""
    found = _examine(load(data_dir=data_dir))
    trouble = [one for one in found if one.level == "trouble"]
    if as_json:
        typer.echo(json.dumps({"ok": not trouble, "findings": [asdict(one) for one in found]}, indent=2))
    else:
        _show(found)
        typer.echo("")
        typer.echo(_summary(len(trouble)))
    if trouble:
        raise typer.Exit(1)


def _examine(settings: "Settings") -> list[Finding]:
    from oxreel.cli.doctor import engines, gpus, hub, machine  # noqa: PLC0415 - `oxreel --help` must be quick

    here = gpus.gpus_here()
    looks: list[tuple[str, Examination, float]] = [
        ("machine", lambda: machine.machine(settings.data_dir), _SECONDS),
        ("codecs", machine.codecs, _SECONDS),
        ("gpu", lambda: gpus.gpus(here), _LONG_SECONDS),
        ("settings", lambda: hub.settings_here(settings), _LONG_SECONDS),
        ("engines", lambda: engines.engines(settings, here), _LONG_SECONDS),
        ("database", lambda: hub.database(settings), _SECONDS),
        ("storage", lambda: hub.storage(settings), _SECONDS),
        ("port", lambda: hub.port(settings), _SECONDS),
    ]
    return [finding for area, look, seconds in looks for finding in examined(area, look, seconds)]


def _show(found: list[Finding]) -> None:
    area = ""
    for one in found:
        if one.area != area:
            if area:
                typer.echo("")
            typer.secho("GPU" if one.area == "gpu" else one.area.capitalize(), bold=True)
            area = one.area
        mark, colour = _MARKS[one.level]
        typer.echo(f"  {typer.style(mark, fg=colour)} {one.says}")
        if one.advice:
            typer.echo(f"     {one.advice}")


def _summary(trouble: int) -> str:
    if not trouble:
        return "Nothing keeps this machine from what its settings say."
    return f"{trouble} thing{'s' if trouble > 1 else ''} to mend, marked !!."
