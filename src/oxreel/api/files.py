"""The files of repositories: download, upload, delete."""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from oxreel import assets
from oxreel.accounts import Caller
from oxreel.api.content_types import UNKNOWN, content_type, data_type, declared_type, extension
from oxreel.api.dependencies import CallerDep, HubDep, MaybeCallerDep
from oxreel.api.downloads import deliver
from oxreel.api.pictures import PictureDep, PictureWanted, deliver_picture, forget
from oxreel.api.uploads import Upload, receive
from oxreel.assets import Asset, NewAsset
from oxreel.bootstrap import Hub
from oxreel.errors import Forbidden, InvalidParams, NotFound
from oxreel.media.decoding import Measures, measure
from oxreel.units import unix_seconds

router = APIRouter(tags=["assets"])


class FileEntry(BaseModel):
    """A file or directory of a repository."""

    filename: str
    path: str = Field(description="From the top of the repository.")
    is_dir: bool
    size: int = Field(0, description="Bytes.")
    hash: str | None = Field(None, description="SHA-256 of the bytes.")
    mime_type: str | None = None
    data_type: str = Field("dir", description="image, video, audio, tabular, text, binary or dir.")
    extension: str = ""
    width: int | None = Field(None, description="Pixels of a picture or video.")
    height: int | None = Field(None, description="Pixels of a picture or video.")
    seconds: float | None = Field(None, description="Length of a video.")
    last_modified: int | None = Field(None, description="UNIX seconds.")


@dataclass(frozen=True)
class _Place:
    """What the URL says."""

    namespace: str
    repository: str
    branch: str
    path: str = ""


def _place(namespace: str, repository: str, branch: str, path: str) -> _Place:
    return _Place(namespace, repository, branch, path)


def _top(namespace: str, repository: str, branch: str) -> _Place:
    return _Place(namespace, repository, branch)


PlaceDep = Annotated[_Place, Depends(_place)]


class Uploaded(BaseModel):
    """What was stored."""

    status: Literal["success"] = "success"
    status_message: Literal["resource_created"] = "resource_created"
    entries: list[FileEntry]


class Deleted(BaseModel):
    """It is gone."""

    status: Literal["success"] = "success"
    status_message: Literal["resource_deleted"] = "resource_deleted"


_BYTES = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
_DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, or the picture asked for.", **_BYTES},
    206: {"description": "The bytes that the Range header asked for.", **_BYTES},
    304: {"description": "The client has this version (If-None-Match)."},
    307: {"description": "A picture or video that lies in a bucket: `Location` opens it there for an hour at most."},
    416: {"description": "The range lies outside of the file."},
}
#: Seconds that a bucket's URL opens a file: long enough to seek in a video that was stopped for a while.
_REDIRECT_SECONDS = 3600
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "One file, for the path itself."},
                        "files[]": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "Files for the directory at the path, under their own names.",
                        },
                    },
                }
            }
        },
    }
}


_FILE = "/api/repos/{namespace}/{repository}/file/{branch}/{path:path}"
#: Where `files[]` are stored at the top of a repository.
_TOP = "/api/repos/{namespace}/{repository}/file/{branch}"
_SIGNED = "/api/repos/{namespace}/{repository}/files/{branch}/{path:path}"


@router.head(_FILE, include_in_schema=False)
@router.get(_FILE, response_class=Response, responses=_DOWNLOAD)
def read_file(request: Request, hub: HubDep, caller: MaybeCallerDep, place: PlaceDep, picture: PictureDep) -> Response:
    """A file; a picture in another size; or a picture of a video. Public repositories need no key."""
    readable = caller.namespace_ids if caller else frozenset()
    return _answer(request, hub, lambda: _find(hub, readable, place), picture, _REDIRECT_SECONDS)


@router.head(_SIGNED, include_in_schema=False)
@router.get(_SIGNED, response_class=Response, responses=_DOWNLOAD)
def read_signed_file(
    request: Request,
    hub: HubDep,
    caller: MaybeCallerDep,
    place: PlaceDep,
    picture: PictureDep,
    expires: Annotated[str | None, Query(description="UNIX seconds.")] = None,
    signature: Annotated[str | None, Query(description="As the hub signed it.")] = None,
) -> Response:
    """A result, opened by its signed URL until that expires, or by a key that may read it."""
    readable: frozenset[int] | None = caller.namespace_ids if caller else frozenset()
    seconds, now = _REDIRECT_SECONDS, int(time())
    if expires is not None or signature is not None:
        path = f"/api/repos/{place.namespace}/{place.repository}/files/{place.branch}/{place.path}"
        hub.signer.verify(path, {"expires": expires or "", "signature": signature or ""}, now)
        readable = None
        seconds = min(seconds, int(expires or "0") - now)
    return _answer(request, hub, lambda: _find(hub, readable, place), picture, seconds)


@router.post(_TOP, include_in_schema=False)
@router.put(_TOP, include_in_schema=False)
async def write_top(
    request: Request, hub: HubDep, caller: CallerDep, place: Annotated[_Place, Depends(_top)]
) -> Uploaded:
    """Store the files of a form at the top of a repository."""
    return await write_file(request, hub, caller, place)


@router.post(_FILE, openapi_extra=_FORM, name="post_file")
@router.put(_FILE, openapi_extra=_FORM)
async def write_file(request: Request, hub: HubDep, caller: CallerDep, place: PlaceDep) -> Uploaded:
    """Store the files of a form; what had the same path is replaced.

    `file` is stored at the path, or in it where it is a directory; `files[]` are stored in the path. The first
    upload to a namespace of one's own makes the repository, private.
    """
    namespace_id = await run_in_threadpool(_check_writable, hub, caller, place)
    incoming = hub.settings.data_dir / "incoming"
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=incoming) as folder:
        uploads = await receive(request, Path(folder), hub.settings.upload_megabytes * 1_000_000)
        stored = await run_in_threadpool(_store, hub, namespace_id, place, uploads)
    return Uploaded(entries=[entry(asset) for asset in stored])


