"""Scenes: pictures fitted to the canvas, with something beyond their edges for a camera that looks past them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from oxreel.errors import BadReference
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes
from oxreel.storyboard import Reference

#: uint8 (height, width, 3) sRGB.
Picture = NDArray[np.uint8]
Plane = NDArray[np.uint8]

#: The surroundings are blurred at one part in so many of their size.
_SOFTENED = 4

#: Share of a reference that must stay visible when it fills the canvas; less, and it is shown whole on a backdrop.
_MOST_CROPPED = 0.6
#: Share of the canvas that a whole picture or a cut-out may take.
_INSET = 0.88


@dataclass(frozen=True)
class Scene:
    """Planes of a picture and `margin` pixels around it on every side."""

    planes: Planes
    width: int
    height: int
    #: Pixels of luma, a multiple of four; chroma has half of them.
    margin: int = 0

    @property
    def fitted(self) -> Planes:
        """The picture alone: what a camera at rest sees."""
        luma, cb, cr = (
            plane[m : plane.shape[0] - m, m : plane.shape[1] - m]
            for plane, m in zip(self.planes, (self.margin, self.margin // 2, self.margin // 2), strict=True)
        )
        return luma, cb, cr


def scene_of(picture: Picture, margin: int = 0) -> Scene:
    """The scene of a picture; beyond its edges lies its own soft reflection, `margin` pixels, a multiple of four."""
    height, width, _ = picture.shape
    luma, cb, cr = planes_from_rgb(picture)
    if margin == 0:
        return Scene((luma, cb, cr), width, height)
    half = margin // 2
    return Scene((_extended(luma, margin), _extended(cb, half), _extended(cr, half)), width, height, margin)


def fitted_frame(reference: Reference, width: int, height: int) -> Picture:
    """An anchored frame: the picture covers the canvas, what stands over is cropped evenly."""
    return np.asarray(ImageOps.fit(open_picture(reference), (width, height), Image.Resampling.LANCZOS))


def fitted_reference(reference: Reference, width: int, height: int) -> Picture:
    """A reference: it fills the canvas where most of it stays visible; else it is shown whole on a backdrop."""
    image = open_picture(reference)
    shape, canvas = image.width / image.height, width / height
    if reference.has_alpha:
        return np.asarray(_placed(image, _studio(width, height)))
    if min(shape / canvas, canvas / shape) >= _MOST_CROPPED:
        return np.asarray(ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS))
    return np.asarray(_placed(image, _blurred(image, width, height), inset=1.0))


def open_picture(reference: Reference, longest: int | None = None) -> Image.Image:
    """The picture, no longer than `longest` pixels on either side. Raises BadReference where it cannot be read."""
    try:
        with Image.open(reference.path, formats=("PNG",)) as image:
            image.load()
            mode = "RGBA" if reference.has_alpha else "RGB"
            # Converting to what it is already would copy a picture that may have 64 million pixels.
            found = image if image.mode == mode else image.convert(mode)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadReference(f"{reference.field}: the picture cannot be read.") from error
    if longest is not None:
        found.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return found


def _placed(image: Image.Image, backdrop: Image.Image, inset: float = _INSET) -> Image.Image:
    """The whole picture in the middle of a backdrop, a cut-out by its own outline."""
    box = round(backdrop.width * inset), round(backdrop.height * inset)
    whole = ImageOps.contain(image, box, Image.Resampling.LANCZOS)
    at = (backdrop.width - whole.width) // 2, (backdrop.height - whole.height) // 2
    backdrop.paste(whole, at, whole if whole.mode == "RGBA" else None)
    return backdrop


def _blurred(image: Image.Image, width: int, height: int) -> Image.Image:
    """The picture itself as a dark, soft backdrop. It is blurred small, which looks the same and costs little."""
    small = ImageOps.fit(image, (max(2, width // 8), max(2, height // 8)), Image.Resampling.LANCZOS)
    soft = small.filter(ImageFilter.GaussianBlur(width / 8 / 24))
    return ImageEnhance.Brightness(soft.resize((width, height), Image.Resampling.BICUBIC)).enhance(0.45)


def _studio(width: int, height: int) -> Image.Image:
    """A neutral studio wall, lighter behind the subject."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot((x / width - 0.5) * 1.1, y / height - 0.46)
    light = 214 - 70 * np.clip(distance / 0.75, 0, 1) ** 1.6
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, light.shape).astype(np.float32)
    wall = (light[..., None] * np.array([1.0, 0.99, 0.975], np.float32)) + noise[..., None]
    return Image.fromarray(np.clip(np.rint(wall), 0, 255).astype(np.uint8))


def _extended(plane: Plane, margin: int) -> Plane:
    """The plane reflected over its edges, softer with the distance, untouched itself."""
    height, width = plane.shape
    wide = np.pad(plane, margin, mode="reflect")
    # Blurred small, which looks the same and costs little.
    small = cv2.resize(wide, None, fx=1 / _SOFTENED, fy=1 / _SOFTENED, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), max(1.0, margin / 8 / _SOFTENED))
    soft = cv2.resize(blurred, wide.shape[::-1], interpolation=cv2.INTER_LINEAR)
    # The edge itself goes on sharply, so that it is not seen; further out the reflection gives way to the blur.
    within = np.minimum(np.arange(wide.shape[0]) - margin, height + margin - 1 - np.arange(wide.shape[0]))
    beside = np.minimum(np.arange(wide.shape[1]) - margin, width + margin - 1 - np.arange(wide.shape[1]))
    for part in (
        np.s_[:margin], np.s_[margin + height :],
        np.s_[margin : margin + height, :margin], np.s_[margin : margin + height, margin + width :],
    ):  # fmt: skip
        away = -np.minimum(*np.broadcast_arrays(within[:, None], beside[None, :])[:2])[part]
        share = np.clip(away / max(1.0, 0.6 * margin), 0, 1) ** 0.8
        mixed = wide[part] + (soft[part].astype(np.float32) - wide[part]) * share
        wide[part] = np.rint(mixed)
    return wide
