"""Kling O3 Omni (R)."""

from typing import ClassVar, Literal

from pydantic import Field

from oxreel.catalogue.kling.samples import BLOXY, PROMPT
from oxreel.catalogue.kling.wire import (
    AspectRatio,
    Elements,
    EndFrame,
    GenerateAudio,
    KeepAudio,
    KlingParameters,
    Prompt,
    SourceVideo,
    StartFrame,
    ThreeToFifteen,
    UpToSevenImages,
)
from oxreel.catalogue.model import Model, ShapeSource, VideoLimits


class O3Omni(KlingParameters):
    basic = ("prompt", "start_image_url", "tail_image_url", "resolution", "duration")
    most_references: ClassVar[int | None] = 7
    most_references_with_video: ClassVar[int | None] = 4
    source_video: ClassVar[VideoLimits | None] = VideoLimits(3, 15, least_side=720, most_side=3840)
    option_fields: ClassVar[tuple[str, ...]] = ("video_mode",)
    tier_field: ClassVar[str | None] = "resolution"

    prompt: Prompt = Field(description="Text prompt describing the video, or how to edit the source video.")
    start_image_url: StartFrame | None = None
    tail_image_url: EndFrame | None = None
    input_image: UpToSevenImages | None = None
    input_video: SourceVideo | None = None
    video_mode: Literal["edit", "reference"] = Field(
        "reference",
        description="What the source video is for: edit re-renders it, and the result is as long as it; "
        "reference takes its motion and camera style for a new shot.",
    )
    elements: Elements | None = None
    resolution: Literal["720p", "1080p", "4k"] = Field("1080p", description="Size of the video.")
    duration: ThreeToFifteen = 5
    aspect_ratio: AspectRatio = "16:9"
    generate_audio: GenerateAudio = False
    keep_audio: KeepAudio = True

    @property
    def follows_video(self) -> bool:
        return self.input_video is not None and self.video_mode == "edit"

    def shape_source(self) -> ShapeSource:
        if self.follows_video:
            return "video"
        return "start" if self.start_image_url else "aspect_ratio"


MODEL = Model(
    id="kling-video-o3-omni",
    display_name="Kling O3 Omni",
    summary="One model for text, images and video",
    description="One form for text-to-video, start and end frames, reference images, reference video and video "
    "editing, at 720p, 1080p or 4K.",
    parameters=O3Omni,
    inputs=("text", "image", "video"),
    published_price=None,
    tier="1080p",
    released_at=None,
    source="R",
    samples={"prompt": PROMPT, "start_image_url": BLOXY, "tail_image_url": BLOXY},
)
