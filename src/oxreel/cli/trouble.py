"""Errors on the command line: one clear line and an exit code; the stack trace only with --debug."""

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from oxreel.errors import OxReelError, WrongSetting
from oxreel_client.errors import ClientError, HubUnreachable

FAILED, NOT_UNDERSTOOD, NO_ANSWER, INTERRUPTED = 1, 2, 3, 130


class Fault(Exception):
    """Something that the person at the keyboard can mend: its text is one or two sentences."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Commands(TyperGroup):
    """The group of all commands, which tells every error in one line."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error ends the process with its exit code."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except BrokenPipeError:
            # Whoever reads this has enough, as `head` has: Python must not try to write the rest as it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            message, code = explain(error)
            typer.secho(f"oxreel: {message}", err=True, fg="red")
            raise typer.Exit(code) from error


def explain(error: Exception) -> tuple[str, int]:
    """One line for a person, and the exit code."""
    if isinstance(error, Fault):
        return str(error), error.exit_code
    if isinstance(error, WrongSetting):
        return f"{error} `oxreel settings` lists every setting.", NOT_UNDERSTOOD
    if isinstance(error, HubUnreachable):
        return str(error), NO_ANSWER
    if isinstance(error, ClientError | OxReelError):
        return str(error), FAILED
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}. `oxreel --debug ...` shows where.", FAILED
