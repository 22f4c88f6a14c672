"""What the wire's field names mean in every Kling model.

A definition lists its fields; what they ask for follows from their names, which mean the same everywhere:
`input_image` is the start image where it is one address and the references where it is a list, `duration`
holds for `prompt` as each shot's own does for `multi_prompt`, and so on.
"""

from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from oxreel.catalogue.fields import PROMPT_LENGTH, SHOT_PROMPT_LENGTH, Address, Seconds
from oxreel.catalogue.mentions import mentions
from oxreel.catalogue.model import (
    Parameters,
    ReferenceRequest,
    ShapeSource,
    ShotRequest,
    VideoLimits,
)
from oxreel.storyboard import VideoUse
from oxreel.units import whole_seconds

#: Seconds of a whole video (S3), and how many shots it may have (Kling's own limit, read 2026-11).
LEAST_SECONDS, MOST_SECONDS = 3, 15
MOST_SHOTS = 6
#: Kling takes an end frame beside at most so many reference images (read 2026-11).
MOST_REFERENCES_WITH_TAIL = 2

Prompt = Annotated[str, Field(max_length=PROMPT_LENGTH)]
ShortPrompt = Annotated[str, Field(max_length=SHOT_PROMPT_LENGTH)]
NegativePrompt = Annotated[
    str, Field(max_length=PROMPT_LENGTH, description="Text describing what to avoid in the generated video.")
]
FiveOrTen = Annotated[int, Seconds.of(5, 10), Field(description="Video duration in seconds")]
ThreeToFifteen = Annotated[int, Seconds.between(3, 15), Field(description="Length of the video in seconds.")]
OneToFifteen = Annotated[int, Seconds.between(1, 15)]
AspectRatio = Annotated[Literal["9:16", "1:1", "16:9"], Field(description="Video aspect ratio")]
GenerateAudio = Annotated[
    bool,
    Field(description="Whether to generate native audio for the video. Supports Chinese and English voice output."),
]
KeepAudio = Annotated[bool, Field(description="Whether to keep the sound of the source video.")]
StartImage = Annotated[Address, Field(description="Start frame to generate the video from.")]
EndImage = Annotated[Address, Field(description="Frame to end the generation on.")]
StartFrame = Annotated[
    Address,
    Field(description="The first frame of the video. The model will try to extend the contents of this frame."),
]
EndFrame = Annotated[
    Address,
    Field(
        description="The last frame of the video. Requires start frame to be configured. "
        "The model will try to fill in between the frames."
    ),
]

_IMAGES = "Reference images for style/appearance. Use @Image1, @Image2, etc. in the prompt to refer to them."
UpToFourImages = Annotated[list[Address], Field(description=_IMAGES, json_schema_extra={"maxItems": 4})]
UpToSevenImages = Annotated[list[Address], Field(description=_IMAGES, json_schema_extra={"maxItems": 7})]


class _Part(BaseModel):
    """An object within a request."""

    model_config = Parameters.model_config

    @model_validator(mode="before")
    @classmethod
    def _forget_nothing(cls, given: Any) -> Any:
        return without_nothing(given)


class Shot(_Part):
    """One of several shots."""

    prompt: ShortPrompt = Field(description="Prompt for this shot.")
    duration: OneToFifteen = Field(5, description="Length of this shot in seconds.")


class Element(_Part):
    """A character or object by its pictures."""

    frontal_image_url: Address = Field(description="Front view of the reference object or character.")
    reference_image_urls: list[Address] = Field(default_factory=list, max_length=3, description="Additional angles.")


Shots = Annotated[
    list[Shot],
    Field(description="Multi-shot prompts: each generates a segment of the video."),
]
Elements = Annotated[
    list[Element],
    Field(description="Optional element references. Use @Element1, @Element2, etc. in the prompt to refer to them."),
]

SourceVideo = Annotated[
    Address, Field(description="Source video, mp4 or mov. Use @Video1 in the prompt to refer to it.")
]


def without_nothing(given: Any) -> Any:
    """The object without what says nothing: null is no value, and a blank prompt is none."""
    if not isinstance(given, dict):
        return given
    return {
        name: value
        for name, value in given.items()
        if value is not None and not (name == "prompt" and isinstance(value, str) and not value.strip())
    }


