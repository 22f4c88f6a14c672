"""Kling 2.5 Turbo Pro: Image to Video (R)."""

from typing import ClassVar

from pydantic import Field

from oxreel.catalogue.kling.samples import BLOXY, PROMPT
from oxreel.catalogue.kling.wire import EndImage, FiveOrTen, KlingParameters, Prompt, StartImage
from oxreel.catalogue.model import Model, ShapeSource


class V25TurboProImageToVideo(KlingParameters):
    basic = ("prompt", "input_image", "tail_image_url")
    shape_from: ClassVar[ShapeSource] = "start"

    prompt: Prompt = Field(description="Text prompt describing the motion or action for the video.")
    input_image: StartImage
    tail_image_url: EndImage | None = None
    duration: FiveOrTen = 5


MODEL = Model(
    id="kling-video-v2-5-turbo-pro-image-to-video",
    display_name="Kling 2.5 Turbo Pro - Image to Video",
    summary="Fast image-to-video",
    description="Animates an image into a fluid 1080p clip of 5 or 10 seconds, with an optional end frame.",
    parameters=V25TurboProImageToVideo,
    inputs=("text", "image"),
    published_price=None,
    tier="1080p",
    released_at=None,
    source="R",
    samples={"prompt": PROMPT, "input_image": BLOXY, "tail_image_url": BLOXY},
    routes={"fal": "fal-ai/kling-video/v2.5-turbo/pro/image-to-video"},
)
