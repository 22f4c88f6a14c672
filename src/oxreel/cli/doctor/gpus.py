"""The GPUs, and whether what films on them is installed."""

import importlib.metadata
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from oxreel.cli.doctor.finding import Finding

#: Seconds that the driver, and the first look of torch at a GPU, may take.
_DRIVER_SECONDS, TORCH_SECONDS = 10, 120
#: The packages of the extra `gpu`, by their modules.
PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "ftfy", "peft", "huggingface_hub")
_LOOK = """
import json, torch
print(json.dumps({"torch": torch.__version__, "cuda": torch.version.cuda, "gpus": torch.cuda.device_count()}))
"""


@dataclass(frozen=True)
class Gpu:
    """One GPU as its driver tells it."""

    index: int
    name: str
    memory_bytes: int
    free_bytes: int
    driver: str


def missing_packages() -> list[str]:
    """What films with open weights and is not installed."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def gpus_here() -> list[Gpu]:
    """The GPUs that the driver lists; none where there is no driver."""
    try:
        listed = subprocess.run(
            # It comes with the driver, wherever that puts it.
            ["nvidia-smi", "--query-gpu=index,name,memory.total,memory.free,driver_version",  # noqa: S607
             "--format=csv,noheader,nounits"],
            capture_output=True, text=True, timeout=_DRIVER_SECONDS, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return []
    found = []
    for line in listed.stdout.splitlines():
        parts = [part.strip() for part in line.split(",")]
        if len(parts) == 5 and all(parts[place].isdigit() for place in (0, 2, 3)):
            found.append(Gpu(int(parts[0]), parts[1], int(parts[2]) << 20, int(parts[3]) << 20, parts[4]))
    return found


def gpus(found: list[Gpu]) -> Iterator[Finding]:
    """What there is, and whether torch can use it."""
    if not found:
        yield Finding("gpu", "note", "No NVIDIA GPU is seen here (nvidia-smi lists none).", facts={"gpus": []})
        return
    for gpu in found:
        yield Finding(
            "gpu",
            "good",
            f"GPU {gpu.index}: {gpu.name}, {gpu.memory_bytes / 1e9:.0f} GB of which {gpu.free_bytes / 1e9:.0f} GB are "
            f"free, driver {gpu.driver}.",
            facts={"gpu": asdict(gpu)},
        )
    if importlib.util.find_spec("torch") is not None:
        yield _torch(len(found))


def _torch(count: int) -> Finding:
    """Asked in a process of its own: what a wrong driver does to it ends that process and nothing else."""
    installed = importlib.metadata.version("torch")
    try:
        asked = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", _LOOK], capture_output=True, text=True, timeout=TORCH_SECONDS, check=True
        )
        told = json.loads(asked.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return Finding("gpu", "trouble", f"torch {installed} cannot be loaded.", "Install it again: make gpu.")
    if told["gpus"] == count:
        return Finding("gpu", "good", f"torch {told['torch']} (CUDA {told['cuda']}) sees all of them.", facts=told)
    return Finding(
        "gpu",
        "trouble",
        f"torch {told['torch']} sees {told['gpus']} of {count} GPUs.",
        "Its CUDA must be one that the driver knows: update the driver, or install a torch for it."
        if told["cuda"]
        else "It was built without CUDA: install the one of this project, make gpu.",
        told,
    )
