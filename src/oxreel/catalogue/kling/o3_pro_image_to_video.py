"""Kling O3 Pro: Image-to-Video (S0)."""

from typing import ClassVar, Literal

from pydantic import Field

from oxreel.catalogue.kling.samples import BLOXY, PROMPT
from oxreel.catalogue.kling.wire import EndImage, KlingParameters, OneToFifteen, Prompt, StartImage
from oxreel.catalogue.model import Model, ShapeSource
from oxreel.units import micro_usd


class O3ProImageToVideo(KlingParameters):
    basic = ("prompt", "input_image", "tail_image_url")
    shape_from: ClassVar[ShapeSource] = "start"

    prompt: Prompt = Field(description="Text prompt describing the motion or action for the video")
    input_image: StartImage
    tail_image_url: EndImage | None = None
    duration: OneToFifteen = Field(5, description="Length of this shot in seconds.")
    aspect_ratio: Literal["16:9", "9:16", "1:1"] = Field("16:9", description="Aspect ratio of the generated video")


MODEL = Model(
    id="kling-video-o3-pro-image-to-video",
    display_name="Kling O3 Pro: Image-to-Video",
    summary="Animates one image, with an optional end frame",
    description="Turns a single start image into a video that follows a written description of motion and action. "
    "An optional end frame anchors the last picture. The video takes the shape of the start image.",
    parameters=O3ProImageToVideo,
    inputs=("text", "image"),
    published_price=micro_usd("0.224"),
    tier="1080p",
    released_at=None,
    source="S0",
    samples={"prompt": PROMPT, "input_image": BLOXY, "tail_image_url": BLOXY},
    routes={"fal": "fal-ai/kling-video/o3/pro/image-to-video"},
    featured=True,
)
