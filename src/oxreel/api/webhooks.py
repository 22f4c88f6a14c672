"""Webhooks: `/api/webhooks`, what signs them and what became of them. Requests name their URL as `webhook_url`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from oxreel import accounts, webhooks
from oxreel.accounts import Caller, Namespace
from oxreel.api.dependencies import CallerDep, HubDep
from oxreel.units import unix_seconds
from oxreel.webhooks import Attempt, Delivery, DeliveryStatus, Secret

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])

NamespaceQuery = Annotated[str | None, Query(description="Yours, or an organization of yours; yours by default.")]


class OldSecret(BaseModel):
    """A secret that was changed and still signs too."""

    secret: str
    signs_until: int = Field(description="UNIX seconds.")


class SecretAnswer(BaseModel):
    """What a namespace's webhooks are signed with."""

    status: Literal["success"] = "success"
    status_message: Literal["resource_found", "resource_updated"]
    namespace: str
    secret: str = Field(examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"], description="Keep it as you keep a key.")
    created_at: int = Field(description="UNIX seconds.")
    old_secrets: list[OldSecret] = Field(description="Those that sign beside it for 24 hours after a change.")


class AttemptObject(BaseModel):
    """One try to send a webhook."""

    started_at: int = Field(description="UNIX seconds.")
    seconds: float = Field(description="How long it took.")
    status_code: int | None = Field(description="Of the endpoint's answer; null where none came.")
    error: str | None = Field(description="Why it does not count; null where it does.")


class DeliveryObject(BaseModel):
    """A webhook and what became of it."""

    id: str = Field(examples=["msg_7f9c24e5a1d34b0e8c6f2a9b5d1e3f40"], description="The header `webhook-id`.")
    type: str = Field(examples=["media_generation_completed"])
    generation_id: str
    namespace: str
    url: str
    status: str = Field(description="pending, delivered, failed or stopped")
    created_at: int = Field(description="When the generation ended; UNIX seconds, as the next two.")
    next_attempt_at: int | None = Field(description="Null while one runs, and once it has ended.")
    ended_at: int | None
    attempts: list[AttemptObject]


class DeliveryAnswer(BaseModel):
    """One webhook."""

    status: Literal["success"] = "success"
    status_message: Literal["resource_found", "resource_updated"]
    delivery: DeliveryObject


class DeliveriesAnswer(BaseModel):
    """One page of the webhooks, the newest first."""

    count: int
    deliveries: list[DeliveryObject]
    page_number: int
    page_size: int
    total_pages: int
    total_entries: int


@router.get("/secret", summary="What signs your webhooks?")
def get_secret(hub: HubDep, caller: CallerDep, namespace: NamespaceQuery = None) -> SecretAnswer:
    """The secret that a namespace's webhooks are signed with, made when it is first asked for."""
    whose = accounts.payer(caller, namespace)
    with hub.database.transaction() as tx:
        return _secret(whose, webhooks.current(tx, whose.id), "resource_found")


@router.post("/secret/rotate", summary="Change the secret")
def rotate_secret(hub: HubDep, caller: CallerDep, namespace: NamespaceQuery = None) -> SecretAnswer:
    """A new secret. The old one signs too for 24 hours: every webhook carries both signatures until then."""
    whose = accounts.payer(caller, namespace)
    with hub.database.transaction() as tx:
        return _secret(whose, webhooks.rotate(tx, whose.id), "resource_updated")


@router.get("/deliveries", summary="What became of your webhooks?")
def list_deliveries(
    hub: HubDep,
    caller: CallerDep,
    namespace: Annotated[str | None, Query(description="Only those of this user or organization.")] = None,
    status: Annotated[DeliveryStatus | None, Query(description="Only those in this state.")] = None,
    generation_id: Annotated[str | None, Query(description="Only those of this generation.")] = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> DeliveriesAnswer:
    """The webhooks of the caller's namespaces with their attempts, the newest first."""
    readable = caller.namespace_ids if namespace is None else frozenset([accounts.payer(caller, namespace).id])
    wanted = webhooks.Wanted(readable, status, generation_id)
    with hub.database.snapshot() as tx:
        found, entries = webhooks.page(tx, wanted, page, page_size)
        attempts = webhooks.attempts(tx, found)
    return DeliveriesAnswer(
        count=len(found),
        deliveries=[_delivery(caller, one, attempts[one.id]) for one in found],
        page_number=page,
        page_size=page_size,
        total_pages=-(-entries // page_size),
        total_entries=entries,
    )


@router.get("/deliveries/{delivery_id}", summary="One webhook")
def get_delivery(hub: HubDep, caller: CallerDep, delivery_id: str) -> DeliveryAnswer:
    """One webhook with its attempts."""
    with hub.database.snapshot() as tx:
        found = webhooks.find(tx, delivery_id, caller.namespace_ids)
        attempts = webhooks.attempts(tx, [found])
    return DeliveryAnswer(status_message="resource_found", delivery=_delivery(caller, found, attempts[found.id]))


@router.post("/deliveries/{delivery_id}/replay", summary="Send a webhook again")
def replay_delivery(hub: HubDep, caller: CallerDep, delivery_id: str) -> DeliveryAnswer:
    """Send a webhook again at once, whatever became of it, with the same id; and try for a day, as the first time."""
    with hub.database.transaction() as tx:
        found = webhooks.replay(tx, delivery_id, caller.namespace_ids)
        attempts = webhooks.attempts(tx, [found])
    return DeliveryAnswer(status_message="resource_updated", delivery=_delivery(caller, found, attempts[found.id]))


def _secret(whose: Namespace, found: list[Secret], said: Literal["resource_found", "resource_updated"]) -> SecretAnswer:
    newest, *old = found
    return SecretAnswer(
        status_message=said,
        namespace=whose.name,
        secret=newest.text,
        created_at=newest.created_at // 1000,
        old_secrets=[OldSecret(secret=one.text, signs_until=(one.signs_until or 0) // 1000) for one in old],
    )


def _delivery(caller: Caller, one: Delivery, attempts: list[Attempt]) -> DeliveryObject:
    [namespace] = [mine.name for mine in caller.namespaces if mine.id == one.namespace_id]
    waits = one.status is DeliveryStatus.PENDING and one.claim is None
    return DeliveryObject(
        id=one.message_id,
        type=one.type,
        generation_id=one.generation_id,
        namespace=namespace,
        url=one.url,
        status=one.status,
        created_at=one.created_at // 1000,
        next_attempt_at=unix_seconds(one.due_at) if waits else None,
        ended_at=unix_seconds(one.ended_at),
        attempts=[_attempt(tried) for tried in attempts],
    )


def _attempt(tried: Attempt) -> AttemptObject:
    return AttemptObject(
        started_at=tried.started_at // 1000,
        seconds=tried.duration_ms / 1000,
        status_code=tried.status_code,
        error=tried.error,
    )
