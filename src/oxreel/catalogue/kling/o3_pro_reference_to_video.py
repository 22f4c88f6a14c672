"""Kling O3 Pro: Reference to Video (S2, S3)."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from oxreel.catalogue.kling.samples import BLOXY, PROMPT
from oxreel.catalogue.kling.wire import (
    ONE_KIND_OF_PROMPT,
    AspectRatio,
    Elements,
    EndFrame,
    GenerateAudio,
    KlingParameters,
    NegativePrompt,
    OneToFifteen,
    ShortPrompt,
    Shots,
    StartFrame,
    UpToFourImages,
)
from oxreel.catalogue.model import Model
from oxreel.units import micro_usd


class O3ProReferenceToVideo(KlingParameters):
    model_config = ConfigDict(json_schema_extra=ONE_KIND_OF_PROMPT)
    basic = ("prompt", "start_image_url", "tail_image_url", "input_image")
    most_references: ClassVar[int | None] = 4
    angles_count: ClassVar[bool] = True

    prompt: ShortPrompt | None = Field(None, description="Single prompt for the video. Use this or multi_prompt.")
    multi_prompt: Shots | None = None
    duration: OneToFifteen = Field(5, description="Duration in seconds when using prompt.")
    start_image_url: StartFrame | None = None
    tail_image_url: EndFrame | None = None
    input_image: UpToFourImages | None = None
    elements: Elements | None = None
    negative_prompt: NegativePrompt = "blur, distort, and low quality"
    aspect_ratio: AspectRatio = "16:9"
    generate_audio: GenerateAudio = False


MODEL = Model(
    id="kling-video-o3-pro-reference-to-video",
    display_name="Kling O3 Pro - Reference to Video",
    summary="Pro reference-driven cinematic video",
    description="Turns reference images, elements and written shots into a video that keeps identity, layout and "
    "text. Supports several shots with their own lengths, start and end frames, up to 15 seconds, and native audio.",
    parameters=O3ProReferenceToVideo,
    inputs=("text", "image"),
    published_price=micro_usd("0.224"),
    tier="1080p",
    released_at=None,
    source="S2, S3",
    samples={"prompt": PROMPT, "start_image_url": BLOXY, "tail_image_url": BLOXY, "input_image": [BLOXY]},
    routes={"fal": "fal-ai/kling-video/o3/pro/reference-to-video"},
    featured=True,
)
