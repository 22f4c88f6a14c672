"""The page of a model as Markdown: what it does and costs, its parameters, and runnable requests."""

from collections.abc import Iterator
from typing import Any

from oxreel.catalogue import EXAMPLE_NAMES, Model, Parameters, Price, check, examples, price, request_schema
from oxreel.errors import InvalidParams
from oxreel.reference.links import workbench_link
from oxreel.reference.parameters import parameters
from oxreel.reference.snippets import KEY, LANGUAGES, WAYS, snippet
from oxreel.settings import Settings
from oxreel.units import FRAME_RATE, dollars_text

_FENCES = {"curl": "bash", "python": "python", "javascript": "javascript"}
_EXAMPLES = {"minimal": "Minimal", "basic": "Basic parameters", "all": "All parameters"}
_HOW = {
    "sync": "The call lasts as long as filming does and answers with the video's URL. "
    "See [Generate](/docs/api/generate).",
    "async": "The call answers at once; look at the generation until it has ended. See [Queue](/docs/api/queue).",
    "sse": "The call answers at once; the hub says when the generation has ended. See [Events](/docs/api/events).",
}
#: What stands in the documents' samples where a prompt is to be written, and one to try.
_PLACEHOLDER = "<prompt>"
_PROMPT = "A slow push in at golden hour while a light wind moves everything"
#: Longest video that is looked for, in seconds.
_LONGEST = 60
_SHAPES = {"start": "start image", "video": "source video"}


def model_page(model: Model, settings: Settings, hub: str) -> str:
    """The page of a model; its snippets call the hub at `hub`."""
    return "\n".join(
        [
            f"# {model.display_name}",
            "",
            f"`{model.id}` by {model.developer}: {_listed(model.inputs, 'and')} to {_listed(model.outputs, 'and')}.",
            "",
            model.description,
            "",
            f"[Try it in the Workbench]({workbench_link({'model': model.id})})",
            "",
            "## Price",
            "",
            price_line(price(model, settings)),
            "",
            "## The video",
            "",
            *(f"- {line}" for line in output(model)),
            "",
            "## Parameters",
            "",
            *parameters(request_schema(model)),
            "",
            "It also takes the [fields that all models take](/docs/api/generate#fields-of-every-model), such as "
            "`seed` and `preview`.",
            "",
            "## Requests",
            "",
            f"They read the [API key](/docs#your-key) from the environment variable `{KEY}`.",
            "",
            *requests(model, hub),
            "## Errors",
            "",
            "What can be wrong, and the sentence that says so: see [Errors](/docs/api/errors#messages-of-the-models).",
            "",
        ]
    )


def price_line(rate: Price) -> str:
    """What a second costs, in a sentence."""
    line = f"${dollars_text(rate.per_second)} for each second of finished video"
    if rate.per_second_with_audio != rate.per_second:
        line += f", ${dollars_text(rate.per_second_with_audio)} with sound"
    line += "" if rate.published else " (not published by its provider: set by the operator of this hub)"
    return f"{line}. A [preview](/docs/api/generate#preview-then-render) costs nothing."


def output(model: Model) -> Iterator[str]:
    """What the model makes: format, size and length, a sentence each."""
    bodies, fields = examples(model), request_schema(model)["properties"]
    least, full = (_checked(model, bodies[name]) for name in ("minimal", "all"))
    assert least is not None
    assert full is not None
    yield f"MP4 (H.264), {FRAME_RATE} frames a second."
    width, height = model.size(least, (16, 9), (16, 9))
    sizes = list(_sizes(model, bodies["minimal"], fields.get("aspect_ratio", {}).get("enum", [])))
    if (source := least.shape_source()) in _SHAPES:
        line = f"It has the shape of the {_SHAPES[source]}: {width}x{height} at 16:9, as many pixels at any other."
        yield line + (f" `aspect_ratio` sets another: {_listed(sizes, 'or')}." if sizes else "")
    else:
        line = f"{_listed(sizes or [f'{width}x{height}'], 'or')}."
        other = full.shape_source()
        yield line + (f" With a {_SHAPES[other]} it has the shape of that." if other in _SHAPES else "")
    if "resolution" in fields:
        default = fields["resolution"]["default"]
        yield f"These are the sizes at `{default}`; `resolution` makes them smaller or larger."
    yield from _lengths(model, bodies["minimal"], full)


def requests(model: Model, hub: str) -> Iterator[str]:
    """Every way to send the model's three examples, in every language."""
    bodies = examples(model)
    for way, title in WAYS.items():
        yield from (f"### {title}", "", _HOW[way], "")
        for name in EXAMPLE_NAMES:
            body = bodies[name]
            yield from (f"#### {_EXAMPLES[name]}", "")
            if name == "basic" and body == bodies["minimal"]:
                yield from ("The same as Minimal: the basic parameters of this model are those that it needs.", "")
                continue
            yield from (f"[Try it in the Workbench]({workbench_link(_to_try(body))})", "")
            for language in LANGUAGES:
                yield from (f"```{_FENCES[language]}", snippet(way, language, body, hub), "```", "")


def _to_try(body: dict[str, Any]) -> dict[str, Any]:
    """The example with a prompt that can be filmed."""
    return body | ({"prompt": _PROMPT} if body.get("prompt") == _PLACEHOLDER else {})


def _lengths(model: Model, body: dict[str, Any], full: Parameters) -> Iterator[str]:
    """The seconds that the model takes, found by asking it."""
    if "duration" in request_schema(model)["properties"]:
        taken = [n for n in range(1, _LONGEST + 1) if _checked(model, body | {"duration": n}) is not None]
        between = f"{taken[0]} to {taken[-1]}" if taken[-1] - taken[0] == len(taken) - 1 else _listed(taken, "or")
        whole = ", all shots together" if "multi_prompt" in request_schema(model)["properties"] else ""
        yield f"{between} seconds{whole}."
    else:
        yield "As long as the source video."
    if limits := full.video_limits():
        yield (
            f"The source video may last {limits.least_seconds} to {limits.most_seconds} seconds and measure "
            f"{limits.least_side} to {limits.most_side} pixels a side."
        )


def _checked(model: Model, body: dict[str, Any]) -> Parameters | None:
    """The request as the model understands it, None where it refuses."""
    try:
        return check(model, {name: value for name, value in body.items() if name != "model"})
    except InvalidParams:
        return None


def _sizes(model: Model, body: dict[str, Any], ratios: list[str]) -> Iterator[str]:
    """The size at each value of `aspect_ratio` that decides the shape."""
    for ratio in ratios:
        checked = _checked(model, body | {"aspect_ratio": ratio})
        if checked is not None and checked.shape_source() == "aspect_ratio" and checked.asked_shape is not None:
            width, height = model.size(checked)
            yield f"{width}x{height} at `{ratio}`"


def _listed(words: Any, last: str) -> str:
    *others, final = map(str, words)
    return f"{', '.join(others)} {last} {final}" if others else final