@router.delete(_FILE)
def delete_file(hub: HubDep, caller: CallerDep, place: PlaceDep) -> Deleted:
    """Forget a file."""
    _check_writable(hub, caller, place)
    with hub.database.transaction() as tx:
        repository = assets.find_repository(tx, place.namespace, place.repository, caller.namespace_ids)
        gone = assets.delete_asset(tx, repository.id, place.path)
    forget(hub, gone.object_key)
    return Deleted()


def entry(asset: Asset) -> FileEntry:
    """A file as listings and uploads show it."""
    name = asset.path.rpartition("/")[2]
    return FileEntry(
        filename=name,
        path=asset.path,
        is_dir=False,
        size=asset.size,
        hash=asset.digest,
        mime_type=asset.content_type,
        data_type=data_type(asset.content_type),
        extension=extension(name),
        width=asset.width,
        height=asset.height,
        seconds=asset.seconds,
        last_modified=unix_seconds(asset.created_at),
    )


def _find(hub: Hub, readable: frozenset[int] | None, place: _Place) -> Asset:
    with hub.database.snapshot() as tx:
        repository = assets.find_repository(tx, place.namespace, place.repository, readable)
        assets.check_branch(place.branch)
        return assets.find_asset(tx, repository.id, place.path)


def _answer(request: Request, hub: Hub, find: Callable[[], Asset], picture: PictureWanted, seconds: int) -> Response:
    """The answer to a request that may read what `find` finds; a bucket's own URL of it lasts so many seconds."""
    asset = find()
    try:
        return _deliver(request, hub, asset, picture, seconds)
    except NotFound:
        # Replaced between our look at the row and at its object: the newest version is the answer.
        newest = find()
        if newest.object_key == asset.object_key:
            raise
        return _deliver(request, hub, newest, picture, seconds)


def _deliver(request: Request, hub: Hub, asset: Asset, picture: PictureWanted, seconds: int) -> Response:
    name = asset.path.rpartition("/")[2]
    if picture.is_of(asset):
        return deliver_picture(request, hub, asset, picture)

    def piece(start: int, end: int) -> Iterable[bytes]:
        return hub.objects.stream(asset.object_key, start, end)

    def elsewhere() -> str | None:
        return hub.objects.url(asset.object_key, seconds) if hub.settings.storage_redirect else None

    return deliver(request, name, asset.content_type, asset.digest, asset.size, piece, elsewhere)


def _check_writable(hub: Hub, caller: Caller, place: _Place) -> int:
    """The id of the namespace. Raises Forbidden where it is another's, NotFound where that must not be seen."""
    own = [namespace.id for namespace in caller.namespaces if namespace.name == place.namespace.lower()]
    if not own:
        with hub.database.snapshot() as tx:
            assets.find_repository(tx, place.namespace, place.repository, caller.namespace_ids)
        raise Forbidden(f"You may read '{place.namespace}/{place.repository}', but only its owners may change it.")
    assets.check_repository_name(place.repository)
    assets.check_branch(place.branch)
    return own[0]


def _store(hub: Hub, namespace_id: int, place: _Place, uploads: list[Upload]) -> list[Asset]:
    targets = _targets(hub, namespace_id, place, uploads)
    kept: list[NewAsset] = []
    try:
        for upload, path in zip(uploads, targets, strict=True):
            kept.append(_keep(hub, upload, path))
        with hub.database.transaction() as tx:
            repository = assets.ensure_repository(tx, namespace_id, place.repository)
            stored = [assets.put_asset(tx, repository.id, new) for new in kept]
    except BaseException:
        for new in kept:
            forget(hub, new.object_key)
        raise
    for _, replaced in stored:
        if replaced is not None:
            forget(hub, replaced)
    return [asset for asset, _ in stored]


def _keep(hub: Hub, upload: Upload, path: str) -> NewAsset:
    kind = content_type(path)
    if kind == UNKNOWN:
        kind = declared_type(upload.content_type)
    measures = measure(upload.path) if kind.startswith(("image/", "video/")) else Measures()
    key = assets.new_object_key()
    hub.objects.put_file(key, upload.path, content_type=kind, name=path.rpartition("/")[2])
    return NewAsset(
        path,
        upload.size,
        kind,
        upload.digest,
        key,
        width=measures.width,
        height=measures.height,
        seconds=measures.seconds,
    )


def _targets(hub: Hub, namespace_id: int, place: _Place, uploads: list[Upload]) -> list[str]:
    """The path of each upload. Raises InvalidParams for a form that does not say what goes where."""
    path = place.path.strip("/")
    fields = {upload.field for upload in uploads}
    if not uploads or not fields <= {"file", "files[]", "files"}:
        raise InvalidParams(
            "The form must hold its file in the field 'file' (stored at the URL's path) "
            "or its files in 'files[]' (stored in the directory at the URL's path)."
        )
    if "file" not in fields:
        return [assets.asset_path(assets.join(path, upload.filename)) for upload in uploads]
    if len(uploads) > 1:
        raise InvalidParams("The field 'file' takes one file; send several in 'files[]'.")
    if not path or _is_directory(hub, namespace_id, place.repository, path):
        path = assets.join(path, uploads[0].filename)
    return [assets.asset_path(path)]


def _is_directory(hub: Hub, namespace_id: int, repository: str, path: str) -> bool:
    with hub.database.snapshot() as tx:
        found = assets.repository_of(tx, namespace_id, repository)
        return found is not None and assets.is_directory(tx, found.id, path)
