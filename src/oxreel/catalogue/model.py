"""What a model of the catalogue is: parameters, price, size, limits, routes. A model is data."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict

from oxreel.catalogue.canvas import STANDARD_SHAPE, TIERS, Size, Tier, canvas, shape_of
from oxreel.storyboard import ReferenceKind, VideoUse
from oxreel.units import MicroUSD

#: What decides the shape of the picture: the start image, the `aspect_ratio` parameter, the source video.
ShapeSource = Literal["start", "aspect_ratio", "video"]


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


@dataclass(frozen=True)
class VideoLimits:
    """What a source video may be."""

    #: Whole seconds, the nearest counting: a clip of 15 s that closes with one frame more is 15 s long.
    least_seconds: int
    most_seconds: int
    #: Pixels of each side.
    least_side: int = 720
    most_side: int = 3840


class Parameters(BaseModel):
    """The parameters of one model, validated. Subclasses are the catalogue's definitions."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        field_title_generator=lambda name, _: name.removesuffix("_url").replace("_", " ").capitalize(),
    )

    #: Fields that a form shows first, in the documents' order.
    basic: ClassVar[tuple[str, ...]] = ()
    #: The field that names the tier, in models that have several.
    tier_field: ClassVar[str | None] = None

    @abstractmethod
    def shot_requests(self, video_seconds: float | None = None) -> list[ShotRequest]:
        """The shots asked for, in order; where the source video sets the length, `video_seconds` is its own.

        Until that is known, the longest that the video may be is taken.
        """

    @abstractmethod
    def reference_requests(self) -> list[ReferenceRequest]:
        """Every picture and video that the request points at."""

    @abstractmethod
    def mention_names(self) -> dict[str, str]:
        """What prompts may name, and the name of the reference that is meant: {"Image1": "start"}."""

    @abstractmethod
    def video_limits(self) -> VideoLimits | None:
        """What the source video may be, None where the request has none."""

    @abstractmethod
    def shape_source(self) -> ShapeSource:
        """What decides the shape of the picture."""

    @property
    @abstractmethod
    def video_use(self) -> VideoUse:
        """What the source video is for."""

    @property
    @abstractmethod
    def asked_shape(self) -> Fraction | None:
        """The shape that the `aspect_ratio` parameter names, None where the model has no such parameter."""

    @property
    @abstractmethod
    def wants_audio(self) -> bool:
        """Whether sound is asked for."""

    @property
    @abstractmethod
    def keeps_audio(self) -> bool:
        """Whether the source video's sound is kept."""

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """What is particular to few models, by its wire name, where it is not as usual: cfg_scale, video_mode."""

    def tier(self) -> Tier | None:
        """The tier that the request names, None where it takes the model's own."""
        return None if self.tier_field is None else TIERS[getattr(self, self.tier_field)]

    def warnings(self) -> list[str]:
        """What was asked for and has no effect, one sentence each."""
        return []

    def seconds(self, video_seconds: float | None = None) -> int:
        """Seconds of the finished video; the most that they can be while the source video is not known."""
        return sum(shot.seconds for shot in self.shot_requests(video_seconds))

    def references(self, mentioned: list[str]) -> list[str]:
        """The names of the references behind the names that a prompt mentions, every angle of an element included."""
        known = self.mention_names()
        wanted = {known[name] for name in mentioned if name in known}
        return [request.name for request in self.reference_requests() if request.name.partition(".")[0] in wanted]


@dataclass(frozen=True)
class Price:
    """Dollars per second of finished video."""

    per_second: MicroUSD
    per_second_with_audio: MicroUSD
    #: Published by the provider; otherwise it comes from the settings and is marked so.
    published: bool


@dataclass(frozen=True)
class Model:
    """One entry of the catalogue."""

    id: str
    display_name: str
    summary: str
    description: str
    parameters: type[Parameters]
    #: Kinds of input: "text", "image", "video".
    inputs: tuple[str, ...]
    #: Micro-dollars per second as published, None where it is not.
    published_price: MicroUSD | None
    tier: Tier
    #: The day that the provider released it, None where that is not published.
    released_at: date | None
    #: The documents that the definition follows.
    source: str
    #: A value for each field that the documents' samples fill; the examples are made of them.
    samples: Mapping[str, Any]
    #: Where else its makers offer it, by engine name, and what that engine calls it; the hub's own are settings.
    routes: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ("video",)
    developer: str = "Kling AI"
    featured: bool = False
    #: The day that it entered this catalogue.
    added: date = date(2026, 11, 20)

    @property
    def tiers(self) -> tuple[str, ...]:
        """Every tier that it films, in the wire's words."""
        if (field := self.parameters.tier_field) is not None:
            return get_args(self.parameters.model_fields[field].annotation)
        return (_named(self.tier),)

    def tier_of(self, params: Parameters | None) -> str | None:
        """The tier of a request, in the wire's words; None where it has a choice that cannot be read."""
        if params is None:
            return None if self.parameters.tier_field else _named(self.tier)
        return _named(params.tier() or self.tier)

    def shape(self, params: Parameters, start_size: Size | None = None, video_size: Size | None = None) -> Fraction:
        """Width over height of the finished video; sizes are (width, height) of the pictures, None while unknown."""
        source = params.shape_source()
        if source == "start" and start_size:
            return shape_of(start_size)
        if source == "video" and video_size:
            return shape_of(video_size)
        return params.asked_shape or STANDARD_SHAPE

    def size(self, params: Parameters, start_size: Size | None = None, video_size: Size | None = None) -> Size:
        """Pixels of the finished video, (width, height), both even."""
        return canvas(params.tier() or self.tier, self.shape(params, start_size, video_size))


def _named(tier: Tier) -> str:
    return next(name for name, known in TIERS.items() if known == tier)
