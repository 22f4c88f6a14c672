import base64
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from oxreel import accounts, ledger
from oxreel.api.history import Page
from oxreel.api.queue import Rows
from oxreel.units import MicroUSD
from support.hub import RunningHub
from support.processes import eventually
from support.quick_hub import QuickHub

MODEL = "kling-video-o3-pro-text-to-video"
BODY: dict[str, Any] = {"model": MODEL, "prompt": "A quiet lake", "duration": 3}
IMAGE_MODEL = "kling-video-o3-pro-image-to-video"
ALWAYS = {
    "generation_id", "model_name", "prompt", "media_type", "status", "result_url", "error_message",
    "enqueued_at", "started_at", "completed_at", "target_namespace", "target_repo", "target_directory",
    "progress", "queue_position", "engine", "cost",
}  # fmt: skip


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub that films in a moment: nothing here looks at the films."""
    running = QuickHub(tmp_path_factory.mktemp("quick-hub") / "data", OXREEL_INITIAL_CREDITS="1000000").start()
    yield running
    running.stop()


def new_user(hub: RunningHub, name: str, dollars: int = 100) -> httpx.Client:
    """A client of a user of its own, who may be there already."""
    with hub.database.transaction() as tx:
        user = accounts.create_user(tx, name)
        if dollars:
            ledger.grant(tx, user.id, MicroUSD(dollars * 1_000_000), "test")
        _, key = accounts.create_key(tx, name, "key")
    return httpx.Client(base_url=hub.url, headers={"Authorization": f"Bearer {key}"}, timeout=120, trust_env=False)


def picture(width: int = 640, height: int = 360) -> str:
    """A picture as a data: URI."""
    from io import BytesIO  # noqa: PLC0415

    file = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def test_a_row_has_every_field_that_it_always_has_and_what_was_submitted(hub: RunningHub) -> None:
    generation = hub.enqueue(
        **BODY, preview=True, target_repo="films", target_directory="a/b", seed=9, response_format="url"
    )
    row = hub.client.get(f"/api/ai/queue/{generation}").json()
    assert set(row) >= ALWAYS
    assert (row["model_name"], row["prompt"], row["duration"], row["seed"]) == (MODEL, "A quiet lake", 3, 9)
    assert (row["model"], row["response_format"]) == (MODEL, "url")

    assert (row["target_namespace"], row["target_repo"], row["target_directory"]) == ("local", "films", "a/b")
    done = hub.wait_for(generation)
    assert done["status"] == "succeeded"
    assert f"/api/repos/local/films/files/main/a/b/{generation}/video.mp4?" in done["result_url"]
    assert done["enqueued_at"] <= done["started_at"] <= done["completed_at"]
    assert (done["progress"], done["engine"], done["cost"]) == (1.0, "animatic", None)


def test_lists_answer_what_their_models_declare(hub: RunningHub) -> None:
    """They are not checked against these models when they are sent."""
    generation = hub.enqueue(**BODY, preview=True)
    hub.wait_for(generation, "succeeded")
    listed = hub.client.get("/api/ai/queue", params={"status": "succeeded"})
    paged = hub.client.get("/api/ai/generations")
    assert {one.headers["content-type"] for one in (listed, paged)} == {"application/json"}
    for answer, model, one in (
        (listed.json(), Rows, hub.client.get(f"/api/ai/queue/{generation}").json()),
        (paged.json(), Page, hub.client.get(f"/api/ai/generations/{generation}").json()["generation"]),
    ):
        assert model.model_validate(answer).model_dump(mode="json") == answer
        [shown] = [row for row in answer["generations"] if row["generation_id"] == generation]
        # Signed anew.
        assert {**shown, "result_url": None} == {**one, "result_url": None}


def test_a_charged_generation_shows_its_cost_as_a_decimal_string(hub: RunningHub) -> None:
    done = hub.wait_for(hub.enqueue(**BODY))
    assert done["cost"] == "0.672"
    history = hub.client.get(f"/api/ai/generations/{done['generation_id']}").json()
    assert (history["status"], history["status_message"]) == ("success", "resource_found")
    assert history["generation"]["cost"] == "0.672"
    assert history["generation"]["username"] == "local"


def test_the_same_idempotency_key_gives_the_first_answer_and_another_body_a_conflict(hub: RunningHub) -> None:
    headers = {"Idempotency-Key": f"key-{time.time_ns()}"}
    body = {**BODY, "preview": True}
    first = hub.client.post("/api/ai/queue", json=body, headers=headers)
    hub.wait_for(first.json()["generations"][0]["generation_id"])
    again = hub.client.post("/api/ai/queue", json=dict(reversed(body.items())), headers=headers)
    other = hub.client.post("/api/ai/queue", json={**body, "duration": 4}, headers=headers)
    assert again.json() == first.json()
    assert (other.status_code, other.json()["error"]["type"]) == (409, "conflict")


def test_idempotency_keys_belong_to_their_account(hub: RunningHub) -> None:
    key = f"key-{time.time_ns()}"
    mine = hub.client.post("/api/ai/queue", json={**BODY, "preview": True}, headers={"Idempotency-Key": key})
    with new_user(hub, "keys-belong") as theirs:
        answer = theirs.post("/api/ai/queue", json={**BODY, "preview": True}, headers={"Idempotency-Key": key})
    assert answer.json()["generations"][0]["generation_id"] != mine.json()["generations"][0]["generation_id"]


def test_a_retry_films_the_same_request_in_a_new_row(hub: RunningHub) -> None:
    failed = hub.wait_for(hub.enqueue(model=IMAGE_MODEL, prompt="p", input_image="http://127.0.0.1:9/x.png"))
    assert failed["status"] == "failed"
    row = hub.client.post(f"/api/ai/queue/{failed['generation_id']}/retry").raise_for_status().json()
    assert row["retried_from_id"] == failed["generation_id"]
    assert hub.wait_for(row["generation_id"])["error_message"] == failed["error_message"]


def test_a_success_cannot_be_retried(hub: RunningHub) -> None:
    done = hub.wait_for(hub.enqueue(**BODY, preview=True))
    answer = hub.client.post(f"/api/ai/queue/{done['generation_id']}/retry")
    assert (answer.status_code, answer.json()["status_message"]) == (409, "conflict")


@pytest.mark.parametrize("path", ["/api/ai/queue/{}", "/api/ai/generations/{}"])
def test_generations_of_others_look_like_none(hub: RunningHub, path: str) -> None:
    generation = hub.enqueue(**BODY, preview=True)
    with new_user(hub, f"stranger{path.count('generations')}") as stranger:
        unreadable = stranger.get(path.format(generation))
        unknown = stranger.get(path.format("00000000-0000-0000-0000-000000000000"))
        assert (unreadable.status_code, unknown.status_code) == (404, 404)
        assert unreadable.text.replace(generation, "") == unknown.text.replace(
            "00000000-0000-0000-0000-000000000000", ""
        )
        assert stranger.delete(f"/api/ai/queue/{generation}").status_code == 404
        assert stranger.get("/api/ai/queue").json()["count"] == 0


def test_the_history_is_searched_by_words_and_dates(hub: RunningHub) -> None:
    generation = hub.enqueue(**{**BODY, "prompt": "A marmalade zeppelin over Vienna"}, preview=True)
    at = hub.client.get(f"/api/ai/queue/{generation}").json()["enqueued_at"]

    def found(**query: Any) -> list[str]:
        answer = hub.client.get("/api/ai/generations", params={"search": "vienna marmalade", **query})
        assert answer.status_code == 200, answer.text
        return [row["generation_id"] for row in answer.json()["generations"]]

    assert found() == found(since=at) == found(until=at + 1) == [generation]
    assert found(until=at) == found(since=at + 1) == found(search="vienna coffee") == []
    assert hub.client.get("/api/ai/generations", params={"since": "yesterday"}).status_code == 400


def test_an_organization_pays_and_stores_for_its_members_only(hub: RunningHub) -> None:
    with hub.database.transaction() as tx:
        organization = accounts.create_organization(tx, "paying-org")
        accounts.add_member(tx, "paying-org", "local")
        ledger.grant(tx, organization.id, MicroUSD(1_000_000), "test")
    done = hub.wait_for(hub.enqueue(**BODY, target_namespace="paying-org"))
    assert "/api/repos/paying-org/generations/files/" in done["result_url"]
    with hub.database.snapshot() as tx:
        assert ledger.balance(tx, organization.id).available == 1_000_000 - 672_000
    with new_user(hub, "no-member") as stranger:
        refused = stranger.post("/api/ai/queue", json={**BODY, "target_namespace": "paying-org"})
    assert (refused.status_code, refused.json()["status_message"]) == (403, "forbidden")


def test_too_few_credits_are_refused_at_the_enqueue_in_the_documented_words(hub: RunningHub) -> None:
    with new_user(hub, "poor", dollars=0) as poor:
        refused = poor.post("/api/ai/queue", json=BODY)
        assert refused.status_code == 402
        assert "Insufficient credits" in refused.json()["error"]["message"]
        assert poor.post("/api/ai/queue", json={**BODY, "preview": True}).status_code == 200


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("http://127.0.0.1:1/x.png", "input_image"),
        ("http://169.254.169.254/latest/meta-data", "input_image"),
        ("https://hub.oxen.ai/api/repos/elau/assets/file/main/no/such.png", "input_image"),
        ("data:image/png;base64,AAAA", "input_image"),
    ],
)
def test_a_bad_reference_fails_its_generation_with_a_sentence_that_names_the_field(
    hub: RunningHub, reference: str, words: str
) -> None:
    row = hub.wait_for(hub.enqueue(model=IMAGE_MODEL, prompt="p", input_image=reference))
    assert row["status"] == "failed"
    assert words in row["error_message"]
    assert row["cost"] is None


def test_a_picture_that_is_too_small_says_its_size_and_the_limit(hub: RunningHub) -> None:
    row = hub.wait_for(hub.enqueue(model=IMAGE_MODEL, prompt="p", input_image=picture(120, 80)))
    assert "input_image" in row["error_message"]
    assert "120x80" in row["error_message"]
    assert "300" in row["error_message"]


def test_private_pictures_of_others_cannot_be_filmed(hub: RunningHub) -> None:
    with new_user(hub, "keeper") as keeper:
        raw = base64.b64decode(picture().partition(",")[2])
        put = keeper.put("/api/repos/keeper/private/file/main/secret.png", files={"file": ("secret.png", raw)})
        assert put.status_code in (200, 201), put.text
        own = keeper.post("/api/ai/queue", json={**_own(hub), "preview": True}).json()
        mine = hub.wait_for(hub.enqueue(**_own(hub), preview=True))
        end = time.monotonic() + 120
        while time.monotonic() < end:
            row = keeper.get(f"/api/ai/queue/{own['generations'][0]['generation_id']}").json()
            if row["status"] in ("succeeded", "failed"):
                break
            time.sleep(0.1)
    assert row["status"] == "succeeded", row
    assert mine["status"] == "failed"
    assert "input_image" in mine["error_message"]


def _own(hub: RunningHub) -> dict[str, Any]:
    return {
        "model": IMAGE_MODEL,
        "prompt": "p",
        "input_image": f"{hub.url}/api/repos/keeper/private/file/main/secret.png",
    }


def test_long_data_uris_are_shortened_in_rows(hub: RunningHub) -> None:
    uri = picture(1200, 800)
    generation = hub.enqueue(model=IMAGE_MODEL, prompt="p", input_image=uri, preview=True)
    shown = hub.client.get(f"/api/ai/queue/{generation}").json()["input_image"]
    assert shown.startswith("data:image/png;base64,")
    assert f"({len(uri)} characters)" in shown
    assert hub.wait_for(generation)["status"] == "succeeded"


def test_the_same_request_and_seed_give_the_same_bytes_but_for_the_generations_id(
    start_hub: Callable[..., RunningHub],
) -> None:
    hub = start_hub()
    rows = [hub.wait_for(hub.enqueue(**BODY, preview=True, seed=5, generate_audio=True)) for _ in range(2)]
    films = [
        hub.client.get(row["result_url"]).content.replace(row["generation_id"].encode(), b"-" * 36) for row in rows
    ]
    assert films[0] == films[1]


def test_a_client_that_goes_away_finds_its_video_in_the_history(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub()
    with pytest.raises(httpx.ReadTimeout):
        hub.client.post("/api/ai/videos/generate", json=BODY, timeout=0.5)
    assert hub.client.get("/api/ai/generations").json()["total_entries"] == 1
    [row] = hub.client.get("/api/ai/generations").json()["generations"]
    assert hub.wait_for(row["generation_id"])["status"] == "succeeded"


def test_the_history_counts_pages_and_costs(hub: RunningHub) -> None:
    with new_user(hub, "counted") as client:
        ordered = [client.post("/api/ai/queue", json={**BODY, "preview": free}).json() for free in (False, False, True)]
        made = [one["generations"][0]["generation_id"] for one in ordered]
        assert eventually(lambda: client.get("/api/ai/queue").json()["count"] == 0)
        page = client.get("/api/ai/generations", params={"page_size": 2}).json()
        assert [row["generation_id"] for row in page["generations"]] == made[:0:-1]
        totals = {name: page[name] for name in ("count", "page_number", "page_size", "total_pages", "total_entries")}
        assert totals == {"count": 2, "page_number": 1, "page_size": 2, "total_pages": 2, "total_entries": 3}
        assert page["total_cost"] == "1.344"
        refused = client.get("/api/ai/generations", params={"page_size": 1001})
        assert (refused.status_code, refused.json()["status_message"]) == (400, "invalid_params")


def test_the_synchronous_endpoint_makes_one_video(hub: RunningHub) -> None:
    answer = hub.client.post("/api/ai/videos/generate", json={**BODY, "num_generations": 2})
    assert answer.status_code == 400
    assert "POST /api/ai/queue makes up to four" in answer.json()["error"]["message"]
