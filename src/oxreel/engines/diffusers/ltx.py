"""LTX-2.5: words and frames into picture and sound in one go (`Lightricks/LTX-2.5-Diffusers`, diffusers 0.42.1).

One folder holds two transformers. The distilled one films in eight given steps at half the size, enlarges what it has
and refines it in three more, without guidance; the full one films in one go, guided in picture and sound.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers.pipelines import ltx2
from diffusers.pipelines.ltx2 import utils as published
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition

from oxreel.engines.diffusers.family import Clip, Footage, Loaded, OnStep, Placement
from oxreel.engines.diffusers.placing import dtypes, hush, place, watch
from oxreel.engines.diffusers.progress import Progress
from oxreel.engines.diffusers.tensors import as_frames, as_long_as

#: Where the makers put the transformer that was not distilled; a folder with one transformer has it at the usual place.
_FULL = "transformer_full"
_ENLARGER = "latent_upsampler"
#: The distilled weights know their guidance. The zeros and ones mean "off".
_NO_GUIDANCE: dict[str, Any] = {
    "stg_scale": 0.0,
    "modality_scale": 1.0,
    "guidance_rescale": 0.0,
    "audio_guidance_scale": 1.0,
    "audio_stg_scale": 0.0,
    "audio_modality_scale": 1.0,
    "audio_guidance_rescale": 0.0,
}


def load_distilled(folder: Path, placement: Placement) -> Loaded:
    """The distilled weights of a folder, with what enlarges between its two stages where the folder has that."""
    pipe = _pipeline(folder, placement)
    # Its steps are taken as they are given; other weights have theirs shifted.
    pipe.scheduler = _scheduler(pipe, use_dynamic_shifting=False, shift=1.0, shift_terminal=None)
    enlarger = None
    if (folder / _ENLARGER).is_dir():
        dtype = dtypes(placement)["default"]
        model = ltx2.LTX2LatentUpsamplerModel.from_pretrained(folder / _ENLARGER, dtype=dtype, local_files_only=True)
        enlarger = ltx2.LTX2LatentUpsamplePipeline(pipe.vae, model.to(placement.device))
    return _Distilled(pipe, placement, enlarger)


def load_full(folder: Path, placement: Placement) -> Loaded:
    """The full weights of a folder."""
    parts = {}
    if (folder / _FULL).is_dir():
        dtype = dtypes(placement)["default"]
        made = diffusers.LTX2VideoTransformer3DModel
        parts["transformer"] = made.from_pretrained(folder / _FULL, dtype=dtype, local_files_only=True)
    pipe = _pipeline(folder, placement, **parts)
    # The folder's own schedule is that of the distilled weights (these values are the makers', for the full ones).
    shift = {"base_shift": 0.95, "max_shift": 2.05, "base_image_seq_len": 1024, "max_image_seq_len": 4096}
    pipe.scheduler = _scheduler(pipe, use_dynamic_shifting=True, shift_terminal=0.1, **shift)
    return _Full(pipe, placement)


class _Film:
    """Weights in memory, and what both kinds do alike."""

    def __init__(self, pipe: Any, placement: Placement) -> None:
        self._pipe = pipe
        self._progress = Progress()
        place(pipe, placement)
        watch(pipe, self._progress.ask)

    def film(self, clip: Clip, on_step: OnStep) -> Footage:
        """Film a clip: longer if its length is none that the weights make, and then cut."""
        step = self._pipe.vae_temporal_compression_ratio
        call = {
            "prompt": clip.prompt,
            "conditions": _conditions(clip, step),
            # Of another length it would film less, with sound for all of it.
            "num_frames": -(-(clip.frames - 1) // step) * step + 1,
            "frame_rate": float(clip.rate),
            "generator": torch.Generator("cpu").manual_seed(clip.seed),
            "callback_on_step_end": self._stepped,
            "return_dict": False,
        }
        try:
            video, audio = self._run(clip, on_step, call)
        except BaseException:
            # What a broken call left on the GPU is the next one's.
            self._pipe.maybe_free_model_hooks()
            raise
        rate = int(self._pipe.vocoder.config.output_sampling_rate)
        sound = as_long_as(clip.frames, clip.rate, audio[0], rate)
        return Footage(as_frames(video[0][: clip.frames]), clip.rate, sound, rate)

    def unload(self) -> None:
        """Let go of everything that holds memory."""
        self._pipe.remove_all_hooks()
        self._pipe = None

    def _run(self, clip: Clip, on_step: OnStep, call: dict[str, Any]) -> tuple[Any, Any]:
        """Frames as tensors and sound, in batches of one."""
        raise NotImplementedError

    def _stepped(self, _: Any, __: int, ___: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        self._progress.step()
        return tensors


class _Full(_Film):
    def _run(self, clip: Clip, on_step: OnStep, call: dict[str, Any]) -> tuple[Any, Any]:
        with self._progress.told_to(on_step, clip.steps):
            video, audio = self._pipe(
                **call,
                width=clip.width,
                height=clip.height,
                num_inference_steps=clip.steps,
                guidance_scale=clip.guidance,
                negative_prompt=clip.negative_prompt or published.DEFAULT_NEGATIVE_PROMPT,
                output_type="pt",
            )
        return video, audio


class _Distilled(_Film):
    def __init__(self, pipe: Any, placement: Placement, enlarger: Any) -> None:
        super().__init__(pipe, placement)
        self._enlarger = enlarger

    def _run(self, clip: Clip, on_step: OnStep, call: dict[str, Any]) -> tuple[Any, Any]:
        call |= {**_NO_GUIDANCE, "guidance_scale": clip.guidance, "negative_prompt": clip.negative_prompt}
        first = _fewer(published.DISTILLED_SIGMA_VALUES, clip.steps)
        multiple = 2 * self._pipe.vae_spatial_compression_ratio
        if self._enlarger is None or clip.width % multiple or clip.height % multiple:
            with self._progress.told_to(on_step, len(first)):
                video, audio = self._pipe(**call, **_size(clip), **_steps(first), output_type="pt")
            return video, audio
        second = _fewer(published.STAGE_2_DISTILLED_SIGMA_VALUES, clip.steps)
        with self._progress.told_to(on_step, len(first) + len(second)):
            small, heard = self._pipe(**call, **_size(clip, 2), **_steps(first), output_type="latent")
            large = self._enlarger(latents=small, output_type="latent", return_dict=False)[0]
            given = {"latents": large, "audio_latents": heard, "noise_scale": second[0]}
            video, audio = self._pipe(**call, **_size(clip), **_steps(second), **given, output_type="pt")
        return video, audio

    def unload(self) -> None:
        super().unload()
        self._enlarger = None


def _conditions(clip: Clip, step: int) -> list[Any]:
    """The frames that a clip must show, each at its place."""
    found = []
    if clip.opening is not None:
        found.append(LTX2VideoCondition(frames=clip.opening, index=0))
    if clip.start is not None:
        found.append(LTX2VideoCondition(frames=clip.start, index=0))
    if clip.tail is not None:
        # Places count latent frames, and the last of those begins some frames before the clip ends. A fraction of one
        # is taken as well, and this one is the place of the very last frame.
        found.append(LTX2VideoCondition(frames=clip.tail, index=1 + (clip.frames - 2) / step))
    return found


def _size(clip: Clip, part: int = 1) -> dict[str, int]:
    return {"width": clip.width // part, "height": clip.height // part}


def _steps(sigmas: Sequence[float]) -> dict[str, Any]:
    return {"sigmas": list(sigmas), "num_inference_steps": len(sigmas)}


def _fewer(sigmas: Sequence[float], steps: int) -> list[float]:
    """The given steps, or so many of them where an operator wants fewer."""
    count = min(steps, len(sigmas))
    return [sigmas[index * len(sigmas) // count] for index in range(count)]


def _scheduler(pipe: Any, **changed: Any) -> Any:
    return diffusers.FlowMatchEulerDiscreteScheduler.from_config(pipe.scheduler.config, **changed)


def _pipeline(folder: Path, placement: Placement, **parts: Any) -> Any:
    """The pipeline for frames at any place, without what rewrites prompts: those are filmed as they were written."""
    hush()
    left_out = dict.fromkeys(("prompt_enhancer", "processor", "duration_head"))
    dtype = dtypes(placement)
    return diffusers.LTX2ConditionPipeline.from_pretrained(
        folder, dtype=dtype, local_files_only=True, **left_out, **parts
    )
