"""The estimate: what an order would cost and give, without running anything."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from oxreel import accounts, ledger
from oxreel.accounts import Caller
from oxreel.assets import Asset
from oxreel.catalogue import Parameters, ReferenceRequest, check, quote
from oxreel.errors import BadReference, OxReelError
from oxreel.generations.draft import draft
from oxreel.generations.order import Order
from oxreel.generations.permission import check_engine
from oxreel.generations.references import own_asset, readable_by
from oxreel.generations.studio import Studio
from oxreel.generations.submit import engine_of, place_of
from oxreel.generations.webhook import check_webhook
from oxreel.storyboard import Reference
from oxreel.units import FRAME_RATE, MicroUSD


@dataclass(frozen=True)
class Estimate:
    """What an order would cost and give."""

    model: str
    engine: str
    priority: str
    namespace: str
    #: For one generation; free for a preview.
    price: MicroUSD
    num_generations: int
    total_price: MicroUSD
    credits_left: MicroUSD
    enough_credits: bool
    width: int
    height: int
    frames: int
    seconds: int
    frame_rate: float
    warnings: list[str]
    #: What the engine understood of the prompt; None where it does not tell.
    plan: dict[str, Any] | None


def estimate(studio: Studio, caller: Caller, order: Order, own_host: str) -> Estimate:
    """The estimate of an order, fully checked but for what only fetching would show. Raises InvalidParams."""
    asked = order.common
    model = studio.catalogue.find(asked.model)
    namespace = accounts.payer(caller, asked.target_namespace)
    if asked.engine is not None and not asked.preview:
        check_engine(studio, namespace, asked.engine)
    place_of(order)
    check_webhook(studio.settings, asked.webhook_url)
    parameters = check(model, order.parameters)
    engine = studio.engines.get(engine_of(studio, model, parameters, named=asked.engine, preview=asked.preview))
    route = studio.routes.route(model, model.tier_of(parameters), engine.name)
    with studio.database.snapshot() as tx:
        available = ledger.balance(tx, namespace.id).available
        known, unseen = _references(tx, studio, caller, parameters, own_host)
    storyboard = draft(model, parameters, route=route.name, known=known, seed=asked.seed or 0)
    engine.check(storyboard)
    price = MicroUSD(0) if asked.preview else quote(model, parameters, storyboard.seconds, studio.settings)
    total = MicroUSD(price * asked.num_generations)
    return Estimate(
        model=model.id,
        engine=engine.name,
        priority=asked.priority,
        namespace=namespace.name,
        price=price,
        num_generations=asked.num_generations,
        total_price=total,
        credits_left=MicroUSD(available - total),
        enough_credits=available >= total,
        width=storyboard.width,
        height=storyboard.height,
        frames=storyboard.frames,
        seconds=storyboard.seconds,
        frame_rate=float(FRAME_RATE),
        warnings=[*parameters.warnings(), *engine.warnings(storyboard), *unseen],
        plan=engine.plan(storyboard),
    )


def _references(
    tx: sa.Connection, studio: Studio, caller: Caller, parameters: Parameters, own_host: str
) -> tuple[dict[str, Reference], list[str]]:
    """The references that are known without fetching, by their fields, and what the others leave open."""
    readable = readable_by(tx, caller.user.id)
    known, unseen = {}, []
    for request in parameters.reference_requests():
        try:
            asset = own_asset(tx, studio, own_host, request.url, readable)
        except OxReelError as error:
            raise BadReference(f"{request.field}: {error.message}") from None
        if asset is not None and asset.width and asset.height:
            known[request.field] = _reference(request, asset)
            continue
        if request.name == "start" and parameters.shape_source() == "start":
            unseen.append(f"{request.field} is fetched when the video is made: the size then follows its shape.")
        if request.kind == "video":
            unseen.append(f"{request.field} is fetched when the video is made: price and length are at most these.")
    return known, unseen


def _reference(request: ReferenceRequest, asset: Asset) -> Reference:
    return Reference(
        name=request.name,
        field=request.field,
        kind=request.kind,
        path="",
        width=asset.width or 0,
        height=asset.height or 0,
        seconds=asset.seconds or 0.0,
    )
