"""What the diffusers engine adds to the bare call of its pipeline: seconds a step, memory, cancel and warm start.

    python benchmarks/diffusers_overhead.py --size full [--steps 10] [--rounds 3] [--folder /fast/disk]
    python benchmarks/diffusers_overhead.py --size tiny

`full` makes random weights of the size and shape of Wan2.2-TI2V-5B (24 GB in `--folder`, once) and needs a GPU with 48
GB; what random weights film is noise, and takes as long as what trained ones film. `tiny` runs anywhere in seconds and
shows that this script works: its ratios mean nothing. Engine and bare call take turns; medians count.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from oxreel.engines.diffusers import DiffusersEngine
from oxreel.engines.diffusers.filming import Means, planned
from oxreel.engines.diffusers.memory import Machine
from oxreel.engines.diffusers.placing import dtypes
from oxreel.engines.diffusers.weights import checkpoints
from oxreel.engines.engine import Stopped
from oxreel.settings import Settings
from oxreel.storyboard import Shot, Storyboard
from oxreel.units import frame_count
from support.tiny_checkpoints import byte_tokenizer, own_checkpoints

NAME = "measured"
#: What the memory is that `counted` gives.
KIND = {"cuda": "beside the weights", "cpu": "in the whole process"}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", choices=("full", "tiny"), required=True)
    arguments.add_argument("--steps", type=int, default=10, help="denoising steps of each film")
    arguments.add_argument("--seconds", type=int, default=5, help="length of each film")
    arguments.add_argument("--rounds", type=int, default=3, help="times that each is measured; the median counts")
    arguments.add_argument("--folder", type=Path, help="where full-size weights are kept from one run to the next")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (chosen.folder or Path(scratch)) / f"wan-ti2v-{chosen.size}"
        if chosen.size == "tiny":
            described = own_checkpoints(folder, "wan-ti2v")["tiny-wan-ti2v"]
        else:
            described = {"family": "wan-ti2v", "folder": str(folder)}
            if not (folder / "model_index.json").exists():
                make_full(folder)
        measure(Settings(diffusers_checkpoints={NAME: described}, diffusers_steps=chosen.steps), chosen, Path(scratch))


def measure(settings: Settings, chosen: argparse.Namespace, scratch: Path) -> None:
    """Print every figure."""
    size = (1280, 704) if chosen.size == "full" else (96, 64)
    shot = Shot(0, "Waves roll towards the camera", chosen.seconds, 0, frame_count(chosen.seconds))
    board = Storyboard("benchmark", "benchmark", (shot,), *size, seed=1, route=NAME)
    engine, machine = DiffusersEngine(settings), Machine()
    print(f"{hardware()}, {size[0]}x{size[1]}, {shot.frames} frames, {chosen.steps} steps")

    print(f"cold: {first_step(engine, board, scratch):.1f} s to the first step, weights loaded", flush=True)
    print(f"warm: {first_step(engine, board, scratch):.1f} s to the first step", flush=True)
    print(f"cancel: {cancel(engine, board, scratch):.2f} s from the word to the end of the film", flush=True)

    checkpoint = checkpoints(settings)[NAME]
    assert checkpoint.folder is not None
    folder = checkpoint.folder
    (clip,) = planned(board, shot, Means(checkpoint.rules, chosen.steps, lambda *_: None))  # type: ignore[arg-type]
    bare = bare_call(folder, clip, machine)
    runs: dict[str, list[float]] = {"the engine's clip": [], "the bare call": []}
    memory: dict[str, float] = {}
    for _ in range(chosen.rounds):
        for name, run in (
            ("the engine's clip", lambda: engine.warm.film(checkpoint, folder, clip, lambda *_: None)),
            ("the bare call", bare),
        ):
            start_counting()
            began = time.perf_counter()
            run()
            runs[name].append(time.perf_counter() - began)
            memory[name] = max(memory.get(name, 0.0), counted())
    for name, seconds in runs.items():
        each = statistics.median(seconds) / chosen.steps
        print(f"{name}: {each:.3f} s a step with reading and decoding, {memory[name]:.2f} GB {KIND[machine.device]}")
    ratio = statistics.median(runs["the engine's clip"]) / statistics.median(runs["the bare call"])
    print(f"overhead of the engine: {100 * (ratio - 1):+.2f} %")
    began = time.perf_counter()
    engine.film(board, shot, scratch, lambda _: None)
    print(f"the whole shot, encoded at 24 frames a second: {time.perf_counter() - began:.1f} s")


def first_step(engine: DiffusersEngine, board: Storyboard, scratch: Path) -> float:
    """Seconds until the first step is done; the film is called off then."""
    began = time.perf_counter()

    def on_frame(frames: int) -> None:
        if frames > 0:
            raise Stopped

    with suppress(Stopped):
        engine.film(board, board.shots[0], scratch, on_frame)
    return time.perf_counter() - began


def cancel(engine: DiffusersEngine, board: Storyboard, scratch: Path) -> float:
    """Seconds from the moment nobody wants the film, in the middle of its steps, until the engine is free."""
    said: list[float] = []

    def on_frame(frames: int) -> None:
        if frames > board.frames * 0.4:
            said.append(time.perf_counter())
            raise Stopped

    with suppress(Stopped):
        engine.film(board, board.shots[0], scratch, on_frame)
    return time.perf_counter() - said[0]


def bare_call(folder: Path, clip: Any, machine: Machine) -> Callable[[], Any]:
    """The pipeline called as its documentation does, with nothing of the engine around it."""
    torch, diffusers = import_module("torch"), import_module("diffusers")
    from oxreel.engines.diffusers.family import Placement  # noqa: PLC0415

    kinds = dtypes(Placement("bare", machine.device), "vae")
    pipeline = diffusers.WanPipeline.from_pretrained(folder, dtype=kinds, local_files_only=True).to(machine.device)
    pipeline.set_progress_bar_config(disable=True)

    def call() -> Any:
        filmed = pipeline(
            prompt=clip.prompt,
            negative_prompt=clip.negative_prompt,
            width=clip.width,
            height=clip.height,
            num_frames=clip.frames,
            num_inference_steps=clip.steps,
            guidance_scale=clip.guidance,
            generator=torch.Generator("cpu").manual_seed(clip.seed),
            max_sequence_length=512,
            output_type="pt",
        ).frames[0]
        return (filmed.float() * 255).round().to(torch.uint8).cpu()

    return call


def make_full(folder: Path) -> None:
    """Random weights of the shape of Wan2.2-TI2V-5B, by its published configuration."""
    torch, diffusers, transformers = (import_module(name) for name in ("torch", "diffusers", "transformers"))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_default_dtype(torch.bfloat16)
    with torch.device(device):
        transformer = diffusers.WanTransformer3DModel(
            num_attention_heads=24, ffn_dim=14336, num_layers=30, in_channels=48, out_channels=48
        )
        words = transformers.UMT5Config(
            d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64, vocab_size=256384,
            feed_forward_proj="gated-gelu",
        )  # fmt: skip
        encoder = transformers.UMT5EncoderModel(words).eval()
        vae = diffusers.AutoencoderKLWan(
            base_dim=160, decoder_base_dim=256, z_dim=48, is_residual=True, patch_size=2, in_channels=12,
            out_channels=12, scale_factor_spatial=16, latents_mean=[0.0] * 48, latents_std=[1.0] * 48,
        )  # fmt: skip
    torch.set_default_dtype(torch.float32)
    scheduler = diffusers.UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=5.0
    )
    diffusers.WanPipeline(
        tokenizer=byte_tokenizer(), text_encoder=encoder, vae=vae, scheduler=scheduler, transformer=transformer,
        transformer_2=None, expand_timesteps=True,
    ).save_pretrained(folder)  # fmt: skip
    del transformer, encoder, vae
    Machine().let_go()


def hardware() -> str:
    torch = import_module("torch")
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "processor"
    return f"{name}, torch {torch.__version__}, diffusers {import_module('diffusers').__version__}"


def start_counting() -> None:
    torch = import_module("torch")
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def counted() -> float:
    """Gigabytes: on a GPU what the last run took at most beyond what is there all the time, else the process's most."""
    torch = import_module("torch")
    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated() - torch.cuda.memory_allocated()) / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
