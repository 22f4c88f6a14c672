"""The place of a generation among those of its namespace, as clients ask for it and see it."""

from typing import Any

import pytest

from support.hub import RunningHub

BODY: dict[str, Any] = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A quiet lake", "duration": 3}


@pytest.mark.parametrize("path", ["/api/ai/queue", "/api/ai/videos/generate", "/api/ai/estimate"])
def test_a_priority_that_there_is_not_is_refused_with_those_there_are(hub: RunningHub, path: str) -> None:
    for wrong in ("urgent", "HIGH", 1, True):
        answer = hub.client.post(path, json={**BODY, "priority": wrong})
        assert answer.status_code == 400
        assert "priority: Input should be 'low', 'normal' or 'high'" in answer.json()["error"]["message"]


def test_rows_estimates_and_retries_have_it(hub: RunningHub) -> None:
    for body, priority in ((BODY, "normal"), ({**BODY, "priority": "low"}, "low")):
        estimate = hub.client.post("/api/ai/estimate", json=body).raise_for_status().json()
        assert estimate["priority"] == priority
        generation = hub.enqueue(**body)
        assert hub.client.get(f"/api/ai/queue/{generation}").json()["priority"] == priority
        again = hub.client.post(f"/api/ai/queue/{generation}/retry").raise_for_status().json()
        assert again["priority"] == priority
        hub.client.delete(f"/api/ai/queue/{again['generation_id']}").raise_for_status()


def test_the_documents_of_the_api_name_it(hub: RunningHub) -> None:
    document = hub.client.get("/openapi.json").json()
    assert '"enum":["low","normal","high"]' in hub.client.get("/openapi.json").text.replace(" ", "")
    assert "priority" in document["components"]["schemas"]["Row"]["properties"]
