"""Kling O1: Reference to Video (R)."""

from typing import Annotated, ClassVar

from pydantic import Field

from oxreel.catalogue.kling.samples import BLOXY, PROMPT
from oxreel.catalogue.kling.wire import AspectRatio, Elements, FiveOrTen, KlingParameters, Prompt, UpToSevenImages
from oxreel.catalogue.model import Model


class O1ReferenceToVideo(KlingParameters):
    basic = ("prompt", "input_image", "aspect_ratio")
    # R speaks of up to 7 images.
    most_references: ClassVar[int | None] = 7

    prompt: Prompt = Field(description="Text prompt. Use @Image1, @Element1, etc. to refer to the references.")
    input_image: Annotated[UpToSevenImages, Field(min_length=1)]
    elements: Elements | None = None
    aspect_ratio: AspectRatio = "16:9"
    duration: FiveOrTen = 5


MODEL = Model(
    id="kling-video-o1-reference-to-video",
    display_name="Kling O1 - Reference to Video",
    summary="Reference-driven cinematic video",
    description="Films new scenes with the characters, objects and style of up to 7 reference images and elements.",
    parameters=O1ReferenceToVideo,
    inputs=("text", "image"),
    published_price=None,
    tier="1080p",
    released_at=None,
    source="R",
    samples={"prompt": PROMPT, "input_image": [BLOXY]},
    routes={"fal": "fal-ai/kling-video/o1/reference-to-video"},
)
