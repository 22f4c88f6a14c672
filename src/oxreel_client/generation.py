"""One generation on the hub, as its owner holds it: wait, cancel, download."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oxreel_client.connection import Connection
from oxreel_client.download import save
from oxreel_client.errors import ClientError, GenerationCancelled, GenerationFailed, HubUnreachable, StillRunning

#: Seconds between the first looks, growing to the last: short films are noticed at once, long ones cost little.
FIRST_PAUSE, LAST_PAUSE = 0.2, 2.0
#: Seconds that a hub may be away (it restarts, the network blinks) before waiting for it is given up.
PATIENCE = 60.0


@dataclass(frozen=True)
class Progress:
    """How far a generation is."""

    #: "queued", "processing", "succeeded", "failed" or "cancelled".
    status: str
    #: 0..1 by frames filmed; None where the hub does not say.
    fraction: float | None
    #: 1 is next; None where the hub does not say or it is no longer queued.
    queue_position: int | None


class Generation:
    """A video asked for. `row` is what the hub last said of it."""

    def __init__(self, connection: Connection, generation_id: str, row: dict[str, Any] | None = None) -> None:
        self._connection = connection
        self.id = generation_id
        #: The queue's row, every field as on the wire.
        self.row: dict[str, Any] = row or {"generation_id": generation_id, "status": "queued"}

    @property
    def status(self) -> str:
        """ "queued", "processing", "succeeded", "failed" or "cancelled"."""
        return str(self.row["status"])

    @property
    def url(self) -> str | None:
        """The signed URL of the video, None until it is ready."""
        return self.row.get("result_url")

    @property
    def engine(self) -> str | None:
        """What filmed it, where the hub says so."""
        return self.row.get("engine")

    @property
    def progress(self) -> Progress:
        """How far it was when `row` was read."""
        return Progress(self.status, self.row.get("progress"), self.row.get("queue_position"))

    def refresh(self) -> "Generation":
        """Read the row anew."""
        self.row = self._connection.ask("GET", f"/api/ai/queue/{self.id}")
        return self

    def wait(self, progress: Callable[[Progress], None] | None = None, timeout: float | None = None) -> "Generation":
        """Wait until the video is ready; `progress` is called after every look, `timeout` is in seconds.

        A hub that is away for less than a minute is waited for. Raises GenerationFailed,
        GenerationCancelled, StillRunning, HubRefused or HubUnreachable.
        """
        began = heard = time.monotonic()
        pause = FIRST_PAUSE
        while True:
            try:
                self.refresh()
                heard = time.monotonic()
            except HubUnreachable:
                if time.monotonic() - heard > PATIENCE:
                    raise
            if progress:
                progress(self.progress)
            if self.status == "succeeded":
                return self
            if self.status == "failed":
                raise GenerationFailed(self.row.get("error_message") or "The generation failed.", self.id)
            if self.status == "cancelled":
                raise GenerationCancelled("The generation was cancelled.", self.id)
            if timeout is not None and time.monotonic() - began > timeout:
                raise StillRunning(f"The video was not ready within {timeout:g} s; generation {self.id} goes on.")
            time.sleep(pause)
            pause = min(LAST_PAUSE, pause * 1.2)

    def cancel(self) -> None:
        """Stop it; nothing is charged. One that has ended stays as it is."""
        self._connection.ask("DELETE", f"/api/ai/queue/{self.id}")

    def download(self, path: Path | str) -> Path:
        """The finished video as a file at `path`, which appears only when it is whole."""
        if not self.url:
            raise ClientError(f"Generation {self.id} is {self.status}: there is no video to download yet.")
        return save(self._connection, self.url, Path(path))
