"""The animatic's speed, size and steadiness: against encoding the same frames alone, and against ffmpeg's zoompan.

    python benchmarks/filming.py [--rounds 3] [--short]

The ratio is of wall times, filmed and encoded in turns, so that a busy machine slows all; the median counts. A path's
error is measured by registering the decoded frames against where they ought to be. Memory is the largest
resident size of a process that films and delivers one video and does nothing else.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import av
import av.filter
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from oxreel.engines.animatic import AnimaticEngine
from oxreel.engines.animatic.camera import camera_path
from oxreel.engines.animatic.depth import nearness_of
from oxreel.engines.animatic.direction import plan_of
from oxreel.engines.animatic.scene import Picture, fitted_frame, scene_of
from oxreel.engines.animatic.sheet import Sheet
from oxreel.engines.animatic.stage import Stage
from oxreel.engines.animatic.views import Anchors
from oxreel.media.encode import Encoder, Planes, planes_of
from oxreel.storyboard import Reference, Shot, Storyboard
from oxreel.units import FRAME_RATE, frame_count
from trajectory import errors_of, steps_of

HD, UHD = (1920, 1080), (3840, 2160)
#: What zoompan's push adds up to; the engine's is as large.
ZOOM = 0.28
#: The last one has weather and grain.
PROMPTS = ("push in", "truck left", "handheld, orbit around it", "push in, heavy rain, vintage film")


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
        sizes = (HD,) if chosen.short else (HD, UHD)
        for size in sizes:
            for prompt in PROMPTS if size == HD else PROMPTS[:1]:
                ratio(Path(folder), size, prompt, chosen.rounds)
        for size in sizes:
            against_zoompan(Path(folder), size, chosen.rounds)
        for size in sizes:
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
    """As much at every scale, or nearly, as photographs have (Field, J. Opt. Soc. Am. A 4, 1987)."""
    random = np.random.default_rng(1)
    total = np.zeros((size[1], size[0], 3), np.float32)
    for step in range(1, 10):
        coarse = random.integers(0, 255, (size[1] // 2**step + 2, size[0] // 2**step + 2, 3), np.uint8)
        total += np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), np.float32) * 1.15**step
    total -= total.min()
    return Image.fromarray((total / total.max() * 255).astype(np.uint8))


def ratio(folder: Path, size: tuple[int, int], prompt: str, rounds: int) -> None:
    """Film five seconds, and encode the very same frames from memory, in turns."""
    board = storyboard(folder, size, 5, prompt)
    shot = board.shots[0]
    frames: list[Planes] = [(luma.copy(), cb.copy(), cr.copy()) for luma, cb, cr in Stage().frames(board, shot)]
    filmed, encoded = [], []
    for _ in range(rounds):
        filmed.append(timed(lambda: AnimaticEngine().film(board, shot, folder, lambda _: None)))
        encoded.append(timed(lambda: encode(folder / "alone.mp4", size, frames)))
    (film, film_used), (alone, alone_used) = (np.median(each, axis=0) for each in (filmed, encoded))
    wall, used = np.median(np.array(filmed) / np.array(encoded), axis=0)
    print(
        f"{size[0]}x{size[1]}, 5 s, {prompt}: filmed in {film:.2f} s, encoding alone {alone:.2f} s, ratio {wall:.2f}; "
        f"of processor {film_used:.2f} s, {alone_used:.2f} s, {used:.2f}",
        flush=True,
    )


def against_zoompan(folder: Path, size: tuple[int, int], rounds: int) -> None:
    """Film a push by the engine and by ffmpeg's zoompan, in turns, and tell how true each is to its path."""
    board = storyboard(folder, size, 5, "push in")
    shot = board.shots[0]
    start = shot.start
    assert start is not None
    still = fitted_frame(start, *size)
    others = {"zoompan of 4:2:0": "yuv420p", "zoompan of RGB": "gbrp"}
    films = {"animatic": folder / "shot-00.mp4", **{name: folder / f"{other}.mp4" for name, other in others.items()}}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in films}
    for _ in range(rounds):
        took["animatic"].append(timed(lambda: AnimaticEngine().film(board, shot, folder, lambda _: None)))
        for name, samples in others.items():
            took[name].append(timed(partial(zoompan_of, films[name], start, size, shot.frames, samples)))
    path = camera_path(plan_of(board, shot).camera, shot.frames, size, anchors=Anchors(start=True), seed=board.seed)
    scene = scene_of(still, 4)
    sheet = Sheet(scene, nearness_of(still), path)

    def ours(frame: int, at: NDArray[np.float64]) -> NDArray[np.float64]:
        places = (at / sheet.step).astype(np.float32).reshape(size[1], size[0], 2)
        field = sheet.field(frame)
        return np.asarray(cv2.remap(field, places[..., 0], places[..., 1], cv2.INTER_LINEAR), np.float64).reshape(-1, 2)

    def theirs(frame: int, at: NDArray[np.float64]) -> NDArray[np.float64]:
        return (at + 0.5 - np.array(size) / 2) / (1 + ZOOM * frame / shot.frames) + np.array(size) / 2 - 0.5

    for name, film in films.items():
        errors = errors_of(film, scene.fitted[0], ours if name == "animatic" else theirs)
        # Where the whole picture lies is a matter of taste; that it keeps its course is not.
        errors -= errors.mean(axis=0)
        print(
            f"{size[0]}x{size[1]}, 5 s, push in, {name}: {np.median(took[name], axis=0)[0]:.2f} s "
            f"({np.median(took[name], axis=0)[1]:.2f} of processor), "
            f"error {np.sqrt(np.mean(np.sum(errors**2, axis=1))):.4f} px rms, "
            f"{np.abs(errors).max():.3f} at most, jitter {steps_of(errors):.4f}",
            flush=True,
        )


def zoompan_of(target: Path, start: Reference, size: tuple[int, int], frames: int, samples: str) -> None:
    zoompan(target, fitted_frame(start, *size), frames, samples)


def zoompan(target: Path, still: Picture, frames: int, samples: str) -> None:
    """The same push as it is mostly made with ffmpeg, by the engine's own encoder.

    `samples` is what it zooms: "yuv420p", which is faster, or "gbrp", which trembles less.
    """
    height, width, _ = still.shape
    graph = av.filter.Graph()
    source = graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgb24"), time_base=1 / FRAME_RATE)
    first = graph.add("format", samples)
    move = graph.add(
        "zoompan",
        f"z='1+{ZOOM}*on/{frames}':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':d={frames}:s={width}x{height}:fps=24",
    )
    shape, sink = graph.add("format", "yuv420p"), graph.add("buffersink")
    for one, other in ((source, first), (first, move), (move, shape), (shape, sink)):
        one.link_to(other)
    graph.configure()
    picture = av.VideoFrame.from_ndarray(still, "rgb24")
    picture.pts, picture.time_base = 0, 1 / FRAME_RATE
    graph.push(picture)
    with Encoder(target, width, height, sharp={0}) as encoder:
        while encoder.frames < frames:
            encoder.write(planes_of(graph.vpull()))


def encode(target: Path, size: tuple[int, int], frames: list[Planes]) -> None:
    with Encoder(target, *size, sharp={0}) as encoder:
        for planes in frames:
            encoder.write(planes)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall, and seconds of processor."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


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
