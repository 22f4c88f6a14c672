"""The draft: the storyboard of a request before anything of it is fetched, for what is said beforehand."""

from collections.abc import Mapping

from oxreel.catalogue import Model, Parameters, ReferenceRequest
from oxreel.generations.direct import direct
from oxreel.storyboard import Reference, Storyboard

#: What a picture or video that nobody has looked at is taken to be, in pixels.
_WIDTH, _HEIGHT = 1920, 1080


def draft(
    model: Model, parameters: Parameters, *, route: str, known: Mapping[str, Reference] | None = None, seed: int = 0
) -> Storyboard:
    """The storyboard as far as it is known: every reference is there, those of `known`, by field, as they are.

    No engine may look at the files: a draft names none.
    """
    found = known or {}
    references = [found.get(request.field) or _unseen(request) for request in parameters.reference_requests()]
    return direct(model, parameters, references, generation_id="", seed=seed, route=route)


def _unseen(request: ReferenceRequest) -> Reference:
    return Reference(request.name, request.field, request.kind, path="", width=_WIDTH, height=_HEIGHT)
