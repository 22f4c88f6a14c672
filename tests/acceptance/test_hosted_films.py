"""A film that a provider makes: waited for by a thread, resumed by its memo, never paid twice, called off."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel.db import generations, workers
from support.processes import eventually
from support.small_hub import SmallHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHub]:
    """The API alone."""
    data_dir = tmp_path_factory.mktemp("hosted") / "data"
    running = SmallHub(data_dir, OXREEL_SERVE_WORKER="false", OXREEL_MAX_LOST_TAKES="3").start()
    yield running
    running.stop()


@pytest.fixture
def worker(hub: SmallHub) -> Iterator[SmallHub]:
    """A worker beside it."""
    beside = SmallHub(hub.settings.data_dir, **hub.variables)
    beside.launch("worker")
    yield beside
    beside.stop()


def submitted(hub: SmallHub, prompt: str = "A lake", **body: Any) -> str:
    """The id of a generation that its worker waits for."""
    generation = hub.film("provider", prompt, **body)
    assert eventually(lambda: (memo_of(hub, generation) or {}).get("request_id") == generation)
    return generation


def memo_of(hub: SmallHub, generation_id: str) -> dict[str, Any] | None:
    with hub.database.snapshot() as tx:
        found: dict[str, Any] | None = tx.execute(
            sa.select(generations.c.upstream).where(generations.c.id == generation_id)
        ).scalar_one()
        return found


def test_a_film_of_several_shots_comes_in_one_part_with_its_sound(hub: SmallHub, worker: SmallHub) -> None:
    shots = [{"prompt": "A lake", "duration": 1}, {"prompt": "A hill", "duration": 2}]
    body = {"model": "kling-video-o3-pro-reference-to-video", "multi_prompt": shots, "engine": "provider"}
    generation = hub.enqueue(**body)
    hub.make_ready(generation)
    row = hub.wait_for(generation)
    assert row["status"] == "succeeded", row["error_message"]
    assert row["upstream_cost"] == "0.56"
    assert "upstream" not in row
    assert hub.diary("finished")[-1]["sounds"] == ["a sound"]
    assert hub.diary("finished")[-1]["finished"] == 1
    assert hub.diary("finished")[-1]["pid"] != worker.pid


def test_a_worker_has_as_many_films_made_at_a_time_as_its_slots(hub: SmallHub, worker: SmallHub) -> None:
    waiting = [submitted(hub), submitted(hub)]
    third = hub.film("provider")
    with hub.database.snapshot() as tx:
        slots = tx.execute(sa.select(workers.c.slots)).scalar_one()
    assert slots == {"cpu": 1, "gpu": 1, "hosted": 2}
    # What films here has slots of its own.
    assert hub.wait_for(hub.film("stayer"))["status"] == "succeeded"
    assert hub.wait_for(third, "queued")["started_at"] is None
    for one in (*waiting, third):
        hub.make_ready(one)
    assert [hub.wait_for(one)["status"] for one in (*waiting, third)] == ["succeeded"] * 3


def test_the_next_worker_waits_for_what_was_submitted(hub: SmallHub, worker: SmallHub) -> None:
    generation = submitted(hub)
    worker.kill()
    worker.launch("worker")
    hub.make_ready(generation)
    row = hub.wait_for(generation)
    assert (row["status"], row["upstream_cost"]) == ("succeeded", "0.56")
    assert hub.submitted(generation) == 1
    assert not hub.abandoned(generation)


def test_what_may_have_been_paid_is_not_submitted_again(hub: SmallHub, worker: SmallHub) -> None:
    deadly = hub.film("provider", "A deadly lake")
    assert eventually(lambda: worker.has_ended)
    worker.launch("worker")
    row = hub.wait_for(deadly)
    assert row["status"] == "failed"
    assert "create_ambiguous" in row["error_message"]
    assert hub.submitted(deadly) == 1
    assert row["cost"] is None


def test_a_worker_that_stops_while_it_submits_leaves_word_of_it(hub: SmallHub, worker: SmallHub) -> None:
    generation = hub.film("provider", "A late lake")
    assert eventually(lambda: hub.submitted(generation) == 1)
    worker.end()
    worker.launch("worker")
    hub.make_ready(generation)
    assert hub.wait_for(generation)["status"] == "succeeded"
    assert hub.submitted(generation) == 1
    assert not hub.abandoned(generation)


def test_what_is_cancelled_while_it_is_submitted_is_called_off(hub: SmallHub, worker: SmallHub) -> None:
    generation = hub.film("provider", "A late lake")
    assert eventually(lambda: hub.submitted(generation) == 1)
    hub.cancel(generation)
    assert eventually(lambda: hub.abandoned(generation))


def test_what_is_cancelled_is_called_off(hub: SmallHub, worker: SmallHub) -> None:
    generation = submitted(hub)
    hub.cancel(generation)
    assert eventually(lambda: hub.abandoned(generation))
    assert eventually(lambda: (memo_of(hub, generation) or {}).get("called_off") is True)
    # Its place is free.
    following = [submitted(hub), submitted(hub)]
    for one in following:
        hub.make_ready(one)
    assert [hub.wait_for(one)["status"] for one in following] == ["succeeded"] * 2
    assert "Traceback" not in worker.log.read_text()


def test_what_is_cancelled_while_no_worker_lives_is_called_off_by_the_next(hub: SmallHub, worker: SmallHub) -> None:
    generation = submitted(hub)
    worker.kill()
    hub.cancel(generation)
    assert not hub.abandoned(generation)
    worker.launch("worker")
    assert eventually(lambda: hub.abandoned(generation))
    assert hub.submitted(generation) == 1
