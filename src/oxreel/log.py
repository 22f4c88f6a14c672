"""Logs: one event name plus fields, as text for people or JSON for machines."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


class _Formatter(logging.Formatter):
    def __init__(self, style: LogFormat) -> None:
        super().__init__()
        self._written_as = style

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = getattr(record, "fields", {})
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        trouble = self.formatException(record.exc_info) if record.exc_info else ""
        if self._written_as == "json":
            line = {"at": when, "level": record.levelname.lower(), "event": record.getMessage(), **fields}
            if trouble:
                line["exception"] = trouble
            return json.dumps(line, default=str)
        rest = "".join(f" {name}={value}" for name, value in fields.items())
        return f"{when} {record.levelname.lower():7} {record.getMessage()}{rest}" + (f"\n{trouble}" if trouble else "")


def set_up(level: LogLevel, style: LogFormat) -> None:
    """Send this process's logs to standard error in one style."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(style))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("oxreel").setLevel(level.upper())


def adopt(name: str, *expected: type[Exception]) -> None:
    """Write a library's log in our style too, without the errors that are no trouble."""
    logger = logging.getLogger(name)
    # It would add a handler of its own where there is none.
    logger.handlers, logger.propagate = [logging.NullHandler()], True
    logger.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], expected)))


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
