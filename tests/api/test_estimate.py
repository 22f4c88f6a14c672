from typing import Any

import pytest

from support.hub import RunningHub

OX = "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"


def estimate(hub: RunningHub, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = hub.client.post("/api/ai/estimate", json=body).raise_for_status().json()
    return answer


def test_it_says_price_size_frames_and_seconds_and_runs_nothing(hub: RunningHub) -> None:
    before = hub.client.get("/api/ai/generations").json()["total_entries"]
    found = estimate(hub, model="kling-video-o3-pro-image-to-video", prompt="push in", input_image=OX, duration=10)
    assert (found["price"], found["frames"], found["seconds"], found["engine"]) == ("2.24", 241, 10, "animatic")
    assert (found["width"] / found["height"]) == pytest.approx(1926 / 1076, rel=0.005)
    assert found["enough_credits"]
    assert found["warnings"]
    assert hub.client.get("/api/ai/generations").json()["total_entries"] == before


def test_a_preview_is_free_and_several_cost_several_times(hub: RunningHub) -> None:
    body = {"model": "kling-video-o3-pro-text-to-video", "prompt": "a lake", "duration": 5, "num_generations": 3}
    assert (estimate(hub, **body)["price"], estimate(hub, **body)["total_price"]) == ("1.12", "3.36")
    assert estimate(hub, **body, preview=True)["total_price"] == "0.00"


def test_a_source_video_that_is_not_read_yet_is_priced_at_its_longest(hub: RunningHub) -> None:
    found = estimate(
        hub,
        model="kling-video-o3-pro-video-to-video-edit",
        prompt="make it night",
        input_video="https://example.com/a.mp4",
    )
    assert (found["seconds"], found["price"]) == (15, "5.04")
    assert any("input_video" in warning for warning in found["warnings"])


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"duration": 99}, 400, "duration"),
        ({"model": "nope"}, 404, "Model not found: nope"),
        ({"target_namespace": "elau"}, 403, "elau"),
        ({"target_repo": "a b"}, 400, "a b"),
        ({"input_image": OX.replace("ox_zoom", "no")}, 400, "input_image"),
    ],
)
def test_it_says_at_once_what_is_wrong(hub: RunningHub, changes: dict[str, Any], status: int, words: str) -> None:
    body = {"model": "kling-video-o3-pro-image-to-video", "prompt": "p", "input_image": OX, **changes}
    answer = hub.client.post("/api/ai/estimate", json=body)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
