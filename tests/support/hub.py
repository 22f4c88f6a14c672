"""A hub as a real process on a free port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx

from oxreel.db import Database
from oxreel.settings import Settings
from support.postgresql import chosen_database, drop_database

#: Seconds that a hub may take to answer; generous, because test machines are busy.
_PATIENCE = 60


class RunningHub:
    """A hub process of `oxreel serve`, or a worker process beside one."""

    #: What Python is given to run before the command.
    program: tuple[str, ...] = ("-m", "oxreel")

    def __init__(self, data_dir: Path, **variables: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.variables = {
            "OXREEL_DATA_DIR": str(data_dir),
            "OXREEL_PORT": str(self.port),
            "OXREEL_API_KEY": "oxr_key-of-the-tests",
            **variables,
        }
        self._own_database = ""
        if "OXREEL_DATABASE_URL" not in variables:
            self._own_database = self.variables["OXREEL_DATABASE_URL"] = chosen_database()
        self.key = self.variables["OXREEL_API_KEY"]
        names = Settings.model_fields
        given = {
            name.removeprefix("OXREEL_").lower(): json.loads(value) if value.startswith("{") else value
            for name, value in self.variables.items()
        }
        self.settings = Settings(**{name: value for name, value in given.items() if name in names})  # type: ignore[arg-type]
        self.log = data_dir.parent / f"{data_dir.name}.log"
        self.client = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=120, trust_env=False
        )
        self.database: Database
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the hub's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether its process is gone."""
        return self._process is None or self._process.poll() is not None

    def start(self, command: str = "serve") -> Self:
        """Start the process; a hub is ready when this returns."""
        self.launch(command)
        if command == "serve":
            self.wait_until_ready()
            if not hasattr(self, "database"):
                self.database = Database(self.settings.sqlalchemy_url)
        return self

    def launch(self, command: str) -> None:
        """Start the process without waiting for it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.program, command],
                env={**os.environ, **self.variables},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill the process as a crash would, without a chance to tidy up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def exit_code(self) -> int | None:
        """Of the process, below zero for a signal; None while it runs."""
        assert self._process is not None
        return self._process.poll()

    def end(self) -> None:
        """Ask the process to end, and wait until it has; kill what does not."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()

    def stop(self) -> None:
        """End the process and let go of everything."""
        self.end()
        self.client.close()
        if hasattr(self, "database"):
            self.database.close()
        if self._own_database:
            drop_database(self._own_database)

    def wait_for(self, generation_id: str, *statuses: str, seconds: float = 180) -> dict[str, Any]:
        """The row once it is in one of these states, any end by default."""
        wanted = statuses or ("succeeded", "failed", "cancelled")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            row: dict[str, Any] = self.client.get(f"/api/ai/queue/{generation_id}").raise_for_status().json()
            if row["status"] in wanted:
                return row
            time.sleep(0.05)
        raise AssertionError(f"generation {generation_id} is {row['status']}, not {wanted}, after {seconds} s")

    def enqueue(self, **body: Any) -> str:
        """The id of a new generation."""
        answer = self.client.post("/api/ai/queue", json=body)
        assert answer.status_code == 200, answer.text
        generation_id: str = answer.json()["generations"][0]["generation_id"]
        return generation_id

    def wait_until_ready(self) -> None:
        """Return once it answers."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                if self.client.get("/api/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"the hub did not start:\n{self.log.read_text()}")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
