"""Kling O3 Pro: Video to Video Reference (R)."""

from typing import ClassVar, Literal

from pydantic import Field

from oxreel.catalogue.kling.samples import OX_VIDEO, PROMPT
from oxreel.catalogue.kling.wire import (
    Elements,
    KeepAudio,
    KlingParameters,
    Prompt,
    SourceVideo,
    ThreeToFifteen,
    UpToFourImages,
)
from oxreel.catalogue.model import Model, ShapeSource, VideoLimits


class O3ProVideoToVideoReference(KlingParameters):
    basic = ("prompt", "input_video", "input_image")
    most_references_with_video: ClassVar[int | None] = 4
    source_video: ClassVar[VideoLimits | None] = VideoLimits(3, 15, least_side=720, most_side=3840)

    prompt: Prompt = Field(description="Text prompt for the new shot.")
    input_video: SourceVideo
    input_image: UpToFourImages | None = None
    elements: Elements | None = None
    keep_audio: KeepAudio = True
    aspect_ratio: Literal["auto", "16:9", "9:16", "1:1"] = Field(
        "auto", description="Video aspect ratio; auto is that of the source video."
    )
    duration: ThreeToFifteen = 5

    def shape_source(self) -> ShapeSource:
        return "video" if self.aspect_ratio == "auto" else "aspect_ratio"


MODEL = Model(
    id="kling-video-o3-pro-video-to-video-reference",
    display_name="Kling O3 Pro - Video to Video Reference",
    summary="A new shot in the manner of a video",
    description="Films a new shot that takes motion and camera style from a reference video, with optional "
    "reference images and elements.",
    parameters=O3ProVideoToVideoReference,
    inputs=("text", "image", "video"),
    published_price=None,
    tier="1080p",
    released_at=None,
    source="R",
    samples={"prompt": PROMPT, "input_video": OX_VIDEO},
    routes={"fal": "fal-ai/kling-video/o3/pro/video-to-video/reference"},
)
