"""From a checked request and its fetched references to the storyboard that an engine films."""

from collections.abc import Sequence

from oxreel.catalogue import Model, Parameters
from oxreel.catalogue.mentions import mentions
from oxreel.storyboard import Reference, Shot, Storyboard, shot_frames


def direct(
    model: Model,
    parameters: Parameters,
    references: Sequence[Reference],
    *,
    generation_id: str,
    seed: int,
    route: str = "",
) -> Storyboard:
    """The storyboard of a request, each shot with the references it names; `route` is what its engine calls the model.

    A source video whose length is not known yet has 0 seconds.
    """
    by_name = {reference.name: reference for reference in references}
    start, tail, video = by_name.get("start"), by_name.get("tail"), by_name.get("Video1")
    requests = parameters.shot_requests(video.seconds or None if video else None)
    pictures = [r for r in references if r.kind == "image" and r not in (start, tail)]
    named = [parameters.references(mentions(request.prompt)) for request in requests]
    nobody_names_any = not any(r.name in names for names in named for r in pictures)
    spans = shot_frames([request.seconds for request in requests])
    last = len(requests) - 1
    shots = tuple(
        Shot(
            index=index,
            prompt=request.prompt,
            seconds=request.seconds,
            first_frame=first,
            frames=frames,
            start=start if index == 0 else None,
            tail=tail if index == last else None,
            references=tuple(r for r in pictures if nobody_names_any or r.name in names),
        )
        for index, (request, names, (first, frames)) in enumerate(zip(requests, named, spans, strict=True))
    )
    width, height = model.size(parameters, _size(start), _size(video))
    return Storyboard(
        generation_id=generation_id,
        model=model.id,
        shots=shots,
        width=width,
        height=height,
        seed=seed,
        negative_prompt=getattr(parameters, "negative_prompt", None) or "",
        references=tuple(pictures),
        audio=parameters.wants_audio,
        video=video,
        video_use=parameters.video_use,
        keep_audio=parameters.keeps_audio,
        route=route,
        options=tuple(sorted(parameters.options().items())),
    )


def _size(reference: Reference | None) -> tuple[int, int] | None:
    return None if reference is None else (reference.width, reference.height)
