"""The GPUs of a worker: each is lent to one filming process at a time."""

import asyncio
import os
import subprocess
from collections.abc import Mapping

#: Seconds that the driver may take to list its devices.
_PATIENCE_SECONDS = 10


class Devices:
    """Names of GPUs that are free; one without a name stands for whatever the machine has."""

    def __init__(self, names: list[str]) -> None:
        self.count = max(len(names), 1)
        self._free: asyncio.Queue[str | None] = asyncio.Queue()
        free: list[str | None] = [*names] or [None]
        for name in free:
            self._free.put_nowait(name)

    async def take(self) -> str | None:
        """A GPU that nobody else has, once there is one."""
        return await self._free.get()

    def give_back(self, name: str | None) -> None:
        """Let the next have it."""
        self._free.put_nowait(name)


def owned_gpus(variables: Mapping[str, str] = os.environ) -> list[str]:
    """The GPUs that this process may use: those that CUDA_VISIBLE_DEVICES names, or all; empty where none is known."""
    named = variables.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return [name.strip() for name in named.split(",") if name.strip() not in ("", "-1")]
    try:
        listed = subprocess.run(
            ["nvidia-smi", "-L"],  # noqa: S607 - it comes with the driver, wherever that puts it
            capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return []
    gpus = [line for line in listed.stdout.splitlines() if line.startswith("GPU ")]
    return [str(number) for number in range(len(gpus))]
