"""Local files in a request: wherever the model wants a URI, a file's path is uploaded and its URL put there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from oxreel.cli.trouble import NOT_UNDERSTOOD, Fault

Schema = dict[str, Any]


def upload_files(request: dict[str, Any], schema: Schema, upload: Callable[[Path], str]) -> dict[str, Any]:
    """The request with URLs only. Raises Fault for a path where there is no file."""
    known: dict[str, str] = {}

    def put(value: Any, field: Schema, name: str) -> Any:
        branches = _branches(field, schema)
        if isinstance(value, list):
            items = [branch["items"] for branch in branches if isinstance(branch.get("items"), dict)]
            return [put(one, {"anyOf": items}, f"{name}[{index}]") for index, one in enumerate(value)]
        if isinstance(value, dict):
            fields: Schema = {}
            for branch in branches:
                fields |= branch.get("properties") or {}
            return {key: put(one, fields.get(key, {}), f"{name}.{key}".lstrip(".")) for key, one in value.items()}
        if isinstance(value, str) and any(branch.get("format") == "uri" for branch in branches):
            if value not in known:
                known[value] = value if _is_url(value) else upload(_existing(value, name))
            return known[value]
        return value

    result: dict[str, Any] = put(request, schema, "")
    return result


def _branches(field: Schema, root: Schema) -> list[Schema]:
    """Every form that a field can take, references followed."""
    if reference := field.get("$ref"):
        target: Any = root
        for part in str(reference).removeprefix("#/").split("/"):
            target = target[part]
        return _branches(target, root)
    found = [field]
    for choice in ("anyOf", "oneOf", "allOf"):
        for branch in field.get(choice, ()):
            found += _branches(branch, root)
    return found


def _is_url(value: str) -> bool:
    return value.startswith(("http://", "https://", "data:"))


def _existing(value: str, name: str) -> Path:
    file = Path(value).expanduser()
    if not file.is_file():
        raise Fault(f"{name}: '{value}' is neither a URL nor a file here.", NOT_UNDERSTOOD)
    return file
