"""GET /api/account: who am I, which namespaces are mine, what can they spend, and what was spent."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from oxreel import accounts, ledger
from oxreel.accounts import Namespace
from oxreel.api.dependencies import CallerDep, HubDep
from oxreel.generations.permission import nameable
from oxreel.ledger import Balance, Entry
from oxreel.units import dollars_text, unix_seconds

router = APIRouter(tags=["account"])

_MAX_ENTRIES = 1000
_DOLLARS = Field(examples=["998.88"], description="US dollars as a decimal string.")


class BalanceObject(BaseModel):
    """What a namespace has, in US dollars."""

    available: str = Field(examples=["998.88"], description="What it can spend, as a decimal string.")
    held: str = Field(examples=["1.12"], description="What is set aside for generations that have not ended.")


class NamespaceObject(BaseModel):
    """A user or an organization that results can be stored with and charged to."""

    name: str = Field(examples=["local"])
    kind: Literal["user", "organization"]
    display_name: str
    image_url: str | None
    balance: BalanceObject
    engines: list[str] = Field(examples=[["animatic"]], description="Engines that requests which it pays for may name.")


class KeyObject(BaseModel):
    """The API key of this request, without its secret."""

    id: int
    name: str
    prefix: str = Field(examples=["oxr_x7Qf"], description="Its first characters.")
    created_at: int = Field(description="UNIX seconds.")


class AccountAnswer(BaseModel):
    """Whose key this is and what is theirs."""

    status: Literal["success"] = "success"
    status_message: Literal["resource_found"] = "resource_found"
    user: NamespaceObject
    namespaces: list[NamespaceObject] = Field(description="The user first, then the organizations by name.")
    key: KeyObject


class EntryObject(BaseModel):
    """One line of a namespace's ledger."""

    id: int
    kind: Literal["grant", "hold", "settle", "release"]
    amount: str = _DOLLARS
    generation_id: str | None
    note: str
    created_at: int = Field(description="UNIX seconds.")


class LedgerAnswer(BaseModel):
    """The newest lines of a namespace's ledger."""

    status: Literal["success"] = "success"
    status_message: Literal["resources_found"] = "resources_found"
    namespace: str
    count: int
    balance: BalanceObject
    entries: list[EntryObject]


@router.get("/api/account", summary="Who am I?")
def account(hub: HubDep, caller: CallerDep) -> AccountAnswer:
    """The user of this key, the namespaces that it may use, and what each of them has."""
    with hub.database.snapshot() as tx:
        key = accounts.find_key(tx, caller.key_id)
        ids = [namespace.id for namespace in caller.namespaces]
        balances, engines = ledger.balances(tx, ids), nameable(tx, hub, ids)
    mine = [_namespace(one, balances[one.id], engines[one.id]) for one in caller.namespaces]
    return AccountAnswer(
        user=mine[0],
        namespaces=mine,
        key=KeyObject(id=key.id, name=key.name, prefix=key.prefix, created_at=key.created_at // 1000),
    )


@router.get("/api/account/ledger", summary="Where did the credits go?")
def account_ledger(
    hub: HubDep,
    caller: CallerDep,
    namespace: Annotated[str | None, Query(description="Yours, or an organization of yours; yours by default.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MAX_ENTRIES, description="Lines at most, the newest first.")] = 100,
) -> LedgerAnswer:
    """The grants, holds, settlements and releases of a namespace, the newest first."""
    whose = accounts.payer(caller, namespace)
    with hub.database.snapshot() as tx:
        balance = ledger.balance(tx, whose.id)
        entries = ledger.entries(tx, whose.id, limit)
    return LedgerAnswer(
        namespace=whose.name, count=len(entries), balance=_balance(balance), entries=[_entry(one) for one in entries]
    )


def _namespace(namespace: Namespace, balance: Balance, engines: list[str]) -> NamespaceObject:
    return NamespaceObject(
        name=namespace.name,
        kind=namespace.kind,
        display_name=namespace.display_name,
        image_url=namespace.image_url,
        balance=_balance(balance),
        engines=engines,
    )


def _balance(balance: Balance) -> BalanceObject:
    return BalanceObject(available=dollars_text(balance.available), held=dollars_text(balance.held))


def _entry(entry: Entry) -> EntryObject:
    return EntryObject(
        id=entry.id,
        kind=entry.kind,
        amount=dollars_text(entry.amount),
        generation_id=entry.generation_id,
        note=entry.note,
        created_at=unix_seconds(entry.created_at) or 0,
    )
