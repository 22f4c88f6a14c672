"""Title cards: the prompt set in type, for a shot that nobody gave a picture."""

import colorsys

import numpy as np
from PIL import Image, ImageDraw

from oxreel.engines.animatic.lettering import INK, cut, fitted, write
from oxreel.engines.animatic.scene import Picture
from oxreel.storyboard import Shot

#: Hues (0..1) of the two lights of a card, chosen to sit well together: dusk, sea, forest, ember, plum, slate.
_PALETTES = (
    (0.62, 0.05), (0.53, 0.60), (0.40, 0.15), (0.03, 0.09), (0.80, 0.95), (0.58, 0.64), (0.70, 0.52), (0.95, 0.07),
)  # fmt: skip
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
    most = _MOST_LINES_TALL if height > width else _MOST_LINES
    size, lines = fitted(words, round(unit * _TALLEST), max(10, round(unit * _SMALLEST)), room, most)
    lines = cut(lines, most + 3)
    leading = round(size * 1.28)
    small = max(10, round(unit * 0.024))
    block = small * 3 + leading * len(lines)
    top = round((height - block) * 0.47)
    draw = ImageDraw.Draw(canvas)
    label = f"SHOT {shot.index + 1}"
    write(canvas, (left, top), label, small, _mixed(canvas, (left, top), 0.78), spacing=0.16)
    rule = top + round(small * 1.85)
    stroke = left, rule, left + round(unit * 0.075), rule + max(1, round(unit * 0.0022))
    draw.rectangle(stroke, fill=_mixed(canvas, (left, rule), 0.6))
    for number, line in enumerate(lines):
        write(canvas, (left, top + small * 3 + number * leading), line, size, INK)
    foot = height - round(height * 0.13) - small
    note = f"{shot.seconds} s  ·  animatic"
    write(canvas, (left, foot), note, small, _mixed(canvas, (left, foot), 0.5), spacing=0.08)


def _mixed(canvas: Image.Image, at: tuple[int, int], share: float) -> tuple[int, int, int]:
    """The ink thinned with what lies under it."""
    under = canvas.getpixel((min(at[0], canvas.width - 1), min(at[1], canvas.height - 1)))
    red, green, blue = (round(ink * share + below * (1 - share)) for ink, below in zip(INK, under, strict=True))  # type: ignore[arg-type]
    return red, green, blue
