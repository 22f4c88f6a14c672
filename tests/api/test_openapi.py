"""The OpenAPI document: complete, valid, and its examples too."""

from typing import Any

import httpx
import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from oxreel.catalogue import Catalogue, check

Json = dict[str, Any]
REQUESTS = ("/api/ai/videos/generate", "/api/videos/generate", "/api/ai/queue", "/api/ai/estimate")
#: As in the contract's table.
STATUSES = {"400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "503"}


@pytest.fixture
def document(hub: Any) -> Json:
    """The document as a client gets it, without a key."""
    answer = httpx.get(f"{hub.url}/openapi.json")
    assert answer.status_code == 200
    found: Json = answer.json()
    return found


def operations(document: Json) -> list[tuple[str, str, Json]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "patch")
    ]


def resolved(document: Json, schema: Json) -> Json:
    """The schema with the document's components within its reach."""
    return {**schema, "components": document["components"]}


def test_the_document_is_valid_openapi(document: Json) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


@pytest.mark.parametrize("path", REQUESTS)
def test_a_request_has_one_schema_per_model_told_apart_by_its_id(document: Json, path: str) -> None:
    schema = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    mapping = schema["discriminator"]["mapping"]
    assert set(mapping) == {model.id for model in Catalogue().all()}
    assert [one["$ref"] for one in schema["oneOf"]] == list(mapping.values())
    for model_id, reference in mapping.items():
        named = document["components"]["schemas"][reference.rpartition("/")[2]]
        assert named["properties"]["model"]["const"] == model_id
        assert {"response_format", "target_namespace", "seed", "preview", "engine"} <= set(named["properties"])
        assert ("num_generations" in named["properties"]) == (path in ("/api/ai/queue", "/api/ai/estimate"))


@pytest.mark.parametrize("path", REQUESTS)
def test_every_example_of_a_request_fits_its_schema_and_the_hub_takes_it(document: Json, path: str) -> None:
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    validator = jsonschema.Draft202012Validator(resolved(document, content["schema"]))
    catalogue = Catalogue()
    assert len(content["examples"]) == 3 * len(catalogue.all())
    for example in content["examples"].values():
        validator.validate(example["value"])
        check(catalogue.find(example["value"]["model"]), example["value"])


def test_a_request_schema_refuses_what_the_hub_refuses(document: Json) -> None:
    schema = document["paths"]["/api/ai/queue"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator(resolved(document, schema))
    body = {"model": "kling-video-o3-pro-reference-to-video", "prompt": "a"}
    validator.validate({**body, "num_generations": 4, "validate": True})
    shots = [{"prompt": "a", "duration": 5}]
    for wrong in (
        {"num_generations": 5},
        {"duration": 16},
        {"multi_prompt": shots},
        {"guidance": 1},
        {"model": "kling-video-o9"},
        {"model": "kling-video-o1-image-to-video"},
    ):
        assert not validator.is_valid({**body, **wrong}), wrong


def test_every_error_has_the_one_body_and_its_example_fits_it(document: Json) -> None:
    responses = document["components"]["responses"]
    for response in responses.values():
        content = response["content"]["application/json"]
        jsonschema.validate(content["example"], resolved(document, content["schema"]))
    assert "Retry-After" in responses["RateLimited"]["headers"]


def test_every_operation_tells_its_errors_and_none_is_in_another_shape(document: Json) -> None:
    for path, method, operation in operations(document):
        responses = operation["responses"]
        assert {"400", "500"} <= set(responses), (method, path)
        assert "422" not in responses
        if operation.get("security"):
            assert {"401", "403"} <= set(responses), (method, path)
        if "{" in path:
            assert "404" in responses, (method, path)
        for status, response in responses.items():
            if int(status) >= 400:
                shared = response.get("$ref", "").rpartition("/")[2]
                body = document["components"]["responses"].get(shared, response)
                schema = body["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Error"}, (method, path, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert set(document["paths"]["/api/ai/queue"]["post"]["responses"]) == {"200", *STATUSES}


def test_every_answer_has_a_schema(document: Json) -> None:
    for path, method, operation in operations(document):
        for status, response in operation["responses"].items():
            if status.startswith("2") and status != "204":
                kinds = response.get("content", {}).values()
                assert kinds, (method, path)
                assert all(kind.get("schema") for kind in kinds), (method, path)


def test_every_path_of_the_contract_is_there_and_asks_for_a_key(document: Json) -> None:
    for path in (
        *REQUESTS,
        "/api/ai/generations",
        "/api/events",
        "/api/ai/models",
        "/api/ai/models/{model_id}",
        "/api/ai/models/{model_id}/favorite",
        "/api/evaluations/models",
        "/api/evaluations/models/{model_id}",
    ):
        assert path in document["paths"]
        for operation in document["paths"][path].values():
            assert operation["security"] == [{"HTTPBearer": []}]
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


def test_the_queue_takes_an_idempotency_key_once(document: Json) -> None:
    names = [one["name"] for one in document["paths"]["/api/ai/queue"]["post"]["parameters"]]
    assert [name.lower() for name in names].count("idempotency-key") == 1


def test_events_are_a_stream(document: Json) -> None:
    content = document["paths"]["/api/events"]["get"]["responses"]["200"]["content"]
    assert list(content) == ["text/event-stream"]
    assert "media_generation_completed" in str(content)
