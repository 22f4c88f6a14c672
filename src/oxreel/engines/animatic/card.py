"""Title cards: the prompt set in type, for a shot that nobody gave a picture."""

import colorsys
from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from oxreel.engines.animatic.scene import Picture
from oxreel.storyboard import Shot

#: Hues (0..1) of the two lights of a card, chosen to sit well together: dusk, sea, forest, ember, plum, slate.
_PALETTES = (
    (0.62, 0.05), (0.53, 0.60), (0.40, 0.15), (0.03, 0.09), (0.80, 0.95), (0.58, 0.64), (0.70, 0.52), (0.95, 0.07),
)  # fmt: skip
_INK = (244, 241, 234)
#: Text keeps this share of the canvas free on each side, so that a moving camera cuts nothing off.
_SIDE = 0.15
_TALLEST, _SMALLEST = 0.085, 0.034
#: Lines of a card: as many as there are on a wide canvas, more on a tall one.
_MOST_LINES, _MOST_LINES_TALL = 6, 10


def card(shot: Shot, seed: int, width: int, height: int) -> Picture:
    """A drawn card with the shot's number, length and words; the same for the same seed, another for each shot."""
    canvas = Image.fromarray(_light(seed, shot.index, width, height))
    _set_words(canvas, shot)
    return np.asarray(canvas)


def _light(seed: int, index: int, width: int, height: int) -> Picture:
    """A dark wall with two soft lights on it and a fine grain, which keeps the gradient from banding."""
    random = np.random.default_rng([seed & 0xFFFF_FFFF_FFFF_FFFF, index, 0xCA2D])
    hues = _PALETTES[(seed + index) % len(_PALETTES)]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width, y / height
    wall = np.empty((height, width, 3), np.float32)
    wall[:] = np.array(colorsys.hsv_to_rgb(hues[0], 0.45, 0.105), np.float32)
    for hue, strength, across, down in (
        (hues[0], 0.34, random.uniform(0.55, 0.95), random.uniform(-0.1, 0.35)),
        (hues[1], 0.20, random.uniform(0.0, 0.35), random.uniform(0.75, 1.15)),
    ):
        colour = np.array(colorsys.hsv_to_rgb(hue, 0.55, strength), np.float32)
        distance = ((x - across) / 0.62) ** 2 + ((y - down) / 0.72) ** 2
        wall += np.exp(-distance)[..., None] * colour
    wall *= (1 - 0.35 * np.clip(np.hypot(x - 0.5, y - 0.5) / 0.75, 0, 1) ** 2)[..., None]
    grain = np.random.default_rng(index).standard_normal((height, width)).astype(np.float32) * 0.7
    return np.clip(np.rint(wall * 255 + grain[..., None]), 0, 255).astype(np.uint8)


def _set_words(canvas: Image.Image, shot: Shot) -> None:
    width, height = canvas.size
    left, room = round(width * _SIDE), round(width * (1 - 2 * _SIDE))
    unit = min(height, width * 0.9)
    words = " ".join(shot.prompt.split()) or "…"
    size, lines = _fitted(words, unit, room, _MOST_LINES_TALL if height > width else _MOST_LINES)
    leading = round(size * 1.28)
    small = max(10, round(unit * 0.024))
    block = small * 3 + leading * len(lines)
    top = round((height - block) * 0.47)
    draw = ImageDraw.Draw(canvas)
    label = f"SHOT {shot.index + 1}"
    _write(canvas, (left, top), label, small, _mixed(canvas, (left, top), 0.78), spacing=0.16)
    rule = top + round(small * 1.85)
    stroke = left, rule, left + round(unit * 0.075), rule + max(1, round(unit * 0.0022))
    draw.rectangle(stroke, fill=_mixed(canvas, (left, rule), 0.6))
    for number, line in enumerate(lines):
        _write(canvas, (left, top + small * 3 + number * leading), line, size, _INK)
    foot = height - round(height * 0.13) - small
    note = f"{shot.seconds} s  ·  animatic"
    _write(canvas, (left, foot), note, small, _mixed(canvas, (left, foot), 0.5), spacing=0.08)