#: For the JSON Schema of a model that takes either kind of prompt.
ONE_KIND_OF_PROMPT: JsonDict = {"oneOf": [{"required": ["prompt"]}, {"required": ["multi_prompt"]}]}


class KlingParameters(Parameters):
    """What every Kling model does with the fields that it has."""

    #: References in one request, and with a source video; None where the model takes none.
    most_references: ClassVar[int | None] = None
    most_references_with_video: ClassVar[int | None] = None
    #: Whether each angle of an element counts (S3: "4 total images") or the element counts once (S1).
    angles_count: ClassVar[bool] = False
    #: What the source video may be, and whether it sets the length of the result.
    source_video: ClassVar[VideoLimits | None] = None
    length_follows_video: ClassVar[bool] = False
    #: What decides the shape; see `shape_source`.
    shape_from: ClassVar[ShapeSource] = "aspect_ratio"
    #: Fields that an engine gets as they are.
    option_fields: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_kind_of_prompt(cls, given: Any) -> Any:
        given = without_nothing(given)
        if not isinstance(given, dict) or "multi_prompt" not in cls.model_fields:
            return given
        if given.get("multi_prompt") == []:
            given.pop("multi_prompt")
        if "prompt" in given and "multi_prompt" in given:
            raise ValueError("Cannot provide both 'prompt' and 'multi_prompt'.")
        if "prompt" not in given and "multi_prompt" not in given:
            raise ValueError("Either 'prompt' or 'multi_prompt' must be provided.")
        return given

    @model_validator(mode="after")
    def _rules_for_the_whole(self) -> Self:
        rules = (self._length_problem(), self._tail_problem(), self._count_problem(), *self._mention_problems())
        problems = [problem for problem in rules if problem]
        if problems:
            raise PydanticCustomError("request", "{problems}", {"problems": "; ".join(problems)})
        return self

    # What the request asks for

    def shot_requests(self, video_seconds: float | None = None) -> list[ShotRequest]:
        shots: list[Shot] | None = self._get("multi_prompt")
        if shots:
            return [ShotRequest(shot.prompt, shot.duration) for shot in shots]
        return [ShotRequest(self._get("prompt"), self._single_length(video_seconds))]

    def reference_requests(self) -> list[ReferenceRequest]:
        requests = []
        image = self._get("input_image")
        if isinstance(image, str):
            requests.append(ReferenceRequest("start", "input_image", "image", image))
        else:
            for index, url in enumerate(image or []):
                requests.append(ReferenceRequest(f"Image{index + 1}", f"input_image[{index}]", "image", url))
        for name, field in (("start", "start_image_url"), ("tail", "tail_image_url")):
            if url := self._get(field):
                requests.append(ReferenceRequest(name, field, "image", url))
        for index, element in enumerate(self._elements):
            name, place = f"Element{index + 1}", f"elements[{index}]"
            requests.append(ReferenceRequest(name, f"{place}.frontal_image_url", "image", element.frontal_image_url))
            for angle, url in enumerate(element.reference_image_urls):
                field = f"{place}.reference_image_urls[{angle}]"
                requests.append(ReferenceRequest(f"{name}.{angle + 2}", field, "image", url))
        if url := self._get("input_video"):
            requests.append(ReferenceRequest("Video1", "input_video", "video", url))
        return requests

    def mention_names(self) -> dict[str, str]:
        names = {}
        # A model that starts from an image lets prompts call its two frames @Image1 and @Image2.
        if isinstance(self._get("input_image"), str):
            names["Image1"] = "start"
            if self._get("tail_image_url"):
                names["Image2"] = "tail"
        for request in self.reference_requests():
            if request.name not in ("start", "tail") and "." not in request.name:
                names[request.name] = request.name
        return names

    def video_limits(self) -> VideoLimits | None:
        return self.source_video if self._get("input_video") else None

    def shape_source(self) -> ShapeSource:
        return self.shape_from

    @property
    def follows_video(self) -> bool:
        """Whether the source video sets the length."""
        return self.length_follows_video

    @property
    def video_use(self) -> VideoUse:
        return "edit" if self.follows_video else "reference"

    @property
    def asked_shape(self) -> Fraction | None:
        ratio = self._get("aspect_ratio")
        return None if ratio in (None, "auto") else Fraction(*map(int, ratio.split(":")))

    @property
    def wants_audio(self) -> bool:
        return bool(self._get("generate_audio"))

    @property
    def keeps_audio(self) -> bool:
        return bool(self._get("input_video") and (self._get("keep_audio") or self._get("keep_original_sound")))

    def options(self) -> dict[str, Any]:
        usual = {name: type(self).model_fields[name].default for name in self.option_fields}
        return {name: value for name in usual if (value := self._get(name)) != usual[name]}

    def warnings(self) -> list[str]:
        found = (self._shape_warning(), self._duration_warning(), self._shots_warning(), self._tail_warning())
        return [warning for warning in found if warning]

    def _shape_warning(self) -> str | None:
        source = self.shape_source()
        if source == "aspect_ratio" or "aspect_ratio" not in self.model_fields_set or self.asked_shape is None:
            return None
        picture = "start image" if source == "start" else "source video"
        return f"aspect_ratio {self._get('aspect_ratio')} has no effect: the video takes the shape of the {picture}."

    def _duration_warning(self) -> str | None:
        if "duration" not in self.model_fields_set or not (self._get("multi_prompt") or self.follows_video):
            return None
        reason = "the source video sets the length" if self.follows_video else "each shot of multi_prompt has its own"
        return f"duration {self._get('duration')} has no effect: {reason}."

    def _shots_warning(self) -> str | None:
        sent = len(self._get("multi_prompt") or ())
        if sent <= MOST_SHOTS:
            return None
        return f"multi_prompt has {sent} shots: Kling itself takes at most {MOST_SHOTS}."

    def _tail_warning(self) -> str | None:
        sent = self._reference_count()
        if not self._get("tail_image_url") or sent <= MOST_REFERENCES_WITH_TAIL:
            return None
        most = MOST_REFERENCES_WITH_TAIL
        return f"tail_image_url stands beside {sent} reference images: Kling itself takes at most {most} with it."

    def _get(self, field: str) -> Any:
        return getattr(self, field, None)

    @property
    def _elements(self) -> list[Element]:
        return self._get("elements") or []

    def _single_length(self, video_seconds: float | None) -> int:
        limits = self.video_limits()
        if not (self.follows_video and limits):
            duration: int = self._get("duration")
            return duration
        if video_seconds is None:
            return limits.most_seconds
        return min(max(whole_seconds(video_seconds), limits.least_seconds), limits.most_seconds)

    # What may not be, one sentence each

    def _length_problem(self) -> str | None:
        seconds = self.seconds()
        if seconds < LEAST_SECONDS and not self.follows_video:
            return (
                f"duration value '{seconds}' is invalid. Try using duration='5' instead, "
                "as duration support may vary by model and mode."
            )
        if self._get("multi_prompt") and seconds > MOST_SECONDS:
            return f"Total shot duration ({seconds}s) exceeds maximum allowed ({MOST_SECONDS}s)."
        return None

    def _tail_problem(self) -> str | None:
        if not self._get("tail_image_url") or isinstance(self._get("input_image"), str):
            return None
        if not self._get("start_image_url"):
            return "tail_image_url: The last frame requires a start frame; send start_image_url as well."
        return None

    def _reference_count(self) -> int:
        image = self._get("input_image")
        images = 0 if isinstance(image, str) else len(image or [])
        angles = sum(len(element.reference_image_urls) for element in self._elements)
        return images + len(self._elements) + (angles if self.angles_count else 0)

    def _count_problem(self) -> str | None:
        with_video = self._get("input_video") is not None
        limit = self.most_references_with_video if with_video else self.most_references
        sent = self._reference_count()
        if limit is None or sent <= limit:
            return None
        what = "images over input_image and elements" if self.angles_count else "references (input_image and elements)"
        return f"Too many references: at most {limit} {what}{' beside a video' * with_video}, and {sent} were sent."

    def _mention_problems(self) -> list[str]:
        known = self.mention_names()
        has = f"it has {', '.join('@' + name for name in known)}" if known else "it has none"
        shots = self.shot_requests()
        problems = []
        for index, shot in enumerate(shots):
            place = f"multi_prompt[{index}].prompt" if self._get("multi_prompt") else "prompt"
            missing = [f"@{name}" for name in mentions(shot.prompt) if name not in known]
            if missing:
                what = "names a reference that was" if len(missing) == 1 else "name references that were"
                problems.append(f"{place}: {', '.join(missing)} {what} not sent; {has}.")
        return problems
