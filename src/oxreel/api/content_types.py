"""What kind of file a name says it is: the same on every machine, whatever its own tables hold."""

import mimetypes
import re

#: Kinds that this house deals in, and some that Python's table lacks or names otherwise.
_KNOWN = {
    "avif": "image/avif",
    "csv": "text/csv",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "jsonl": "application/jsonl",
    "m4v": "video/x-m4v",
    "md": "text/markdown",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "tsv": "text/tab-separated-values",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
}
_PYTHON = mimetypes.MimeTypes(filenames=())

#: Of a name that says nothing.
UNKNOWN = "application/octet-stream"

#: What Oxen's listings call the kinds.
_DATA_TYPES = {"image": "image", "video": "video", "audio": "audio", "text": "text"}
_TABLES = ("text/csv", "text/tab-separated-values", "application/jsonl", "application/vnd.apache.parquet")


def extension(name: str) -> str:
    """What stands behind the last dot of a file's name, in lower case."""
    return name.rpartition(".")[2].lower() if "." in name.lstrip(".") else ""


def content_type(name: str) -> str:
    """The media type of a file of that name."""
    known = _KNOWN.get(extension(name))
    if known is not None:
        return known
    guessed, encoding = _PYTHON.guess_type(f"file.{extension(name)}")
    return guessed if guessed and not encoding else UNKNOWN


def declared_type(header: str) -> str:
    """What a client says that its file is, where that is a kind of picture, video or sound."""
    kind = header.partition(";")[0].strip().lower()
    return kind if re.fullmatch(r"(image|video|audio)/[a-z0-9.+-]{1,60}", kind) else UNKNOWN


def data_type(media_type: str) -> str:
    """What listings call it: "image", "video", "audio", "tabular", "text" or "binary"."""
    if media_type in _TABLES:
        return "tabular"
    if media_type == "application/json":
        return "text"
    return _DATA_TYPES.get(media_type.partition("/")[0], "binary")
