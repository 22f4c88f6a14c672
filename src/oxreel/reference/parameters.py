"""The table of a model's parameters, from its JSON Schema."""

import json
from collections.abc import Iterator
from typing import Any


def parameters(schema: dict[str, Any]) -> Iterator[str]:
    """The rows of a table of parameters, in the order of forms; those of nested objects below their parent."""
    one_of = [branch["required"][0] for branch in schema.get("oneOf", ())]
    yield "| parameter | type | default | values | description |"
    yield "|---|---|---|---|---|"
    for path, field, required in _fields(schema, ""):
        others = [name for name in one_of if name != path]
        if required:
            default = "**required**"
        elif path in one_of:
            default = f"**required**, or {_names(others)}"
        else:
            default = _code(field["default"]) if "default" in field else ""
        cells = (f"`{path}`", _kind(field), default, _values(field), _sentence(field.get("description", "")))
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _fields(schema: dict[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any], bool]]:
    fields = schema.get("properties", {})
    for name in sorted(fields, key=lambda name: fields[name]["x-order"]):
        field = fields[name]
        yield prefix + name, field, name in schema.get("required", ())
        inner = field.get("items", field)
        if "properties" in inner:
            yield from _fields(inner, f"{prefix}{name}{'[]' if 'items' in field else ''}.")


def _kind(field: dict[str, Any]) -> str:
    kind = str(field.get("type", "any"))
    if "items" in field:
        return f"array of {_kind(field['items'])}"
    return f"{kind} ({field['format']})" if "format" in field else kind


def _values(field: dict[str, Any]) -> str:
    """What the field may hold: its choices, its range, its length."""
    said = []
    if "enum" in field:
        said.append(", ".join(_code(value) for value in field["enum"]))
    elif field.get("type") == "boolean":
        said.append("`true`, `false`")
    elif "minimum" in field and "maximum" in field:
        said.append(f"{field['minimum']} to {field['maximum']}")
    for key, words in (
        ("minimum", "at least {}"),
        ("maximum", "at most {}"),
        ("minLength", "at least {} characters"),
        ("maxLength", "at most {} characters"),
        ("minItems", "at least {} items"),
        ("maxItems", "at most {} items"),
    ):
        if key in field and not (key in ("minimum", "maximum") and {"minimum", "maximum"} <= field.keys()):
            said.append(words.format(field[key]))
    return "; ".join(said)


def _sentence(text: str) -> str:
    """A description ends with a full stop, whether its source wrote one or not."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _names(names: list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _code(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"
