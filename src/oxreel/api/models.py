"""The models: what can be generated, at which price, with which parameters."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from oxreel import catalogue
from oxreel.api.dependencies import CallerDep, HubDep
from oxreel.bootstrap import Hub
from oxreel.catalogue import Model
from oxreel.units import MicroUSD

router = APIRouter(tags=["models"])


class Capabilities(BaseModel):
    """What goes in and what comes out."""

    input: list[str] = Field(examples=[["text", "image"]])
    output: list[str] = Field(examples=[["video"]])


class Pricing(BaseModel):
    """US dollars per second of finished video."""

    method: Literal["per_video_output_second"] = "per_video_output_second"
    cost_per_second: float = Field(examples=[0.224])
    cost_per_second_with_audio: float = Field(examples=[0.224])
    published: bool = Field(description="Whether the provider published it; otherwise this hub's operator set it.")


class Developer(BaseModel):
    """Who made the model."""

    name: str
    logo: str | None


class ModelObject(BaseModel):
    """One model."""

    id: str = Field(examples=["kling-video-o3-pro-image-to-video"])
    object: Literal["model"] = "model"
    created: int = Field(description="When it entered this catalogue, in UNIX seconds.")
    owned_by: str
    display_name: str
    description: str | None
    summary: str | None
    model_type: Literal["base"] = "base"
    endpoint: str = Field("/videos/generate", description="Path of the endpoint that generates with it, below /api/ai.")
    capabilities: Capabilities
    pricing: Pricing
    fine_tuning: None = None
    deployments: list[Any] = Field(default_factory=list)
    developer: Developer
    source_model: str | None = None
    image_url: str | None = None
    released_at: str | None
    routes: dict[str, str] = Field(
        description="Engine of this hub that films it, by its tiers, where a request names none.",
        examples=[{"1080p": "animatic"}],
    )
    engines: list[str] = Field(description="Engines of this hub that can film it.", examples=[["animatic"]])
    request_schema: dict[str, Any] = Field(description="JSON Schema of the model's own parameters.")
    json_request_schema: dict[str, Any] = Field(description="The same as `request_schema`, by its older name.")


class ModelList(BaseModel):
    """Several models."""

    object: Literal["list"] = "list"
    data: list[ModelObject]


class FavoriteAnswer(BaseModel):
    """Whether the model is a favourite now."""

    status: Literal["success"] = "success"
    status_message: str
    id: str
    favorite: bool


ModelId = Annotated[str, Path(description="Id of a model.", examples=["kling-video-o3-pro-image-to-video"])]


@router.get("/api/ai/models")
@router.get("/api/evaluations/models", deprecated=True)
def list_models(
    hub: HubDep,
    _: CallerDep,
    developer_name: Annotated[str | None, Query(description="Who made it: `Kling AI`, or `kling`.")] = None,
    action: Annotated[str | None, Query(description="A kind of fine-tuning; no model of this hub has any.")] = None,
    provider_name: Annotated[str | None, Query(description="Where it can run: `animatic`, `fal`.")] = None,
    output_capability: Annotated[str | None, Query(description="What it makes: `video`.")] = None,
) -> ModelList:
    """Every model, or those that fit every filter."""
    return _listed(
        hub,
        [
            model
            for model in hub.catalogue.all()
            if (developer_name is None or _made_by(model, developer_name))
            and action is None
            and (provider_name is None or _plain(provider_name) in map(_plain, _providers(hub, model)))
            and (output_capability is None or output_capability in model.outputs)
        ],
    )


@router.get("/api/ai/models/search")
@router.get("/api/evaluations/models/search", deprecated=True)
def search_models(
    hub: HubDep, _: CallerDep, search: Annotated[str, Query(description="Words, in any order.", examples=["kling o3"])]
) -> ModelList:
    """The models that have every word, those that have them in their name first."""
    return _listed(hub, hub.catalogue.search(search))


@router.get("/api/ai/models/featured")
def featured_models(hub: HubDep, _: CallerDep) -> ModelList:
    """The models to begin with."""
    return _listed(hub, hub.catalogue.featured())


@router.get("/api/ai/models/favorites")
def favorite_models(hub: HubDep, caller: CallerDep) -> ModelList:
    """The caller's favourites, the newest first."""
    with hub.database.snapshot() as tx:
        ids = catalogue.favorite_ids(tx, caller.user.id)
    # A model that the catalogue no longer has stays marked, in case it comes back.
    known = {model.id: model for model in hub.catalogue.all()}
    return _listed(hub, [known[model_id] for model_id in ids if model_id in known])


@router.post("/api/ai/models/{model_id}/favorite")
def add_favorite(hub: HubDep, caller: CallerDep, model_id: ModelId) -> FavoriteAnswer:
    """Make a model a favourite of the caller's."""
    model = hub.catalogue.find(model_id)
    with hub.database.transaction() as tx:
        catalogue.add_favorite(tx, caller.user.id, model.id)
    return FavoriteAnswer(status_message="resource_created", id=model.id, favorite=True)


@router.delete("/api/ai/models/{model_id}/favorite")
def remove_favorite(hub: HubDep, caller: CallerDep, model_id: ModelId) -> FavoriteAnswer:
    """Make a model no favourite of the caller's."""
    model = hub.catalogue.find(model_id)
    with hub.database.transaction() as tx:
        catalogue.remove_favorite(tx, caller.user.id, model.id)
    return FavoriteAnswer(status_message="resource_deleted", id=model.id, favorite=False)


@router.get("/api/ai/models/{model_id}")
@router.get("/api/evaluations/models/{model_id}", deprecated=True)
def get_model(hub: HubDep, _: CallerDep, model_id: ModelId) -> ModelObject:
    """One model, with the schema of its parameters."""
    return model_object(hub, hub.catalogue.find(model_id))


def model_object(hub: Hub, model: Model) -> ModelObject:
    """The model as the wire shows it."""
    price = catalogue.price(model, hub.settings)
    schema = catalogue.request_schema(model)
    return ModelObject(
        id=model.id,
        created=int(_midnight(model.added).timestamp()),
        owned_by="oxen",  # what clients expect of every model that is not a user's own
        display_name=model.display_name,
        description=model.description,
        summary=model.summary,
        capabilities=Capabilities(input=list(model.inputs), output=list(model.outputs)),
        pricing=Pricing(
            cost_per_second=_dollars(price.per_second),
            cost_per_second_with_audio=_dollars(price.per_second_with_audio),
            published=price.published,
        ),
        developer=Developer(name=model.developer, logo=None),
        routes=hub.routes.by_tier(model),
        engines=hub.routes.engines(model),
        released_at=model.released_at and f"{model.released_at.isoformat()}T00:00:00Z",
        request_schema=schema,
        json_request_schema=schema,
    )


def _listed(hub: Hub, models: list[Model]) -> ModelList:
    return ModelList(data=[model_object(hub, model) for model in models])


def _made_by(model: Model, name: str) -> bool:
    """Whether `name` is the developer's, in any spelling: "Kling AI", "kling-ai", "kling"."""
    return bool(_plain(name)) and _plain(model.developer).startswith(_plain(name))


def _providers(hub: Hub, model: Model) -> tuple[str, ...]:
    """Where it can be filmed: here, and where its makers offer it."""
    return (*hub.routes.engines(model), *model.routes)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _dollars(amount: MicroUSD) -> float:
    # The wire's own numbers are floats; nothing is computed with them.
    return amount / 1_000_000
