"""The OpenAPI document: FastAPI's own, completed with what only the catalogue and the contract know.

A path that the application does not have is passed over, so that the document always fits the application.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from oxreel.api.error_responses import RESPONSES, error_body
from oxreel.catalogue import (
    Catalogue,
    CommonRequest,
    Model,
    QueueRequest,
    examples,
    object_schema,
    request_schema,
)

Json = dict[str, Any]

_DESCRIPTION = (
    "A self-hosted video-generation hub that speaks the Oxen.ai inference API. "
    "Every request carries `Authorization: Bearer KEY`; every error has the one body `Error`."
)
#: Paths that take a generation request, with the common fields of each and the name of its schemas.
_REQUESTS: dict[str, tuple[type[CommonRequest], str]] = {
    "/api/ai/videos/generate": (CommonRequest, "Request"),
    "/api/videos/generate": (CommonRequest, "Request"),
    "/api/ai/queue": (QueueRequest, "QueueRequest"),
    "/api/ai/estimate": (QueueRequest, "QueueRequest"),
}
#: Of these, the ones that remember an Idempotency-Key.
_REMEMBERING = ("/api/ai/videos/generate", "/api/videos/generate", "/api/ai/queue")
_IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same body gives the first answer again for 24 hours; "
    "with another body it is a conflict.",
    "schema": {"type": "string"},
}
#: What can be read without a key, where the repository is public.
_PUBLIC = "/api/repos/{"
_EVENTS = "/api/events"
_BEARER = "HTTPBearer"
_ERROR = "#/components/schemas/Error"
_METHODS = ("get", "put", "post", "delete", "patch")


def build(app: FastAPI, catalogue: Catalogue) -> Json:
    """The document of `/openapi.json`."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=_DESCRIPTION,
        routes=app.routes,
        servers=[{"url": "/", "description": "This hub"}],
    )
    components = document.setdefault("components", {})
    components.setdefault("securitySchemes", {}).setdefault(_BEARER, {"type": "http", "scheme": "bearer"})
    schemas = components.setdefault("schemas", {})
    schemas["Error"] = _error_schema()
    components["responses"] = _error_responses()
    paths = document.get("paths", {})
    for path, item in paths.items():
        for method in _METHODS:
            if operation := item.get(method):
                _add_errors(operation, path, method)
                if method == "get" and path.startswith(_PUBLIC):
                    _open_to_everyone(operation)
    for path, (common, suffix) in _REQUESTS.items():
        if operation := paths.get(path, {}).get("post"):
            operation["requestBody"] = _request_body(catalogue, common, suffix, schemas)
            if path in _REMEMBERING:
                _add_idempotency_key(operation)
    if follow := paths.get(_EVENTS, {}).get("get"):
        _narrow_to_events(follow)
    # Nothing is answered in FastAPI's own shape.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document


def _error_schema() -> Json:
    types = sorted({kind for _, kind, _ in RESPONSES.values()})
    text = {"type": "string"}
    return {
        "title": "Error",
        "description": "What went wrong; `error.message` is the sentence to show.",
        "type": "object",
        "properties": {
            "error": {
                "type": "object",
                "properties": {
                    # Open, because unknown methods and the like have types of their own.
                    "type": {"type": "string", "examples": types},
                    "title": text,
                    "detail": text,
                    "message": text,
                },
                "required": ["type", "title", "detail", "message"],
            },
            "status": {"const": "error"},
            "status_message": text,
        },
        "required": ["error", "status", "status_message"],
    }


def _by_status() -> dict[int, tuple[str, str]]:
    """Type and title of the errors of each status; the plainest class of a status comes first."""
    found: dict[int, tuple[str, str]] = {}
    for status, kind, title in RESPONSES.values():
        found.setdefault(status, (kind, title))
    return found | {500: ("unknown_error", "Unknown error")}


def _error_responses() -> Json:
    responses = {}
    for status, (kind, title) in _by_status().items():
        response: Json = {
            "description": title,
            "content": {
                "application/json": {
                    "schema": {"$ref": _ERROR},
                    "example": error_body(kind, title, f"{title}."),
                }
            },
        }
        if status in (429, 503):
            response["headers"] = {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}
            }
        responses[_pascal(kind)] = response
    return responses


def _add_errors(operation: Json, path: str, method: str) -> None:
    statuses = {400, 500, 503}
    if operation.get("security"):
        statuses |= {401, 403}
    if "{" in path:
        statuses |= {404}
    if method != "get":
        statuses |= {409, 429}
    if "requestBody" in operation or method in ("put", "patch"):
        statuses |= {413, 415}
    if path in _REQUESTS and method == "post":
        statuses |= {402, 404, 413, 415}
    names = {status: _pascal(kind) for status, (kind, _) in _by_status().items()}
    responses = operation.setdefault("responses", {})
    responses.pop("422", None)
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/{names[status]}"}
    for status, response in responses.items():
        # One that the handler declares itself, such as 416, has the same body.
        if status >= "400" and "$ref" not in response:
            response["content"] = {"application/json": {"schema": {"$ref": _ERROR}}}


def _request_body(catalogue: Catalogue, common: type[CommonRequest], suffix: str, schemas: Json) -> Json:
    """One schema per model, told apart by `model`, with an example of each size."""
    mapping, shown = {}, {}
    for model in catalogue.all():
        name = _pascal(model.id) + suffix
        schemas[name] = _model_request(model, common)
        mapping[model.id] = f"#/components/schemas/{name}"
        for size, body in examples(model).items():
            shown[f"{model.id}.{size}"] = {"summary": f"{model.display_name}: {size}", "value": body}
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [{"$ref": reference} for reference in mapping.values()],
                    "discriminator": {"propertyName": "model", "mapping": mapping},
                },
                "examples": shown,
            }
        },
    }


def _model_request(model: Model, common: type[CommonRequest]) -> Json:
    schema = request_schema(model)
    # A form's own hint and the dialect belong to the schema that the models endpoint gives.
    rest = {key: value for key, value in schema.items() if key not in ("$schema", "basic")}
    shared = object_schema(common)["properties"]
    shared.pop("model")
    own = schema["properties"]
    for place, field in enumerate(shared.values(), start=len(own) + 1):
        field["x-order"] = place
    return {
        **rest,
        "description": model.description,
        "properties": {"model": {"const": model.id, "type": "string", "x-order": 0}, **own, **shared},
        "required": ["model", *schema["required"]],
    }


def _add_idempotency_key(operation: Json) -> None:
    others = [one for one in operation.get("parameters", []) if one["name"].lower() != "idempotency-key"]
    operation["parameters"] = [*others, _IDEMPOTENCY_KEY]


def _open_to_everyone(operation: Json) -> None:
    if "security" in operation:
        operation["security"].append({})
    answer = operation["responses"].get("200", {})
    if answer.get("content") == {"application/json": {"schema": {}}}:
        # A handler that answers with a file declares nothing of it.
        answer["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}


def _narrow_to_events(operation: Json) -> None:
    response = operation["responses"].setdefault("200", {"description": "Server-sent events."})
    stream = response.get("content", {}).get("text/event-stream", {})
    response["content"] = {"text/event-stream": {"schema": {"type": "string"}} | stream}


def _pascal(name: str) -> str:
    """KlingVideoO3Omni for "kling-video-o3-omni"."""
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-"))
