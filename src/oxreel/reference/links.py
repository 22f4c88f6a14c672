"""Links into the Workbench that carry a request: `?model=ID#name=value`, as its own address has them."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

WORKBENCH = "/ai/workbench"
#: A text that the Workbench would read as JSON.
_READ_AS_JSON = re.compile(r'["\[{]|-?\d|(true|false|null)$')


def workbench_link(body: Mapping[str, Any]) -> str:
    """The address of the Workbench with this request in its form; see `fromFragment` in its `request.js`."""
    values = {name: _text(value) for name, value in body.items() if name != "model"}
    fragment = urlencode(values, safe="/:,@~").replace("(", "%28").replace(")", "%29")
    return f"{WORKBENCH}?model={quote(body['model'], safe='')}" + (f"#{fragment}" if fragment else "")


def _text(value: Any) -> str:
    value = _each(value)
    if isinstance(value, str) and not (_READ_AS_JSON.match(value) and _is_json(value)):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _each(value: Any) -> Any:
    """The value as links carry it: there `~/` stands for the hub's own files, and a leading `~` is doubled."""
    if isinstance(value, str):
        return f"~{value}" if value.startswith("~") else value
    if isinstance(value, Mapping):
        return {name: _each(part) for name, part in value.items()}
    return [_each(part) for part in value] if isinstance(value, list | tuple) else value


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
