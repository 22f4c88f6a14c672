"""The road through the valley, and its fences."""

import math
from itertools import pairwise

import numpy as np

from oxreel.samples.drawing.canvas import Canvas, Point, dice, rgb, smooth

#: The middle of the road and half of its width, from far to near.
_ROAD = (
    (1196, 603, 1.2),
    (1150, 611, 2.6),
    (1096, 623, 5.5),
    (1098, 646, 10),
    (1142, 672, 17),
    (1126, 702, 30),
    (1060, 742, 54),
    (1002, 800, 92),
    (960, 880, 150),
    (928, 980, 232),
    (905, 1120, 350),
)


def _along(side: float) -> list[Point]:
    """The line along the road at `side`: -1 its left edge, 0 its middle, 1 its right edge."""
    middle = smooth([(x, y) for x, y, _ in _ROAD], closed=False)
    width = smooth([(half, y) for _, y, half in _ROAD], closed=False)
    return [(x + side * half, y) for (x, y), (half, _) in zip(middle, width, strict=True)]


def draw_road(canvas: Canvas) -> None:
    """Packed snow with two tracks, between ploughed banks."""
    left, right = _along(-1.0), _along(1.0)
    # Banks of ploughed snow on both sides.
    canvas.shape(_along(-1.32) + _along(-0.9)[::-1], rgb("#dfe7f4"), blur=4, opacity=0.95)
    canvas.shape(_along(0.9) + _along(1.30)[::-1], rgb("#fff6ea"), blur=4, opacity=0.95)
    canvas.shape(left + right[::-1], rgb("#bccae4"))
    canvas.shape(_along(-1.0) + _along(-0.62)[::-1], rgb("#93a9d2"), blur=5, opacity=0.6)
    canvas.shape(_along(0.35) + _along(0.98)[::-1], rgb("#e9e6ea"), blur=6, opacity=0.75)
    for side in (-0.42, 0.42):
        canvas.shape(_along(side - 0.15) + _along(side + 0.15)[::-1], rgb("#8a9cc4"), blur=2.5, opacity=0.75)
        canvas.shape(_along(side - 0.06) + _along(side + 0.10)[::-1], rgb("#8d8791"), blur=2, opacity=0.55)
        canvas.shape(_along(side + 0.13) + _along(side + 0.20)[::-1], rgb("#fdf3ea"), blur=1.5, opacity=0.7)
    canvas.shape(_along(-0.12) + _along(0.14)[::-1], rgb("#e4e9f4"), blur=4, opacity=0.8)
    canvas.stroke(_along(-1.02)[60:], rgb("#f7f4f4"), 3, blur=1.2, opacity=0.8)
    rng = dice(3)
    places = _along(0.0)
    for _ in range(520):
        index = rng.randrange(34, len(places))
        half = np.interp(places[index][1], [y for _, y, _ in _ROAD], [w for _, _, w in _ROAD])
        side = rng.uniform(-0.95, 0.95)
        size = float(half) * rng.uniform(0.006, 0.022)
        spot = (places[index][0] + side * float(half), places[index][1] + rng.uniform(-8, 8))
        colour = rng.choice((rgb("#7f92bd"), rgb("#f6f3f3"), rgb("#857f8c"), rgb("#dfe6f3")))
        canvas.ellipse(spot, (size * 1.9, size * 0.7), colour, opacity=rng.uniform(0.25, 0.6))


def draw_fence(canvas: Canvas) -> None:
    """Posts and wires on both sides."""
    for side, posts in ((1.62, 15), (-1.85, 13)):
        line = _along(side)
        wires: list[list[Point]] = [[], []]
        for post in range(posts):
            x, y = line[26 + round((len(line) - 34) * (post / posts) ** 0.95)]
            tall = 9 + (y - 616) * 0.23
            lean = math.sin(post * 2.3) * tall * 0.05
            wide = max(1.6, tall * 0.11)
            canvas.shape(
                [(x - tall * 1.5, y + tall * 0.34), (x, y - 1), (x, y + 2)], rgb("#7890c2"), blur=1.5, opacity=0.5
            )
            canvas.stroke([(x, y), (x + lean, y - tall)], rgb("#5a4650"), wide)
            canvas.stroke([(x + wide * 0.3, y), (x + lean + wide * 0.3, y - tall)], rgb("#c08e70"), wide * 0.32)
            canvas.ellipse((x + lean, y - tall), (wide * 0.95, wide * 0.55), rgb("#fff8ef"))
            canvas.ellipse((x, y + 1.5), (wide * 1.7, wide * 0.55), rgb("#f4eff0"), blur=1.2, opacity=0.9)
            wires[0].append((x + lean * 0.8, y - tall * 0.78))
            wires[1].append((x + lean * 0.5, y - tall * 0.42))
        for wire in wires:
            for start, end in pairwise(wire):
                sag = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + abs(end[1] - start[1]) * 0.06 + 0.6)
                thick = max(0.8, (end[1] - 616) * 0.012)
                canvas.stroke(smooth([start, sag, end], closed=False, steps=5), rgb("#6a5560"), thick, opacity=0.85)
