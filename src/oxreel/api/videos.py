"""The synchronous endpoint: submit, wait for that generation, answer with the video."""

import base64
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from oxreel import assets, errors
from oxreel.accounts import Caller
from oxreel.api.dependencies import CallerDep, HubDep, JsonObject, base_url, own_host
from oxreel.api.events import StreamDep
from oxreel.api.queue import IdempotencyKey, once
from oxreel.api.stream import Stream
from oxreel.bootstrap import Hub
from oxreel.errors import Conflict, FilmingFailed, InvalidParams, OxReelError, RateLimited
from oxreel.generations import history
from oxreel.generations.generation import Generation, Status
from oxreel.generations.history import Listed
from oxreel.generations.order import read_order
from oxreel.generations.result_url import result_url
from oxreel.generations.submit import Request as Submission
from oxreel.generations.submit import submit
from oxreel.units import unix_seconds

router = APIRouter(tags=["generate"])


class Video(BaseModel):
    """A finished video: its signed URL, or its bytes in base64."""

    url: str | None = None
    b64_json: str | None = None


class Generated(BaseModel):
    """The finished videos of a request."""

    created: int
    model: str
    videos: list[Video]


@router.post("/api/ai/videos/generate", response_model=Generated, response_model_exclude_none=True)
@router.post(
    "/api/videos/generate", response_model=Generated, response_model_exclude_none=True, tags=["old paths"]
)  # fmt: skip
async def generate(
    request: Request,
    hub: HubDep,
    caller: CallerDep,
    stream: StreamDep,
    body: JsonObject,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Make a video and wait for it. A client that goes away finds it in the history."""
    order = read_order(body)
    if order.common.num_generations != 1:
        raise InvalidParams("num_generations: this endpoint makes one video; POST /api/ai/queue makes up to four.")
    submission = Submission(
        order=order,
        caller=caller,
        own_host=own_host(request),
        check_now=True,
        once=once(hub, idempotency_key, "generate", body),
    )
    [made] = await run_in_threadpool(submit, hub, submission)
    finished = await _finished(hub, stream, made.id)
    as_bytes = order.common.response_format == "b64_json"
    video = await run_in_threadpool(_video, hub, caller, finished, base_url(request, hub), as_bytes)
    return {
        "created": unix_seconds(finished.generation.completed_at),
        "model": order.common.model,
        "videos": [video],
    }


async def _finished(hub: Hub, stream: Stream, generation_id: str) -> Listed:
    """The generation once it succeeded. Raises what ended it otherwise."""
    with stream.wait_for(generation_id) as ended:
        listed = await run_in_threadpool(_read, hub, generation_id)
        if listed.generation.is_active:
            if not await ended:
                where = f"/api/ai/queue/{generation_id}"
                raise RateLimited(f"The hub restarts; the generation goes on. Find it at {where}.", retry_after=5)
            listed = await run_in_threadpool(_read, hub, generation_id)
    if listed.generation.status is not Status.SUCCEEDED:
        raise _trouble(listed.generation)
    return listed


def _read(hub: Hub, generation_id: str) -> Listed:
    with hub.database.snapshot() as tx:
        return history.one(tx, generation_id)


def _trouble(generation: Generation) -> OxReelError:
    if generation.status is Status.CANCELLED:
        return Conflict(f"The generation {generation.id} was cancelled. Nothing was charged.")
    kind: type[OxReelError] = getattr(errors, generation.error_kind or "", FilmingFailed)
    return kind(generation.error_message or "The generation failed.")


def _video(hub: Hub, caller: Caller, listed: Listed, address: str, as_bytes: bool) -> dict[str, str]:
    one = listed.generation
    assert one.result_path is not None
    if not as_bytes:
        hours = hub.settings.url_hours
        return {"url": result_url(hub.signer, hours, address, listed.namespace, one.repo, one.result_path)}
    with hub.database.snapshot() as tx:
        repository = assets.find_repository(tx, listed.namespace, one.repo, caller.namespace_ids)
        asset = assets.find_asset(tx, repository.id, one.result_path)
    return {"b64_json": base64.b64encode(hub.objects.read(asset.object_key)).decode()}
