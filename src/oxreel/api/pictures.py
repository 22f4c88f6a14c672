"""Small pictures of stored pictures and videos, made on request and kept as objects."""

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from oxreel.api.downloads import deliver, is_known
from oxreel.assets import Asset
from oxreel.bootstrap import Hub
from oxreel.errors import BadReference, NotFound, StorageUnavailable, UnsupportedMediaType
from oxreel.media.decoding import thumbnail

#: Pictures of one file that are kept; further sizes are made anew each time.
_MOST_KEPT = 64
#: Pixels of the longest side that can be asked for, and of the one where none is.
_LARGEST = 2048
_USUAL = 640


@dataclass(frozen=True)
class PictureWanted:
    """Which picture of a file the query asks for."""

    width: int | None
    height: int | None
    thumbnail: bool
    #: Second of a video.
    timestamp: float

    def is_of(self, asset: Asset) -> bool:
        """Whether it is a picture of this file that is asked for, and not the file itself."""
        sized = self.width is not None or self.height is not None
        return self.thumbnail or (sized and asset.content_type.startswith("image/"))

    @property
    def box(self) -> tuple[int | None, int | None]:
        """The size to stay within."""
        if self.width is None and self.height is None:
            return _USUAL, _USUAL
        return self.width, self.height

    @property
    def name(self) -> str:
        """Tells it from the other pictures of the same file."""
        width, height = self.box
        return f"{width or 0}x{height or 0}-{round(self.timestamp * 1000)}"


def _picture_wanted(
    width: Annotated[int | None, Query(ge=1, le=_LARGEST, description="Pixels; the shape is kept within.")] = None,
    height: Annotated[int | None, Query(ge=1, le=_LARGEST, description="Pixels; the shape is kept within.")] = None,
    thumbnail: Annotated[bool, Query(description="A picture instead of the video.")] = False,
    timestamp: Annotated[float, Query(ge=0, le=86_400, description="Second of the video that it shows.")] = 0.0,
) -> PictureWanted:
    return PictureWanted(width, height, thumbnail, timestamp)


PictureDep = Annotated[PictureWanted, Depends(_picture_wanted)]


def deliver_picture(request: Request, hub: Hub, asset: Asset, wanted: PictureWanted) -> Response:
    """The small picture. Raises UnsupportedMediaType for a file of which there is none."""
    tag = f"{asset.digest[:32]}-{wanted.name}"
    # Whoever has it already makes nobody decode.
    data = b"" if is_known(request, f'"{tag}"') else _picture(hub, asset, wanted)
    content_type = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    name = f"{asset.path.rpartition('/')[2]}-{wanted.name}.{content_type.partition('/')[2]}"

    def piece(start: int, end: int) -> Iterable[bytes]:
        return [data[start:end]]

    return deliver(request, name, content_type, tag, len(data), piece)


def forget(hub: Hub, object_key: str) -> None:
    """Delete an object that no file has any more, and the pictures made of it."""
    # No row names it any more, so where the store is away the sweep of orphans deletes it.
    with suppress(StorageUnavailable):
        hub.objects.delete(object_key)
        hub.objects.delete_prefix(_folder(object_key))


def _folder(object_key: str) -> str:
    return f"pictures/{object_key}"


def _picture(hub: Hub, asset: Asset, wanted: PictureWanted) -> bytes:
    folder = _folder(asset.object_key)
    key = f"{folder}/{wanted.name}"
    try:
        return hub.objects.read(key)
    except NotFound:
        data = _made(hub, asset, wanted)
    with suppress(StorageUnavailable):  # it is only kept to be quicker the next time
        if len(hub.objects.keys(folder)) < _MOST_KEPT:
            hub.objects.put(key, data)
    return data


def _made(hub: Hub, asset: Asset, wanted: PictureWanted) -> bytes:
    if not asset.content_type.startswith(("image/", "video/")):
        raise UnsupportedMediaType(f"There is no picture of '{asset.path}': it is neither a picture nor a video.")
    width, height = wanted.box
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / "file"
        hub.objects.copy_to(asset.object_key, local)
        try:
            data, _ = thumbnail(local, width=width, height=height, at_seconds=wanted.timestamp)
        except BadReference as error:
            raise UnsupportedMediaType(f"There is no picture of '{asset.path}': {error.message}") from error
    return data
