"""What must hold once everything has ended, each broken promise told in a sentence."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from acceptance.chaos.tenant import Tenant
from oxreel.bootstrap import Hub
from oxreel.db import assets, balances, events, generations, ledger_entries, namespaces
from oxreel.events import COMPLETED
from oxreel.generations import inputs
from oxreel.generations.jobs import job_table


def active(hub: Hub) -> list[str]:
    """Ids of the generations that have not ended."""
    with hub.database.snapshot() as tx:
        wanted = sa.select(generations.c.id).where(generations.c.status.in_(("queued", "processing")))
        return list(tx.execute(wanted).scalars())


def unheard(hub: Hub, tenant: Tenant) -> set[int]:
    """Ids of the completion events that the tenant has not heard."""
    return set(_completions(hub, tenant)) - {event_id for event_id, _ in tenant.heard}


def faults(hub: Hub, tenants: list[Tenant], objects: Path) -> list[str]:
    """Every promise that was broken."""
    found: list[str] = []
    for tenant in tenants:
        found += [*tenant.faults, *_lost(hub, tenant), *_misheard(hub, tenant), *_miscounted(hub, tenant)]
    return [*found, *_jobs(hub), *_objects(hub, objects)]


def _lost(hub: Hub, tenant: Tenant) -> Iterator[str]:
    with hub.database.snapshot() as tx:
        mine = sa.select(generations).join(namespaces, namespaces.c.id == generations.c.namespace_id)
        rows = {row.id: row for row in tx.execute(mine.where(namespaces.c.name == tenant.name))}
    for generation_id, fate in tenant.accepted.items():
        row = rows.get(generation_id)
        if row is None:
            yield f"{tenant.name}: the accepted generation {generation_id} is gone"
        elif row.status in ("queued", "processing"):
            yield f"{tenant.name}: generation {generation_id} is still {row.status}"
        elif fate not in ("any", row.status):
            yield f"{tenant.name}: generation {generation_id} should have {fate}, but {row.status}: {row.error_message}"
    more = set(rows) - set(tenant.accepted)
    if len(more) > tenant.unsure:
        yield f"{tenant.name}: {len(more)} generations that nobody ordered, {tenant.unsure} explained: {sorted(more)}"


def _completions(hub: Hub, tenant: Tenant) -> dict[int, str]:
    with hub.database.snapshot() as tx:
        told = sa.select(events.c.id, events.c.generation_id).join(namespaces, namespaces.c.id == events.c.namespace_id)
        told = told.where(namespaces.c.name == tenant.name, events.c.kind == COMPLETED)
        return {row.id: row.generation_id for row in tx.execute(told)}


def _misheard(hub: Hub, tenant: Tenant) -> Iterator[str]:
    told = _completions(hub, tenant)
    heard = Counter(event_id for event_id, _ in tenant.heard)
    for event_id, generation_id in told.items():
        if heard[event_id] != 1:
            yield f"{tenant.name}: event {event_id} of generation {generation_id} was heard {heard[event_id]} times"
    if unknown := set(heard) - set(told):
        yield f"{tenant.name}: heard of events that were never kept: {sorted(unknown)}"
    order = [event_id for event_id, _ in tenant.heard]
    if order != sorted(order):
        yield f"{tenant.name}: events came out of order: {order}"
    with hub.database.snapshot() as tx:
        mine = sa.select(generations.c.id).join(namespaces, namespaces.c.id == generations.c.namespace_id)
        ended = mine.where(namespaces.c.name == tenant.name, generations.c.status.in_(("succeeded", "failed")))
        expected = Counter(tx.execute(ended).scalars())
    if Counter(told.values()) != expected:
        odd = (Counter(told.values()) - expected) + (expected - Counter(told.values()))
        yield f"{tenant.name}: completions do not match generations that ended: {dict(odd)}"


def _miscounted(hub: Hub, tenant: Tenant) -> Iterator[str]:
    with hub.database.snapshot() as tx:
        namespace = tx.execute(sa.select(namespaces.c.id).where(namespaces.c.name == tenant.name)).scalar_one()
        entries = tx.execute(sa.select(ledger_entries).where(ledger_entries.c.namespace_id == namespace)).all()
        rows = tx.execute(sa.select(generations).where(generations.c.namespace_id == namespace)).all()
        kept = tx.execute(sa.select(balances).where(balances.c.namespace_id == namespace)).one()
    sums: Counter[str] = Counter()
    of_generation: dict[str, dict[str, int]] = defaultdict(dict)
    for entry in entries:
        sums[entry.kind] += entry.amount
        if entry.generation_id is not None:
            of_generation[entry.generation_id][entry.kind] = entry.amount
    spent = sum(row.cost or 0 for row in rows)
    if sums["settle"] != spent:
        yield f"{tenant.name}: {sums['settle']} micro-dollars settled, but the generations cost {spent}"
    if kept.available != sums["grant"] - spent or kept.held != 0:
        left = f"{kept.available} available and {kept.held} held"
        yield f"{tenant.name}: {left} of {sums['grant']} micro-dollars when {spent} were spent"
    for row in rows:
        booked = of_generation.pop(row.id, {})
        charged = {"settle": row.price} if row.status == "succeeded" else {"release": row.price}
        if booked != {"hold": row.price, **charged}:
            yield f"{tenant.name}: generation {row.id} {row.status} at {row.price} micro-dollars was booked as {booked}"
    if of_generation:
        yield f"{tenant.name}: money moved for generations that do not exist: {dict(of_generation)}"


def _jobs(hub: Hub) -> Iterator[str]:
    status = job_table(hub.database.is_sqlite)
    with hub.database.snapshot() as tx:
        alive = sa.select(status.c.workflow_uuid).where(status.c.status.in_(("ENQUEUED", "PENDING", "DELAYED")))
        waiting = set(tx.execute(alive).scalars()) & set(tx.execute(sa.select(generations.c.id)).scalars())
    if waiting:
        yield f"jobs of generations that have ended still wait: {sorted(waiting)}"


def _objects(hub: Hub, objects: Path) -> Iterator[str]:
    with hub.database.snapshot() as tx:
        named = {row.object_key: row.path for row in tx.execute(sa.select(assets.c.object_key, assets.c.path))}
        for parameters in tx.execute(sa.select(generations.c.parameters)).scalars():
            named.update(dict.fromkeys(inputs.named(json.dumps(parameters)), "a request"))
    kept = {path.relative_to(objects).as_posix() for path in objects.rglob("*") if path.is_file()}
    for key in sorted(set(named) - kept):
        yield f"the object {key} of {named[key]} is missing"
    # What sweeps note for themselves is no orphan.
    for key in sorted(one for one in kept - set(named) if not one.startswith("sweeps/")):
        yield f"the object {key} belongs to nothing"
