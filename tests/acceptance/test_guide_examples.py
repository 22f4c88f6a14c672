"""Every example of the documents' guide to Kling O3 reference to video, on the old paths that it shows.

Swapped are the hub's host, the key, the user's name, the id to cancel, and `https://example.com`, which no test
can reach: a server on this machine has its pictures.
"""

import ast
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from acceptance import film
from acceptance.document import guide_examples, read
from acceptance.example import Printed, run_text, swap_all
from support.hub import RunningHub

GUIDE = "o3_pro_reference_guide.txt"
MODEL = "kling-video-o3-pro-reference-to-video"
EXAMPLES = guide_examples(GUIDE)
SINGLE, REFERENCE, SHOTS, FRAMES = (
    "Minimal: text only",
    "Single prompt with reference image",
    "Multi-shot with reference image",
    "With start/end frames and elements",
)
#: Mean difference of two pictures, of 255, below which they show the same.
SAME = 6.0
#: The same of a reference, which is no anchored frame: a camera may stand closer, in the light that the words name.
SEEN = 14.0

Example = Callable[..., Printed]


@pytest.fixture(scope="module")
def example(document_hub: RunningHub, gallery: str) -> Example:
    """Runs an example of the guide: `example(heading, key)`, with further words to swap."""

    def run(heading: str, key: str, swaps: Mapping[str, str] | None = None) -> Printed:
        text = swap_all(EXAMPLES[heading], document_hub.url)
        words = {"https://example.com": gallery, "YOUR_API_KEY": key, **(swaps or {})}
        for word, replacement in words.items():
            text = text.replace(word, replacement)
        return run_text(text, "python", key)

    return run


@pytest.fixture(scope="module")
def runs(example: Example, new_key: Callable[[], str]) -> Iterator[Mapping[str, "Future[Printed]"]]:
    """The examples that film, run side by side."""
    with ThreadPoolExecutor(4) as pool:
        yield {heading: pool.submit(example, heading, new_key()) for heading in (SINGLE, REFERENCE, SHOTS, FRAMES)}


@pytest.fixture
def shown(runs: Mapping[str, "Future[Printed]"], heading: str) -> film.Film:
    """The film behind the URL that an example printed."""
    printed = runs[heading].result()
    assert printed.exit_code == 0, printed.errors
    assert printed.output.startswith("Video URL: http")
    return film.download(printed.output.removeprefix("Video URL: ").strip())


def test_the_guide_has_the_examples_that_it_shows() -> None:
    assert list(EXAMPLES) == [SINGLE, REFERENCE, SHOTS, FRAMES, "Enqueue", "Poll", "Cancel"]


@pytest.mark.parametrize("heading", [SINGLE])
def test_text_alone_films_five_seconds(shown: film.Film) -> None:
    shown.assert_lasts(5)
    assert (shown.facts.width, shown.facts.height) == (1920, 1080)
    assert not shown.facts.has_audio
    assert shown.metadata["engine"] == "animatic"
    assert shown.metadata["model"] == MODEL


@pytest.mark.parametrize("heading", [REFERENCE])
def test_a_reference_image_is_seen(shown: film.Film, gallery: str) -> None:
    shown.assert_lasts(5)
    assert (shown.facts.width, shown.facts.height) == (1920, 1080)
    assert film.difference(shown.first, film.picture(f"{gallery}/dog.jpg")) < SEEN


@pytest.mark.parametrize("heading", [SHOTS])
def test_the_seconds_of_several_shots_add_up(shown: film.Film, gallery: str) -> None:
    shown.assert_lasts(10)
    assert film.difference(shown.first, film.picture(f"{gallery}/reference-face.jpg")) < SEEN


@pytest.mark.parametrize("heading", [FRAMES])
def test_start_and_end_frames_are_the_first_and_the_last_of_a_film_with_sound(shown: film.Film, gallery: str) -> None:
    shown.assert_lasts(5)
    assert shown.facts.has_audio
    assert film.difference(shown.first, film.picture(f"{gallery}/first-frame.jpg")) < SAME
    assert film.difference(shown.last, film.picture(f"{gallery}/last-frame.jpg")) < SAME


def test_the_request_with_a_duration_films_that_long(document_hub: RunningHub) -> None:
    body = json.loads(next(line for line in read(GUIDE).splitlines() if line.startswith('{"model"')))
    assert body["duration"] == 10
    answer = document_hub.client.post("/api/videos/generate", json=body)
    assert answer.status_code == 200, answer.text
    film.download(answer.json()["videos"][0]["url"]).assert_lasts(10)


# The two response formats

MOST_TOLD = {"model": MODEL, "prompt": "A puppy runs through a park", "duration": 3}


