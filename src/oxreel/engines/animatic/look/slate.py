"""A slate: which shot and which frame is seen, in a corner, for those who cut."""

from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.lettering import glyphs, is_plain, typeface, write
from oxreel.engines.animatic.look.type_kernels import overlay
from oxreel.media.encode import Planes
from oxreel.storyboard import Shot
from oxreel.units import FRAME_RATE

#: What a slate says: nothing; shot and frame; also the timecode and the first words of the prompt.
Slate = Literal["off", "counter", "full"]

#: Height of the type and distance from the edges, in shares of the shorter side.
_SIZE, _EDGE = 0.026, 0.045
_MOST_WORDS = 7


def slate_effects(canvas: Canvas, shot: Shot, first_frame: int, slate: Slate = "counter") -> tuple[Effect, ...]:
    """The slate of a shot whose first frame is the film's `first_frame`, counted from 0."""
    return () if slate == "off" else (SlateLine(canvas, shot, first_frame, slate),)


class SlateLine:
    """A dark strip with a line of type in the upper left corner."""

    def __init__(self, canvas: Canvas, shot: Shot, first_frame: int, slate: Slate) -> None:
        self._shot, self._first, self._slate = shot, first_frame, slate
        side = min(canvas.width, canvas.height)
        self._size, self._edge = max(9, round(side * _SIZE)), 2 * round(side * _EDGE / 2)
        self._most = canvas.width - 2 * self._edge
        words = shot.prompt.split()
        self._words = " ".join(words[:_MOST_WORDS]) + ("…" if len(words) > _MOST_WORDS else "")

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        if strength <= 0:
            return
        ink, strip = self._line(frame)
        share = round(strength * 256)
        half = strip[::2, ::2].copy()
        grey = np.full(half.shape, 128, np.uint8)
        at = self._edge, self._edge
        overlay(planes[0], *at, np.full(strip.shape, 16, np.uint8), strip, share)
        overlay(planes[0], *at, np.full(ink.shape, 228, np.uint8), ink, share)
        for plane in planes[1:]:
            overlay(plane, self._edge // 2, self._edge // 2, grey, half, share)

    def text(self, frame: int) -> str:
        """What stands on the slate at that frame of the shot."""
        whole = self._first + frame
        line = f"SHOT {self._shot.index + 1}  ·  {whole:05}"
        if self._slate == "full":
            rate = round(FRAME_RATE)
            seconds = whole // rate
            code = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{whole % rate:02}"
            line += f"  ·  {code}  ·  {self._words}"
        return line

    def _line(self, frame: int) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.uint8]], ...]:
        """The type and the strip behind it as masks, sides even."""
        text, size = self.text(frame), self._size
        plain = is_plain(text)
        length = typeface(size).getlength(text) if plain else glyphs(text, size)[1]
        pad = round(size * 0.55)
        width = 2 * (min(self._most, round(length) + 2 * pad) // 2)
        height = 2 * round(size * 1.9 / 2)
        image = Image.new("RGB", (width, height))
        write(image, (pad, round(size * 0.38)), text, size, (255, 255, 255))
        strip = Image.new("L", (width, height))
        ImageDraw.Draw(strip).rounded_rectangle((0, 0, width - 1, height - 1), size // 3, fill=150)
        return np.ascontiguousarray(np.asarray(image)[..., 0]), np.array(strip)
