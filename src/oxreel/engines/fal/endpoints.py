"""fal's Kling endpoints: what each of them takes, and under which name. An endpoint is data.

Read from fal's model pages, and from public code that calls them, in 2026-11.
"""

import re
from dataclasses import dataclass, replace

_FAMILY = "fal-ai/kling-video/"
_SHAPES = ("16:9", "9:16", "1:1")
_FIVE_OR_TEN = (5, 10)
#: O3's tiers by the size class that they film.
O3_TIERS = {"720p": "standard", "1080p": "pro", "4k": "4k"}
_THREE_TO_FIFTEEN = tuple(range(3, 16))


@dataclass(frozen=True)
class Endpoint:
    """What one endpoint takes. A field's name is empty where it takes no such thing."""

    #: As fal calls it: "fal-ai/kling-video/o3/pro/image-to-video".
    name: str
    #: The size class of its films: "720p", "1080p", "4k".
    size: str = "1080p"
    start: str = ""
    #: Whether it films nothing without a start frame.
    needs_start: bool = False
    tail: str = ""
    images: str = ""
    elements: bool = False
    #: References in one request: images and elements together.
    most_references: int = 0
    video: str = ""
    #: Seconds of a film that can be asked for; empty where the source video sets them.
    seconds: tuple[int, ...] = ()
    shapes: tuple[str, ...] = ()
    #: Whether it films several shots in one film.
    shots: bool = False
    negative: bool = False
    #: Whether it films sound.
    audio: bool = False
    #: What it calls keeping the sound of the source video.
    keep_audio: str = ""
    options: tuple[str, ...] = ()


def _o3(size: str) -> list[Endpoint]:
    own = f"{_FAMILY}o3/{O3_TIERS[size]}/"
    words = Endpoint(f"{own}text-to-video", size, seconds=_THREE_TO_FIFTEEN, shots=True, audio=True)
    made = [
        replace(words, shapes=_SHAPES),
        replace(words, name=f"{own}image-to-video", start="image_url", needs_start=True, tail="end_image_url"),
        replace(
            words, name=f"{own}reference-to-video", shapes=_SHAPES, start="start_image_url", tail="end_image_url",
            images="image_urls", elements=True, most_references=7,
        ),
    ]  # fmt: skip
    if size != "4k":
        edit = Endpoint(
            f"{own}video-to-video/edit", size, video="video_url", keep_audio="keep_audio", images="image_urls",
            elements=True, most_references=4,
        )  # fmt: skip
        reference = f"{own}video-to-video/reference"
        made += [edit, replace(edit, name=reference, seconds=_THREE_TO_FIFTEEN, shapes=("auto", *_SHAPES))]
    return made


def _all() -> list[Endpoint]:
    v2 = Endpoint("", seconds=_FIVE_OR_TEN, negative=True)
    return [
        Endpoint(
            f"{_FAMILY}o1/image-to-video", start="start_image_url", needs_start=True, tail="end_image_url",
            seconds=tuple(range(3, 11)),
        ),
        Endpoint(
            f"{_FAMILY}o1/reference-to-video", images="image_urls", elements=True, most_references=7,
            seconds=tuple(range(3, 11)), shapes=_SHAPES,
        ),
        Endpoint(
            f"{_FAMILY}o1/video-to-video/edit", video="video_url", images="image_urls", elements=True,
            most_references=4, keep_audio="keep_audio",
        ),
        *_o3("720p"), *_o3("1080p"), *_o3("4k"),
        replace(
            v2, name=f"{_FAMILY}v2.5-turbo/pro/image-to-video", start="image_url", needs_start=True,
            tail="tail_image_url", options=("cfg_scale",),
        ),
        replace(
            v2, name=f"{_FAMILY}v2.6/pro/image-to-video", start="start_image_url", needs_start=True,
            tail="end_image_url", audio=True,
        ),
        replace(
            v2, name=f"{_FAMILY}v2.6/pro/text-to-video", shapes=_SHAPES, audio=True, options=("cfg_scale",),
        ),
        Endpoint(
            f"{_FAMILY}v3/pro/motion-control", start="image_url", needs_start=True, video="video_url", elements=True,
            most_references=1, keep_audio="keep_original_sound", options=("character_orientation",),
        ),
    ]  # fmt: skip


#: Every endpoint by its name.
ENDPOINTS = {endpoint.name: endpoint for endpoint in _all()}
#: Kinds of endpoint that one model's requests go to, by what they hold.
_KIND = re.compile(r"(?P<own>.+/)(?P<kind>text-to-video|image-to-video|reference-to-video)$")


def named(name: str) -> Endpoint | None:
    """The endpoint of that name, None for one that nothing is known of."""
    return ENDPOINTS.get(name)


def sibling(endpoint: Endpoint, kind: str) -> Endpoint | None:
    """The endpoint of the same model for another kind of request: "text-to-video"."""
    found = _KIND.match(endpoint.name)
    return None if found is None else ENDPOINTS.get(found["own"] + kind)
