"""Kling O3 4K: Image-to-Video (R)."""

from typing import ClassVar

from pydantic import Field

from oxreel.catalogue.kling.samples import BLOXY, PROMPT
from oxreel.catalogue.kling.wire import (
    EndImage,
    GenerateAudio,
    KlingParameters,
    Prompt,
    StartImage,
    ThreeToFifteen,
)
from oxreel.catalogue.model import Model, ShapeSource


class O34KImageToVideo(KlingParameters):
    basic = ("prompt", "input_image", "tail_image_url")
    shape_from: ClassVar[ShapeSource] = "start"

    prompt: Prompt = Field(description="Text prompt describing the motion or action for the video.")
    input_image: StartImage
    tail_image_url: EndImage | None = None
    duration: ThreeToFifteen = 5
    generate_audio: GenerateAudio = False


MODEL = Model(
    id="kling-video-o3-4k-image-to-video",
    display_name="Kling O3 4K: Image-to-Video",
    summary="Native 4K image animation",
    description="Animates a still image into native 4K video in one pass, with no upscaling step. The shape is that "
    "of the input image; an optional end frame anchors the last picture. 3 to 15 seconds, optional native audio.",
    parameters=O34KImageToVideo,
    inputs=("text", "image"),
    published_price=None,
    tier="2160p",
    released_at=None,
    source="R",
    samples={"prompt": PROMPT, "input_image": BLOXY, "tail_image_url": BLOXY},
    routes={"fal": "fal-ai/kling-video/o3/4k/image-to-video"},
)