def _fitted(words: str, unit: float, room: int, most_lines: int) -> tuple[int, list[str]]:
    """The largest size at which the words fit into a few lines, cut with an ellipsis at the smallest."""
    size = round(unit * _TALLEST)
    smallest = max(10, round(unit * _SMALLEST))
    while True:
        lines = _balanced(words, room, _measure(words, size))
        if len(lines) <= most_lines or size <= smallest:
            break
        size = max(smallest, round(size * 0.92))
    if len(lines) > most_lines + 3:
        lines = lines[: most_lines + 3]
        lines[-1] = lines[-1].rstrip(" ,.;:") + "…"
    return size, lines


def _balanced(words: str, room: float, measure: Callable[[str], float]) -> list[str]:
    """Lines no wider than the room, as even as they come without needing more of them."""
    lines = _wrapped(words, room, measure)
    narrow, wide = room / 2, room
    while wide - narrow > room / 64:
        middle = (narrow + wide) / 2
        tried = _wrapped(words, middle, measure)
        if len(tried) <= len(lines) and max(measure(line) for line in tried) <= room:
            wide = middle
        else:
            narrow = middle
    return _wrapped(words, wide, measure)


def _wrapped(words: str, room: float, measure: Callable[[str], float]) -> list[str]:
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


def _measure(words: str, size: int) -> Callable[[str], float]:
    """How wide text is, letter by letter: a prompt is long, and its letters are few."""
    plain = _is_plain(words)

    @cache
    def letter_width(letter: str) -> float:
        return _font(size).getlength(letter) if plain else _glyphs(letter, size)[1]

    return lambda text: sum(map(letter_width, text))


def _write(
    canvas: Image.Image, at: tuple[int, int], text: str, size: int, colour: tuple[int, int, int], spacing: float = 0.0
) -> None:
    """Write one line, its top left corner at `at`; `spacing` is room between letters in shares of the size."""
    if not _is_plain(text):
        mask, _ = _glyphs(text, size)
        canvas.paste(Image.new("RGB", mask.size, colour), at, mask)
        return
    draw, font, x = ImageDraw.Draw(canvas), _font(size), float(at[0])
    if not spacing:
        draw.text((x, at[1]), text, colour, font)
        return
    for letter in text:
        draw.text((x, at[1]), letter, colour, font)
        x += font.getlength(letter) + spacing * size


def _mixed(canvas: Image.Image, at: tuple[int, int], share: float) -> tuple[int, int, int]:
    """The ink thinned with what lies under it."""
    under = canvas.getpixel((min(at[0], canvas.width - 1), min(at[1], canvas.height - 1)))
    red, green, blue = (round(ink * share + below * (1 - share)) for ink, below in zip(_INK, under, strict=True))  # type: ignore[arg-type]
    return red, green, blue


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface (Aileron, CC0), which needs no file of ours."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


@lru_cache(maxsize=64)
def _is_plain(text: str) -> bool:
    """Whether that typeface has every letter; it leaves the same mark for those it lacks."""
    font = _font(32)
    lacking = bytes(font.getmask("\ue000"))
    return all(letter == " " or bytes(font.getmask(letter)) != lacking for letter in set(text))


def _glyphs(text: str, size: int) -> tuple[Image.Image, float]:
    """A line as a mask and its width, in the typeface that OpenCV carries for all scripts."""
    import cv2  # noqa: PLC0415  # heavy, and loaded for other scripts than Latin only

    face = cv2.FontFace("uni")
    scale = round(size * 0.86)
    wide = round(size * 1.2 * len(text)) + size
    plane = np.zeros((round(size * 1.35), wide), np.uint8)
    end, drawn = cv2.putText(plane, text, (0, round(size * 0.95)), (255,), face, scale)
    length = max(1, min(wide, int(end[0])))
    return Image.fromarray(np.ascontiguousarray(drawn[:, :length])), float(length)
