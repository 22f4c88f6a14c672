"""A GPU's filming process stays for the next film, and is replaced where it does not go on."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import eventually
from support.small_hub import SmallHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHub]:
    """One GPU that nobody named."""
    secrets = {"HF_TOKEN": "secret", "OXREEL_DIFFUSERS_API_KEY": "secret", "AWS_SECRET_ACCESS_KEY": "secret"}
    running = SmallHub(
        tmp_path_factory.mktemp("warm") / "data",
        OXREEL_DEVICE_STOP_SECONDS="1",
        OXREEL_DIFFUSERS_STEPS="2",
        CUDA_VISIBLE_DEVICES="",
        **secrets,
    ).start()
    yield running
    running.stop()


def film(hub: SmallHub, prompt: str = "A lake") -> dict[str, object]:
    """What the engine wrote of a film that succeeded."""
    generation = hub.film("stayer", prompt)
    row = hub.wait_for(generation)
    assert row["status"] == "succeeded", row["error_message"]
    assert row["upstream_cost"] is None
    return hub.begun(generation)


def test_the_next_film_finds_what_the_last_one_loaded(hub: SmallHub) -> None:
    first, second = film(hub), film(hub)
    assert second["pid"] == first["pid"]
    assert second["films"] == 2
    assert not second["remembers"]
    assert eventually(lambda: hub.children() == [first["pid"]]), "only the process that stays is left"


def test_what_the_engine_refuses_is_not_filmed_and_not_charged(hub: SmallHub) -> None:
    refused = hub.film("stayer", "An impossible lake")
    row = hub.wait_for(refused)
    assert (row["status"], row["error_message"]) == ("failed", "Grey films show nothing that is impossible.")
    assert (row["cost"], hub.films_of(refused)) == (None, [])


def test_it_knows_its_engines_settings_and_no_secret(hub: SmallHub) -> None:
    knows = film(hub)["knows"]
    assert isinstance(knows, dict)
    assert (knows["OXREEL_DIFFUSERS_STEPS"], knows["HF_HUB_OFFLINE"], knows["CUDA_VISIBLE_DEVICES"]) == ("2", "1", "")
    assert "secret" not in knows.values()
    assert not {"OXREEL_API_KEY", "OXREEL_DATABASE_URL"} & knows.keys()


def test_cancelling_leaves_what_is_loaded(hub: SmallHub) -> None:
    slow = hub.film("stayer", "A slow pan")
    begun = hub.begun(slow)
    hub.cancel(slow)
    following = film(hub)
    assert (following["pid"], following["films"]) == (begun["pid"], begun["films"] + 1)


def test_a_process_that_does_not_hear_that_its_film_is_cancelled_is_replaced(hub: SmallHub) -> None:
    deaf = hub.film("stayer", "A deaf lake")
    begun = hub.begun(deaf)
    hub.cancel(deaf)
    assert film(hub)["films"] == 1
    assert begun["pid"] not in hub.children()


def test_a_process_that_is_killed_fails_its_film_and_no_other(hub: SmallHub) -> None:
    slow = hub.film("stayer", "A slow pan")
    os.kill(hub.begun(slow)["pid"], signal.SIGKILL)
    row = hub.wait_for(slow)
    assert (row["status"], "ran out of memory" in row["error_message"]) == ("failed", True)
    following = film(hub)
    assert following["films"] == 1
    # One that dies while it films nothing is no film's fault.
    pid = following["pid"]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    assert film(hub)["films"] == 1


def test_too_little_memory_is_said_clearly_and_the_next_film_begins_anew(hub: SmallHub) -> None:
    before = film(hub)
    greedy = hub.wait_for(hub.film("stayer", "A greedy lake"))
    assert greedy["status"] == "failed"
    assert greedy["error_message"] == ("There was too little memory to film this: the weights take 80 GB, 24 are free.")
    after = film(hub)
    assert (after["films"], after["pid"] != before["pid"]) == (1, True)


def test_two_gpus_film_at_once_and_what_they_film_is_handed_over_when_their_worker_ends(tmp_path: Path) -> None:
    hub = SmallHub(tmp_path / "data", CUDA_VISIBLE_DEVICES="0,GPU-7", OXREEL_MAX_LOST_TAKES="1").start()
    try:
        both = [hub.film("stayer", "A slow pan") for _ in range(2)]
        begun = [hub.begun(one) for one in both]
        assert {one["knows"]["CUDA_VISIBLE_DEVICES"] for one in begun} == {"0", "GPU-7"}
        assert begun[0]["pid"] != begun[1]["pid"]
        pids = hub.children()
        hub.end()
        assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
        assert "Traceback" not in hub.log.read_text()
        hub.hurry()
        hub.start()
        assert [hub.wait_for(one)["status"] for one in both] == ["succeeded", "succeeded"]
        pids = hub.children()
        assert len(pids) == 2
        hub.kill()
        assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids)), "they die with their worker"
    finally:
        hub.stop()
