"""Signs: words on a board or in neon tubes, as a cut-out to stand in a scene or hung into the frame."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.lettering import cut, fitted, glyphs, is_plain, measure, settled, typeface
from oxreel.engines.animatic.look.type_kernels import overlay
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes

#: uint8 (height, width, 4): sRGB and straight alpha.
Cutout = NDArray[np.uint8]

_HUMMING = 0x516E
#: Enamel, ink and iron of a board; colours of the tubes.
_ENAMEL, _INK, _IRON = (236, 229, 211), (34, 38, 46), (46, 44, 44)
_TUBES = ((255, 72, 150), (64, 224, 255), (255, 176, 64))
_MOST_LETTERS = 80


def sign(text: str, size: int, room: int, *, neon: bool = False, number: int = 0) -> Cutout:
    """A sign with type of that size, in pixels, or smaller where the text is wider than the `room`."""
    words = settled(text, _MOST_LETTERS)
    size, lines = fitted(words, size, max(8, size // 3), room, 2)
    lines = cut(lines, 2)
    return _neon(lines, size, _TUBES[number % len(_TUBES)]) if neon else _board(lines, size)


def _type(lines: list[str], size: int, pad: int) -> Image.Image:
    """The lines as a mask, centred, with room around them."""
    widths = [measure(line, size)(line) for line in lines]
    leading = round(size * 1.2)
    mask = Image.new("L", (2 * round((max(widths) + 2 * pad) / 2), 2 * round((leading * len(lines) + 2 * pad) / 2)))
    draw = ImageDraw.Draw(mask)
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        x, y = (mask.width - width) / 2, pad + leading * number
        if is_plain(line):
            draw.text((x, y + size * 0.95), line, 255, typeface(size), anchor="ls", stroke_width=0.012 * size)
        else:
            mask.paste(255, (round(x), y - round(size * 0.06)), glyphs(line, size)[0])
    return mask


def _board(lines: list[str], size: int) -> Cutout:
    pad = round(size * 0.62)
    ink = _type(lines, size, pad)
    width, height = ink.size
    scale = 4
    plate = Image.new("L", (width * scale, height * scale))
    rim = Image.new("L", plate.size)
    corner = size * 0.2 * scale
    box = (0, 0, plate.width - 1, plate.height - 1)
    ImageDraw.Draw(plate).rounded_rectangle(box, corner, fill=255)
    inset, line = size * 0.16 * scale, max(1, round(size * 0.045 * scale))
    ImageDraw.Draw(rim).rounded_rectangle(
        (inset, inset, plate.width - 1 - inset, plate.height - 1 - inset), corner * 0.6, outline=255, width=line
    )
    alpha, border = (mask.resize((width, height), Image.Resampling.LANCZOS) for mask in (plate, rim))
    # Light from above: the enamel is a little brighter there, and its lower edge darker.
    down = np.linspace(1.03, 0.93, height)[:, None, None]
    face = np.clip(np.array(_ENAMEL) * down + np.zeros((height, width, 1)), 0, 255)
    image = Image.fromarray(np.rint(face).astype(np.uint8))
    image.paste(_INK, (0, 0), border)
    image.paste(_INK, (0, 0), ink)
    return np.dstack([np.asarray(image), np.asarray(alpha)])


def _neon(lines: list[str], size: int, colour: tuple[int, int, int]) -> Cutout:
    pad = round(size * 1.0)
    ink = _type(lines, size, pad)
    # Type without a heart: the outline of the letters is the tube, its middle nearly white.
    tube = np.asarray(ink, np.float32) / 255
    near = np.asarray(ink.filter(ImageFilter.GaussianBlur(size * 0.055)), np.float32) / 255
    wide = np.asarray(ink.filter(ImageFilter.GaussianBlur(size * 0.3)), np.float32) / 255
    glow = 1 - (1 - 0.9 * np.minimum(1, near * 1.5)) * (1 - 0.8 * np.minimum(1, wide * 1.3))
    alpha = np.maximum(tube, glow)
    heart = np.clip(near * 1.6 - 0.5, 0, 1)[..., None] * tube[..., None]
    lit = np.array(colour, np.float32) * (1 - 0.78 * heart) + 255 * 0.78 * heart
    return np.dstack([np.rint(lit), np.rint(alpha * 255)]).astype(np.uint8)


class SignBoard:
    """A sign in the upper third: a board that hangs into the frame, or neon that hums."""

    def __init__(self, canvas: Canvas, text: str, place: int = 0, count: int = 1, *, neon: bool = False) -> None:
        """It is the sign at that `place`, from the left, of so many."""
        self._canvas, self._neon = canvas, neon
        share = canvas.width / count
        side = min(canvas.width, canvas.height)
        picture = sign(text, max(10, round(side * 0.085)), round(share * 0.66), neon=neon, number=place)
        top = round(canvas.height * (0.2 if canvas.height > canvas.width else 0.15))
        if not neon:
            picture, top = _hung(picture, top, max(2, round(side * 0.004)))
        height, width = picture.shape[:2]
        left = round(share * (place + 0.5) - width / 2)
        self._top, self._left = 2 * (top // 2), 2 * (left // 2)
        even = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)))
        self._planes = planes_from_rgb(np.ascontiguousarray(even[..., :3]))
        self._alpha = np.ascontiguousarray(even[..., 3])
        self._half = cv2.resize(self._alpha, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        self._shade = None if neon else cv2.GaussianBlur(self._alpha, (0, 0), side * 0.008)
        self._drop = 2 * max(1, round(side * 0.004))

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        share = round(256 * strength * self._light(frame))
        if share <= 0:
            return
        if self._shade is not None:
            black = np.full(self._shade.shape, 16, np.uint8)
            overlay(planes[0], self._top + self._drop, self._left + self._drop // 2, black, self._shade, share * 2 // 5)
        for plane, values, step in zip(planes, self._planes, (1, 2, 2), strict=True):
            mask = self._alpha if step == 1 else self._half
            overlay(plane, self._top // step, self._left // step, values, mask, share)

    def _light(self, frame: int) -> float:
        """Neon hums a little and rarely drops; a board is always there."""
        if not self._neon:
            return 1.0
        random = self._canvas.random(_HUMMING + 16 * (frame // 3 + 1))
        return 0.72 if random.random() < 0.04 else 0.96 + 0.04 * float(random.random())


def _hung(board: Cutout, top: int, cord: int) -> tuple[Cutout, int]:
    """The board with two cords that come from above the frame."""
    height, width = board.shape[:2]
    whole = np.zeros((top + height, width, 4), np.uint8)
    for x in (round(width * 0.14), round(width * 0.86)):
        whole[: top + cord, x - cord // 2 : x - cord // 2 + cord] = (*_IRON, 255)
    whole[top:] = np.where(board[..., 3:] > 0, board, whole[top:])
    return whole, 0
