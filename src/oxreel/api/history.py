"""The history of generations: `/api/ai/generations`."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Query, Request
from pydantic import BaseModel

from oxreel.api.dependencies import CallerDep, HubDep, base_url
from oxreel.api.filters import FilterDep
from oxreel.api.queue import readable
from oxreel.api.rows import HistoryRow, history_row, many
from oxreel.generations import history
from oxreel.units import dollars_text

router = APIRouter(prefix="/api/ai/generations", tags=["history"])


class Page(BaseModel):
    """One page of the history, newest first, and the totals over all pages."""

    count: int
    generations: list[HistoryRow]
    page_number: int
    page_size: int
    total_pages: int
    total_entries: int
    total_cost: str | None


class One(BaseModel):
    """One generation of the history."""

    status: Literal["success"]
    status_message: Literal["resource_found"]
    generation: HistoryRow


@router.get("", response_model=Page)
def list_history(
    request: Request,
    hub: HubDep,
    wanted: FilterDep,
    later: BackgroundTasks,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> Any:
    """All generations of the caller's namespaces, with what they cost."""
    with hub.database.snapshot() as tx:
        found = history.page(tx, wanted, page, page_size, request.app.state.counts)
    if found.long:
        # Once it is answered: its reader need not wait for that.
        later.add_task(history.keep_up, hub.database, found, request.app.state.counts)
    address = base_url(request, hub)
    answer = {
        "count": len(found.rows),
        "generations": [history_row(hub, one, address) for one in found.rows],
        "page_number": found.number,
        "page_size": found.size,
        "total_pages": found.pages,
        "total_entries": found.entries,
        "total_cost": None if found.cost is None else dollars_text(found.cost),
    }
    return many(answer)


@router.get("/{generation_id}", response_model=One)
def get_one(request: Request, hub: HubDep, caller: CallerDep, generation_id: str) -> Any:
    """One generation of the history."""
    found = readable(hub, caller, generation_id)
    return {
        "status": "success",
        "status_message": "resource_found",
        "generation": history_row(hub, found, base_url(request, hub)),
    }
