"""Kling O3 4K: Reference to Video (S1)."""

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
    UpToSevenImages,
)
from oxreel.catalogue.model import Model


class O34KReferenceToVideo(KlingParameters):
    model_config = ConfigDict(json_schema_extra=ONE_KIND_OF_PROMPT)
    basic = ("prompt", "start_image_url", "tail_image_url")
    most_references: ClassVar[int | None] = 7

    prompt: ShortPrompt | None = Field(None, description="Single prompt for the video. Use this or multi_prompt.")
    multi_prompt: Shots | None = None
    duration: OneToFifteen = Field(5, description="Duration in seconds when using prompt.")
    start_image_url: StartFrame | None = None
    tail_image_url: EndFrame | None = None
    input_image: UpToSevenImages | None = None
    elements: Elements | None = None
    negative_prompt: NegativePrompt = "blur, distort, and low quality"
    aspect_ratio: AspectRatio = "16:9"
    generate_audio: GenerateAudio = False


MODEL = Model(
    id="kling-video-o3-4k-reference-to-video",
    display_name="Kling O3 4K - Reference to Video",
    summary="Native 4K reference-driven video",
    description="Turns reference images and written shots into native 4K video (3840x2160), with no upscaling step. "
    "Takes up to 7 elements and references together, start and end frames, several shots up to 15 seconds in all, "
    "and native synchronized audio in English and Chinese.",
    parameters=O34KReferenceToVideo,
    inputs=("text", "image"),
    published_price=None,
    tier="2160p",
    released_at=None,
    source="S1",
    samples={"prompt": PROMPT, "start_image_url": BLOXY, "tail_image_url": BLOXY},
    routes={"fal": "fal-ai/kling-video/o3/4k/reference-to-video"},
    featured=True,
)
