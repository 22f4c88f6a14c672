"""Logs: one event name plus fields, as text for people or JSON for machines.

What a piece of work concerns is bound once, and then stands on every line that is written within it, the
libraries' own included: `generation`, `request`, `trace`. What would open a door is blanked in every line.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

#: The fields of what is being worked on, in this task or thread.
_bound: ContextVar[dict[str, Any]] = ContextVar("oxreel_log_fields", default={})  # noqa: B039 - never changed in place

_BLANK = "***"
#: Keys of the hub, bearer tokens, passwords in URLs, and the signatures of signed URLs, ours and S3's.
_SECRETS = re.compile(
    r"(?P<kept>"
    r"\b(?:signature|X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token)(?:=|%3D)"
    r"|\bBearer\s+"
    r"|://[^/\s:@\"']*:(?=[^/\s@\"']+@)"
    r"|\b(?:oxr|whsec)_"
    r")[^\s&\"'@\\]+",
    re.IGNORECASE,
)
#: Chosen secrets, which have no shape of their own.
_concealed: set[str] = set()
#: Below that many characters a secret is a word that other lines need.
_SHORTEST_SECRET = 8


class _Formatter(logging.Formatter):
    def __init__(self, style: LogFormat) -> None:
        super().__init__()
        self._written_as = style

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {**_bound.get(), **getattr(record, "fields", {})}
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        trouble = self.formatException(record.exc_info) if record.exc_info else ""
        if self._written_as == "json":
            line = {"at": when, "level": record.levelname.lower(), "event": record.getMessage(), **fields}
            if trouble:
                line["exception"] = trouble
            return blank(json.dumps(line, default=str))
        rest = "".join(f" {name}={value}" for name, value in fields.items())
        line_end = f"\n{trouble}" if trouble else ""
        return blank(f"{when} {record.levelname.lower():7} {record.getMessage()}{rest}{line_end}")


def set_up(level: LogLevel, style: LogFormat) -> None:
    """Send this process's logs to standard error in one style."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(style))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("oxreel").setLevel(level.upper())


def set_up_from(variables: Mapping[str, str]) -> None:
    """The same for a process that its parent's settings reach by their variables alone."""
    level, style = variables.get("OXREEL_LOG_LEVEL", "info").lower(), variables.get("OXREEL_LOG_FORMAT", "text")
    known: dict[str, LogLevel] = {"debug": "debug", "warning": "warning", "error": "error"}
    set_up(known.get(level, "info"), "json" if style == "json" else "text")


def adopt(name: str, *expected: type[Exception]) -> None:
    """Write a library's log in our style too, without the errors that are no trouble."""
    logger = logging.getLogger(name)
    # It would add a handler of its own where there is none.
    logger.handlers, logger.propagate = [logging.NullHandler()], True
    logger.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], expected)))


@contextmanager
def about(**fields: Any) -> Iterator[None]:
    """Every line within it carries these fields too."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def about_this_task(**fields: Any) -> None:
    """Every line of this asyncio task carries these fields from now on, also those of whoever called."""
    _bound.set({**_bound.get(), **fields})


def conceal(*secrets: str) -> None:
    """Never write these, whatever line they come in."""
    _concealed.update(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)


def blank(line: str) -> str:
    """The line without what would open a door."""
    for secret in _concealed:
        line = line.replace(secret, _BLANK).replace(json.dumps(secret)[1:-1], _BLANK)
    return _SECRETS.sub(rf"\g<kept>{_BLANK}", line)


class Log:
    """A logger that takes an event name and fields: `log.info("take_started", generation=id)`."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **fields: Any) -> None:
        self._logger.debug(event, extra={"fields": fields})

    def info(self, event: str, **fields: Any) -> None:
        self._logger.info(event, extra={"fields": fields})

    def warning(self, event: str, **fields: Any) -> None:
        self._logger.warning(event, extra={"fields": fields})

    def exception(self, event: str, **fields: Any) -> None:
        """An error with its stack trace: only ever written here, never sent to a client."""
        self._logger.error(event, extra={"fields": fields}, exc_info=True)
