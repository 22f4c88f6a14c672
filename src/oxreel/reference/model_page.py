"""The page of a model as Markdown: what it does and costs, its parameters, and runnable requests."""

import json
from collections.abc import Iterator
from typing import Any

from oxreel.catalogue import EXAMPLE_NAMES, Model, Price, examples, price, request_schema
from oxreel.reference.snippets import LANGUAGES, WAYS, snippet
from oxreel.settings import Settings
from oxreel.units import dollars_text

_FENCES = {"curl": "bash", "python": "python", "javascript": "javascript"}
_EXAMPLES = {"minimal": "Minimal", "basic": "Basic parameters", "all": "All parameters"}
_HOW = {
    "sync": "The call lasts as long as filming does and answers with the video's URL. "
    "See [Generate](/docs/api/generate).",
    "async": "The call answers at once; look at the generation until it has ended. See [Queue](/docs/api/queue).",
    "sse": "The call answers at once; the hub says when the generation has ended. See [Events](/docs/api/events).",
}


def model_page(model: Model, settings: Settings, hub: str) -> str:
    """The page of a model; its snippets call the hub at `hub`."""
    return "\n".join(
        [
            f"# {model.display_name}",
            "",
            f"`{model.id}` by {model.developer}: {', '.join(model.inputs)} to {', '.join(model.outputs)}.",
            "",
            model.description,
            "",
            f"[Try it in the Workbench](/ai/workbench?model={model.id})",
            "",
            "## Price",
            "",
            price_line(price(model, settings)),
            "",
            "## Parameters",
            "",
            *parameters(request_schema(model)),
            "",
            "Beside these it takes the fields that all models take: see [Generate](/docs/api/generate).",
            "",
            "## Requests",
            "",
            *requests(model, hub),
            "## Errors",
            "",
            "See [Errors](/docs/api/errors).",
            "",
        ]
    )


def price_line(rate: Price) -> str:
    """What a second costs, in a sentence."""
    line = f"${dollars_text(rate.per_second)} for each second of finished video"
    if rate.per_second_with_audio != rate.per_second:
        line += f", ${dollars_text(rate.per_second_with_audio)} with sound"
    line += "" if rate.published else " (not published by its provider: set by the operator of this hub)"
    return f"{line}. A [preview](/docs/api/generate) costs nothing."


def parameters(schema: dict[str, Any]) -> Iterator[str]:
    """The rows of a table of parameters, in the order of forms; those of nested objects below their parent."""
    yield "| parameter | type | default | values | description |"
    yield "|---|---|---|---|---|"
    for path, field, required in _fields(schema, ""):
        default = "**required**" if required else _code(field["default"]) if "default" in field else ""
        cells = (f"`{path}`", _kind(field), default, _values(field), field.get("description", ""))
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def requests(model: Model, hub: str) -> Iterator[str]:
    """Every way to send the model's three examples, in every language."""
    bodies = examples(model)
    for way, title in WAYS.items():
        yield from (f"### {title}", "", _HOW[way], "")
        for name in EXAMPLE_NAMES:
            yield from (f"#### {_EXAMPLES[name]}", "")
            for language in LANGUAGES:
                yield from (f"```{_FENCES[language]}", snippet(way, language, bodies[name], hub), "```", "")


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
    elif "minimum" in field and "maximum" in field:
        said.append(f"{field['minimum']} to {field['maximum']}")
    for key, words in (("maxLength", "at most {} characters"), ("maxItems", "at most {} items")):
        if key in field:
            said.append(words.format(field[key]))
    return "; ".join(said)


def _code(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"
