"""What fal would film as something else than was asked, and is therefore refused; and what it does differently."""

from collections.abc import Iterator

from oxreel.engines.fal.cast import Cast
from oxreel.engines.fal.choice import usual_negative_prompt
from oxreel.engines.fal.endpoints import Endpoint
from oxreel.engines.fal.fields import MOST_CFG_SCALE, fits, shape_of
from oxreel.engines.fal.sizes import is_larger, size_class
from oxreel.errors import InvalidParams
from oxreel.storyboard import Reference, Storyboard

#: Kling's own limits (read 2026-11).
_MOST_SHOTS = 6
_LONGEST_SHOT_PROMPT, _LONGEST_PROMPT = 512, 2500
_MOST_REFERENCES_WITH_TAIL = 2
#: Pixels of a side of a picture, and its width over its height.
LEAST_SIDE = 300
_NARROWEST, _WIDEST = 0.40, 2.50


def check(storyboard: Storyboard, endpoint: Endpoint) -> None:
    """Nothing for what the endpoint can film. Raises InvalidParams with every reason why it cannot."""
    cast = Cast.of(storyboard)
    reasons = [*_pictures(cast, endpoint), *_counts(cast, endpoint), *_words(storyboard, endpoint)]
    reasons += [reason for picture in cast.pictures for reason in _picture(picture)]
    if reasons:
        raise InvalidParams(f"fal cannot film this as asked ({endpoint.name}). {' '.join(reasons)}")


def _pictures(cast: Cast, endpoint: Endpoint) -> Iterator[str]:
    if cast.start and not endpoint.start:
        yield f"{cast.start.field}: it takes no start frame."
    if endpoint.needs_start and not cast.start:
        yield "It needs a start frame, and none was sent."
    if cast.tail and not endpoint.tail:
        yield f"{cast.tail.field}: it takes no end frame."
    elif cast.tail and not cast.start:
        yield f"{cast.tail.field}: an end frame requires a start frame."
    if cast.images and not endpoint.images:
        yield f"{cast.images[0].field}: it takes no reference images."
    if cast.elements and not endpoint.elements:
        yield f"{cast.elements[0][0].field}: it takes no elements."
    if cast.video and not endpoint.video:
        yield f"{cast.video.field}: it takes no source video."
    if endpoint.video and not cast.video:
        yield "It needs a source video, and none was sent."


def _counts(cast: Cast, endpoint: Endpoint) -> Iterator[str]:
    if endpoint.most_references and cast.count > endpoint.most_references:
        yield f"It takes at most {endpoint.most_references} reference images and elements together, not {cast.count}."
    if cast.tail and cast.count > _MOST_REFERENCES_WITH_TAIL:
        yield (
            f"{cast.tail.field}: beside an end frame it takes at most {_MOST_REFERENCES_WITH_TAIL} reference images, "
            f"and {cast.count} were sent."
        )


def _words(storyboard: Storyboard, endpoint: Endpoint) -> Iterator[str]:
    shots, longest = storyboard.shots, _LONGEST_PROMPT
    if len(shots) > 1:
        longest = _LONGEST_SHOT_PROMPT
        if not endpoint.shots:
            yield "multi_prompt: it films one shot at a time."
        elif len(shots) > _MOST_SHOTS:
            yield f"multi_prompt: it films at most {_MOST_SHOTS} shots, not {len(shots)}."
    for shot in shots:
        if len(shot.prompt) > longest:
            yield f"The prompt of shot {shot.index + 1} has {len(shot.prompt)} characters; it takes {longest}."
    if endpoint.seconds and storyboard.seconds not in endpoint.seconds:
        allowed = ", ".join(map(str, endpoint.seconds))
        yield f"It films {allowed} seconds, not {storyboard.seconds}."


def _picture(picture: Reference) -> Iterator[str]:
    if not picture.width or not picture.height:
        return
    if not _NARROWEST <= picture.width / picture.height <= _WIDEST:
        yield (
            f"{picture.field}: the picture is {picture.width}x{picture.height}; its width must be between "
            f"{_NARROWEST:.1f} and {_WIDEST:.1f} times its height."
        )


def warnings(storyboard: Storyboard, endpoint: Endpoint) -> list[str]:
    """What is filmed differently than asked, one sentence each."""
    return list(_warnings(storyboard, endpoint, Cast.of(storyboard)))


def _warnings(storyboard: Storyboard, endpoint: Endpoint, cast: Cast) -> Iterator[str]:
    # An estimate has another seed than the film where the request names none.
    yield "The seed is recorded, but Kling at fal takes none: the same request films another video."
    asked = size_class(storyboard.width, storyboard.height)
    if endpoint.size != asked:
        kept = "not made smaller" if is_larger(endpoint.size, asked) else "not enlarged"
        yield f"The film comes in {endpoint.size}, not in {asked}: this Kling model at fal films so, and it is {kept}."
    # What the model has by itself nobody asked for.
    if storyboard.negative_prompt not in ("", usual_negative_prompt(storyboard)) and not endpoint.negative:
        yield "The negative prompt has no effect: this Kling model at fal takes none."
    if storyboard.audio and not endpoint.audio:
        if storyboard.keep_audio and endpoint.keep_audio:
            yield "No new sound is filmed: this Kling model at fal makes none, and keeps that of the source video."
        else:
            yield "No sound is filmed: this Kling model at fal makes none."
    if storyboard.keep_audio and not endpoint.keep_audio:
        yield "The sound of the source video is not kept: this Kling model at fal does not do that."
    if endpoint.shapes and not fits(storyboard, endpoint):
        yield (
            f"The film comes in {shape_of(storyboard, endpoint)}, the nearest shape that Kling at fal films beside "
            "references."
        )
    options = dict(storyboard.options)
    scale = options.get("cfg_scale")
    if scale is not None and "cfg_scale" not in endpoint.options:
        yield "Setting cfg_scale has no effect: this Kling model at fal takes none."
    elif scale is not None and scale > MOST_CFG_SCALE:
        yield f"For cfg_scale {scale:g} it is {MOST_CFG_SCALE:g} that is sent, the most that Kling at fal takes."
    for picture in cast.pictures:
        if 0 < min(picture.width, picture.height) < LEAST_SIDE:
            yield (
                f"The picture of {picture.field} is {picture.width}x{picture.height} and is enlarged: Kling at fal "
                f"takes none with a side of less than {LEAST_SIDE} pixels."
            )
