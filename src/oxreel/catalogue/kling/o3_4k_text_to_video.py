"""Kling O3 4K: Text-to-Video (R)."""

from pydantic import Field

from oxreel.catalogue.kling.samples import PROMPT
from oxreel.catalogue.kling.wire import AspectRatio, GenerateAudio, KlingParameters, Prompt, ThreeToFifteen
from oxreel.catalogue.model import Model


class O34KTextToVideo(KlingParameters):
    basic = ("prompt", "duration", "aspect_ratio")

    prompt: Prompt = Field(description="Text prompt describing the video.")
    duration: ThreeToFifteen = 5
    aspect_ratio: AspectRatio = "16:9"
    generate_audio: GenerateAudio = False


MODEL = Model(
    id="kling-video-o3-4k-text-to-video",
    display_name="Kling O3 4K: Text-to-Video",
    summary="Native 4K video from text",
    description="Films native 4K video (3840x2160) from a written prompt, with no upscaling step. 3 to 15 seconds, "
    "16:9, 9:16 or 1:1, optional native audio in English and Chinese.",
    parameters=O34KTextToVideo,
    inputs=("text",),
    published_price=None,
    tier="2160p",
    released_at=None,
    source="R",
    samples={"prompt": PROMPT},
    routes={"fal": "fal-ai/kling-video/o3/4k/text-to-video"},
)
