"""A hub that films is saved, lost, and brought back: nothing is missing, and what was under way goes on."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from oxreel.operation.backup import MANIFEST, describe
from support.processes import eventually
from support.quick_hub import QuickHub

SHOTS = [{"prompt": "One", "duration": 1}, {"prompt": "Two", "duration": 3}]
PICTURES = "/api/repos/local/pictures/file/main"
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc0f01f0005000201a5d8a1b00000000049454e44ae426082"
)
#: A seed by which the quick engine films the first shot at once and the second for a minute.
LONG_SECOND_SHOT = 1390
TWO_SHOTS: dict[str, Any] = {"model": "kling-video-o3-pro-reference-to-video", "multi_prompt": SHOTS}


def oxreel(*arguments: str) -> str:
    clean = {name: text for name, text in os.environ.items() if not name.startswith("OXREEL_")}
    done = subprocess.run(
        [sys.executable, "-m", "oxreel", *arguments], capture_output=True, text=True, env=clean, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_hub_that_films_is_saved_and_brought_back(tmp_path: Path) -> None:
    hub = QuickHub(tmp_path / "data", OXREEL_DATABASE_URL="", OXREEL_TEST_FILM_MS="0-60000")
    hub.start()
    hub.client.post("/api/repos", json={"namespace": "local", "name": "pictures"}).raise_for_status()
    dot = {"file": ("dot.png", DOT, "image/png")}
    hub.client.put(f"{PICTURES}/dot.png", files=dot).raise_for_status()
    running, queued = hub.enqueue(**TWO_SHOTS, seed=LONG_SECOND_SHOT), hub.enqueue(**TWO_SHOTS)
    assert eventually(lambda: "shot_0" in _steps(hub, running))
    saved = tmp_path / "saved"
    assert "Saved 2 generations" in oxreel("backup", str(saved), "--data-dir", str(hub.settings.data_dir))
    assert (saved / "oxreel.sqlite").stat().st_mode & 0o077 == 0
    assert hub.client.get(f"/api/ai/queue/{running}").status_code == 200
    hub.kill()
    hub.stop()
    kept = saved / "objects" / "takes" / running
    assert _filmed_again(saved, tmp_path / "first", running, queued) is False
    # What it had filmed went away while it was saved: it begins anew.
    shutil.rmtree(kept)
    (saved / MANIFEST).write_text(json.dumps(asdict(describe(saved))))
    assert _filmed_again(saved, tmp_path / "second", running, queued) is True


def _filmed_again(saved: Path, data_dir: Path, running: str, queued: str) -> bool:
    """Whether a hub that was brought back filmed the finished shot again; everything else is looked at."""
    assert "Restored 2 generations" in oxreel("restore", str(saved), "--data-dir", str(data_dir))
    hub = QuickHub(data_dir, OXREEL_DATABASE_URL="", OXREEL_MAX_LOST_TAKES="1")
    hub.start()
    for generation in (running, queued):
        row = hub.wait_for(generation)
        assert row["status"] == "succeeded", row["error_message"]
        assert hub.client.get(row["result_url"]).status_code == 200
    assert hub.client.get("/api/ai/generations").json()["total_entries"] == 2
    assert hub.client.get("/api/account").json()["user"]["balance"] == {"available": "998.208", "held": "0.00"}
    assert hub.client.get(f"{PICTURES}/dot.png").content == DOT
    [began] = _rows(hub, "SELECT min(started_at) FROM workers")
    again = "shot_0" in _steps(hub, running, since=began)
    hub.stop()
    return again


def _steps(hub: QuickHub, generation: str, since: int = 0) -> list[Any]:
    """Names of the steps that were made for a generation, from a time on in UNIX milliseconds."""
    made = "SELECT function_name FROM operation_outputs WHERE workflow_uuid = ? AND started_at_epoch_ms >= ?"
    return _rows(hub, made, generation, since)


def _rows(hub: QuickHub, statement: str, *values: object) -> list[Any]:
    """The first column."""
    with hub.database.snapshot() as tx:
        return [row[0] for row in tx.exec_driver_sql(statement, values)]
