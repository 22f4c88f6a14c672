"""Generations as the wire shows them: the contract's ROW."""

from typing import Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from oxreel.bootstrap import Hub
from oxreel.generations import inputs
from oxreel.generations.history import Listed
from oxreel.generations.result_url import result_url
from oxreel.units import MicroUSD, dollars_text, unix_seconds


class Row(BaseModel):
    """A generation: the fields below, and every parameter that was submitted."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    generation_id: str
    model_name: str
    prompt: str | None
    media_type: str
    status: str = Field(description="queued, processing, succeeded, failed or cancelled")
    result_url: str | None = Field(description="Signed; it expires. Null where there is no file, or no longer.")
    error_message: str | None
    enqueued_at: int = Field(description="UNIX seconds, as the next two.")
    started_at: int | None
    completed_at: int | None
    target_namespace: str
    target_repo: str
    target_directory: str
    progress: float = Field(description="0 to 1, by frames filmed.")
    queue_position: int | None = Field(
        description="Place among the waiting of its namespace, 1 being next; null unless queued."
    )
    engine: str = Field(description="What films it: animatic, or another engine of this hub.")
    preview: bool
    priority: str = Field(description="low, normal or high, among the generations of its namespace.")
    seed: int
    price: str = Field(description="US dollars held while it is active, as a decimal string.")
    cost: str | None = Field(description="US dollars charged, as a decimal string; null when nothing was.")
    upstream_cost: str | None = Field(
        description="US dollars that a hosted engine's provider charges the hub, as a decimal string; null otherwise."
    )
    warnings: list[str] = Field(description="What the engine did differently than asked.")
    plan: dict[str, Any] | None = Field(description="What the engine understood of the prompt, shot by shot.")
    retried_from_id: str | None


class HistoryRow(Row):
    """A row of the history, with who submitted it."""

    user_id: str
    username: str
    user_image: str | None


def row(hub: Hub, listed: Listed, base_url: str) -> dict[str, Any]:
    """The ROW of a generation."""
    one = listed.generation
    url = None
    if one.result_path is not None:
        url = result_url(hub.signer, hub.settings.url_hours, base_url, listed.namespace, one.repo, one.result_path)
    return {
        **inputs.shown(one.parameters),
        "generation_id": one.id,
        "model_name": one.model,
        "prompt": one.prompt,
        "media_type": one.media_type,
        "status": str(one.status),
        "result_url": url,
        "error_message": one.error_message,
        "enqueued_at": unix_seconds(one.enqueued_at),
        "started_at": unix_seconds(one.started_at),
        "completed_at": unix_seconds(one.completed_at),
        "target_namespace": listed.namespace,
        "target_repo": one.repo,
        "target_directory": one.directory,
        "progress": round(one.progress, 4),
        "queue_position": listed.queue_position,
        "engine": one.engine,
        "preview": one.preview,
        "priority": one.priority,
        "seed": one.seed,
        "price": dollars_text(MicroUSD(one.price)),
        "cost": None if one.cost is None else dollars_text(MicroUSD(one.cost)),
        "upstream_cost": None if one.upstream_cost is None else dollars_text(MicroUSD(one.upstream_cost)),
        "warnings": one.warnings,
        "plan": one.plan,
        "retried_from_id": one.retried_from_id,
    }


def history_row(hub: Hub, listed: Listed, base_url: str) -> dict[str, Any]:
    """The ROW with who submitted it."""
    user = listed.user
    return {
        **row(hub, listed, base_url),
        "user_id": str(user.id),
        "username": user.name,
        "user_image": user.image_url,
    }


def many(answer: dict[str, Any]) -> Response:
    """An answer with up to a thousand rows, made above: checking them anew would take longer than reading them."""
    return Response(to_json(answer), media_type="application/json")
