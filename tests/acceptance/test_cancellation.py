"""Cancelling: a queued generation never starts, a running one stops, and neither is charged."""

from collections.abc import Callable
from typing import Any

from support.hub import RunningHub
from support.processes import eventually, filming_processes

LONG: dict[str, Any] = {"model": "kling-video-o3-4k-text-to-video", "prompt": "A slow pan over hills", "duration": 15}
SHORT: dict[str, Any] = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A lake", "duration": 3}


def balance(hub: RunningHub) -> dict[str, str]:
    account: dict[str, Any] = hub.client.get("/api/account").raise_for_status().json()
    return dict(account["user"]["balance"])


def test_cancelling_a_running_generation_ends_its_filming_process(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub()
    running = hub.enqueue(**LONG)
    hub.wait_for(running, "processing")
    assert eventually(lambda: hub.client.get(f"/api/ai/queue/{running}").json()["progress"] > 0)
    assert filming_processes(hub.pid)

    answer = hub.client.delete(f"/api/ai/queue/{running}")

    assert answer.json() == {"status": "success", "generation_id": running}
    row = hub.client.get(f"/api/ai/queue/{running}").json()
    assert row["status"] == "cancelled"
    assert 0 < row["progress"] < 1
    assert eventually(lambda: not filming_processes(hub.pid))
    assert hub.client.get(f"/api/ai/queue/{running}").json()["progress"] == row["progress"]
    assert balance(hub) == {"available": "1000.00", "held": "0.00"}
    # The worker is free for the next one.
    assert hub.wait_for(hub.enqueue(**SHORT))["status"] == "succeeded"
    assert "Traceback" not in hub.log.read_text()


def test_a_generation_that_was_cancelled_in_line_never_starts(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub()
    running = hub.enqueue(**LONG)
    hub.wait_for(running, "processing")
    waiting = hub.enqueue(**SHORT)
    assert hub.client.get(f"/api/ai/queue/{waiting}").json()["queue_position"] == 1

    assert hub.client.delete(f"/api/ai/queue/{waiting}").status_code == 200
    assert hub.client.delete(f"/api/media/generations/local/{running}").status_code == 200

    # Once a later one was filmed, the line has passed the place of the cancelled one.
    assert hub.wait_for(hub.enqueue(**SHORT))["status"] == "succeeded"
    row = hub.client.get(f"/api/ai/queue/{waiting}").json()
    assert (row["status"], row["started_at"], row["result_url"]) == ("cancelled", None, None)
    assert balance(hub) == {"available": "999.328", "held": "0.00"}


def test_cancelling_what_has_ended_answers_the_same_and_changes_nothing(hub: RunningHub) -> None:
    done = hub.wait_for(hub.enqueue(**SHORT, preview=True))
    answer = hub.client.delete(f"/api/ai/queue/{done['generation_id']}")
    assert (answer.status_code, answer.json()["status"]) == (200, "success")
    again = hub.client.get(f"/api/ai/queue/{done['generation_id']}").json()
    signed = "result_url"
    assert {**again, signed: None} == {**done, signed: None}
