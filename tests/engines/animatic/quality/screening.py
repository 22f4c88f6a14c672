"""Screenings: films as they are delivered, decoded to the planes of their frames, and what there is to film."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from engines.moved import textured
from engines.pictures import reference
from engines.suite import film
from oxreel import samples
from oxreel.engines.animatic import AnimaticEngine
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes, planes_of
from oxreel.storyboard import Reference, Storyboard

Luma = NDArray[np.uint8]
#: Canvases of the three shapes, in pixels.
SHAPES = {"16:9": (320, 180), "9:16": (180, 320), "1:1": (248, 248)}


@dataclass(frozen=True)
class Screening:
    """A delivered film."""

    file: Path
    planes: tuple[Planes, ...]
    #: Numbers of the frames that a player can begin at.
    keyframes: tuple[int, ...]

    @property
    def luma(self) -> list[Luma]:
        """The luma of every frame."""
        return [planes[0] for planes in self.planes]


def screened(board: Storyboard, folder: Path) -> Screening:
    """The film of the storyboard: filmed by a new engine, delivered, decoded."""
    target, _ = film(AnimaticEngine(), board, folder)
    with av.open(str(target)) as delivered:
        frames = [(planes_of(frame), frame.key_frame) for frame in delivered.decode(video=0)]
    return Screening(target, tuple(one for one, _ in frames), tuple(n for n, (_, key) in enumerate(frames) if key))


def fitted(picture: Image.Image, size: tuple[int, int]) -> Luma:
    """What a picture that covers the canvas looks like."""
    return planes_from_rgb(np.asarray(ImageOps.fit(picture, size, Image.Resampling.LANCZOS)))[0]


def detailed(width: int, height: int, seed: int = 1, *, sharp: bool = False) -> Image.Image:
    """A picture with something to follow everywhere and no dark part: its least luma is above 80.

    The `sharp` one is detail at every scale and nothing else.
    """
    if not sharp:
        return Image.fromarray(np.asarray(90 + textured(seed, width, height).astype(np.float32) * 0.62, np.uint8))
    random = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for step in (3, 6, 15, 60):
        coarse = random.integers(0, 256, (height // step, width // step, 3)).astype(np.float32)
        total += 0.25 * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return Image.fromarray(np.clip(90 + 0.6 * cv2.GaussianBlur(total, (0, 0), 0.8), 90, 255).astype(np.uint8))


def ox() -> Image.Image:
    """The sample picture of an ox in the snow."""
    with Image.open(Path(samples.__file__).parent / "ox_zoom_out_1926_1076.png") as image:
        return image.convert("RGB").resize((640, 358), Image.Resampling.LANCZOS)


def mascot(folder: Path, name: str = "Element1") -> Reference:
    """The sample mascot as an element that stands before a plain ground."""
    with Image.open(Path(samples.__file__).parent / "bloxy_cropped_512x512.png") as image:
        return reference(folder, name, image.convert("RGB"), "elements[0].frontal_image_url")


def badge(folder: Path, name: str = "Element1", *, cut: bool = True) -> Reference:
    """A round badge with lettering, cut out by its alpha; or printed on a busy picture from which nobody can cut it."""
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0)) if cut else detailed(400, 400, 5).convert("RGBA")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((10, 10, 390, 390), fill=(236, 231, 216, 255))
    letters = cv2.putText(np.zeros((400, 400), np.uint8), "OXREEL", (48, 190), cv2.FONT_HERSHEY_DUPLEX, 2.5, 255, 8)
    letters = cv2.putText(letters, "No. 47", (96, 270), cv2.FONT_HERSHEY_DUPLEX, 2.0, 255, 6)
    picture.paste((28, 36, 88, 255), (0, 0), Image.fromarray(letters))
    return reference(folder, name, picture if cut else picture.convert("RGB"), "elements[0].frontal_image_url")


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Decibels: 50 is the same to the eye and to most rulers."""
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))


def differences(frames: Iterable[Luma]) -> NDArray[np.float64]:
    """Mean absolute difference of each frame from the one before it; 0 for the first."""
    stack = np.array(list(frames), np.int16)
    return np.concatenate([[0.0], np.abs(np.diff(stack, axis=0)).mean(axis=(1, 2))])
