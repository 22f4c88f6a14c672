"""A storyboard in the words of one of fal's endpoints: the body of a request."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from oxreel.engines.fal.cast import Cast
from oxreel.engines.fal.endpoints import Endpoint
from oxreel.storyboard import Reference, Storyboard

#: The most that fal takes of it; other hubs take up to 10.
MOST_CFG_SCALE = 1.0


def fields_of(storyboard: Storyboard, endpoint: Endpoint, address: Callable[[Reference], str]) -> dict[str, Any]:
    """What is sent; `address` gives the URL of a picture or video, `data:` or where it was uploaded."""
    cast = Cast.of(storyboard)
    fields: dict[str, Any] = _words(storyboard, endpoint, cast)
    for name, picture in ((endpoint.start, cast.start), (endpoint.tail, cast.tail), (endpoint.video, cast.video)):
        if name and picture is not None:
            fields[name] = address(picture)
    if endpoint.images and cast.images:
        fields[endpoint.images] = [address(picture) for picture in cast.images]
    if endpoint.elements and cast.elements:
        fields["elements"] = [
            {"frontal_image_url": address(front), "reference_image_urls": [address(angle) for angle in angles]}
            for front, *angles in cast.elements
        ]
    if endpoint.seconds:
        fields["duration"] = str(storyboard.seconds)
    if endpoint.shapes:
        fields["aspect_ratio"] = shape_of(storyboard, endpoint)
    if endpoint.negative and storyboard.negative_prompt:
        fields["negative_prompt"] = storyboard.negative_prompt
    if endpoint.audio:
        # Always: some endpoints film sound, which costs more, unless they are told not to.
        fields["generate_audio"] = storyboard.audio
    if endpoint.keep_audio:
        fields[endpoint.keep_audio] = storyboard.keep_audio
    options = dict(storyboard.options)
    fields |= {name: options[name] for name in endpoint.options if options.get(name) is not None}
    if "cfg_scale" in fields:
        fields["cfg_scale"] = min(fields["cfg_scale"], MOST_CFG_SCALE)
    return fields


def _words(storyboard: Storyboard, endpoint: Endpoint, cast: Cast) -> dict[str, Any]:
    if len(storyboard.shots) == 1 or not endpoint.shots:
        return {"prompt": cast.spoken(" ".join(shot.prompt for shot in storyboard.shots))}
    shots = [{"prompt": cast.spoken(shot.prompt), "duration": str(shot.seconds)} for shot in storyboard.shots]
    return {"multi_prompt": shots, "shot_type": "customize"}


def shape_of(storyboard: Storyboard, endpoint: Endpoint) -> str:
    """The one of an endpoint's shapes that is the film's, or the nearest."""
    wanted = Fraction(storyboard.width, storyboard.height)
    video = storyboard.video
    if "auto" in endpoint.shapes and video is not None and _alike(Fraction(video.width, video.height), wanted):
        return "auto"
    return min((one for one in endpoint.shapes if one != "auto"), key=lambda one: _distance(_ratio(one), wanted))


def fits(storyboard: Storyboard, endpoint: Endpoint) -> bool:
    """Whether the endpoint films in the storyboard's shape."""
    chosen = shape_of(storyboard, endpoint)
    return chosen == "auto" or _alike(_ratio(chosen), Fraction(storyboard.width, storyboard.height))


def _ratio(shape: str) -> Fraction:
    width, _, height = shape.partition(":")
    return Fraction(int(width), int(height))


def _distance(one: Fraction, other: Fraction) -> Fraction:
    return max(one / other, other / one)


def _alike(one: Fraction, other: Fraction) -> bool:
    # Canvases are rounded to even numbers.
    return _distance(one, other) < Fraction(102, 100)


def names_of(storyboard: Storyboard, endpoint: Endpoint) -> dict[str, str]:
    """fal's fields by the names that they have in the request: {"image_url": "input_image"}."""
    cast = Cast.of(storyboard)
    pairs = (
        (endpoint.start, cast.start and cast.start.field),
        (endpoint.tail, cast.tail and cast.tail.field),
        (endpoint.video, cast.video and cast.video.field),
        (endpoint.images, cast.images and "input_image"),
    )
    return {name: str(own) for name, own in pairs if name and own}
