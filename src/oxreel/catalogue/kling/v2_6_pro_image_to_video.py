"""Kling 2.6 Pro: Image to Video (S3's table)."""

from typing import ClassVar

from pydantic import Field

from oxreel.catalogue.kling.samples import BLOXY, PROMPT
from oxreel.catalogue.kling.wire import (
    FiveOrTen,
    GenerateAudio,
    KlingParameters,
    NegativePrompt,
    Prompt,
    StartImage,
)
from oxreel.catalogue.model import Model, ShapeSource
from oxreel.units import micro_usd


class V26ProImageToVideo(KlingParameters):
    basic = ("prompt", "input_image", "duration")
    shape_from: ClassVar[ShapeSource] = "start"

    prompt: Prompt = Field(description="Text prompt describing the motion or action for the video.")
    # The contract's table does not mark it as required; without it the prompt alone is filmed, in 16:9.
    input_image: StartImage | None = None
    negative_prompt: NegativePrompt = "blur, distort, and low quality"
    duration: FiveOrTen = 5
    generate_audio: GenerateAudio = False


MODEL = Model(
    id="kling-video-v2-6-pro-image-to-video",
    display_name="Kling 2.6 Pro - Image to Video",
    summary="Cinematic image-to-video with audio",
    description="Animates a single image into a short 1080p video of 5 or 10 seconds, with optional native audio.",
    parameters=V26ProImageToVideo,
    inputs=("text", "image"),
    published_price=micro_usd("0.070"),
    tier="1080p",
    released_at=None,
    source="S3's table, R",
    samples={"prompt": PROMPT, "input_image": BLOXY},
    routes={"fal": "fal-ai/kling-video/v2.6/pro/image-to-video"},
)
