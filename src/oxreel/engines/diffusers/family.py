"""A family: weights of one architecture, what they can film, and what films one clip with them.

Everything here is plain values: it is read on machines that have neither torch nor weights. A family's loader is
named by text and imported on the machine that films.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

#: What weights can do with a request: film from words alone; begin with a picture; end with one; show what pictures
#: show; make sound; keep away from what a negative prompt names.
Ability = Literal["text", "start", "tail", "references", "audio", "negative"]

#: Called after each denoising step with the steps done and all there are, and with the same numbers wherever else it
#: may be asked whether the clip is still wanted; raises Stopped, which must pass at once.
OnStep = Callable[[int, int], None]

#: Frames as uint8 (frames, height, width, 3), sRGB.
Frames = NDArray[np.uint8]


@dataclass(frozen=True)
class Rules:
    """What a checkpoint films: lengths, sizes, rate and abilities."""

    can: frozenset[Ability]
    #: Frames a second that it was trained on.
    rate: Fraction
    #: It films n * frame_step + frame_rest frames, at least and at most these.
    frame_step: int
    frame_rest: int
    most_frames: int
    #: Both sides are multiples of this, and their product about this many pixels at best.
    size_multiple: int
    pixels: int
    least_frames: int = 1
    most_references: int = 0
    #: Frames of what was filmed before that it can go on from; 0 where it cannot.
    opening: int = 0
    #: What each clip of it must have; an opening stands for a start.
    needs: frozenset[Ability] = frozenset()
    #: Denoising steps and guidance that its makers recommend, and the guidance of later steps where that differs.
    steps: int = 40
    guidance: float = 5.0
    late_guidance: float | None = None
    #: The negative prompt that its makers use where a request has none.
    usual_negative: str = ""
    #: How its prompts call the reference picture of that number, counted from 1.
    mention: str = "reference picture {number}"
    #: What its prompts put before the words of each further shot, by its number and start, where one clip may hold
    #: several; empty where it films one at a time.
    cut: str = ""

    def frames_for(self, frames: int) -> int:
        """The least length that it films and that has at least so many frames; it may be longer than `most_frames`."""
        wanted = max(frames, self.least_frames) - self.frame_rest
        return max(-(-wanted // self.frame_step), 0) * self.frame_step + self.frame_rest


@dataclass(frozen=True)
class Clip:
    """What a family films in one call; its length and size keep the rules."""

    prompt: str
    negative_prompt: str
    seed: int
    #: Pixels, and frames at `rate`.
    width: int
    height: int
    frames: int
    rate: Fraction
    steps: int
    guidance: float
    late_guidance: float | None = None
    #: RGB pictures of exactly the clip's size that it begins and ends with.
    start: Image | None = None
    tail: Image | None = None
    #: RGB pictures of any size whose subjects it shows, in the order of their mentions.
    references: tuple[Image, ...] = ()
    #: Frames that it begins with, of the clip's size, at most `Rules.opening`; never together with `start`.
    opening: Frames | None = None
    audio: bool = False


@dataclass(frozen=True)
class Footage:
    """What was filmed: exactly the clip's frames, the opening included, and the sound where the weights make it."""

    frames: Frames
    rate: Fraction
    #: float32 (channels, samples), and its samples a second.
    sound: NDArray[np.float32] | None = None
    sound_rate: int = 0


@dataclass(frozen=True)
class Placement:
    """Where weights lie and how much memory they may take; each next plan takes less and is slower."""

    #: What the log calls it.
    name: str
    #: "cuda" or "cpu"; weights are bfloat16 there and float32 here.
    device: str
    #: Keep all on the device; one model of the pipeline at a time; or one group of layers at a time.
    offload: Literal["none", "model", "group"] = "none"
    #: Decode frames in tiles.
    tiling: bool = False
    #: Keep the transformer's weights in 8 bits and compute in 16.
    eight_bits: bool = False


class Loaded(Protocol):
    """Weights in memory."""

    def film(self, clip: Clip, on_step: OnStep) -> Footage:
        """Film a clip. Torch's OutOfMemoryError passes, and so does what `on_step` raises."""

    def unload(self) -> None:
        """Let go of everything that holds memory."""


@dataclass(frozen=True)
class Family:
    """Weights that are loaded and called alike."""

    name: str
    rules: Rules
    #: "module:function" of a `Load`, imported where it films.
    loader: str
    #: The folders of a checkpoint that it reads, where those are not just the ones that the checkpoint's index names.
    parts: frozenset[str] = frozenset()

    def load(self, folder: Path, placement: Placement) -> Loaded:
        """The weights in `folder`, which is as `from_pretrained` takes it; nothing is fetched from anywhere."""
        module, _, function = self.loader.partition(":")
        load: Load = getattr(import_module(module), function)
        return load(folder, placement)


#: What a loader is.
Load = Callable[[Path, Placement], Loaded]
