"""Local files in a request: wherever the model wants a URI, a file's path is uploaded and its URL put there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from oxreel.cli.trouble import NOT_UNDERSTOOD, Fault

Schema = dict[str, Any]


def upload_files(request: dict[str, Any], schema: Schema, upload: Callable[[Path], str]) -> dict[str, Any]:
    """The request with URLs only, each file uploaded once. Raises Fault for a path where there is no file."""
    known: dict[str, str] = {}

    def put(value: Any, field: Schema, name: str) -> Any:
        if isinstance(value, list):
            return [put(one, field.get("items") or {}, f"{name}[{index}]") for index, one in enumerate(value)]
        if isinstance(value, dict):
            fields = field.get("properties") or {}
            return {key: put(one, fields.get(key) or {}, f"{name}.{key}".lstrip(".")) for key, one in value.items()}
        if isinstance(value, str) and field.get("format") == "uri" and not _is_url(value):
            if value not in known:
                known[value] = upload(_existing(value, name))
            return known[value]
        return value

    result: dict[str, Any] = put(request, schema, "")
    return result


def _is_url(value: str) -> bool:
    return value.startswith(("http://", "https://", "data:"))


def _existing(value: str, name: str) -> Path:
    file = Path(value).expanduser()
    if not file.is_file():
        raise Fault(f"{name}: '{value}' is neither a URL nor a file here.", NOT_UNDERSTOOD)
    return file
