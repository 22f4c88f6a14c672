"""The request schema of a model: JSON Schema 2020-12 with what a form needs, and the examples."""

from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import BaseModel

from oxreel.catalogue.model import Model

#: The three samples that the documents show of every model.
EXAMPLE_NAMES = ("minimal", "basic", "all")


def request_schema(model: Model) -> dict[str, Any]:
    """The model's parameters as one JSON Schema object without references.

    `basic` lists what a form shows first, `x-order` gives each field's place.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": model.display_name,
        **object_schema(model.parameters),
        "basic": list(model.parameters.basic),
    }


def object_schema(fields: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of an object with these fields, without references; the caller's own to change."""
    return deepcopy(_object_schema(fields))


@cache
def _object_schema(fields: type[BaseModel]) -> dict[str, Any]:
    schema = fields.model_json_schema()
    definitions = schema.pop("$defs", {})
    required = schema.pop("required", [])
    # The required fields first, then as the definition lists them.
    properties = sorted(schema.pop("properties").items(), key=lambda field: field[0] not in required)
    rest = {key: value for key, value in schema.items() if key not in ("title", "description", "type")}
    return {
        "type": "object",
        "properties": {
            name: _plain(field, definitions) | {"x-order": place}
            for place, (name, field) in enumerate(properties, start=1)
        },
        "required": required,
        **rest,
    }


def _plain(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The field's schema without `$ref`, and without the null that stands for "not sent"."""
    if "$ref" in field:
        referred = definitions[field["$ref"].rpartition("/")[2]]
        field = {key: value for key, value in referred.items() if key != "title"} | _without(field, "$ref")
    if "anyOf" in field:
        (kind,) = (kind for kind in field["anyOf"] if kind != {"type": "null"})
        field = _plain(kind, definitions) | _without(field, "anyOf")
    if field.get("default", ...) is None:
        field = _without(field, "default")
    if "items" in field:
        field = field | {"items": _plain(field["items"], definitions)}
    if "properties" in field:
        parts = enumerate(field["properties"].items(), start=1)
        field = field | {
            "properties": {name: _plain(part, definitions) | {"x-order": place} for place, (name, part) in parts}
        }
    return field


def _without(field: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in field.items() if name != key}


def examples(model: Model) -> dict[str, dict[str, Any]]:
    """Request bodies that are valid as they stand: `minimal`, `basic` and `all`, as the documents show them."""
    schema = request_schema(model)
    fields = sorted(schema["properties"], key=lambda name: schema["properties"][name]["x-order"])
    # A model that takes either kind of prompt requires neither by itself.
    minimal = [name for name in fields if name in schema["required"] or name == "prompt"]
    chosen = {"minimal": minimal, "basic": [*minimal, *model.parameters.basic], "all": fields}
    bodies = {}
    for example, names in chosen.items():
        body: dict[str, Any] = {"model": model.id}
        for name in fields:
            if name in names and (example == "all" or name in model.samples):
                value = model.samples.get(name, schema["properties"][name].get("default"))
                if value is not None:
                    body[name] = value
        bodies[example] = body
    return bodies
