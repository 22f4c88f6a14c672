"""Repositories: made, shown and listed; their files are in `files.py`."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oxreel import accounts, assets
from oxreel.api import files
from oxreel.api.dependencies import CallerDep, HubDep, JsonObject, MaybeCallerDep
from oxreel.api.files import FileEntry, entry
from oxreel.assets import Entry, Repository
from oxreel.errors import InvalidParams
from oxreel.units import unix_seconds

router = APIRouter(tags=["assets"])
router.include_router(files.router)

PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=1000)]

_FOUND: Literal["resource_found"] = "resource_found"


class NewRepository(BaseModel):
    """What `POST /api/repos` takes."""

    # Clients send more ("description", "user"): it is read over.
    model_config = ConfigDict(extra="ignore")

    name: str = Field(description="Or NAMESPACE/NAME.")
    namespace: str | None = Field(None, description="The user's own where none is named.")
    is_public: bool = Field(False, description="Readable without a key.")


class RepositoryView(BaseModel):
    """A repository."""

    namespace: str
    name: str
    is_public: bool
    created_at: int | None = Field(description="UNIX seconds.")


class RepositoryAnswer(BaseModel):
    """One repository."""

    status: Literal["success"] = "success"
    status_message: Literal["resource_found", "resource_created"] = _FOUND
    repository: RepositoryView


class RepositoriesAnswer(BaseModel):
    """The repositories of a namespace that the caller may see, by name."""

    status: Literal["success"] = "success"
    status_message: Literal["resource_found"] = _FOUND
    repositories: list[RepositoryView]


class DirectoryAnswer(BaseModel):
    """One page of a directory, directories first."""

    status: Literal["success"] = "success"
    status_message: Literal["resource_found"] = _FOUND
    entries: list[FileEntry]
    page_number: int
    page_size: int
    total_pages: int
    total_entries: int


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": NewRepository.model_json_schema(),
                "example": {"name": "pictures", "is_public": False},
            }
        },
    }
}


@router.post("/api/repos", openapi_extra=_BODY)
def create_repository(hub: HubDep, caller: CallerDep, body: JsonObject) -> RepositoryAnswer:
    """Make a repository in a namespace of the caller."""
    try:
        asked = NewRepository.model_validate(body)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise InvalidParams("; ".join(problems)) from None
    owner, slash, name = asked.name.rpartition("/")
    namespace = accounts.payer(caller, (asked.namespace or owner) if slash else asked.namespace)
    with hub.database.transaction() as tx:
        made = assets.create_repository(tx, namespace.id, name, public=asked.is_public)
    return RepositoryAnswer(status_message="resource_created", repository=_view(made))


@router.get("/api/repos/{namespace}")
def list_repositories(hub: HubDep, caller: MaybeCallerDep, namespace: str) -> RepositoriesAnswer:
    """The repositories of a namespace; without a key, or of others, the public ones."""
    with hub.database.snapshot() as tx:
        found = assets.list_repositories(tx, namespace, caller.namespace_ids if caller else ())
    return RepositoriesAnswer(repositories=[_view(one) for one in found])


@router.get("/api/repos/{namespace}/{repository}")
def get_repository(hub: HubDep, caller: MaybeCallerDep, namespace: str, repository: str) -> RepositoryAnswer:
    """One repository."""
    with hub.database.snapshot() as tx:
        found = assets.find_repository(tx, namespace, repository, caller.namespace_ids if caller else ())
    return RepositoryAnswer(repository=_view(found))


@router.get("/api/repos/{namespace}/{repository}/dir/{branch}")
def list_top(
    hub: HubDep,
    caller: MaybeCallerDep,
    namespace: str,
    repository: str,
    branch: str,
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> DirectoryAnswer:
    """What lies at the top of a repository."""
    return list_directory(hub, caller, namespace, repository, branch, "", page, page_size)


@router.get("/api/repos/{namespace}/{repository}/dir/{branch}/{path:path}")
def list_directory(
    hub: HubDep,
    caller: MaybeCallerDep,
    namespace: str,
    repository: str,
    branch: str,
    path: str,
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> DirectoryAnswer:
    """What lies in a directory."""
    directory = path.strip("/")
    with hub.database.snapshot() as tx:
        found = assets.find_repository(tx, namespace, repository, caller.namespace_ids if caller else ())
        assets.check_branch(branch)
        entries, total = assets.list_directory(tx, found.id, directory, page=page, page_size=page_size)
    return DirectoryAnswer(
        entries=[_entry(directory, one) for one in entries],
        page_number=page,
        page_size=page_size,
        total_pages=-(-total // page_size),
        total_entries=total,
    )


def _view(repository: Repository) -> RepositoryView:
    return RepositoryView(
        namespace=repository.namespace,
        name=repository.name,
        is_public=repository.public,
        created_at=unix_seconds(repository.created_at),
    )


def _entry(directory: str, one: Entry) -> Any:
    if one.asset is not None:
        return entry(one.asset)
    return FileEntry(filename=one.name, path=assets.join(directory, one.name), is_dir=True)
