"""The filming processes of a machine, as the kernel lists them."""

import time
from collections.abc import Callable
from pathlib import Path


def filming_processes(worker_pid: int | None = None) -> list[int]:
    """Pids of the filming processes, of one worker or of all."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] in ("Z", "X")
        except OSError:
            continue
        if dead or b"oxreel.engines.child" not in words:
            continue
        if worker_pid is None or str(worker_pid).encode() in words:
            found.append(int(folder.name))
    return found


def eventually(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether the condition becomes true in time; the time is generous, because test machines are busy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
