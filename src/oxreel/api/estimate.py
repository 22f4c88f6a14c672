"""The estimate: what a request would cost and give, before anything is paid."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from oxreel.api.dependencies import CallerDep, HubDep, JsonObject, own_host
from oxreel.generations.estimate import estimate
from oxreel.generations.order import read_order
from oxreel.units import dollars_text

router = APIRouter(tags=["estimate"])


class EstimateAnswer(BaseModel):
    """What a request would cost and give. Money is decimal strings of US dollars."""

    model: str
    engine: str
    priority: str = Field(description="Place among the generations of the namespace: low, normal or high.")
    namespace: str = Field(description="Who would pay.")
    price: str = Field(description="Of one generation; 0.00 for a preview.")
    num_generations: int
    total_price: str
    credits_left: str = Field(description="After this request; negative when there are too few.")
    enough_credits: bool
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    frames: int
    seconds: int
    frame_rate: float = Field(description="Frames per second.")
    warnings: list[str] = Field(description="What the engine will do differently than asked.")
    plan: dict[str, Any] | None = Field(description="What the engine understood of the prompt, shot by shot.")


@router.post("/api/ai/estimate", response_model=EstimateAnswer)
def estimate_request(request: Request, hub: HubDep, caller: CallerDep, body: JsonObject) -> Any:
    """Price, credits left, size, frames, seconds and warnings of a request; nothing is run."""
    found = estimate(hub, caller, read_order(body), own_host(request))
    money = {name: dollars_text(getattr(found, name)) for name in ("price", "total_price", "credits_left")}
    return {**vars(found), **money}