@pytest.mark.parametrize(
    ("path", "asked"), [("/api/videos/generate", {}), ("/api/ai/videos/generate", {"response_format": "url"})]
)
def test_a_url_is_the_answer(document_hub: RunningHub, path: str, asked: dict[str, str]) -> None:
    before = int(time.time()) - 1
    answer = document_hub.client.post(path, json={**MOST_TOLD, **asked})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"created", "model", "videos"}
    assert before <= answer.json()["created"] <= int(time.time()) + 1
    assert answer.json()["model"] == MODEL
    (video,) = answer.json()["videos"]
    assert set(video) == {"url"}
    pattern = re.escape(document_hub.url) + r"/api/repos/.+/files/.+\.mp4\?.+"
    assert re.fullmatch(pattern, video["url"])
    film.download(video["url"]).assert_lasts(3)
    _check_that_the_url_holds_only_as_it_is(httpx.URL(video["url"]))


def _check_that_the_url_holds_only_as_it_is(url: httpx.URL) -> None:
    for name, value in url.params.items():
        changed = url.copy_set_param(name, value[:-1] + ("1" if value[-1] != "1" else "2"))
        assert httpx.get(changed, trust_env=False).status_code == 403
    assert httpx.get(url.copy_with(query=None), trust_env=False).status_code == 404


@pytest.mark.parametrize("path", ["/api/videos/generate", "/api/ai/videos/generate"])
def test_the_bytes_are_the_answer_where_asked_for(document_hub: RunningHub, path: str) -> None:
    answer = document_hub.client.post(path, json={**MOST_TOLD, "response_format": "b64_json"})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"created", "model", "videos"}
    (video,) = answer.json()["videos"]
    assert set(video) == {"b64_json"}
    film.from_base64(video["b64_json"]).assert_lasts(3)


# The queue: enqueue, poll, cancel


def test_the_queue_goes_as_the_guide_goes(
    document_hub: RunningHub, example: Example, new_user: Callable[[str], str]
) -> None:
    user = "speaker"
    key = new_user(user)
    enqueued = example("Enqueue", key)
    assert enqueued.exit_code == 0, enqueued.errors
    lines = re.findall(r"^ID: ([0-9a-f-]{36}), Status: queued$", enqueued.output, re.MULTILINE)
    kept, cancelled = lines
    assert len(enqueued.output.splitlines()) == 2

    assert _remaining(example("Poll", key, {"YOUR_USERNAME": user})) == 2

    answer = example("Cancel", key, {"YOUR_USERNAME": user, "4ef840a4-...": cancelled})
    assert ast.literal_eval(answer.output) == {"status": "success", "generation_id": cancelled}
    assert _row(document_hub, key, cancelled)["status"] == "cancelled"

    end = time.monotonic() + 300
    while remaining := _remaining(example("Poll", key, {"YOUR_USERNAME": user})):
        # The cancelled one has left the list already.
        assert remaining == 1
        assert time.monotonic() < end
        time.sleep(1)

    row = _row(document_hub, key, kept)
    assert row["status"] == "succeeded", row["error_message"]
    shown = film.download(row["result_url"])
    shown.assert_lasts(5)
    assert shown.facts.has_audio
    assert row["cost"] == "1.12"
    assert _row(document_hub, key, cancelled)["cost"] is None
    account = _get(document_hub, key, "/api/account")
    assert account["namespaces"][0]["balance"] == {"available": "998.88", "held": "0.00"}


def test_the_old_status_path_gives_whole_rows_of_that_model_alone(
    document_hub: RunningHub, new_user: Callable[[str], str]
) -> None:
    key = new_user("lister")
    headers = {"Authorization": f"Bearer {key}"}
    bodies = [{**MOST_TOLD, "duration": 15}, {"model": "kling-video-o3-4k-text-to-video", "prompt": "A hill"}]
    ids = [
        document_hub.client.post("/api/ai/queue", json=body, headers=headers).json()["generations"][0]["generation_id"]
        for body in bodies
    ]
    listed = _get(document_hub, key, f"/api/media/generations/status/lister/{MODEL}")
    assert listed["count"] == 1
    (row,) = listed["generations"]
    assert row["generation_id"] == ids[0]
    assert row["status"] in ("queued", "processing")
    assert row["prompt"] == MOST_TOLD["prompt"]
    assert row["duration"] == 15
    # Another user's list shows nothing of it, and another user cannot cancel it.
    stranger = {"Authorization": f"Bearer {new_user('stranger')}"}
    answer = document_hub.client.get(f"/api/media/generations/status/lister/{MODEL}", headers=stranger)
    assert answer.status_code == 200
    assert answer.json() == {"count": 0, "generations": []}
    answer = document_hub.client.delete(f"/api/media/generations/lister/{ids[0]}", headers=stranger)
    assert answer.status_code == 404
    for generation_id in ids:
        answer = document_hub.client.delete(f"/api/media/generations/lister/{generation_id}", headers=headers)
        assert answer.json() == {"status": "success", "generation_id": generation_id}


def _remaining(printed: Printed) -> int:
    assert printed.exit_code == 0, printed.errors
    return int(printed.output.removeprefix("Remaining: "))


def _row(hub: RunningHub, key: str, generation_id: str) -> dict[str, Any]:
    return _get(hub, key, f"/api/ai/queue/{generation_id}")


def _get(hub: RunningHub, key: str, path: str) -> dict[str, Any]:
    answer = hub.client.get(path, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    return value
