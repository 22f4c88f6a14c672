"""Pictures whose movement is known."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.pictures import landscape
from oxreel.engines.animatic.scene import Picture

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
