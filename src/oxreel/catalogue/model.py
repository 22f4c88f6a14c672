"""What a model of the catalogue is: parameters, price, size, limits, routes. A model is data."""

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from oxreel.storyboard import ReferenceKind
from oxreel.units import MicroUSD


@dataclass(frozen=True)
class ReferenceRequest:
    """A picture or video that a request points at, not fetched yet."""

    #: What prompts call it: "Image1", "Element1", "Element1.2" (a further angle), "Video1"; or "start", "tail".
    name: str
    #: Where it stands in the request: "input_image[0]".
    field: str
    kind: ReferenceKind
    #: An http(s) URL, a `data:` URI, or an asset URL of this hub.
    url: str


@dataclass(frozen=True)
class ShotRequest:
    """One prompt with its seconds, as asked for."""

    prompt: str
    seconds: int


class Parameters(BaseModel):
    """The parameters of one model, validated. Subclasses are the catalogue's definitions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Fields that a form shows first, in the documents' order.
    basic: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def shot_requests(self) -> list[ShotRequest]:
        """The shots asked for, in order; [] seconds never occur. Video models follow the source's length."""

    @abstractmethod
    def reference_requests(self) -> list[ReferenceRequest]:
        """Every picture and video that the request points at."""


@dataclass(frozen=True)
class Price:
    """Dollars per second of finished video."""

    per_second: MicroUSD
    per_second_with_audio: MicroUSD
    #: Published by the provider; otherwise it comes from the settings and is marked so.
    published: bool


#: The height and width tier: 1080p is 1920x1080, 2160p is 3840x2160, 720p is 1280x720.
Tier = Literal["720p", "1080p", "2160p"]


@dataclass(frozen=True)
class Model:
    """One entry of the catalogue."""

    id: str
    display_name: str
    summary: str
    description: str
    parameters: type[Parameters]
    inputs: tuple[str, ...]
    #: Micro-dollars per second as published, None where it is not.
    published_price: MicroUSD | None
    tier: Tier
    released_at: str
    source: str
    #: Where it can run, by engine name, and what that engine calls it.
    routes: dict[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ("video",)
    developer: str = "Kling AI"
    featured: bool = False
