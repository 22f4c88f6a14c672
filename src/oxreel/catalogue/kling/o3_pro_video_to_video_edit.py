"""Kling O3 Pro: Video to Video Edit (S3's table)."""

from typing import ClassVar

from pydantic import Field

from oxreel.catalogue.kling.samples import OX_VIDEO, PROMPT
from oxreel.catalogue.kling.wire import Elements, KeepAudio, KlingParameters, Prompt, SourceVideo, UpToFourImages
from oxreel.catalogue.model import Model, ShapeSource, VideoLimits
from oxreel.units import micro_usd


class O3ProVideoToVideoEdit(KlingParameters):
    basic = ("prompt", "input_video", "input_image")
    most_references_with_video: ClassVar[int | None] = 4
    source_video: ClassVar[VideoLimits | None] = VideoLimits(3, 15, least_side=720, most_side=3840)
    length_follows_video: ClassVar[bool] = True
    shape_from: ClassVar[ShapeSource] = "video"

    prompt: Prompt = Field(description="Text description of how to edit the video.")
    input_video: SourceVideo
    input_image: UpToFourImages | None = None
    elements: Elements | None = None
    keep_audio: KeepAudio = True


MODEL = Model(
    id="kling-video-o3-pro-video-to-video-edit",
    display_name="Kling O3 Pro - Video to Video Edit",
    summary="Edits a video by written instruction",
    description="Re-renders a video of 3 to 15 seconds as the prompt says: adds objects, swaps characters, changes "
    "scenery. Reference images and elements keep what is added consistent. The result is as long as the source.",
    parameters=O3ProVideoToVideoEdit,
    inputs=("text", "image", "video"),
    published_price=micro_usd("0.336"),
    tier="1080p",
    released_at=None,
    source="S3's table, R",
    samples={"prompt": PROMPT, "input_video": OX_VIDEO},
    routes={"fal": "fal-ai/kling-video/o3/pro/video-to-video/edit"},
)
