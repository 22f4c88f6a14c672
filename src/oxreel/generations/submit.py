"""Submitting: from an order to queued generations, their prices held, in one transaction."""

import uuid
from dataclasses import dataclass
from secrets import randbelow
from typing import Any

import sqlalchemy as sa

from oxreel import accounts, assets, ledger, tracing
from oxreel.accounts import Caller
from oxreel.catalogue import Model, Parameters, check, quote
from oxreel.catalogue.request import MOST_SEED
from oxreel.db import generations, now_ms
from oxreel.errors import InvalidParams, RateLimited
from oxreel.generations import idempotency, inputs
from oxreel.generations.draft import draft
from oxreel.generations.generation import ACTIVE, Generation, Status, find
from oxreel.generations.idempotency import Once
from oxreel.generations.jobs import partition, rank
from oxreel.generations.order import Order
from oxreel.generations.permission import check_engine
from oxreel.generations.studio import Studio
from oxreel.generations.webhook import check_webhook
from oxreel.units import MicroUSD

#: Where results go when the request names no repository.
DEFAULT_REPO = "generations"
#: The engine of a free preview, whatever the model's route.
PREVIEW_ENGINE = "animatic"
#: Drawn seeds are short enough to be read out and typed again.
_DRAWN_SEEDS = 2**31

# Built once: building a statement takes longer than running it, and each enqueue runs these.
_INSERT = (
    sa.insert(generations)
    .values(media_type="video", status=Status.QUEUED, progress=0.0, warnings=[], enqueued_at=now_ms())
    .returning(generations)
)
_ACTIVE_BEHIND = (
    sa.select(generations.c.sequence)
    .where(generations.c.namespace_id == sa.bindparam("namespace"), generations.c.status.in_(ACTIVE))
    .order_by(generations.c.sequence)
    .limit(1)
    .offset(sa.bindparam("before", type_=sa.Integer))
)


@dataclass(frozen=True)
class Request:
    """An order, who sent it and how."""

    order: Order
    caller: Caller
    #: Host name, with port, under which the client reached the hub.
    own_host: str
    #: Check the model's parameters now and not when the generation runs.
    check_now: bool
    #: The Idempotency-Key, where there is one.
    once: Once | None = None


def submit(studio: Studio, request: Request) -> list[Generation]:
    """The queued generations of an order. Raises what is wrong with it; then nothing was queued or held."""
    order, asked = request.order, request.order.common
    model = studio.catalogue.find(asked.model)
    namespace = accounts.payer(request.caller, asked.target_namespace)
    if asked.engine is not None and not asked.preview:
        check_engine(studio, namespace, asked.engine)
    repo, directory = place_of(order)
    check_webhook(studio.settings, asked.webhook_url)
    read = read_parameters(model, order.parameters, check_now=request.check_now)
    engine = engine_of(studio, model, read, named=asked.engine, preview=asked.preview)
    if request.check_now and read is not None:
        check_filming(studio, model, read, engine)
    price = price_of(studio, model, read, preview=asked.preview)
    parameters = inputs.put_away(studio.objects, order.submitted)
    with studio.database.transaction() as tx:
        if request.once is not None:
            earlier = idempotency.recall(tx, request.caller.user.id, request.once)
            if earlier is not None:
                return [find(tx, generation_id) for generation_id in earlier]
        refuse_flood(tx, studio, namespace.id, asked.num_generations)
        if asked.num_generations > 1:
            # The first holds must not change what the refusal says is there and needed.
            ledger.require(tx, namespace.id, MicroUSD(price * asked.num_generations))
        first_seed = asked.seed if asked.seed is not None else randbelow(_DRAWN_SEEDS)
        values = {
            "namespace_id": namespace.id,
            "user_id": request.caller.user.id,
            "key_id": request.caller.key_id,
            "model": model.id,
            "parameters": parameters,
            "prompt": prompt_of(order.parameters),
            "own_host": request.own_host,
            "engine": engine,
            "preview": asked.preview,
            "priority": asked.priority,
            "repo": repo,
            "directory": directory,
            "price": price,
        }
        made = [
            enqueue(tx, studio, {**values, "seed": (first_seed + index) % (MOST_SEED + 1)})
            for index in range(asked.num_generations)
        ]
        if request.once is not None:
            idempotency.remember(tx, request.caller.user.id, request.once, [one.id for one in made])
    return made


