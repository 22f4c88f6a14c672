"""What MiniMax-H3 needs beside its weights: a count of its steps, and the reader of its pictures."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import transformers

from oxreel.engines.diffusers.progress import Progress

_PICTURE = "<|image_pad|>"


class StepCount:
    """The last block of a denoising loop; diffusers 0.42.1 has no other way to be told of a modular pipeline's steps.

    What it raises leaves the pipeline at once.
    """

    description = "Counts the steps."
    #: What blocks are asked for: it takes and makes nothing.
    inputs: Sequence[Any] = ()
    intermediate_outputs: Sequence[Any] = ()
    expected_components: Sequence[Any] = ()
    expected_configs: Sequence[Any] = ()

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __call__(self, components: Any, block_state: Any, i: int, t: Any) -> tuple[Any, Any]:
        self._progress.step()
        return components, block_state

    def __deepcopy__(self, memo: dict[int, Any]) -> "StepCount":
        # A pipeline copies its blocks, and this one is known outside.
        return self


class PictureReader:
    """As much of Qwen3VLProcessor as pictures take; all of it needs torchvision, for the sake of videos."""

    def __init__(self, folder: Path, tokenizer: Any) -> None:
        self.image_processor = transformers.AutoImageProcessor.from_pretrained(folder, local_files_only=True)
        self._picture = tokenizer.convert_tokens_to_ids(_PICTURE)

    def create_mm_token_type_ids(self, tokens: list[list[int]]) -> list[list[int]]:
        """1 for each token that stands for a piece of a picture, 0 for words."""
        return [[int(token == self._picture) for token in row] for row in tokens]


def denoising_loops(block: Any) -> Iterator[Any]:
    """Every loop of steps within a block: each way of filming has its own."""
    for inner in block.sub_blocks.values():
        if hasattr(inner, "loop_step"):
            yield inner
        else:
            yield from denoising_loops(inner)
