"""Kling 2.6 Pro: Text to Video (S3's table)."""

from typing import Annotated, ClassVar

from pydantic import Field

from oxreel.catalogue.kling.samples import PROMPT
from oxreel.catalogue.kling.wire import (
    AspectRatio,
    FiveOrTen,
    GenerateAudio,
    KlingParameters,
    NegativePrompt,
    Prompt,
)
from oxreel.catalogue.model import Model
from oxreel.units import micro_usd


class V26ProTextToVideo(KlingParameters):
    basic = ("prompt", "duration", "aspect_ratio")
    option_fields: ClassVar[tuple[str, ...]] = ("cfg_scale",)

    prompt: Prompt = Field(description="Text prompt describing the video.")
    negative_prompt: NegativePrompt = "blur, distort, and low quality"
    aspect_ratio: AspectRatio = "16:9"
    duration: FiveOrTen = 5
    generate_audio: GenerateAudio = False
    cfg_scale: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = Field(
        0.5, description="How closely the video keeps to the prompt; higher is closer."
    )


MODEL = Model(
    id="kling-video-v2-6-pro-text-to-video",
    display_name="Kling 2.6 Pro - Text to Video",
    summary="Cinematic text-to-video with native audio",
    description="Films short 1080p videos from a written prompt, in 16:9, 9:16 or 1:1, with optional native audio.",
    parameters=V26ProTextToVideo,
    inputs=("text",),
    published_price=micro_usd("0.070"),
    tier="1080p",
    released_at=None,
    source="S3's table, R",
    samples={"prompt": PROMPT},
    routes={"fal": "fal-ai/kling-video/v2.6/pro/text-to-video"},
)
