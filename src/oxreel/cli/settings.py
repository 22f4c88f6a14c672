"""`oxreel settings`: every setting with its variable, meaning, default and current value."""

import json
from typing import Any

import typer

from oxreel.cli.trouble import Fault


def settings() -> None:
    """List every setting: variable, meaning with its unit, default, and its value where you changed it."""
    from pydantic import SecretStr  # noqa: PLC0415 - `oxreel --help` must be quick

    from oxreel.cli.hub_settings import load, tell_unknown, variable  # noqa: PLC0415
    from oxreel.settings import Settings  # noqa: PLC0415

    trouble, current = None, None
    try:
        current = load()
    except Fault as fault:
        trouble = fault
    typer.echo("Set a variable before the command: OXREEL_PORT=9000 oxreel serve\n")
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        value = getattr(current, name, default)
        typer.secho(variable(name), bold=True)
        typer.echo(f"    {field.description}")
        typer.echo(f"    default: {_text(default)}")
        if value != default:
            shown = "(set, not shown)" if isinstance(value, SecretStr) else _text(_masked(value))
            typer.secho(f"    now:     {shown}", fg="green")
    tell_unknown()
    if trouble:
        typer.echo("")
        raise trouble


def _text(value: Any) -> str:
    from pydantic import SecretStr  # noqa: PLC0415

    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = ",".join(value)
    if isinstance(value, dict):
        value = json.dumps(value, default=str) if value else ""
    return str(value) or "(empty)"


def _masked(value: Any) -> Any:
    """An address without the password that may stand in it."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    if not isinstance(value, str) or "@" not in value or "://" not in value:
        return value
    try:
        return make_url(value).render_as_string(hide_password=True)
    except ArgumentError:
        return value
