"""Webhooks from the request to the receiver, through a running hub."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from oxreel import accounts, db
from support.processes import eventually
from support.quick_hub import QuickHub
from support.receiver import Received, Receiver, Reply

MODEL = "kling-video-o3-pro-text-to-video"
BODY = {"model": MODEL, "prompt": "A quiet lake at dawn", "duration": 3, "preview": True}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickHub]:
    """A running hub whose webhooks may go to this machine."""
    running = QuickHub(
        tmp_path_factory.mktemp("webhooks") / "data", OXREEL_WEBHOOK_ALLOW_HOSTS="127.0.0.1", OXREEL_FILM_SLOTS="4"
    ).start()
    yield running
    running.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiving:
        yield receiving


def get(hub: QuickHub, path: str, **query: str | int) -> dict[str, Any]:
    answer: dict[str, Any] = hub.client.get(path, params=query).raise_for_status().json()
    return answer


def secret(hub: QuickHub) -> str:
    text: str = get(hub, "/api/webhooks/secret")["secret"]
    return text


def delivery_of(hub: QuickHub, received: Received) -> dict[str, Any]:
    """The delivery of what was received, once its attempt is written down."""
    path = f"/api/webhooks/deliveries/{received.id}"
    assert eventually(lambda: bool(get(hub, path)["delivery"]["attempts"]))
    one: dict[str, Any] = get(hub, path)["delivery"]
    return one


@pytest.fixture
def stranger(hub: QuickHub) -> Iterator[httpx.Client]:
    """A client of another user, made for this test."""
    with hub.database.transaction() as tx:
        count = tx.execute(sa.select(sa.func.count()).select_from(db.namespaces)).scalar_one()
        accounts.create_user(tx, f"stranger-{count}")
        _, key = accounts.create_key(tx, f"stranger-{count}", "key")
    with httpx.Client(base_url=hub.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as client:
        yield client


def test_a_success_is_told_with_the_data_of_the_event_and_a_url_that_works(hub: QuickHub, receiver: Receiver) -> None:
    made = hub.enqueue(**BODY, webhook_url=receiver.url)
    [got] = receiver.wait()
    message = got.verified(secret(hub))
    assert message["type"] == "media_generation_completed"
    data = message["data"]
    url = data.pop("url")
    assert data == {"generation_id": made, "status": "succeeded", "media_type": "video", "model": MODEL}
    assert httpx.get(url, trust_env=False).content[4:8] == b"ftyp"
    row = hub.wait_for(made)
    assert row["webhook_url"] == receiver.url
    assert url.partition("?")[0] == row["result_url"].partition("?")[0]


def test_a_failure_is_told(hub: QuickHub, receiver: Receiver) -> None:
    made = hub.enqueue(**BODY | {"duration": 99}, webhook_url=receiver.url)
    [got] = receiver.wait()
    data = got.verified(secret(hub))["data"]
    assert (data["generation_id"], data["status"]) == (made, "failed")
    assert data["error"] == hub.wait_for(made)["error_message"]


def test_the_synchronous_call_tells_too(hub: QuickHub, receiver: Receiver) -> None:
    answer = hub.client.post("/api/ai/videos/generate", json={**BODY, "webhook_url": receiver.url})
    assert answer.status_code == 200, answer.text
    [got] = receiver.wait()
    assert got.verified(secret(hub))["data"]["status"] == "succeeded"


@pytest.mark.parametrize("path", ["/api/ai/queue", "/api/ai/videos/generate", "/api/ai/estimate"])
@pytest.mark.parametrize("url", ["http://hooks.example/", "https://10.0.0.7/", "nonsense", 7])
def test_a_url_that_cannot_be_is_refused_like_any_other_field(hub: QuickHub, path: str, url: object) -> None:
    answer = hub.client.post(path, json={**BODY, "webhook_url": url})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_params"
    assert answer.json()["error"]["message"].startswith("webhook_url: ")


def test_what_became_of_it_can_be_read_found_and_sent_again(hub: QuickHub, receiver: Receiver) -> None:
    receiver.replies = [Reply(200), Reply(500, body=b"a secret of the inside"), Reply(200)]
    made = hub.enqueue(**BODY, webhook_url=receiver.url)
    [got] = receiver.wait()
    one = delivery_of(hub, got)
    assert one["id"] == got.id
    assert (one["status"], one["generation_id"], one["url"]) == ("delivered", made, receiver.url)
    assert (one["namespace"], one["type"]) == ("local", "media_generation_completed")
    assert one["next_attempt_at"] is None
    assert one["ended_at"] >= one["created_at"] > 0
    [attempt] = one["attempts"]
    assert (attempt["status_code"], attempt["error"]) == (200, None)
    found = get(hub, "/api/webhooks/deliveries", generation_id=made, status="delivered")
    assert (found["count"], found["total_entries"], found["deliveries"]) == (1, 1, [one])
    assert get(hub, "/api/webhooks/deliveries", generation_id=made, status="failed")["count"] == 0
    again = hub.client.post(f"/api/webhooks/deliveries/{got.id}/replay").raise_for_status().json()["delivery"]
    assert (again["status"], len(again["attempts"])) == ("pending", 1)
    receiver.wait(2)
    assert receiver.received[1].id == got.id
    assert eventually(lambda: len(get(hub, f"/api/webhooks/deliveries/{got.id}")["delivery"]["attempts"]) > 1)
    text = hub.client.get(f"/api/webhooks/deliveries/{got.id}").text
    assert "answered with status 500" in text
    assert "a secret of the inside" not in text


def test_deliveries_come_in_pages_the_newest_first(hub: QuickHub, receiver: Receiver) -> None:
    for _ in range(3):
        hub.enqueue(**BODY | {"duration": 99}, webhook_url=receiver.url)
    receiver.wait(3)
    whole = get(hub, "/api/webhooks/deliveries", page_size=1000)
    assert whole["count"] == whole["total_entries"] >= 3
    times = [one["created_at"] for one in whole["deliveries"]]
    assert times == sorted(times, reverse=True)
    second = get(hub, "/api/webhooks/deliveries", page=2, page_size=2)
    assert [one["id"] for one in second["deliveries"]] == [one["id"] for one in whole["deliveries"][2:4]]
    assert (second["page_number"], second["page_size"]) == (2, 2)
    assert second["total_pages"] == -(-whole["total_entries"] // 2)


def test_nobody_reads_or_replays_what_is_anothers(hub: QuickHub, receiver: Receiver, stranger: httpx.Client) -> None:
    hub.enqueue(**BODY | {"duration": 99}, webhook_url=receiver.url)
    [got] = receiver.wait()
    for answer in (
        stranger.get(f"/api/webhooks/deliveries/{got.id}"),
        stranger.post(f"/api/webhooks/deliveries/{got.id}/replay"),
        stranger.get("/api/webhooks/deliveries/msg_nothing"),
    ):
        assert answer.status_code == 404
    assert stranger.get("/api/webhooks/deliveries").json()["total_entries"] == 0
    for path in ("/api/webhooks/deliveries", "/api/webhooks/secret"):
        assert stranger.get(path, params={"namespace": "local"}).status_code == 403
    assert stranger.post("/api/webhooks/secret/rotate", params={"namespace": "local"}).status_code == 403
    assert httpx.get(f"{hub.url}/api/webhooks/secret").status_code == 401
    assert stranger.get("/api/webhooks/secret").json()["secret"] != secret(hub)


def test_an_organization_has_a_secret_of_its_own_that_its_members_read(hub: QuickHub, receiver: Receiver) -> None:
    with hub.database.transaction() as tx:
        accounts.create_organization(tx, "studio")
        accounts.add_member(tx, "studio", "local")
    theirs = get(hub, "/api/webhooks/secret", namespace="studio")
    assert theirs["namespace"] == "studio"
    assert theirs["secret"] != secret(hub)
    hub.enqueue(**BODY | {"target_namespace": "studio"}, webhook_url=receiver.url)
    [got] = receiver.wait()
    assert got.verified(theirs["secret"])["data"]["status"] == "succeeded"
    assert get(hub, "/api/webhooks/deliveries", namespace="studio")["total_entries"] == 1


def test_after_a_rotation_receivers_may_know_either_secret(hub: QuickHub, receiver: Receiver) -> None:
    old = secret(hub)
    rotated = hub.client.post("/api/webhooks/secret/rotate").raise_for_status().json()
    assert rotated["secret"] == secret(hub) != old
    assert rotated["old_secrets"][0]["secret"] == old
    assert rotated["old_secrets"][0]["signs_until"] > rotated["created_at"]
    hub.enqueue(**BODY | {"duration": 99}, webhook_url=receiver.url)
    [got] = receiver.wait()
    assert got.verified(old) == got.verified(rotated["secret"])


def test_what_a_killed_hub_was_sending_is_sent_again_as_the_same(hub: QuickHub) -> None:
    table = db.webhook_deliveries
    killed = threading.Event()
    with Receiver(Reply(after=killed), Reply(200)) as receiver:
        made = hub.enqueue(**BODY | {"duration": 99}, webhook_url=receiver.url)
        [first] = receiver.wait()
        hub.kill()
        killed.set()
        with hub.database.transaction() as tx:
            claimed = tx.execute(sa.select(table.c.claim).where(table.c.generation_id == made)).scalar_one()
            # Its lease ends sooner than the test could wait for.
            tx.execute(sa.update(table).where(table.c.claim == claimed).values(due_at=db.now_ms()))
        hub.start()
        again = receiver.wait(2)[1]
        assert claimed is not None
        assert again.id == first.id
        assert again.verified(secret(hub)) == first.verified(secret(hub))
        assert eventually(lambda: delivery_of(hub, again)["status"] == "delivered")
