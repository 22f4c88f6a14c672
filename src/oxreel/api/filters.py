"""The query parameters that the queue and the history filter by."""

from typing import Annotated

from fastapi import Depends, Query

from oxreel.api.dependencies import CallerDep
from oxreel.generations.generation import Status
from oxreel.generations.history import Filter

#: Seconds; in milliseconds it still is an integer of 64 bits.
_LATEST = 10**12


async def _filter(
    caller: CallerDep,
    status: Annotated[Status | None, Query(description="Only generations in this state.")] = None,
    namespace: Annotated[str | None, Query(description="Only those of this user or organization.")] = None,
    model: Annotated[str | None, Query(description="Only those of this model.")] = None,
    media_type: Annotated[str | None, Query(description="Only this kind: video.")] = None,
    repo: Annotated[str | None, Query(description="Only those whose result goes to this repository.")] = None,
    folder: Annotated[str | None, Query(description="Only those whose result goes into this folder.")] = None,
    search: Annotated[
        str | None,
        Query(max_length=500, description="Only those whose prompt holds each of these words, or of this id."),
    ] = None,
    since: Annotated[int | None, Query(ge=0, le=_LATEST, description="Enqueued then or later, UNIX seconds.")] = None,
    until: Annotated[int | None, Query(ge=0, le=_LATEST, description="Enqueued before then, UNIX seconds.")] = None,
) -> Filter:
    return Filter(
        namespace_ids=caller.namespace_ids,
        statuses=(status,) if status else (),
        namespace=namespace,
        model=model,
        media_type=media_type,
        repo=repo,
        folder=folder,
        words=tuple(search.split()) if search else (),
        since=None if since is None else since * 1000,
        until=None if until is None else until * 1000,
    )


#: What the caller asks for, within the namespaces that the caller may read.
FilterDep = Annotated[Filter, Depends(_filter)]
