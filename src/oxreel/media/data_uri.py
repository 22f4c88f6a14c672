"""`data:` URIs: references whose bytes are in the request itself."""

import base64
import binascii
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

from oxreel.errors import BadReference
from oxreel.media.limits import megabytes

_HEAD = re.compile(r"(?is)data:([^,]{0,200}),")
_SPACE = re.compile(rb"[ \t\r\n]+")


def is_data_uri(url: str) -> bool:
    """Whether `url` carries its own bytes."""
    return url[:5].lower() == "data:"


def unpack_data_uri(url: str, target: Path, field: str, largest: int) -> None:
    """Write the bytes of the `data:` URI, at most `largest`, to `target`. Raises BadReference.

    The media type that it names is not looked at: decoding tells what the bytes are.
    """
    head = _HEAD.match(url)
    if head is None:
        raise BadReference(f"{field}: the data: URI has no comma between its type and its data.")
    payload = url[head.end() :]
    is_base64 = head[1].lower().replace(" ", "").endswith(";base64")
    # Four base64 characters hold three bytes; an escape of three characters holds one.
    least = len(payload) * 3 // 4 if is_base64 else len(payload) // 3
    if least > largest * 2:
        raise _too_large(field, largest)
    data = unquote_to_bytes(payload)
    if is_base64:
        data = _from_base64(_SPACE.sub(b"", data), field)
    if not data:
        raise BadReference(f"{field}: the data: URI is empty.")
    if len(data) > largest:
        raise _too_large(field, largest)
    target.write_bytes(data)


def _from_base64(text: bytes, field: str) -> bytes:
    # As browsers read it: padding may be missing; the URL-safe alphabet is understood too.
    text = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise BadReference(f"{field}: the data: URI is not valid base64 ({error}).") from error


def _too_large(field: str, largest: int) -> BadReference:
    return BadReference(f"{field}: the data: URI is too large; at most {megabytes(largest)} are allowed.")
