"""Pictures and videos whose movement is known."""

from collections.abc import Callable
from pathlib import Path as File

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.pictures import landscape
from oxreel.engines.animatic.camera import Path
from oxreel.engines.animatic.scene import Picture
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Encoder

WIDTH, HEIGHT = 640, 360


def textured(seed: int = 1, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """A picture with something to recognize everywhere."""
    random = np.random.default_rng(seed)
    grain = cv2.resize(random.integers(0, 60, (height // 4, width // 4, 3)).astype(np.float32), (width, height))
    base = np.asarray(landscape(width, height, seed)).astype(np.float32)
    return np.asarray(np.clip(base * 0.8 + cv2.GaussianBlur(grain, (0, 0), 1.5), 0, 255), np.uint8)


def seen(picture: Picture, matrix: NDArray[np.float64]) -> Picture:
    """The picture as a camera sees it that looks at `matrix` times each of its pixels."""
    return np.asarray(
        cv2.warpPerspective(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    )


def closer(scale: float, x: float, y: float, degrees: float = 0) -> NDArray[np.float64]:
    """A camera over a large picture: the pixels of its frame times `scale`, turned, from (x, y) on."""
    a = np.deg2rad(degrees)
    return np.array([[scale * np.cos(a), -scale * np.sin(a), x], [scale * np.sin(a), scale * np.cos(a), y], [0, 0, 1]])


def camera_over(
    frames: int, *, zoom: float = 1.0, x: float = 0, y: float = 0, roll: float = 0, hand: float = 0
) -> Path:
    """A path that magnifies by `zoom`, goes that far in pixels, rolls by degrees and is held by a hand that sways."""
    time = np.linspace(0, 1, frames)
    done = time * time * (3 - 2 * time)
    sway = hand * np.column_stack([np.sin(np.arange(frames) / 7), 0.7 * np.sin(np.arange(frames) / 5)])
    middle = np.array([WIDTH - 1, HEIGHT - 1]) / 2
    found = []
    for share, shaken in zip(done, sway, strict=True):
        view = closer(zoom**-share, 0, 0, degrees=roll * share)
        view[:2, 2] = middle + np.array([x, y]) * share + shaken - view[:2, :2] @ middle
        found.append(view)
    return np.array(found)


def filmed(target: File, camera: Path, rate: int = 24, draw: Callable[[Picture, int], None] | None = None) -> File:
    """A video of a large picture, seen by that camera, at 24 frames a second; `rate` says how many of them differ."""
    large = textured(2, 2 * WIDTH, 2 * HEIGHT)
    with Encoder(target, WIDTH, HEIGHT) as encoder:
        for frame in range(len(camera)):
            shown = frame - frame % (24 // rate)
            picture = seen(large, closer(1, WIDTH / 2, HEIGHT / 2) @ camera[shown])
            if draw is not None:
                draw(picture, shown)
            encoder.write(planes_from_rgb(picture))
    return target
