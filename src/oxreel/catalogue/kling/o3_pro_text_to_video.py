"""Kling O3 Pro: Text-to-Video (R)."""

from pydantic import ConfigDict, Field

from oxreel.catalogue.kling.samples import PROMPT
from oxreel.catalogue.kling.wire import (
    ONE_KIND_OF_PROMPT,
    AspectRatio,
    GenerateAudio,
    KlingParameters,
    Prompt,
    Shots,
    ThreeToFifteen,
)
from oxreel.catalogue.model import Model


class O3ProTextToVideo(KlingParameters):
    model_config = ConfigDict(json_schema_extra=ONE_KIND_OF_PROMPT)
    basic = ("prompt", "duration", "aspect_ratio")

    prompt: Prompt | None = Field(None, description="Single prompt for the video. Use this or multi_prompt.")
    multi_prompt: Shots | None = None
    duration: ThreeToFifteen = Field(5, description="Duration in seconds when using prompt.")
    aspect_ratio: AspectRatio = "16:9"
    generate_audio: GenerateAudio = False


MODEL = Model(
    id="kling-video-o3-pro-text-to-video",
    display_name="Kling O3 Pro: Text-to-Video",
    summary="Pro text-to-video in one or several shots",
    description="Films video from a written prompt or from several written shots, up to 15 seconds in all, "
    "with optional native audio.",
    parameters=O3ProTextToVideo,
    inputs=("text",),
    published_price=None,
    tier="1080p",
    released_at=None,
    source="R",
    samples={"prompt": PROMPT},
    routes={"fal": "fal-ai/kling-video/o3/pro/text-to-video"},
)
