"""Kling O1: Video to Video Edit (R)."""

from typing import ClassVar

from pydantic import Field

from oxreel.catalogue.kling.samples import OX_VIDEO, PROMPT
from oxreel.catalogue.kling.wire import Elements, KeepAudio, KlingParameters, Prompt, SourceVideo, UpToFourImages
from oxreel.catalogue.model import Model, ShapeSource, VideoLimits


class O1VideoToVideoEdit(KlingParameters):
    basic = ("prompt", "input_video", "input_image")
    most_references_with_video: ClassVar[int | None] = 4
    # R speaks of input videos of 3 to 10 seconds.
    source_video: ClassVar[VideoLimits | None] = VideoLimits(3, 10, least_side=720, most_side=2160)
    length_follows_video: ClassVar[bool] = True
    shape_from: ClassVar[ShapeSource] = "video"

    prompt: Prompt = Field(description="Text description of how to edit the video.")
    input_video: SourceVideo
    input_image: UpToFourImages | None = None
    elements: Elements | None = None
    keep_audio: KeepAudio = True


MODEL = Model(
    id="kling-video-o1-video-to-video-edit",
    display_name="Kling O1 Edit - Video to Video",
    summary="Advanced video editing",
    description="Swaps, adds, removes or restyles what a video of 3 to 10 seconds shows, as the prompt says, and "
    "keeps its motion and continuity. Takes up to 4 reference images and elements.",
    parameters=O1VideoToVideoEdit,
    inputs=("text", "image", "video"),
    published_price=None,
    tier="1080p",
    released_at=None,
    source="R",
    samples={"prompt": PROMPT, "input_video": OX_VIDEO},
    routes={"fal": "fal-ai/kling-video/o1/video-to-video/edit"},
)