def enqueue(tx: sa.Connection, studio: Studio, values: dict[str, Any]) -> Generation:
    """A new generation: its row, its hold and its place in the line. Raises InsufficientCredits."""
    row = tx.execute(_INSERT, {"id": str(uuid.uuid4()), **values}).one()
    generation = Generation.of(row)
    ledger.hold(tx, generation.namespace_id, generation.id, MicroUSD(generation.price))
    limited = generation.model if studio.film_slots_of(generation.model) is not None else None
    with tracing.span("submit", generation.traced):
        studio.jobs.enqueue(
            tx,
            generation.id,
            queue=studio.queue_of(generation.engine),
            partition=partition(generation.namespace_id, limited),
            rank=rank(generation.priority, preview=generation.preview),
        )
    return generation


def read_parameters(model: Model, parameters: dict[str, Any], *, check_now: bool) -> Parameters | None:
    """The model's parameters. Of those that are wrong: raises InvalidParams, or is None where a later check says so."""
    try:
        return check(model, parameters)
    except InvalidParams:
        if check_now:
            raise
        return None


def engine_of(studio: Studio, model: Model, parameters: Parameters | None, *, named: str | None, preview: bool) -> str:
    """Name of the engine that will film: the animatic for a preview, or the one named, or where the route leads.

    Raises InvalidParams for a preview that names an engine which is not there.
    """
    if preview:
        if named is not None:
            # It films the render that follows.
            studio.engines.check(named)
        return PREVIEW_ENGINE
    return named or studio.routes.route(model, model.tier_of(parameters)).engine


def check_filming(studio: Studio, model: Model, parameters: Parameters, engine: str) -> None:
    """Nothing where the engine can film the request, as far as that shows before anything is fetched.

    Raises InvalidParams.
    """
    route = studio.routes.route(model, model.tier_of(parameters), engine)
    studio.engines.get(engine).check(draft(model, parameters, route=route.name))


def price_of(studio: Studio, model: Model, parameters: Parameters | None, *, preview: bool) -> MicroUSD:
    """Micro-dollars to hold. What will fail its late check has no price, because it will not be charged."""
    return MicroUSD(0) if preview or parameters is None else quote(model, parameters, None, studio.settings)


def prompt_of(parameters: dict[str, Any]) -> str | None:
    """The prompt as rows show it: the one prompt, or all shots' in order."""
    prompt, shots = parameters.get("prompt"), parameters.get("multi_prompt")
    if isinstance(prompt, str):
        return prompt
    if isinstance(shots, list):
        prompts = [shot.get("prompt") for shot in shots if isinstance(shot, dict)]
        return " / ".join(text for text in prompts if isinstance(text, str)) or None
    return None


def place_of(order: Order) -> tuple[str, str]:
    """Repository and directory of the result. Raises InvalidParams for names that cannot be."""
    repo = order.common.target_repo or DEFAULT_REPO
    assets.check_repository_name(repo)
    directory = (order.common.target_directory or "").strip("/")
    return repo, assets.asset_path(directory) if directory else ""


def refuse_flood(tx: sa.Connection, studio: Studio, namespace_id: int, more: int) -> None:
    """Nothing while the namespace may have so many more generations in line. Raises RateLimited."""
    limit = studio.settings.max_active_generations
    # Counting stops at the limit, so that a long line does not make every enqueue slow.
    last_allowed = {"namespace": namespace_id, "before": max(limit - more, 0)}
    if more > limit or tx.execute(_ACTIVE_BEHIND, last_allowed).first() is not None:
        raise RateLimited(
            f"This namespace has {limit} generations queued or running, which is the limit; wait for some to end.",
            retry_after=30,
        )
