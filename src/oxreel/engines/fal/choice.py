"""Which of fal's endpoints films a storyboard: what its route says, or its model, by what the request holds."""

from oxreel.catalogue import Catalogue
from oxreel.engines.fal.cast import Cast
from oxreel.engines.fal.endpoints import Endpoint, named, sibling
from oxreel.errors import InvalidParams, NotFound
from oxreel.storyboard import Storyboard

#: Pixels of a frame, below and above which a model of all sizes films in its small or its large size.
_LESS_THAN_PRO, _MORE_THAN_PRO = 1_500_000, 4_000_000
_OMNI = "kling-video-o3-omni"


def endpoint_of(storyboard: Storyboard) -> Endpoint:
    """The endpoint that films it. Raises InvalidParams where fal has none."""
    cast = Cast.of(storyboard)
    if storyboard.route:
        chosen = named(storyboard.route)
        if chosen is None:
            raise InvalidParams(
                f"The route of this model names fal's endpoint '{storyboard.route}', which is not known."
            )
    elif storyboard.model == _OMNI:
        return _of_omni(storyboard, cast)
    else:
        chosen = named(_usual(storyboard.model))
        if chosen is None:
            raise InvalidParams(f"fal films no model like {storyboard.model}.")
    return _fitting(chosen, cast)


def _usual(model: str) -> str:
    try:
        return Catalogue().find(model).routes.get("fal", "")
    except NotFound:
        return ""


def _fitting(chosen: Endpoint, cast: Cast) -> Endpoint:
    """The endpoint of the same model that takes a request without any picture."""
    lacks_start = chosen.needs_start and cast.start is None
    lacks_references = bool(chosen.images) and not chosen.video and not cast.has_pictures
    if cast.video is None and (lacks_start or lacks_references):
        return sibling(chosen, "text-to-video") or chosen
    return chosen


def _of_omni(storyboard: Storyboard, cast: Cast) -> Endpoint:
    """One of O3's endpoints: the one model has a form for all of them."""
    pixels = storyboard.width * storyboard.height
    tier = "standard" if pixels < _LESS_THAN_PRO else "4k" if pixels > _MORE_THAN_PRO else "pro"
    if cast.video is not None:
        kind = "video-to-video/" + ("edit" if storyboard.video_use == "edit" else "reference")
        if tier == "4k":
            raise InvalidParams("resolution: fal films from a source video at 720p or 1080p, not at 4k.")
    elif cast.images or cast.elements:
        kind = "reference-to-video"
    else:
        kind = "image-to-video" if cast.start else "text-to-video"
    chosen = named(f"fal-ai/kling-video/o3/{tier}/{kind}")
    assert chosen is not None
    return chosen
