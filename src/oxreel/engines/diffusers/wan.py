"""Wan 2.1 and 2.2 in every shape: words, a first frame, both ends, references."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from oxreel.engines.diffusers.family import Clip, Footage, Frames, OnStep, Placement
from oxreel.engines.diffusers.placing import dtypes, hush, place, watch
from oxreel.errors import FilmingFailed

#: Tokens of a prompt that the text encoder reads; Wan was trained on so many.
_WORDS = 512
#: What VACE takes for a frame that is to be filmed.
_EMPTY = (128, 128, 128)
_KEEP, _FILM = 0, 255


def load(folder: Path, placement: Placement) -> "Wan":
    """The weights in `folder`. Raises FilmingFailed where they are none of Wan's."""
    diffusers: Any = import_module("diffusers")
    hush()
    kind = json.loads((folder / "model_index.json").read_text())["_class_name"]
    if kind not in ("WanImageToVideoPipeline", "WanPipeline", "WanVACEPipeline"):
        raise FilmingFailed(f"The weights are of a {kind}, which is no shape of Wan that films from words or pictures.")
    pipeline = getattr(diffusers, kind).from_pretrained(
        folder, local_files_only=True, dtype=dtypes(placement, "vae", "image_encoder")
    )
    return Wan(pipeline, placement)


class Wan:
    """A Wan pipeline in memory."""

    def __init__(self, pipeline: Any, placement: Placement) -> None:
        self._placement = placement
        self._pipeline = pipeline
        self._still: OnStep | None = None
        #: Steps done, and all there are.
        self._steps = 0, 1
        place(pipeline, placement)
        watch(pipeline, self._ask)

    def film(self, clip: Clip, on_step: OnStep) -> Footage:
        """Film a clip. Torch's OutOfMemoryError passes, and so does what `on_step` raises."""
        torch: Any = import_module("torch")
        pipeline, given = self._given(clip)
        self._still, self._steps = on_step, (0, clip.steps)
        try:
            filmed = pipeline(
                **given,
                prompt=clip.prompt,
                negative_prompt=clip.negative_prompt,
                width=clip.width,
                height=clip.height,
                num_frames=clip.frames,
                num_inference_steps=clip.steps,
                guidance_scale=clip.guidance,
                guidance_scale_2=clip.late_guidance if pipeline.config.boundary_ratio is not None else None,
                # Noise drawn by the processor is the same whatever films.
                generator=torch.Generator("cpu").manual_seed(clip.seed),
                max_sequence_length=_WORDS,
                callback_on_step_end=self._stepped,
                output_type="pt",
            ).frames[0]
        except BaseException:
            # What a broken call left on the GPU is the next one's.
            pipeline.maybe_free_model_hooks()
            raise
        finally:
            self._still = None
        return Footage(_as_frames(filmed), clip.rate)

    def unload(self) -> None:
        """Let go of everything that holds memory."""
        self._pipeline.remove_all_hooks()
        self._pipeline = None

    def _given(self, clip: Clip) -> tuple[Any, dict[str, Any]]:
        """The pipeline for this clip, and the pictures as it takes them."""
        kind = type(self._pipeline).__name__
        if kind == "WanVACEPipeline":
            return self._pipeline, frames_to_keep(clip)
        first = clip.start if clip.opening is None else Image.fromarray(clip.opening[-1])
        if kind == "WanPipeline" and first is None:
            return self._pipeline, {}
        if first is None:
            raise FilmingFailed("These weights film from a first frame, and there is none.")
        last = {} if clip.tail is None else {"last_image": clip.tail}
        return self._for_pictures(), {"image": first, **last}

    def _for_pictures(self) -> Any:
        """The pipeline that begins with a picture, on the same weights: the small Wan has one for either."""
        if type(self._pipeline).__name__ == "WanImageToVideoPipeline":
            return self._pipeline
        diffusers: Any = import_module("diffusers")
        config = self._pipeline.config
        if not config.expand_timesteps:
            raise FilmingFailed("These weights film from words alone.")
        made = diffusers.WanImageToVideoPipeline(**self._pipeline.components, expand_timesteps=True)
        made.set_progress_bar_config(disable=True)
        if self._placement.offload == "model":
            made.enable_model_cpu_offload(device=self._placement.device)
        return made

    def _stepped(self, _: Any, step: int, __: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        self._steps = step + 1, self._steps[1]
        self._ask()
        return tensors

    def _ask(self) -> None:
        if self._still is not None:
            self._still(*self._steps)


def frames_to_keep(clip: Clip) -> dict[str, Any]:
    """The frames that VACE keeps, what it films between them, and the references."""
    given: dict[str, Any] = {"reference_images": list(clip.references)} if clip.references else {}
    kept = {} if clip.start is None else {0: clip.start}
    if clip.opening is not None:
        kept |= {index: Image.fromarray(frame) for index, frame in enumerate(clip.opening)}
    if clip.tail is not None:
        kept[clip.frames - 1] = clip.tail
    if not kept:
        return given
    size = clip.width, clip.height
    empty = Image.new("RGB", size, _EMPTY)
    masks = {value: Image.new("L", size, value) for value in (_KEEP, _FILM)}
    return {
        **given,
        "video": [kept.get(index, empty) for index in range(clip.frames)],
        "mask": [masks[_KEEP if index in kept else _FILM] for index in range(clip.frames)],
    }


def _as_frames(filmed: Any) -> Frames:
    """Tensors (frames, channels, height, width) in 0..1 as frames."""
    torch: Any = import_module("torch")
    frames: Frames = (filmed.float() * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return np.ascontiguousarray(frames)
