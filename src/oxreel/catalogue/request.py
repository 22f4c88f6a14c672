"""The fields that requests to every model have in common."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oxreel.errors import InvalidParams

#: The largest whole number that every JSON client keeps exactly.
MOST_SEED = 2**53 - 1


class CommonRequest(BaseModel):
    """What can be asked of any model, beside its own parameters."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", populate_by_name=True)

    model: str = Field(description="Which model films.")
    response_format: Literal["url", "b64_json"] = Field(
        "url", description='"url" answers with a hosted URL, "b64_json" with the video itself, in base64.'
    )
    target_namespace: str | None = Field(
        None, description="Namespace that stores the result and pays for it; by default that of the key's user."
    )
    target_repo: str | None = Field(None, description="Repository of the namespace that the result goes to.")
    target_directory: str | None = Field(None, description="Folder of the repository that the result goes to.")
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] | None = Field(
        None, description="Same request, same seed: the same video. Drawn and written on the row when not given."
    )
    preview: bool = Field(False, description="Film the animatic instead, free of charge.")
    priority: Literal["low", "normal", "high"] = Field(
        "normal", description="Place among the generations of the same namespace; others' are not touched."
    )
    engine: str | None = Field(None, description="Engine that films, where the hub has several.")
    webhook_url: str | None = Field(
        None, description="https URL that is sent a signed message when the generation has ended."
    )


class QueueRequest(CommonRequest):
    """What can be asked of the queue, beside that."""

    num_generations: Annotated[int, Field(ge=1, le=4)] = Field(1, description="Videos to make of this request.")
    validate_now: bool = Field(
        False, alias="validate", description="Check the model's parameters now, not only when it runs."
    )


#: Their names on the wire.
COMMON_FIELDS = frozenset(field.alias or name for name, field in QueueRequest.model_fields.items())


def common_request(body: Mapping[str, Any]) -> QueueRequest:
    """The common fields of a request to any endpoint. Raises InvalidParams, naming what is wrong."""
    given = {name: value for name, value in body.items() if name in COMMON_FIELDS and value is not None}
    try:
        return QueueRequest.model_validate(given)
    except ValidationError as error:
        sentences = []
        for problem in error.errors(include_url=False, include_input=False):
            name = str(problem["loc"][0]) if problem["loc"] else "request"
            if name == "num_generations":
                sentences.append("num_generations must be an integer between 1 and 4")
            else:
                sentences.append(f"{name}: {problem['msg']}")
        raise InvalidParams("; ".join(sentences)) from None
