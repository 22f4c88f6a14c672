"""Files of a multipart form, streamed to disk: measured, digested and limited while they arrive."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from oxreel.errors import InvalidParams, PayloadTooLarge, UnsupportedMediaType

#: Files of one form, its parts, empty ones included, and bytes of its other fields together.
MOST_FILES = 100
MOST_PARTS = 200
MOST_FIELD_BYTES = 1_000_000
#: Bytes gathered before a thread parses and writes them.
_PIECE = 1_000_000


@dataclass
class Upload:
    """One file of a form, on disk."""

    #: The form's field: "file" or "files[]".
    field: str
    #: As the client named it.
    filename: str
    #: What the client says it is.
    content_type: str
    path: Path
    #: Bytes.
    size: int = 0
    #: SHA-256, in hexadecimal, once it is all there.
    digest: str = ""


async def receive(request: Request, folder: Path, largest: int) -> list[Upload]:
    """Every file of the request's form, together at most `largest` bytes, written to `folder`.

    Raises PayloadTooLarge as soon as they are larger, and stops reading; UnsupportedMediaType for what is no
    form, InvalidParams for a broken one.
    """
    form = _Form(_boundary(request), folder, largest)
    try:
        gathered = bytearray()
        async for piece in request.stream():
            gathered += piece
            if len(gathered) >= _PIECE:
                await run_in_threadpool(form.feed, bytes(gathered))
                gathered.clear()
        await run_in_threadpool(form.finish, bytes(gathered))
    except FormParserError as error:
        raise InvalidParams(f"The multipart form cannot be read: {error}.") from error
    finally:
        form.close()
    return form.uploads


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise UnsupportedMediaType(
            "Files are uploaded as multipart/form-data, in the field 'file' (one file, at the URL's path) "
            "or 'files[]' (several, in the directory at the URL's path)."
        )
    return options[b"boundary"]


class _Form:
    """The form so far, fed from the outside."""

    def __init__(self, boundary: bytes, folder: Path, largest: int) -> None:
        self.uploads: list[Upload] = []
        self._folder = folder
        self._largest = largest
        self._received = 0
        self._file_bytes = 0
        self._field_bytes = 0
        self._parts = 0
        self._header = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._start,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._all,
            },
        )

    def feed(self, data: bytes) -> None:
        self._parser.write(data)
        # Bytes that are no part's, such as those after the last boundary, reach no callback.
        self._received += len(data)
        if self._received > self._largest + 2 * MOST_FIELD_BYTES:
            raise PayloadTooLarge(f"The request is too large; {self._allowed}.")

    def finish(self, data: bytes) -> None:
        self.feed(data)
        self._parser.finalize()
        if not self._ended:
            raise InvalidParams("The multipart form ends before its last boundary.")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def _allowed(self) -> str:
        return f"at most {self._largest / 1e6:g} MB can be uploaded"

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise InvalidParams(f"The form has more than {MOST_PARTS} parts; send the others in another request.")
        self._headers = {}

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header = self._header[0] + data[start:end], b""

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = self._header[0], self._header[1] + data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = b"", b""

    def _start(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"filename" not in options:
            return
        if len(self.uploads) >= MOST_FILES:
            raise InvalidParams(f"The form holds more than {MOST_FILES} files; send the others in another request.")
        upload = Upload(
            field=options.get(b"name", b"").decode("utf-8", "replace"),
            filename=options[b"filename"].decode("utf-8", "replace"),
            content_type=self._headers.get(b"content-type", b"").decode("latin-1"),
            path=self._folder / str(len(self.uploads)),
        )
        self.uploads.append(upload)
        self._file = upload.path.open("wb")
        self._hash = hashlib.sha256()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None:
            # Commit messages and names of authors: read over.
            self._field_bytes += end - start
            if self._field_bytes > MOST_FIELD_BYTES:
                raise PayloadTooLarge(f"The form's fields beside its files exceed {MOST_FIELD_BYTES:,} bytes.")
            return
        upload = self.uploads[-1]
        upload.size += end - start
        self._file_bytes += end - start
        if upload.size > self._largest:
            raise PayloadTooLarge(f"The file '{upload.filename}' is too large; {self._allowed}.")
        if self._file_bytes > self._largest:
            raise PayloadTooLarge(f"The files together are too large; {self._allowed} in one request.")
        piece = memoryview(data)[start:end]
        self._file.write(piece)
        self._hash.update(piece)

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            self.uploads[-1].digest = self._hash.hexdigest()

    def _all(self) -> None:
        self._ended = True
