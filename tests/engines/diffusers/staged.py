"""Weights that fill no memory and film grey, but run out of it, break or take long where a test asks for that."""

import json
import threading
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from oxreel.engines.diffusers.family import Clip, Family, Footage, OnStep, Placement, Rules
from oxreel.engines.diffusers.weights import Checkpoint

RULES = Rules(
    can=frozenset({"text"}),
    rate=Fraction(24),
    frame_step=4,
    frame_rest=1,
    most_frames=121,
    size_multiple=16,
    pixels=64 * 48,
    steps=4,
)
FAMILY = Family("staged", RULES, "engines.diffusers.staged:load")
CLIP = Clip("a valley", "", 7, 64, 48, 5, Fraction(24), 4, 5.0)


@dataclass
class Stage:
    """What happened to the weights in one folder, and what is to happen."""

    #: Plans by name that were loaded, filmed with and let go, in order: "load PLAN", "film PLAN", "unload PLAN".
    events: list[str] = field(default_factory=list)
    #: Plans that run out of memory while filming, and while loading; "all" for every one.
    too_small: tuple[str, ...] = ()
    too_small_to_load: tuple[str, ...] = ()
    #: What loading raises otherwise.
    broken: Exception | None = None
    #: What loading waits for.
    gate: threading.Event | None = None


#: By folder.
STAGES: dict[Path, Stage] = {}


def staged(folder: Path, name: str, megabytes: int = 1) -> tuple[Checkpoint, Stage]:
    """A checkpoint whose one part has that many megabytes in 32 bits; its file is as large as its header."""
    (folder / name / "transformer").mkdir(parents=True)
    (folder / name / "model_index.json").write_text("{}")
    header = json.dumps({"w": {"dtype": "F32", "shape": [megabytes, 250_000], "data_offsets": [0, 0]}}).encode()
    file = folder / name / "transformer" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header)
    STAGES[folder / name] = Stage()
    return Checkpoint(name, FAMILY, folder=folder / name), STAGES[folder / name]


def load(folder: Path, placement: Placement) -> "Staged":
    """The weights in `folder`, once its gate is open."""
    stage = STAGES[folder]
    stage.events.append(f"load {placement.name}")
    if stage.gate is not None:
        stage.gate.wait(30)
    if stage.broken is not None:
        raise stage.broken
    _fail_in(stage.too_small_to_load, placement)
    return Staged(stage, placement)


@dataclass
class Staged:
    """Loaded weights."""

    stage: Stage
    placement: Placement

    def film(self, clip: Clip, on_step: OnStep) -> Footage:
        """Grey, in as many steps as are asked for."""
        self.stage.events.append(f"film {self.placement.name}")
        for step in range(clip.steps):
            on_step(step + 1, clip.steps)
        _fail_in(self.stage.too_small, self.placement)
        return Footage(np.full((clip.frames, clip.height, clip.width, 3), 128, np.uint8), clip.rate)

    def unload(self) -> None:
        """Say so."""
        self.stage.events.append(f"unload {self.placement.name}")


def _fail_in(plans: tuple[str, ...], placement: Placement) -> None:
    torch: Any = import_module("torch")
    if "all" in plans or placement.name in plans:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
