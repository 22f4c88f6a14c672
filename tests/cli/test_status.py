"""`oxreel status` on the database of a hub that is not running."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from oxreel import accounts
from oxreel.bootstrap import Hub, open_hub
from oxreel.cli.main import app
from oxreel.cli.trouble import NOT_UNDERSTOOD
from oxreel.db import Database, workers
from oxreel.generations import recovery, turns
from oxreel.generations.order import read_order
from oxreel.generations.submit import Request, submit
from oxreel.migrations import migrate
from oxreel.settings import Settings

ONE, OTHER = "kling-video-o3-pro-text-to-video", "kling-video-o3-4k-text-to-video"


def oxreel(folder: Path, *arguments: str, database_url: str = "") -> str:
    result = CliRunner(env={"OXREEL_DATABASE_URL": database_url}).invoke(app, [*arguments, "--data-dir", str(folder)])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def hub(database_url: str, tmp_path: Path) -> Any:
    made = open_hub(Settings(data_dir=tmp_path / "data", database_url=database_url))
    yield made
    made.close()


def enqueue(hub: Hub, model: str, count: int) -> None:
    with hub.database.snapshot() as tx:
        caller = accounts.authenticate(tx, hub.settings.key_file.read_text())
    for _ in range(count):
        order = read_order({"model": model, "prompt": "A lake", "preview": True})
        submit(hub, Request(order, caller, "testserver", check_now=True))


def test_it_tells_workers_queues_and_models(hub: Hub, database_url: str) -> None:
    enqueue(hub, ONE, 3)
    enqueue(hub, OTHER, 1)
    with hub.database.transaction() as tx:
        recovery.sign_on(tx, "idle", {"gpu": 1, "hosted": 32})
        recovery.sign_on(tx, "busy", {"cpu": 2})
        turns.take(tx, hub, "cpu", "busy", "token", 2, set())
        recovery.note_draining(tx, "busy")
        tx.execute(sa.update(workers).where(workers.c.executor_id == "idle").values(started_at=0))

    told = json.loads(oxreel(hub.settings.data_dir, "status", "--json", database_url=database_url))

    one, other = told["workers"]
    assert (one["name"], one["slots"], one["busy"], one["draining"]) == (
        "idle",
        {"gpu": 1, "hosted": 32},
        {"gpu": 0, "hosted": 0},
        False,
    )
    assert (other["name"], other["slots"], other["busy"], other["draining"]) == ("busy", {"cpu": 2}, {"cpu": 2}, True)
    assert other["silent_seconds"] < 60
    [queue] = told["queues"]
    assert (queue["name"], queue["queued"], queue["running"]) == ("cpu", 2, 2)
    assert 0 <= queue["oldest_wait_seconds"] < 60
    assert {line["name"]: (line["queued"], line["running"]) for line in told["models"]} == {ONE: (1, 2), OTHER: (1, 0)}

    text = oxreel(hub.settings.data_dir, "status", database_url=database_url)
    assert "cpu 2 of 2 (ends soon)" in text
    assert "gpu 0 of 1, hosted 0 of 32" in text
    assert OTHER in text


def test_it_says_so_where_nothing_runs_and_nothing_waits(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'oxreel.sqlite'}")
    migrate(database)
    database.close()
    text = oxreel(tmp_path, "status")
    assert "No worker runs" in text
    assert "Nothing is queued or running." in text


@pytest.mark.parametrize("command", [["status"], ["status", "--json"], ["user", "list"], ["settings"]])
def test_a_reader_that_has_enough_ends_it_without_a_word(tmp_path: Path, command: list[str]) -> None:
    """As `oxreel status | head` does."""
    database = Database(f"sqlite:///{tmp_path / 'oxreel.sqlite'}")
    migrate(database)
    database.close()
    program = [sys.executable, "-m", "oxreel", *command]
    variables = {**os.environ, "OXREEL_DATA_DIR": str(tmp_path), "OXREEL_DATABASE_URL": ""}
    with subprocess.Popen(program, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_it_only_reads_a_database_that_is_empty_or_of_an_older_release(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'oxreel.sqlite'}")

    def refused() -> str:
        result = CliRunner(env={"OXREEL_DATABASE_URL": ""}).invoke(app, ["status", "--data-dir", str(tmp_path)])
        assert result.exit_code == NOT_UNDERSTOOD, result.output
        return " ".join(result.output.split())

    assert "no hub in this database yet" in refused()
    migrate(database)
    with database.transaction() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '0005'"))
    assert "of an older release" in refused()
    with database.transaction() as tx:
        assert tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "0005"
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with database.transaction():
        # While somebody else writes, and whatever a newer release added.
        assert "No worker runs" in oxreel(tmp_path, "status")
    database.close()
