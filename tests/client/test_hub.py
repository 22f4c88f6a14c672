"""The client against a running hub."""

import io
from itertools import islice
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from oxreel_client import Client, GenerationCancelled, GenerationFailed, HubRefused, Progress
from support.hub import RunningHub

TEXT_MODEL = "kling-video-o3-pro-text-to-video"
IMAGE_MODEL = "kling-video-o3-pro-image-to-video"


def picture(folder: Path, name: str = "a red barn.png") -> Path:
    file = folder / name
    Image.new("RGB", (640, 360), (180, 40, 30)).save(file)
    return file


def test_a_local_picture_becomes_a_video(hub: RunningHub, tmp_path: Path) -> None:
    seen: list[Progress] = []
    with Client(hub.url, hub.key) as client:
        address = client.upload(picture(tmp_path))
        request: dict[str, Any] = {"prompt": "push in", "input_image": address, "duration": 3, "preview": True}
        assert client.estimate(IMAGE_MODEL, **request)["price"] == "0.00"
        generation = client.submit(IMAGE_MODEL, **request, seed=7)
        file = generation.wait(seen.append).download(tmp_path / "out.mp4")
    with av.open(str(file)) as video:
        assert sum(1 for _ in video.decode(video=0)) == 73
    assert generation.engine == "animatic"
    assert generation.row["seed"] == 7
    fractions = [one.fraction for one in seen if one.fraction is not None]
    assert fractions == sorted(fractions)
    assert seen[-1].status == "succeeded"


def test_an_upload_is_private_and_the_same_bytes_keep_their_address(hub: RunningHub, tmp_path: Path) -> None:
    with Client(hub.url, hub.key) as client:
        file = picture(tmp_path)
        address = client.upload(file)
        assert client.upload(file) == address
    path = address.removeprefix(hub.url)
    assert hub.client.get(path).content == file.read_bytes()
    assert Image.open(io.BytesIO(hub.client.get(path).content)).size == (640, 360)
    assert hub.client.get(path, headers={"Authorization": ""}).status_code == 404


def test_a_mistake_is_told_by_the_generation_or_at_once(hub: RunningHub) -> None:
    with Client(hub.url, hub.key) as client:
        generation = client.submit(IMAGE_MODEL, prompt="push in", preview=True)
        with pytest.raises(GenerationFailed, match="Field required"):
            generation.wait()
        with pytest.raises(HubRefused, match="Field required") as caught:
            client.submit(IMAGE_MODEL, prompt="push in", preview=True, validate=True)
        assert (caught.value.status, caught.value.kind) == (400, "invalid_params")
        with pytest.raises(HubRefused, match="Model not found: no-such-model"):
            client.submit("no-such-model", prompt="push in")


def test_a_cancelled_generation_ends_the_wait(hub: RunningHub) -> None:
    with Client(hub.url, hub.key) as client:
        generation = client.submit(TEXT_MODEL, prompt="a long walk", duration=15, preview=True)
        generation.cancel()
        with pytest.raises(GenerationCancelled):
            generation.wait()


def test_one_idempotency_key_makes_one_generation(hub: RunningHub) -> None:
    with Client(hub.url, hub.key) as client:
        request: dict[str, Any] = {"prompt": "only once", "duration": 3, "preview": True}
        first, second = (client.submit(TEXT_MODEL, idempotency_key="only-once", **request) for _ in range(2))
        assert first.id == second.id
        first.cancel()
        several = client.submit_several(2, TEXT_MODEL, **request)
        assert len({one.id for one in several}) == 2
        for one in several:
            one.cancel()


def test_events_tell_of_a_completion_and_can_be_taken_up_later(hub: RunningHub) -> None:
    with Client(hub.url, hub.key) as client:
        generation = client.submit(TEXT_MODEL, prompt="a short walk", duration=3, preview=True)
        completed = next(
            event
            for event in client.events()
            if event.name == "media_generation_completed" and event.data["generation_id"] == generation.id
        )
        assert completed.data["status"] == "succeeded"
        assert completed.id is not None
        again = client.events(str(int(completed.id) - 1))
        assert completed.id in [event.id for event in islice(again, 1)]


def test_the_catalogue_and_the_account_are_there(hub: RunningHub) -> None:
    with Client(hub.url, hub.key) as client:
        assert IMAGE_MODEL in [model["id"] for model in client.models()]
        assert client.model(IMAGE_MODEL)["request_schema"]["required"] == ["prompt", "input_image"]
        assert client.account()["user"]["name"] == "local"
    with Client(hub.url, "wrong") as stranger, pytest.raises(HubRefused) as caught:
        stranger.account()
    assert caught.value.status == 401
