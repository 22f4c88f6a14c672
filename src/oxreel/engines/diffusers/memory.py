"""Memory: how large weights are, and the plans by which they fit into what a machine has, the fastest first.

Nothing here needs torch but `Machine`: sizes are read from the files' headers.
"""

import gc
import json
import math
from collections import Counter
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from oxreel.engines.diffusers.family import Clip, Placement

_GIGABYTE = 10**9
#: Bytes of work for each pixel of each frame: decoding at once, and in tiles. Estimates from the sizes of the tensors
#: that are alive at a time (2026-11, not measured): a plan that was too bold is followed by the next smaller one.
_WORK, _WORK_IN_TILES = 160, 70
#: Bytes that stay on the GPU whatever is filmed: the libraries' own, and a group of layers with the one fetched ahead.
_ALWAYS, _GROUPS = 1 * _GIGABYTE, 3 * _GIGABYTE
#: Parts of a pipeline that are kept in 32 bits, because frames suffer from less.
_PRECISE = ("vae", "image_encoder")
#: Parts that a plan with 8 bits halves.
_HALVED = ("transformer", "transformer_2", "transformer_full", "transformer_ref")


@dataclass(frozen=True)
class Sizes:
    """Bytes that each part of a pipeline takes once it is loaded."""

    parts: dict[str, int]

    @property
    def all(self) -> int:
        """Of all parts together."""
        return sum(self.parts.values())

    def largest(self, *, eight_bits: bool = False) -> int:
        """Of the largest part."""
        halved = _HALVED if eight_bits else ()
        return max((size // (2 if part in halved else 1) for part, size in self.parts.items()), default=0)


def sizes_of(folder: Path, *, bits: int, parts: frozenset[str] = frozenset()) -> Sizes:
    """The sizes of the weights in a folder, or of those parts of it, where most are loaded in so many bits.

    Files may hold more or less.
    """
    weights: Counter[str] = Counter()
    for file in sorted(folder.rglob("*.safetensors")):
        part = file.relative_to(folder).parts[0]
        if not parts or part in parts:
            weights[part] += _weights_in(file)
    return Sizes({part: count * (32 if part in _PRECISE else bits) // 8 for part, count in weights.items()})


def _weights_in(file: Path) -> int:
    """The numbers in a safetensors file: 8 bytes tell the length of a header that gives each tensor's shape."""
    with file.open("rb") as opened:
        header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
    return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")


def plans(sizes: Sizes, clip: Clip, free: int | None, device: str = "cuda") -> list[Placement]:
    """The plans that fit into the `free` bytes of a GPU, the fastest first; at least the smallest one.

    On a processor everything is in its memory anyway, and only the work can be made smaller.
    """
    filmed = clip.width * clip.height * clip.frames
    work, tiled = _ALWAYS + filmed * _WORK, _ALWAYS + filmed * _WORK_IN_TILES
    known = [
        (sizes.all + work, Placement("everything in memory", device)),
        (sizes.all + tiled, Placement("everything in memory, decoded in tiles", device, tiling=True)),
    ]
    if device == "cuda":
        one, halved = sizes.largest(), sizes.largest(eight_bits=True)
        known += [
            (one + work, Placement("one model at a time", device, "model")),
            (one + tiled, Placement("one model at a time, in tiles", device, "model", tiling=True)),
            (halved + tiled, Placement("one model at a time, in tiles and 8 bits", device, "model", True, True)),
            (_GROUPS + tiled, Placement("some layers at a time, in tiles", device, "group", tiling=True)),
        ]
    fitting = [placement for needed, placement in known if free is None or needed <= free]
    return fitting or [known[-1][1]]


class Machine:
    """What this machine films with, and how much of it is free."""

    def __init__(self, gigabytes: float = 0.0) -> None:
        self._torch: Any = import_module("torch")
        self._most = int(gigabytes * _GIGABYTE)
        self.device = "cuda" if self._torch.cuda.is_available() else "cpu"
        #: Bits of most weights: a processor counts in 32.
        self.bits = 16 if self.device == "cuda" else 32

    def free(self, held: int) -> int | None:
        """Bytes free for weights and films while `held` are taken by weights of ours; None where nothing limits them.

        What a processor's memory has free changes all the time: only the settings limit that, so that bytes repeat.
        """
        allowed = self._most - held if self._most else None
        if self.device != "cuda":
            return allowed
        # What the last film worked with is kept for the next one, and free to it.
        self._torch.cuda.empty_cache()
        free = int(self._torch.cuda.mem_get_info()[0])
        return free if allowed is None else min(free, allowed)

    def let_go(self) -> None:
        """Give back what nothing refers to any more."""
        gc.collect()
        if self.device == "cuda":
            self._torch.cuda.empty_cache()

    def ran_out(self, error: BaseException) -> bool:
        """Whether an error says that memory ran out."""
        return isinstance(error, (self._torch.OutOfMemoryError, MemoryError)) or (
            isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
        )
