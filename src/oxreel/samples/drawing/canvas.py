"""A canvas to paint on in layers, larger than the picture, so that every edge comes out smooth."""

import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Pixels = NDArray[np.float32]
Point = tuple[float, float]
Colour = tuple[float, float, float]


def rgb(code: str) -> Colour:
    """A colour written as "#ff8800", as three numbers of 0..1."""
    return int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`one`, with that share of `other`."""
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )


def dice(seed: int) -> random.Random:
    """Chance that falls the same way each time a picture is drawn."""
    return random.Random(seed)  # noqa: S311 - it places trees, not secrets


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 12) -> list[Point]:
    """A curve through the points (Catmull-Rom)."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(index + offset) % count] for offset in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(index + offset, 0), count - 1)] for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            curve.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    if not closed:
        curve.append(points[-1])
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _middles(length: int, scale: int) -> Pixels:
    return ((np.arange(length * scale) + 0.5) / scale).astype(np.float32)


class Canvas:
    """Pixels of 0..1, painted from back to front; positions are in pixels of the finished picture."""

    def __init__(self, width: int, height: int, scale: int = 2) -> None:
        self.width, self.height, self.scale = width, height, scale
        self.pixels: Pixels = np.zeros((height * scale, width * scale, 3), np.float32)
        #: Positions of the columns and of the rows.
        self.x: Pixels = _middles(width, scale)[None, :]
        self.y: Pixels = _middles(height, scale)[:, None]

    def gradient(self, stops: Sequence[tuple[float, Colour]]) -> Pixels:
        """Colours from top to bottom, one of every row: (height, 1, 3)."""
        places = [place for place, _ in stops]
        rows = self.y[:, 0]
        return np.stack(
            [np.interp(rows, places, [colour[part] for _, colour in stops]) for part in range(3)], axis=-1
        ).astype(np.float32)[:, None, :]

    def paint(self, mask: Pixels, colour: Colour | Pixels) -> None:
        """Lay a colour on, as thick as the mask says."""
        self.pixels += mask[..., None] * (np.asarray(colour, np.float32) - self.pixels)

    def shape(self, points: Sequence[Point], colour: Colour, *, blur: float = 0, opacity: float = 1) -> None:
        """Fill a polygon."""
        self._stamp(points, colour, blur, opacity, width=0)

    def stroke(
        self, points: Sequence[Point], colour: Colour, width: float, *, blur: float = 0, opacity: float = 1
    ) -> None:
        """Draw a line with round joints."""
        self._stamp(points, colour, blur, opacity, width)

    def ellipse(
        self, centre: Point, radii: Point, colour: Colour, *, turn: float = 0, blur: float = 0, opacity: float = 1
    ) -> None:
        """Fill an ellipse, turned by degrees."""
        angle = math.radians(turn)
        points = []
        for step in range(72):
            u, v = radii[0] * math.cos(step * math.tau / 72), radii[1] * math.sin(step * math.tau / 72)
            points.append(
                (
                    centre[0] + u * math.cos(angle) - v * math.sin(angle),
                    centre[1] + u * math.sin(angle) + v * math.cos(angle),
                )
            )
        self.shape(points, colour, blur=blur, opacity=opacity)

    def picture(self) -> Image.Image:
        """What was painted, at its finished size."""
        whole = Image.fromarray((self.pixels.clip(0, 1) * 255 + 0.5).astype(np.uint8))
        levels = np.asarray(whole.resize((self.width, self.height), Image.Resampling.LANCZOS)).copy()
        # No eye sees the last bit of blue, but the file is a tenth smaller without it.
        levels[..., 2] |= 1
        return Image.fromarray(levels)

    def save(self, path: Path) -> None:
        """Write the picture as PNG."""
        self.picture().save(path, "PNG", optimize=True)

    def _stamp(self, points: Sequence[Point], colour: Colour, blur: float, opacity: float, width: float) -> None:
        scale, margin = self.scale, 3 * blur + width + 2
        left = max(0, int((min(x for x, _ in points) - margin) * scale))
        top = max(0, int((min(y for _, y in points) - margin) * scale))
        right = min(self.width * scale, int((max(x for x, _ in points) + margin) * scale) + 1)
        bottom = min(self.height * scale, int((max(y for _, y in points) + margin) * scale) + 1)
        if right <= left or bottom <= top:
            return
        # Only the shape's own corner of the canvas is touched.
        mask = Image.new("L", (right - left, bottom - top))
        draw = ImageDraw.Draw(mask)
        placed = [(x * scale - left, y * scale - top) for x, y in points]
        if width:
            thick = max(1, round(width * scale))
            draw.line(placed, 255, thick, joint="curve")
            radius = thick / 2
            for x, y in (placed[0], placed[-1]):
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
        else:
            draw.polygon(placed, 255)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * scale))
        cover = np.asarray(mask, np.float32)[..., None] * (opacity / 255)
        corner = self.pixels[top:bottom, left:right]
        corner += cover * (np.asarray(colour, np.float32) - corner)
