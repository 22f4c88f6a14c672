"""Problems: what is wrong with the parameters of a request, in the documents' words."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from oxreel.catalogue.model import Model, Parameters
from oxreel.catalogue.request import COMMON_FIELDS
from oxreel.errors import InvalidParams

_OPENING = "Getting model response error: 422 - "
#: Enough to repair a request by; a hostile one could have millions.
_MOST_PROBLEMS = 8
_LONGEST_NAME = 60


def check(model: Model, body: Mapping[str, Any]) -> Parameters:
    """The parameters of a request to that model; fields that all models have in common are passed over.

    Raises InvalidParams whose message names every problem, with the field where it has one.
    """
    if not isinstance(body, Mapping):
        raise InvalidParams(f"{_OPENING}The parameters must be a JSON object.")
    fields = {name: value for name, value in body.items() if name not in COMMON_FIELDS}
    try:
        return model.parameters.model_validate(fields)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        sentences = [_sentence(problem, model.parameters) for problem in errors[:_MOST_PROBLEMS]]
        if len(errors) > _MOST_PROBLEMS:
            sentences.append(f"and {len(errors) - _MOST_PROBLEMS} more")
        raise InvalidParams(_OPENING + "; ".join(sentences)) from None


def _sentence(problem: ErrorDetails, parameters: type[Parameters]) -> str:
    place, kind = _place(problem["loc"]), problem["type"]
    message, context = problem["msg"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        message = f"Unknown field; {_known(parameters, problem['loc'])}"
    elif kind == "string_too_long":
        message = f"String should have at most {context['max_length']} characters, not {len(problem['input'])}"
    elif kind == "too_long":
        message = f"List should have at most {context['max_length']} items, not {context['actual_length']}"
    elif kind in ("model_type", "model_attributes_type", "dict_type"):
        message = "Input should be an object"
    return f"{place}: {message}" if place else message


def _place(location: tuple[int | str, ...]) -> str:
    """'multi_prompt[0].prompt'."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if len(part) <= _LONGEST_NAME else part[:_LONGEST_NAME] + "…"
            text += f".{name}" if text else name
    return text


def _known(parameters: type[Parameters], location: tuple[int | str, ...]) -> str:
    """What could stand instead of an unknown field at that place."""
    owner: type[BaseModel] = parameters
    for part in location[:-1]:
        if isinstance(part, str):
            owner = _object_of(owner.model_fields[part].annotation) or owner
    who = "this model" if owner is parameters else f"this {owner.__name__.lower()}"
    return f"{who} takes {', '.join(owner.model_fields)}"


def _object_of(annotation: Any) -> type[BaseModel] | None:
    """The class of the objects in a field: Shot for `list[Shot] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _object_of(part))), None)
