"""Outlines from their notation: what the catalogue's drawings and the places are cut from.

A shape is a letter and points: "b x,y x,y! ..." a closed curve through its points, with a corner at each "!";
"l x,y,r ..." a limb, a curve with a radius at each point; "e x,y,rx,ry[,degrees]" an ellipse; "s w x,y ..." a stroke
of width w with round ends.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

#: float64 (points, 2): x and y.
Outline = NDArray[np.float64]

#: Points drawn between two given ones.
_STEPS = 12
_CIRCLE = np.stack(
    [np.cos(np.linspace(0, 2 * np.pi, 25)[:-1]), np.sin(np.linspace(0, 2 * np.pi, 25)[:-1])], axis=1
)  # fmt: skip


@lru_cache(maxsize=4096)
def outlines(notation: str) -> tuple[Outline, ...]:
    """The outlines whose union is the shape."""
    letter, *words = notation.split()
    if letter == "b":
        corners = [word.endswith("!") for word in words]
        points = np.array([[float(number) for number in word.rstrip("!").split(",")] for word in words])
        return (closed(points, corners),)
    if letter == "l":
        return limb(np.array([[float(number) for number in word.split(",")] for word in words]))
    if letter == "e":
        x, y, across, down, *turn = (float(number) for number in words[0].split(","))
        return (ellipse(x, y, across, down, turn[0] if turn else 0.0),)
    if letter == "s":
        points = np.array([[float(number) for number in word.split(",")] for word in words[1:]])
        return limb(np.column_stack([points, np.full(len(points), float(words[0]) / 2)]))
    raise ValueError(f"no such shape: {notation!r}")


def ellipse(x: float, y: float, across: float, down: float, degrees: float = 0.0) -> Outline:
    """An ellipse of the given half axes."""
    steps = np.linspace(0, 2 * np.pi, 49)[:-1]
    turn = np.radians(degrees)
    flat = np.stack([np.cos(steps) * across, np.sin(steps) * down], axis=1)
    turned: Outline = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + np.array((x, y))
    return turned


def closed(points: NDArray[np.float64], corners: Sequence[bool] | None = None) -> Outline:
    """A closed curve through all points (Catmull-Rom), which turns sharply at its corners."""
    sharp = list(corners) if corners is not None else [False] * len(points)
    return _curve(points, sharp, around=True)


def open_curve(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A curve through all points, from the first to the last; further columns are carried along."""
    if len(points) < 3:
        steps = np.linspace(0, 1, _STEPS + 1)[:, None]
        straight: NDArray[np.float64] = points[0] + (points[-1] - points[0]) * steps
        return straight
    return _curve(points, [False] * len(points), around=False)


def _curve(points: NDArray[np.float64], sharp: list[bool], *, around: bool) -> NDArray[np.float64]:
    count = len(points)
    ends = count if around else count - 1
    steps = np.arange(_STEPS)[:, None] / _STEPS
    pieces = []
    for index in range(ends):
        here, there = points[index], points[(index + 1) % count]
        before = points[index - 1] if around or index else here
        after = points[(index + 2) % count] if around or index + 2 < count else there
        out = np.zeros_like(here) if sharp[index] else (there - before) / 2
        into = np.zeros_like(here) if sharp[(index + 1) % count] else (after - here) / 2
        if sharp[index] and sharp[(index + 1) % count]:
            pieces.append(here[None])
            continue
        if sharp[index]:
            out = (there - here) * 0.6
        if sharp[(index + 1) % count]:
            into = (there - here) * 0.6
        square, cube = steps**2, steps**3
        pieces.append(
            (2 * cube - 3 * square + 1) * here
            + (cube - 2 * square + steps) * out
            + (3 * square - 2 * cube) * there
            + (cube - square) * into
        )
    if not around:
        pieces.append(points[-1][None])
    return np.concatenate(pieces)


def limb(chain: NDArray[np.float64], *, straight: bool = False) -> tuple[Outline, ...]:
    """Hulls of neighbouring circles along a curve, or from joint to joint: float64 (points, 3) of x, y and radius."""
    fine = chain if straight else open_curve(chain)
    circles = fine[:, None, :2] + _CIRCLE[None] * np.maximum(fine[:, 2], 0.01)[:, None, None]
    return tuple(_hull(np.concatenate(pair)) for pair in pairwise(circles))


def _hull(points: NDArray[np.float64]) -> Outline:
    hull = cv2.convexHull(points.astype(np.float32))
    return hull[:, 0].astype(np.float64)


def bounds(shapes: Sequence[Outline]) -> tuple[float, float, float, float]:
    """Left, lowest y, right and highest y of some outlines."""
    low = np.min([outline.min(axis=0) for outline in shapes], axis=0)
    high = np.max([outline.max(axis=0) for outline in shapes], axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def cover(mask: NDArray[np.uint8], shapes: Sequence[Outline]) -> tuple[int, int, int, int]:
    """Set `mask` inside the outlines (in pixels), anti-aliased; returns the touched top, bottom, left and right."""
    height, width = mask.shape
    if not shapes:
        return 0, 0, 0, 0
    left, top, right, bottom = bounds(shapes)
    for outline in shapes:
        # Sub-pixel positions in sixteenths; far points are held where OpenCV can still count them.
        points = np.rint((np.clip(outline, -20000, 20000) - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(mask, [points], (255,), cv2.LINE_AA, 4)
    area = max(0, int(top) - 2), min(height, int(bottom) + 3), max(0, int(left) - 2), min(width, int(right) + 3)
    return area if area[0] < area[1] and area[2] < area[3] else (0, 0, 0, 0)
