"""The queue: `/api/ai/queue` and the old paths of the same."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from oxreel.accounts import Caller
from oxreel.api.dependencies import CallerDep, HubDep, JsonObject, base_url, own_host
from oxreel.api.filters import FilterDep
from oxreel.api.rows import Row, many, row
from oxreel.bootstrap import Hub
from oxreel.generations import change, history
from oxreel.generations.generation import ACTIVE, Status
from oxreel.generations.history import Filter
from oxreel.generations.idempotency import Once
from oxreel.generations.order import read_order
from oxreel.generations.submit import Request as Submission
from oxreel.generations.submit import submit

router = APIRouter(tags=["queue"])

#: Rows of one answer: a line may be long, and `status=succeeded` grows for ever.
_MOST_ROWS = 1000

IdempotencyKey = Annotated[
    str | None, Header(description="The same key and body gives the first answer again, for 24 hours.")
]


class Queued(BaseModel):
    """One generation as the enqueue answers it."""

    generation_id: str
    status: str


class Enqueued(BaseModel):
    """What was put in line."""

    generations: list[Queued]


class Rows(BaseModel):
    """Generations and how many they are."""

    count: int
    generations: list[Row] = Field(description="At most the newest 1000; the history has pages.")


class Cancelled(BaseModel):
    """The answer to a cancellation."""

    status: Literal["success"] = "success"
    generation_id: str


@router.post("/api/ai/queue", response_model=Enqueued)
def enqueue(
    request: Request, hub: HubDep, caller: CallerDep, body: JsonObject, idempotency_key: IdempotencyKey = None
) -> Any:
    """Put one to four generations in line. The model's parameters are checked when they run, or now with `validate`."""
    order = read_order(body)
    made = submit(
        hub,
        Submission(
            order=order,
            caller=caller,
            own_host=own_host(request),
            check_now=order.common.validate_now,
            once=once(hub, idempotency_key, "queue", body),
        ),
    )
    # Not how they stand by now: an Idempotency-Key gives the first answer again.
    return {"generations": [{"generation_id": one.id, "status": Status.QUEUED} for one in made]}


@router.get("/api/ai/queue", response_model=Rows)
def list_queue(request: Request, hub: HubDep, wanted: FilterDep) -> Any:
    """Generations of the caller's namespaces, the active ones unless `status` names another, the newest first."""
    return _rows(request, hub, wanted if wanted.statuses else replace(wanted, statuses=ACTIVE))


@router.get("/api/ai/queue/{generation_id}", response_model=Row)
def get_one(request: Request, hub: HubDep, caller: CallerDep, generation_id: str) -> Any:
    """One generation."""
    return row(hub, readable(hub, caller, generation_id), base_url(request, hub))


@router.delete("/api/ai/queue/{generation_id}", response_model=Cancelled)
def cancel(hub: HubDep, caller: CallerDep, generation_id: str) -> Any:
    """Cancel a generation, queued or running; one that has ended is left as it is. Nothing is charged."""
    change.cancel(hub, caller, generation_id)
    return {"status": "success", "generation_id": generation_id}


@router.post("/api/ai/queue/{generation_id}/retry", response_model=Row)
def retry(request: Request, hub: HubDep, caller: CallerDep, generation_id: str) -> Any:
    """Enqueue the same request again; the old generation is cancelled if it lives."""
    new = change.retry(hub, caller, generation_id, own_host(request))
    return row(hub, readable(hub, caller, new.id), base_url(request, hub))


@router.get("/api/media/generations/status/{user}/{model}", response_model=Rows, tags=["old paths"])
def old_status(request: Request, hub: HubDep, caller: CallerDep, user: str, model: str) -> Any:
    """What is still active of one model in one namespace; a count of 0 means that all have ended."""
    wanted = Filter(namespace_ids=caller.namespace_ids, statuses=ACTIVE, namespace=user, model=model)
    return _rows(request, hub, wanted)


@router.delete("/api/media/generations/{user}/{generation_id}", response_model=Cancelled, tags=["old paths"])
def old_cancel(hub: HubDep, caller: CallerDep, user: str, generation_id: str) -> Any:
    """Cancel a generation of a namespace."""
    return cancel(hub, caller, generation_id)


def readable(hub: Hub, caller: Caller, generation_id: str) -> history.Listed:
    """A generation of the caller's namespaces. Raises NotFound."""
    with hub.database.snapshot() as tx:
        listed = history.one(tx, generation_id)
    change.check_readable(caller, listed.generation)
    return listed


def once(hub: Hub, key: str | None, endpoint: str, body: dict[str, Any]) -> Once | None:
    """The Idempotency-Key of a request, where it has one."""
    return None if key is None else Once.of(key, endpoint, body, hub.settings.idempotency_hours)


def _rows(request: Request, hub: Hub, wanted: Filter) -> Response:
    with hub.database.snapshot() as tx:
        found, count = history.listing(tx, wanted, _MOST_ROWS, request.app.state.counts)
    address = base_url(request, hub)
    return many({"count": count, "generations": [row(hub, one, address) for one in found]})
