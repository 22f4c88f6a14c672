"""Kling O1: Image to Video (S4)."""

from typing import ClassVar

from pydantic import Field

from oxreel.catalogue.fields import Address
from oxreel.catalogue.kling.samples import BLOXY, OX, OX_PROMPT
from oxreel.catalogue.kling.wire import FiveOrTen, KlingParameters, Prompt
from oxreel.catalogue.model import Model, ShapeSource

_IMAGE = "Image to use as reference. Must be jpeg, png, gif, or webp."


class O1ImageToVideo(KlingParameters):
    basic = ("prompt", "input_image", "tail_image_url")
    shape_from: ClassVar[ShapeSource] = "start"

    # The documents show a default beside the required fields: it fills the form, the API still asks for both.
    prompt: Prompt = Field(
        description="Text description of what you want to generate, or the instruction on how to edit the given image.",
        json_schema_extra={"default": OX_PROMPT},
    )
    input_image: Address = Field(description=_IMAGE, json_schema_extra={"default": OX, "format": "uri"})
    tail_image_url: Address | None = Field(None, description=_IMAGE)
    duration: FiveOrTen = 5


MODEL = Model(
    id="kling-video-o1-image-to-video",
    display_name="Kling O1 - Image to Video",
    summary="Cinematic image-to-video generation",
    description="Turns an image into a short, coherent clip with stable characters, controlled motion and consistent "
    "surroundings, following the prompt for style, mood and camera. An optional end frame anchors the last picture.",
    parameters=O1ImageToVideo,
    inputs=("text", "image"),
    published_price=None,
    tier="1080p",
    released_at=None,
    source="S4",
    samples={"prompt": OX_PROMPT, "input_image": OX, "tail_image_url": BLOXY},
    routes={"fal": "fal-ai/kling-video/o1/image-to-video"},
    featured=True,
)
