"""The animatic's speed and size: filming against encoding the same frames alone, and memory by length and tier.

    python benchmarks/filming.py [--rounds 3] [--short]

The ratio is of wall times, filmed and encoded in turns, so that a busy machine slows both. Memory is the largest
resident size of a process that films and delivers one video and does nothing else.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from oxreel.engines.animatic import AnimaticEngine
from oxreel.engines.animatic.stage import Stage
from oxreel.media.encode import Encoder, Planes
from oxreel.storyboard import Reference, Shot, Storyboard
from oxreel.units import frame_count

HD, UHD = (1920, 1080), (3840, 2160)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3, help="times that each is measured; the median counts")
    arguments.add_argument("--short", action="store_true", help="1080p only")
    arguments.add_argument("--one", nargs=4, metavar=("WIDTH", "HEIGHT", "SECONDS", "PROMPT"), help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.one:
        width, height, seconds, prompt = chosen.one
        film_once((int(width), int(height)), int(seconds), prompt)
        return
    with tempfile.TemporaryDirectory() as folder:
        for prompt in ("push in", "pan left", "handheld, orbit around it"):
            ratio(Path(folder), prompt, chosen.rounds)
        for size in (HD,) if chosen.short else (HD, UHD):
            for seconds in (5, 15):
                memory(size, seconds)


def storyboard(folder: Path, size: tuple[int, int], seconds: int, prompt: str) -> Storyboard:
    path = folder / f"picture-{size[0]}.png"
    if not path.exists():
        picture(size).save(path, compress_level=1)
    start = Reference("start", "input_image", "image", str(path), *size)
    shot = Shot(0, prompt, seconds, 0, frame_count(seconds), start=start)
    return Storyboard("benchmark", "benchmark", (shot,), *size, seed=1)


def picture(size: tuple[int, int]) -> Image.Image:
    """Something between a photograph and noise: detail at every scale."""
    random = np.random.default_rng(1)
    total = np.zeros((size[1], size[0], 3), np.float32)
    for step in range(2, 10):
        coarse = random.integers(0, 255, (size[1] // 2**step + 2, size[0] // 2**step + 2, 3), np.uint8)
        total += np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), np.float32) * 1.6**step
    total -= total.min()
    return Image.fromarray((total / total.max() * 255).astype(np.uint8))


def ratio(folder: Path, prompt: str, rounds: int) -> None:
    """Film five seconds of 1080p, and encode the very same frames from memory, in turns."""
    board = storyboard(folder, HD, 5, prompt)
    shot = board.shots[0]
    frames: list[Planes] = [(luma.copy(), cb.copy(), cr.copy()) for luma, cb, cr in Stage().frames(board, shot)]
    filmed, encoded = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        AnimaticEngine().film(board, shot, folder, lambda _: None)
        filmed.append(time.perf_counter() - began)
        began = time.perf_counter()
        with Encoder(folder / "alone.mp4", *HD, sharp={0}) as encoder:
            for planes in frames:
                encoder.write(planes)
        encoded.append(time.perf_counter() - began)
    film, alone = statistics.median(filmed), statistics.median(encoded)
    print(f"1080p, 5 s, {prompt}: filmed in {film:.2f} s, encoding alone {alone:.2f} s, ratio {film / alone:.2f}")


def memory(size: tuple[int, int], seconds: int) -> None:
    """Film once in a fresh process and tell how large it grew, and how long it took from its very start."""
    began = time.perf_counter()
    command = [sys.executable, __file__, "--one", str(size[0]), str(size[1]), str(seconds), "push in"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    took = time.perf_counter() - began
    print(
        f"{size[0]}x{size[1]}, {seconds} s: {said['megabytes']:.0f} MB at most, "
        f"{took:.1f} s from the start of the process, {said['film_megabytes']:.1f} MB of film"
    )


def film_once(size: tuple[int, int], seconds: int, prompt: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The picture is drawn by another process: drawing it must not count.
        code = (
            "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); import filming\n"
            "filming.storyboard(Path(sys.argv[2]), (int(sys.argv[3]), int(sys.argv[4])), 1, '')"
        )
        here = str(Path(__file__).parent)
        subprocess.run([sys.executable, "-c", code, here, name, str(size[0]), str(size[1])], check=True)
        board = storyboard(folder, size, seconds, prompt)
        engine = AnimaticEngine()
        segments = [engine.film(board, shot, folder, lambda _: None) for shot in board.shots]
        engine.finish(board, segments, folder / "film.mp4")
        # Not ru_maxrss, which a child inherits from the process that started it.
        status = Path("/proc/self/status").read_text()
        kilobytes = int(status.split("VmHWM:")[1].split()[0])
        film = (folder / "film.mp4").stat().st_size / 1e6
        print(json.dumps({"megabytes": kilobytes / 1024, "film_megabytes": film}))


if __name__ == "__main__":
    main()
