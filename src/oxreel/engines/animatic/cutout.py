"""Cut-outs: who acts, out of its own picture; a framed card where no clean outline can be had."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from oxreel.engines.animatic.actor import Cutout
from oxreel.engines.animatic.keying import background_of

#: uint8 (height, width, 3 or 4): sRGB, perhaps with straight alpha.
Pixels = NDArray[np.uint8]

#: Longest side of a cut-out: what fills a 4K canvas from top to bottom. A picture up to this size keeps its pixels.
LONGEST = 2400
#: Alpha at most this is nothing, and at least that is whole.
_NOTHING, _WHOLE = 8, 250
#: Share of the alpha that must be nothing for it to be an outline at all.
_LEAST_CLEAR = 0.01
#: A card's mat and corner radius, as shares of its longer side; and its shadow's softness, depth and darkness.
_MAT, _RADIUS = 0.022, 0.014
_SHADOW_SOFT, _SHADOW_DOWN, _SHADOW_DARK = 0.02, 0.014, 0.42


def cut_out(picture: Image.Image | Pixels, *, strict: bool = False) -> Cutout | None:
    """The subject by its own alpha, else keyed from a plain background; None where neither gives a clean outline.

    `strict` asks for a subject in the middle that does not touch the edges: for pictures that may well be scenes.
    """
    pixels = _pixels(picture)
    if pixels.shape[2] == 4:
        clear = float(np.mean(pixels[..., 3] <= _NOTHING))
        if _LEAST_CLEAR < clear < 0.999:
            return _trimmed(_without_fringe(pixels))
        pixels = np.ascontiguousarray(pixels[..., :3])
    found = background_of(pixels, strict=strict)
    return None if found is None else _trimmed(found)


def framed_card(picture: Image.Image | Pixels) -> Cutout:
    """The whole picture as a print: a thin white mat with soft corners, and the shadow that it throws."""
    image = Image.fromarray(_flat(_pixels(picture)))
    side = max(image.size)
    mat, radius = max(2, round(side * _MAT)), max(2, round(side * _RADIUS))
    around = max(4, round(side * _SHADOW_SOFT * 2.6 + side * _SHADOW_DOWN))
    width, height = image.width + 2 * (mat + around), image.height + 2 * (mat + around)
    box = (around, around, width - around - 1, height - around - 1)
    sheet = _rounded((width, height), box, radius)
    # The light part of a shadow is wide, its dark part lies close to the print.
    wide = sheet.filter(ImageFilter.GaussianBlur(side * _SHADOW_SOFT))
    near = sheet.filter(ImageFilter.GaussianBlur(side * _SHADOW_SOFT / 4))
    shadow = (np.asarray(wide, np.float32) * 0.75 + np.asarray(near, np.float32) * 0.25) / 255 * _SHADOW_DARK
    shadow = np.roll(shadow, round(side * _SHADOW_DOWN), axis=0)
    paper = np.asarray(sheet, np.float32) / 255
    alpha = paper + (1 - paper) * shadow
    colour = np.full((height, width, 3), 250, np.float32)
    print_box = (around + mat, around + mat, around + mat + image.width, around + mat + image.height)
    window = np.asarray(_rounded((width, height), (*print_box[:2], print_box[2] - 1, print_box[3] - 1), radius * 0.55))
    inner = np.zeros((height, width, 3), np.float32)
    inner[print_box[1] : print_box[3], print_box[0] : print_box[2]] = np.asarray(image)
    share = window[..., None].astype(np.float32) / 255
    colour = np.asarray(colour * (1 - share) + inner * share, np.float32)
    colour *= (paper / np.maximum(alpha, 1e-6))[..., None]
    return np.dstack([np.rint(np.clip(colour, 0, 255)), np.rint(alpha * 255)]).astype(np.uint8)


def _rounded(size: tuple[int, int], box: tuple[float, float, float, float], radius: float) -> Image.Image:
    """White within the rounded box, four times finer than pixels, so that its corners are smooth."""
    fine = 4
    mask = Image.new("L", (size[0] * fine, size[1] * fine), 0)
    corners = (box[0] * fine, box[1] * fine, (box[2] + 1) * fine - 1, (box[3] + 1) * fine - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corners, round(radius * fine), fill=255)
    return mask.reduce(fine)


def _pixels(picture: Image.Image | Pixels) -> Pixels:
    """The picture's pixels; a huge one is reduced first."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if "A" in image.getbands() else "RGB")
    if max(image.size) > LONGEST:
        image = ImageOps.contain(image, (LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return np.asarray(image)


def _flat(pixels: Pixels) -> Pixels:
    """The picture on white where it can be seen through."""
    if pixels.shape[2] == 3:
        return pixels
    share = pixels[..., 3:].astype(np.float32) / 255
    return np.rint(pixels[..., :3] * share + 255 * (1 - share)).astype(np.uint8)


def _trimmed(cutout: Cutout) -> Cutout | None:
    """The cut-out by its own outline, with one clear pixel around it."""
    seen = cutout[..., 3] > _NOTHING
    if not seen.any():
        return None
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    inside = cutout[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(np.where(inside[..., 3:] > _NOTHING, inside, 0), ((1, 1), (1, 1), (0, 0)))


def _without_fringe(pixels: Pixels) -> Cutout:
    """The colours of what it was cut from, taken out of a thin soft edge: it gets those of the nearest whole pixel."""
    alpha = pixels[..., 3]
    whole = alpha >= _WHOLE
    if not whole.any():
        return pixels
    size = max(1, round(max(alpha.shape) / 500))
    near = np.ones((2 * size + 1, 2 * size + 1), np.uint8)
    # A broad transparency is meant: glass, smoke, a glow. Only the rim between nothing and whole is mended.
    rim = ~whole & (alpha > _NOTHING)
    rim &= cv2.dilate(whole.astype(np.uint8), near).astype(bool)
    rim &= cv2.dilate((alpha <= _NOTHING).astype(np.uint8), near).astype(bool)
    _, labels = cv2.distanceTransformWithLabels(
        (~whole).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.zeros((labels.max() + 1, 3), np.uint8)
    nearest[labels[whole]] = pixels[..., :3][whole]
    mended = pixels.copy()
    mended[..., :3][rim] = nearest[labels[rim]]
    return mended
