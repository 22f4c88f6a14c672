"""Pictures that came inside a request: kept in the object store, so that rows stay small however often they are read.

A long `data:` URI is replaced in the row by a token, which names it by its digest and keeps its beginning for people.

The same picture is kept once an hour and not once for ever: an object of an earlier hour is never written again, so
that one that no row names can be deleted without looking whether somebody just named it.
"""

import hashlib
import re
import time
from collections.abc import Callable
from typing import Any

from oxreel.errors import InvalidParams
from oxreel.storage import Objects

#: A `data:` URI longer than this is kept in the store, in characters.
LONGEST_IN_ROW = 1024
_BEGINNING = 64
#: The first group is the object's name: its digest, behind the hour in which it came (older ones have none).
_TOKEN = re.compile(r"stored-input:((?:[0-9]+@)?[0-9a-f]{64}):([0-9]+):(.*)", re.DOTALL)
#: Where they lie.
FOLDER = "inputs"
#: How a token begins, and how they are found in what a row holds.
MARK = "stored-input:"
_NAMES = re.compile(rf"{MARK}((?:[0-9]+@)?[0-9a-f]{{64}}):")
_HOUR_SECONDS = 3600


def put_away(objects: Objects, parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters with tokens for long `data:` URIs. Raises InvalidParams for a token that a client made up."""
    hour = int(time.time()) // _HOUR_SECONDS

    def kept(text: str) -> str:
        if text.startswith(MARK):
            raise InvalidParams(f"'{text[:40]}' is not an address: send an http(s) URL or a data: URI.")
        if len(text) <= LONGEST_IN_ROW or text[:5].lower() != "data:":
            return text
        content = text.encode()
        name = f"{hour}@{hashlib.sha256(content).hexdigest()}"
        objects.put(_key(name), content)
        return f"{MARK}{name}:{len(text)}:{text[:_BEGINNING]}"

    return _each_text(parameters, kept)


def bring_back(objects: Objects, parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters as they were sent."""

    def whole(text: str) -> str:
        token = _TOKEN.fullmatch(text)
        return text if token is None else objects.read(_key(token[1])).decode()

    return _each_text(parameters, whole)


def shown(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters for people to read: the beginning of what was put away, and how long it is."""

    def short(text: str) -> str:
        token = _TOKEN.fullmatch(text)
        return text if token is None else f"{token[3]}… ({token[2]} characters)"

    return _each_text(parameters, short)


def named(text: str) -> set[str]:
    """Keys of the objects that parameters name, which are given as they are written down."""
    return {_key(name) for name in _NAMES.findall(text)}


def _each_text(parameters: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [changed(item) for item in value]
        if isinstance(value, dict):
            return {name: changed(item) for name, item in value.items()}
        return value

    return {name: changed(value) for name, value in parameters.items()}


def _key(name: str) -> str:
    hour, _, digest = name.rpartition("@")
    return f"{FOLDER}/{hour or digest[:2]}/{digest}"
