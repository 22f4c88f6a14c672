"""Kling 3.0 Pro: Motion Control (S3's table)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from oxreel.catalogue.kling.samples import BLOXY, OX_VIDEO, PROMPT
from oxreel.catalogue.kling.wire import Element, KeepAudio, KlingParameters, Prompt, SourceVideo, StartImage
from oxreel.catalogue.model import Model, ShapeSource, VideoLimits
from oxreel.storyboard import VideoUse
from oxreel.units import micro_usd


class V3ProMotionControl(KlingParameters):
    basic = ("prompt", "input_image", "input_video", "character_orientation")
    source_video: ClassVar[VideoLimits | None] = VideoLimits(1, 30)
    length_follows_video: ClassVar[bool] = True
    shape_from: ClassVar[ShapeSource] = "start"
    option_fields: ClassVar[tuple[str, ...]] = ("character_orientation",)

    prompt: Prompt = Field(description="Text prompt for the scene or character.")
    input_image: StartImage = Field(description="The character, and the scene around it.")
    input_video: SourceVideo = Field(description="Video whose motion the character takes over, mp4 or mov.")
    # The documents show a default beside the required field: it fills the form.
    character_orientation: Literal["image", "video"] = Field(
        description="Whose orientation the character keeps: that of the image (video of at most 10 s) "
        "or that of the video (at most 30 s).",
        json_schema_extra={"default": "video"},
    )
    keep_original_sound: KeepAudio = True
    elements: Annotated[list[Element], Field(max_length=1)] | None = Field(
        None, description="One element for the face. Use @Element1 in the prompt to refer to it."
    )

    @property
    def video_use(self) -> VideoUse:
        return "motion"

    def video_limits(self) -> VideoLimits | None:
        return VideoLimits(1, 10 if self.character_orientation == "image" else 30)


MODEL = Model(
    id="kling-video-v3-pro-motion-control",
    display_name="Kling 3.0 Pro: Motion Control",
    summary="Transfer motion from video to image",
    description="Moves the character of an image as the person in a video moves. The result is as long as the video.",
    parameters=V3ProMotionControl,
    inputs=("text", "image", "video"),
    published_price=micro_usd("0.168"),
    tier="1080p",
    released_at=None,
    source="S3's table, R",
    samples={"prompt": PROMPT, "input_image": BLOXY, "input_video": OX_VIDEO, "character_orientation": "video"},
    routes={"fal": "fal-ai/kling-video/v3/pro/motion-control"},
)
