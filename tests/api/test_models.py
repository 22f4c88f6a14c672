"""The models endpoints, through a running hub."""

from typing import Any

import httpx
import jsonschema
import pytest

O3 = "kling-video-o3-pro-image-to-video"
#: Every field that the contract names, and what this hub adds.
FIELDS = {
    "id",
    "object",
    "created",
    "owned_by",
    "display_name",
    "description",
    "summary",
    "model_type",
    "endpoint",
    "capabilities",
    "pricing",
    "fine_tuning",
    "deployments",
    "developer",
    "source_model",
    "image_url",
    "released_at",
    "routes",
    "engines",
    "request_schema",
    "json_request_schema",
}


def listed(hub: Any, path: str, **query: str) -> list[str]:
    answer = hub.client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["object"] == "list"
    return [model["id"] for model in body["data"]]


@pytest.mark.parametrize("path", ["/api/ai/models", "/api/evaluations/models"])
def test_every_model_is_listed_whole(hub: Any, path: str) -> None:
    body = hub.client.get(path).json()
    assert len(body["data"]) == 16
    for model in body["data"]:
        assert set(model) == FIELDS
        assert model["request_schema"] == model["json_request_schema"]
        jsonschema.Draft202012Validator.check_schema(model["request_schema"])


@pytest.mark.parametrize("path", ["/api/ai/models", "/api/evaluations/models"])
def test_one_model_is_what_the_documents_show(hub: Any, path: str) -> None:
    model = hub.client.get(f"{path}/{O3}").json()
    assert model["id"] == O3
    assert (model["object"], model["model_type"], model["endpoint"]) == ("model", "base", "/videos/generate")
    assert model["capabilities"] == {"input": ["text", "image"], "output": ["video"]}
    assert model["pricing"] == {
        "method": "per_video_output_second",
        "cost_per_second": 0.224,
        "cost_per_second_with_audio": 0.224,
        "published": True,
    }
    assert model["developer"]["name"] == "Kling AI"
    assert model["fine_tuning"] is None
    assert model["deployments"] == []
    assert model["json_request_schema"]["required"] == ["prompt", "input_image"]
    assert model["json_request_schema"]["properties"]["aspect_ratio"]["enum"] == ["16:9", "9:16", "1:1"]


def test_a_price_that_is_not_published_is_marked_so(hub: Any) -> None:
    pricing = hub.client.get("/api/ai/models/kling-video-o3-omni").json()["pricing"]
    assert pricing["published"] is False
    assert pricing["cost_per_second"] == float(hub.settings.unpublished_price)


def test_filters_narrow_the_list(hub: Any) -> None:
    path = "/api/ai/models"
    assert len(listed(hub, path, developer_name="Kling AI")) == 16
    assert len(listed(hub, path, developer_name="kling")) == 16
    assert listed(hub, path, developer_name="openai") == []
    assert listed(hub, path, developer_name="") == []
    # No model of this hub can be fine-tuned.
    assert listed(hub, path, action="text_generation") == []
    assert "kling-video-o3-omni" not in listed(hub, path, provider_name="fal")
    assert len(listed(hub, path, provider_name=hub.settings.engine)) == 16
    assert len(listed(hub, path, output_capability="video")) == 16
    assert listed(hub, path, output_capability="image") == []


@pytest.mark.parametrize("path", ["/api/ai/models/search", "/api/evaluations/models/search"])
def test_a_search_finds_models_by_words(hub: Any, path: str) -> None:
    assert listed(hub, path, search="motion control")[0] == "kling-video-v3-pro-motion-control"
    assert listed(hub, path, search="nothing like it") == []
    assert hub.client.get(path).status_code == 400


def test_the_documented_models_are_featured(hub: Any) -> None:
    ids = listed(hub, "/api/ai/models/featured")
    assert len(ids) == 4
    assert O3 in ids


def test_a_favourite_stays_until_it_is_taken_away(hub: Any) -> None:
    mark = f"/api/ai/models/{O3}/favorite"
    assert hub.client.post(mark).json()["favorite"] is True
    assert hub.client.post(mark).status_code == 200
    assert listed(hub, "/api/ai/models/favorites") == [O3]
    assert hub.client.delete(mark).json()["favorite"] is False
    assert hub.client.delete(mark).status_code == 200
    assert listed(hub, "/api/ai/models/favorites") == []


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_model_is_404_by_its_name(hub: Any, method: str) -> None:
    path = "/api/ai/models/kling-video-o9" + ("" if method == "GET" else "/favorite")
    answer = hub.client.request(method, path)
    assert answer.status_code == 404
    assert answer.json()["status_message"] == "resource_not_found"
    assert answer.json()["error"]["message"] == "Model not found: kling-video-o9"


@pytest.mark.parametrize("path", ["", "/search?search=kling", "/featured", "/favorites", f"/{O3}"])
def test_a_key_is_needed(hub: Any, path: str) -> None:
    answer = httpx.get(f"{hub.url}/api/ai/models{path}")
    assert answer.status_code == 401
    assert answer.json()["status_message"] == "unauthenticated"
