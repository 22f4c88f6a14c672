"""The client against a hub that has none of OxReel's additions."""

import json
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from oxreel_client import (
    Client,
    ClientError,
    GenerationCancelled,
    GenerationFailed,
    HubRefused,
    HubUnreachable,
    Progress,
    StillRunning,
)

ROW = {"generation_id": "g-1", "model_name": "m", "status": "queued", "result_url": None, "error_message": None}


def rows(*statuses: str, **fields: Any) -> Any:
    """A queue endpoint that answers these statuses in turn, the last one for ever."""
    turn = chain(statuses, repeat(statuses[-1]))
    return lambda handler: handler.answer({**ROW, "status": next(turn), **fields})


def test_a_submitted_generation_is_waited_for_and_downloaded(published_hub: Any, tmp_path: Path) -> None:
    url, routes = published_hub
    sent: dict[str, Any] = {}

    def enqueue(handler: Any) -> None:
        sent.update(json.loads(handler.body()), key=handler.headers["Authorization"])
        handler.answer({"generations": [{"generation_id": "g-1", "status": "queued"}]})

    def result(handler: Any) -> None:
        sent["key at the result"] = handler.headers["Authorization"]
        handler.answer(b"a video")

    routes["POST /api/ai/queue"] = enqueue
    routes["GET /api/ai/queue/g-1"] = rows("queued", "processing", "succeeded", result_url=f"{url}/v.mp4?signed")
    routes["GET /v.mp4?signed"] = result
    seen: list[Progress] = []
    with Client(url, "secret") as hub:
        generation = hub.submit("m", prompt="walk", duration=5)
        file = generation.wait(seen.append).download(tmp_path / "new folder" / "out.mp4")

    assert file.read_bytes() == b"a video"
    assert [path.name for path in file.parent.iterdir()] == ["out.mp4"]
    assert [one.status for one in seen] == ["queued", "processing", "succeeded"]
    assert all(one.fraction is None and one.queue_position is None for one in seen)
    assert sent == {
        "model": "m",
        "prompt": "walk",
        "duration": 5,
        "key": "Bearer secret",
        "key at the result": None,
    }


def test_a_failed_generation_raises_the_reason(published_hub: Any) -> None:
    url, routes = published_hub
    routes["GET /api/ai/queue/g-1"] = rows("failed", error_message="Field required: prompt")
    with Client(url, "k") as hub, pytest.raises(GenerationFailed, match="Field required: prompt") as caught:
        hub.generation("g-1").wait()
    assert caught.value.generation_id == "g-1"


def test_a_cancelled_generation_is_told_as_such(published_hub: Any) -> None:
    url, routes = published_hub
    routes["GET /api/ai/queue/g-1"] = rows("cancelled")
    with Client(url, "k") as hub, pytest.raises(GenerationCancelled):
        hub.generation("g-1").wait()


def test_waiting_ends_with_the_time_given_and_the_generation_goes_on(published_hub: Any) -> None:
    url, routes = published_hub
    routes["GET /api/ai/queue/g-1"] = rows("processing")
    with Client(url, "k") as hub, pytest.raises(StillRunning, match="g-1"):
        hub.generation("g-1").wait(timeout=0)


def test_waiting_survives_a_hub_that_is_away_for_a_moment(published_hub: Any) -> None:
    url, routes = published_hub
    turns = iter(["drop", "drop", "succeeded"])

    def shaky(handler: Any) -> None:
        turn = next(turns)
        if turn == "drop":
            handler.connection.close()
        else:
            handler.answer({**ROW, "status": turn})

    with Client(url, "k") as hub:
        routes["GET /api/ai/queue/g-1"] = rows("queued")
        generation = hub.generation("g-1")
        routes["GET /api/ai/queue/g-1"] = shaky
        assert generation.wait().status == "succeeded"


def test_a_lost_download_leaves_no_half_file(published_hub: Any, tmp_path: Path) -> None:
    url, routes = published_hub
    routes["GET /api/ai/queue/g-1"] = rows("succeeded", result_url=f"{url}/v.mp4")

    def half(handler: Any) -> None:
        handler.answer(b"half", headers={"Content-Length": "1000"})
        handler.connection.close()

    routes["GET /v.mp4"] = half
    with Client(url, "k") as hub, pytest.raises(HubUnreachable):
        hub.generation("g-1").download(tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_video_that_is_not_ready_cannot_be_downloaded(published_hub: Any, tmp_path: Path) -> None:
    url, routes = published_hub
    routes["GET /api/ai/queue/g-1"] = rows("processing")
    with Client(url, "k") as hub, pytest.raises(ClientError, match="processing"):
        hub.generation("g-1").download(tmp_path / "out.mp4")


@pytest.mark.parametrize(
    ("body", "message", "kind"),
    [
        (
            {"error": {"type": "invalid_params", "title": "t", "detail": "d", "message": "Field required: prompt"}},
            "Field required: prompt",
            "invalid_params",
        ),
        ({"error": "Insufficient credits"}, "Insufficient credits", "Payment Required"),
        ({"status": "error", "status_message": "resource_not_found"}, "resource_not_found", "resource_not_found"),
        (b"<html>", "The hub answered 402 Payment Required.", "Payment Required"),
        ([1], "The hub answered 402 Payment Required.", "Payment Required"),
    ],
)
def test_every_shape_of_a_refusal_becomes_one_error(published_hub: Any, body: Any, message: str, kind: str) -> None:
    url, routes = published_hub
    routes["GET /api/ai/models"] = lambda handler: handler.answer(body, 402, {"Retry-After": "7"})
    with Client(url, "k") as hub, pytest.raises(HubRefused) as caught:
        hub.models()
    assert (str(caught.value), caught.value.kind, caught.value.status) == (message, kind, 402)
    assert caught.value.retry_after == 7


def test_nothing_at_the_address_is_one_sentence() -> None:
    with Client("http://127.0.0.1:9", "k") as hub, pytest.raises(HubUnreachable, match=r"No hub answers at http://127"):
        hub.models()


def test_an_address_may_end_with_a_slash_or_with_api(published_hub: Any) -> None:
    url, routes = published_hub
    routes["GET /api/ai/models"] = lambda handler: handler.answer({"object": "list", "data": []})
    for address in (url, f"{url}/", f"{url}/api", f"{url}/api/"):
        with Client(address, "k") as hub:
            assert hub.models() == []


@pytest.mark.parametrize("shape", ["url", "b64_json"])
def test_the_synchronous_call_gives_a_video_in_both_formats(published_hub: Any, tmp_path: Path, shape: str) -> None:
    url, routes = published_hub
    video = {"url": f"{url}/v.mp4"} if shape == "url" else {"b64_json": "YSB2aWRlbw=="}
    routes["POST /api/ai/videos/generate"] = lambda handler: (
        handler.body(),
        handler.answer({"created": 1, "model": "m", "videos": [video]}),
    )
    routes["GET /v.mp4"] = lambda handler: handler.answer(b"a video")
    with Client(url, "k") as hub:
        file = hub.generate("m", prompt="walk", response_format=shape).save(tmp_path / "out.mp4")
    assert file.read_bytes() == b"a video"
