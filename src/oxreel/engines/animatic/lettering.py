"""Lettering: lines of type, fitted and wrapped, in Aileron where it has the letters and OpenCV's typeface elsewhere."""

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

INK = (244, 241, 234)


#: Marks that the first typeface lacks, and what is set for them.
_MARKS = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "\u00a0": " "})


def settled(text: str, most: int) -> str:
    """Text as it is set: on one line, not longer than so many characters, in the first typeface where that is near."""
    words = " ".join(text.split())
    # No typeface has pictures: they would be question marks. Where there is nothing else, these show that.
    words = " ".join("".join(one for one in words if not _is_picture(one)).split()) or words
    if len(words) > most:
        words = words[:most].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
    plainer = words.translate(_MARKS)
    return plainer if is_plain(plainer) else words


def fitted(words: str, tallest: int, smallest: int, room: float, most_lines: int) -> tuple[int, list[str]]:
    """The largest size, in pixels, at which the words fit into a few lines no wider than the room."""
    size = tallest
    while True:
        lines = balanced(words, room, measure(words, size))
        if len(lines) <= most_lines or size <= smallest:
            break
        size = max(smallest, round(size * 0.92))
    return size, lines


def cut(lines: list[str], most: int) -> list[str]:
    """Not more than so many lines: what is left out is an ellipsis."""
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1].rstrip(" ,.;:") + "…"]


def balanced(words: str, room: float, measure: Callable[[str], float]) -> list[str]:
    """Lines no wider than the room, as even as they come without needing more of them."""
    lines = wrapped(words, room, measure)
    narrow, wide = room / 2, room
    while wide - narrow > room / 64:
        middle = (narrow + wide) / 2
        tried = wrapped(words, middle, measure)
        if len(tried) <= len(lines) and max(measure(line) for line in tried) <= room:
            wide = middle
        else:
            narrow = middle
    return wrapped(words, wide, measure)


def wrapped(words: str, room: float, measure: Callable[[str], float]) -> list[str]:
    """Lines no wider than the room, each as long as it can be."""
    lines: list[str] = []
    line, length = "", 0.0
    for piece in _pieces(words):
        # A piece wider than a line is broken inside.
        for part in [piece] if measure(piece.rstrip()) <= room else piece:
            more = measure(part)
            if line and length + measure(part.rstrip()) > room:
                lines.append(line.rstrip())
                line, length = "", 0.0
            line, length = line + part, length + more
    return [*lines, line.rstrip()] if line.rstrip() else lines


def _pieces(words: str) -> list[str]:
    """Where a line may break: behind a space, and behind each character of scripts that use none."""
    pieces = [""]
    for character in words:
        pieces[-1] += character
        if character == " " or ord(character) >= 0x2E80:
            pieces.append("")
    return [piece for piece in pieces if piece]


def measure(words: str, size: int) -> Callable[[str], float]:
    """How wide text is, letter by letter: a prompt is long, and its letters are few."""
    plain = is_plain(words)

    @cache
    def letter_width(letter: str) -> float:
        return typeface(size).getlength(letter) if plain else glyphs(letter, size)[1]

    return lambda text: sum(map(letter_width, text))


def write(
    canvas: Image.Image, at: tuple[int, int], text: str, size: int, colour: tuple[int, int, int], spacing: float = 0.0
) -> None:
    """Write one line, its top left corner at `at`; `spacing` is room between letters in shares of the size."""
    if not is_plain(text):
        mask, _ = glyphs(text, size)
        canvas.paste(Image.new("RGB", mask.size, colour), at, mask)
        return
    draw, font, x = ImageDraw.Draw(canvas), typeface(size), float(at[0])
    if not spacing:
        draw.text((x, at[1]), text, colour, font)
        return
    for letter in text:
        draw.text((x, at[1]), letter, colour, font)
        x += font.getlength(letter) + spacing * size


@lru_cache(maxsize=32)
def typeface(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface (Aileron, CC0), which needs no file of ours."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


@lru_cache(maxsize=64)
def is_plain(text: str) -> bool:
    """Whether that typeface has every letter; it leaves the same mark for those it lacks."""
    font = typeface(32)
    lacking = bytes(font.getmask("\ue000"))
    return all(letter == " " or bytes(font.getmask(letter)) != lacking for letter in set(text))


def _is_picture(letter: str) -> bool:
    """Whether it is an emoji or a mark that only joins or colours them."""
    return letter in "\u200d\ufe0e\ufe0f" or (
        unicodedata.category(letter) in ("So", "Sk", "Cn", "Co") and not is_plain(letter)
    )


def glyphs(text: str, size: int) -> tuple[Image.Image, float]:
    """A line as a mask and its width, in the typeface that OpenCV carries for all scripts."""
    import cv2  # noqa: PLC0415  # heavy, and loaded for other scripts than Latin only

    face = cv2.FontFace("uni")
    scale = round(size * 0.86)
    wide = round(size * 1.2 * len(text)) + size
    plane = np.zeros((round(size * 1.35), wide), np.uint8)
    end, drawn = cv2.putText(plane, text, (0, round(size * 0.95)), (255,), face, scale)
    length = max(1, min(wide, int(end[0])))
    return Image.fromarray(np.ascontiguousarray(drawn[:, :length])), float(length)
