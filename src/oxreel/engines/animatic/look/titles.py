"""Titles, captions and signs: the words that a shot shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.lettering import cut, fitted, glyphs, is_plain, settled, typeface
from oxreel.engines.animatic.look.sign import SignBoard
from oxreel.engines.animatic.look.type_kernels import overlay
from oxreel.engines.animatic.plan import ShotPlan, Words
from oxreel.media.encode import Planes
from oxreel.units import FRAME_RATE

Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class _Manner:
    """How a kind of words is set."""

    #: Tallest and smallest type, in shares of the shorter side.
    tallest: float
    smallest: float
    #: Widest line, in shares of the canvas.
    room: float
    most_lines: int
    #: Room between letters when the words appear and when they go, in shares of the size.
    spacing: tuple[float, float]
    #: Seconds in which they appear and go.
    fade: float
    #: Strength of the dark behind them: close, and wide.
    shadows: tuple[float, float]


_TITLE = _Manner(0.135, 0.05, 0.8, 3, (0.05, 0.1), 0.7, (0.85, 0.7))
_CAPTION = _Manner(0.052, 0.036, 0.8, 3, (0.01, 0.01), 0.2, (0.92, 0.6))
#: Text longer than this many characters is cut: a title is no novel.
_MOST_LETTERS = 240
#: Words appear this many seconds after the shot's beginning, and go as long before its end.
_AIR = 0.25


def title_effects(plan: ShotPlan, canvas: Canvas, *, signs: bool = True) -> tuple[Effect, ...]:
    """The words of a shot: titles and captions one after the other, signs as long as it lasts.

    Without `signs`, someone else stands them in the scene.
    """
    effects: list[Effect] = []
    lit = plan.style == "cyberpunk" or any(amount.kind == "neon" for amount in plan.light)
    for kind, manner in (("title", _TITLE), ("caption", _CAPTION)):
        shown = [words for words in plan.words if words.kind == kind and words.text.strip()]
        for words, (first, end) in zip(shown, _turns(shown, canvas.frames), strict=True):
            effects.append(Lettering(canvas, words, manner, first, end))
    if signs:
        boards = [words.text for words in plan.words if words.kind == "sign" and words.text.strip()]
        effects += [SignBoard(canvas, text, place, len(boards), neon=lit) for place, text in enumerate(boards)]
    return tuple(effects)


def _turns(shown: Sequence[Words], frames: int) -> list[tuple[int, int]]:
    """First frame of each and the one after its last: the longer the text, the longer it stays."""
    air = min(round(_AIR * FRAME_RATE), frames // 8)
    weights = np.array([0.0, *(12 + min(len(words.text), _MOST_LETTERS) for words in shown)])
    ends = air + np.rint(np.cumsum(weights) / max(1.0, weights.sum()) * (frames - 2 * air)).astype(int)
    return [(int(first), int(end)) for first, end in pairwise(ends)]


@dataclass(frozen=True)
class _Letter:
    mask: Mask
    #: Of its left side, in pixels without any spacing, from the middle of its line.
    x: float
    #: Number of the letter from the middle of its line.
    place: float
    line: int


class Lettering:
    """Words that appear, drift slowly apart, and go."""

    def __init__(self, canvas: Canvas, words: Words, manner: _Manner, first: int, end: int) -> None:
        self._first, self._end, self._manner = first, end, manner
        side = min(canvas.width, canvas.height)
        text = settled(words.text, _MOST_LETTERS)
        tallest, smallest = max(12, round(side * manner.tallest)), max(10, round(side * manner.smallest))
        # Spacing takes room: about half a size to a letter is what type takes by itself.
        room = canvas.width * manner.room / (1 + 2 * manner.spacing[1])
        # Rather smaller on one line than large on two.
        for most in range(1, manner.most_lines + 1):
            least = smallest if most == manner.most_lines else max(smallest, round(tallest * 0.7))
            size, lines = fitted(text, tallest, least, room, most)
            if len(lines) <= most:
                break
        self._size, self._lines = size, cut(lines, manner.most_lines)
        self._leading = round(size * 1.22)
        self._letters = [letter for line in enumerate(self._lines) for letter in _letters(*line, size)]
        pad = 2 * round(size * 0.55)
        self._width = min(canvas.width, 2 * round((self._reach() + pad) / 2) * 2)
        self._height = 2 * round((self._leading * len(self._lines) + size * 0.3 + 2 * pad) / 2)
        self._pad = pad
        self._left = 2 * round((canvas.width - self._width) / 4)
        self._top = 2 * round(self._place(canvas, words) / 2)
        self._shadow = self._dark(self._set(0.5))

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        share = strength * self._shown(frame)
        if share <= 0:
            return
        done = (frame - self._first) / max(1, self._end - 1 - self._first)
        ink = self._set(done)
        for plane, step, dark, light in zip(planes, (1, 2, 2), (16, 128, 128), (235, 128, 128), strict=True):
            at = self._top // step, self._left // step
            # The shadow comes after the ink: on snow it is all that is seen of half-faded type.
            for mask, value, much in ((self._shadow, dark, share**1.5), (ink, light, share)):
                part = mask if step == 1 else cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
                overlay(plane, *at, np.full(part.shape, value, np.uint8), part, round(much * 256))

    def _shown(self, frame: int) -> float:
        if not self._first <= frame < self._end:
            return 0.0
        fade = min(self._manner.fade * float(FRAME_RATE), (self._end - self._first) / 3)
        share = min(1.0, (frame - self._first + 1) / (fade + 1), (self._end - frame) / (fade + 1))
        return share * share * (3 - 2 * share)

    def _place(self, canvas: Canvas, words: Words) -> float:
        """Of the upper edge, in pixels: a title's middle is a little above the canvas's, a caption stands below."""
        if words.kind == "title":
            return canvas.height * 0.42 - self._height / 2
        # Players lay their controls over the foot of tall films.
        edge = canvas.height * (0.14 if canvas.height > canvas.width else 0.065)
        return canvas.height - edge - (self._height - self._pad)

    def _reach(self) -> float:
        """From the middle to the end of the longest line, at its widest."""
        most = self._manner.spacing[1] * self._size
        return max((abs(one.x) + one.mask.shape[1] + abs(one.place) * most for one in self._letters), default=0.0)

    def _set(self, done: float) -> Mask:
        """The words as a mask, at that share of their time."""
        before, after = self._manner.spacing
        spacing = (before + (after - before) * min(1.0, max(0.0, done))) * self._size
        block = np.zeros((self._height, self._width), np.uint8)
        for letter in self._letters:
            x = self._width / 2 + letter.x + letter.place * spacing
            whole = int(np.floor(x))
            top = self._pad + letter.line * self._leading
            moved = cv2.warpAffine(
                letter.mask,
                np.array([[1, 0, x - whole + 1], [0, 1, 0]]),
                (letter.mask.shape[1] + 3, letter.mask.shape[0]),
                flags=cv2.INTER_CUBIC,
            )
            left, right = max(0, whole - 1), min(self._width, whole - 1 + moved.shape[1])
            bottom = min(self._height, top + moved.shape[0])
            if right > left:
                part = block[top:bottom, left:right]
                np.maximum(part, moved[: bottom - top, left - whole + 1 : right - whole + 1], out=part)
        return block

    def _dark(self, ink: Mask) -> Mask:
        """What lies dark behind the words: close to keep their edges, and wide to quiet the picture."""
        close, wide = self._manner.shadows
        near = cv2.GaussianBlur(ink, (0, 0), max(0.8, self._size * 0.04)).astype(np.float32) * 2.0
        far = cv2.GaussianBlur(ink, (0, 0), self._size * 0.34).astype(np.float32) * 2.3
        shift = max(1, round(self._size * 0.02))
        near = np.roll(near, (shift, shift // 2), (0, 1))
        both = 1 - (1 - close * np.minimum(near, 255) / 255) * (1 - wide * np.minimum(far, 255) / 255)
        return np.ascontiguousarray(np.rint(both * 255), np.uint8)


def _letters(number: int, line: str, size: int) -> list[_Letter]:
    """The letters of a line, each where it stands from the line's middle."""
    if is_plain(line):
        font = typeface(size)
        # With its kerning: where a letter stands is how far the line before it reaches.
        starts = [font.getlength(line[:place]) for place in range(len(line))]
        masks = [_drawn(letter, size) for letter in line]
        length, lead = font.getlength(line), -_BEARING * size
    else:
        drawn = [glyphs(letter, size) for letter in line]
        masks = [np.array(mask) for mask, _ in drawn]
        starts = list(np.cumsum([0.0, *(width for _, width in drawn)])[:-1])
        length, lead = float(sum(width for _, width in drawn)), 0.0
    middle = (len(line) - 1) / 2
    return [
        _Letter(mask, start - length / 2 + lead, place - middle, number)
        for place, (mask, start, letter) in enumerate(zip(masks, starts, line, strict=True))
        if letter != " "
    ]


#: Room around a drawn letter for what reaches beyond its advance, in shares of the size.
_BEARING = 0.25
#: A little heavier than the typeface is, for thin strokes drown in a picture; in shares of the size.
_WEIGHT = 0.007


def _drawn(letter: str, size: int) -> Mask:
    font = typeface(size)
    side = round(_BEARING * size)
    image = Image.new("L", (round(font.getlength(letter)) + 2 * side, round(size * 1.4)))
    ImageDraw.Draw(image).text(
        (_BEARING * size, size * 1.0), letter, 255, font, anchor="ls", stroke_width=_WEIGHT * size
    )
    return np.array(image)
