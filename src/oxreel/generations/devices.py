"""The GPUs of a worker: each is lent to one take at a time, with the process that keeps its weights."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from oxreel.generations.process import WarmProcess
from oxreel.media.environment import device_environment

#: Seconds that the driver may take to list its devices.
_PATIENCE_SECONDS = 10
#: Seconds that a killed process may take to be gone.
_END_SECONDS = 5.0


@dataclass(frozen=True)
class Device:
    """A GPU, and what films on it: started at its first film, there for the next."""

    #: As CUDA_VISIBLE_DEVICES has it; None for whatever the machine shows.
    name: str | None
    process: WarmProcess


class Devices:
    """GPUs that are free; one without a name stands for whatever the machine has."""

    def __init__(self, names: list[str], *, stall_seconds: float) -> None:
        shown: list[str | None] = [*names] or [None]
        self._all = [
            Device(name, WarmProcess(stall_seconds=stall_seconds, environment=device_environment(name)))
            for name in shown
        ]
        # The one that filmed last is the next: its weights may be those that are needed.
        self._free: asyncio.LifoQueue[Device] = asyncio.LifoQueue()
        for device in reversed(self._all):
            self._free.put_nowait(device)

    @property
    def count(self) -> int:
        """How many there are, lent or not."""
        return len(self._all)

    async def take(self) -> Device:
        """A GPU that nobody else has, once there is one."""
        return await self._free.get()

    def give_back(self, device: Device) -> None:
        """Let the next have it."""
        self._free.put_nowait(device)

    def end(self) -> None:
        """Kill what films on them; from any thread but the event loop's."""
        for device in self._all:
            device.process.end_from_outside(_END_SECONDS)


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
