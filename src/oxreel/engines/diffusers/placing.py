"""Placing: a pipeline of diffusers put where its plan says, and asked while it works whether it still should."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from oxreel.engines.diffusers.family import Placement

#: Modules that are the larger part of a pipeline's work.
_WORKERS = ("transformer", "transformer_2")


def dtypes(placement: Placement, *precise: str) -> dict[str, Any]:
    """What `from_pretrained` takes as `dtype`: bfloat16 on a GPU but for the parts named, float32 on a processor."""
    torch: Any = import_module("torch")
    if placement.device != "cuda":
        return {"default": torch.float32}
    return {"default": torch.bfloat16, **dict.fromkeys(precise, torch.float32)}


def place(pipeline: Any, placement: Placement) -> None:
    """Put the pipeline's parts where the plan says."""
    torch: Any = import_module("torch")
    pipeline.set_progress_bar_config(disable=True)
    if placement.tiling and hasattr(pipeline.vae, "enable_tiling"):
        pipeline.vae.enable_tiling()
    if placement.eight_bits:
        for name in _WORKERS:
            worker = getattr(pipeline, name, None)
            if worker is not None:
                worker.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=worker.dtype)
    match placement.offload:
        case "none":
            pipeline.to(placement.device)
        case "model":
            pipeline.enable_model_cpu_offload(device=placement.device)
        case "group":
            # Streams fetch a group while the one before it works; a processor has none.
            streams = placement.device == "cuda"
            pipeline.enable_group_offload(
                onload_device=torch.device(placement.device), offload_type="leaf_level", use_stream=streams
            )


def watch(pipeline: Any, still: Callable[[], None]) -> None:
    """Call `still` before each layer of the pipeline's models; what it raises ends the call.

    A step of a large model takes long, and so does decoding what was filmed: neither is waited for.
    """
    torch: Any = import_module("torch")

    def ask(*_: Any) -> None:
        still()

    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            layers = [layer for one in part.children() if isinstance(one, torch.nn.ModuleList) for layer in one]
            for module in (part, getattr(part, "encoder", None), getattr(part, "decoder", None), *layers):
                if isinstance(module, torch.nn.Module):
                    module.register_forward_pre_hook(ask)


def hush() -> None:
    """Keep the libraries' bars and advice out of the log; what goes wrong they raise."""
    diffusers: Any = import_module("diffusers.utils.logging")
    transformers: Any = import_module("transformers.utils.logging")
    for logging in (diffusers, transformers):
        logging.set_verbosity_error()
        logging.disable_progress_bar()
