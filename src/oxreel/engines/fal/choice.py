"""Which of fal's endpoints films a storyboard: what its route says, or its model, by what the request holds."""

from oxreel.catalogue import Catalogue
from oxreel.engines.fal.cast import Cast
from oxreel.engines.fal.endpoints import O3_TIERS, Endpoint, named, sibling
from oxreel.engines.fal.sizes import size_class
from oxreel.errors import InvalidParams, NotFound
from oxreel.storyboard import Storyboard

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


def usual_negative_prompt(storyboard: Storyboard) -> str:
    """What the storyboard's model takes for one where a request has none."""
    try:
        field = Catalogue().find(storyboard.model).parameters.model_fields.get("negative_prompt")
    except NotFound:
        return ""
    return "" if field is None else field.default or ""


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
    tier = O3_TIERS[size_class(storyboard.width, storyboard.height)]
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
