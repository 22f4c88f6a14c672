"""MiniMax-H3: words and frames, or words and references, into picture and sound (`MiniMaxAI/MiniMax-H3`).

One folder holds two transformers: one films from words, a first and a last frame, the other from references. The
pipeline is a modular one of diffusers 0.42.1, and there is no other.
"""

import logging
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers.hooks import apply_group_offloading
from diffusers.modular_pipelines import minimax_h3
from PIL import Image

from oxreel.engines.diffusers.family import Clip, Footage, Loaded, OnStep, Placement
from oxreel.engines.diffusers.h3_parts import PictureReader, StepCount, denoising_loops
from oxreel.engines.diffusers.h3_words import described
from oxreel.engines.diffusers.placing import dtypes, hush, watch
from oxreel.engines.diffusers.progress import Progress
from oxreel.engines.diffusers.tensors import as_frames, as_long_as

_TRANSFORMERS = ("transformer", "transformer_ref")
_READER = "processor"
_WORK = "12GB"


def load(folder: Path, placement: Placement) -> Loaded:
    """The weights of a folder that film from words, a first and a last frame."""
    return _H3(folder, placement, "transformer")


def load_references(folder: Path, placement: Placement) -> Loaded:
    """The weights of a folder that film from references."""
    return _H3(folder, placement, "transformer_ref")


class _H3:
    """Weights in memory."""

    def __init__(self, folder: Path, placement: Placement, transformer: str) -> None:
        hush()
        # It logs what its blocks raise as well, a film that was called off too.
        logging.getLogger("diffusers.modular_pipelines.modular_pipeline").setLevel(logging.CRITICAL)
        self._progress = Progress()
        blocks = diffusers.MiniMaxH3Blocks()
        for loop in denoising_loops(blocks):
            loop.sub_blocks["count"] = StepCount(self._progress)
            loop.set_progress_bar_config(disable=True)
        self._manager = diffusers.ComponentsManager()
        self._pipe = blocks.init_pipeline(str(folder), components_manager=self._manager)
        self._pipe.update_components(**_parts(self._pipe, folder, placement, transformer))
        _place(self._pipe, self._manager, placement, transformer)
        watch(self._pipe, self._progress.ask)

    def film(self, clip: Clip, on_step: OnStep) -> Footage:
        """Film a clip, longer if its length is none that the weights make, and then cut."""
        with self._progress.told_to(on_step, clip.steps):
            made = self._pipe(
                prompt=_words(clip),
                width=clip.width,
                height=clip.height,
                num_frames=clip.frames,
                # It counts the end of the last step as one.
                num_inference_steps=clip.steps + 1,
                generator=torch.Generator("cpu").manual_seed(clip.seed),
                output_type="pt",
                output=["videos", "audio", "sampling_rate"],
                **_pictures(clip),
            )
        rate = int(made["sampling_rate"])
        sound = as_long_as(clip.frames, clip.rate, made["audio"][0], rate)
        return Footage(as_frames(made["videos"][0][: clip.frames]), clip.rate, sound, rate)

    def unload(self) -> None:
        """Let go of the weights."""
        self._pipe.unload_components(list(self._pipe.pretrained_component_names))
        self._pipe = self._manager = None


def _words(clip: Clip) -> str:
    start = clip.start is not None or clip.opening is not None
    seconds = float(clip.frames / clip.rate)
    return described(clip.prompt, seconds, start=start, tail=clip.tail is not None, references=bool(clip.references))


def _pictures(clip: Clip) -> dict[str, Any]:
    if clip.references:
        return {"references": [minimax_h3.MiniMaxH3ImageReference(image=picture) for picture in clip.references]}
    start = clip.start if clip.opening is None else Image.fromarray(clip.opening[-1])
    frames = {"image": start, "last_image": clip.tail}
    return {name: picture for name, picture in frames.items() if picture is not None}


def _parts(pipe: Any, folder: Path, placement: Placement, transformer: str) -> dict[str, Any]:
    """Every part that films with that transformer, from the folder alone."""
    dtype = dtypes(placement)["default"]
    other = {*_TRANSFORMERS, _READER} - {transformer}
    parts = {
        # Its own loading goes on without what it cannot load, and asks the network for what the folder lacks.
        name: pipe.get_component_spec(name).load(
            pretrained_model_name_or_path=str(folder), subfolder=name, dtype=dtype, local_files_only=True
        )
        for name in pipe.pretrained_component_names
        if name not in other
    }
    return {**parts, _READER: PictureReader(folder / _READER, parts["tokenizer"])}


def _place(pipe: Any, manager: Any, placement: Placement, transformer: str) -> None:
    """Put the parts where they are to lie."""
    device = torch.device(placement.device)
    model = getattr(pipe, transformer)
    if placement.eight_bits:
        model.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=dtypes(placement)["default"])
    # Its pictures are decoded in tiles in any case: the published ones were.
    if placement.offload == "model":
        # It leaves room for work by a margin, and 50 layers over a whole film take more than the usual one.
        manager.enable_auto_cpu_offload(device=device, memory_reserve_margin=_WORK)
        return
    if placement.offload == "group":
        streams = device.type == "cuda"
        model.enable_group_offload(device, offload_type="leaf_level", use_stream=streams)
        apply_group_offloading(pipe.text_encoder, device, offload_type="leaf_level", use_stream=streams)
        pipe.vae.to(device)
        pipe.audio_vae.to(device)
        return
    pipe.to(device)
