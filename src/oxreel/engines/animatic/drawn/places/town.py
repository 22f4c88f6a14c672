"""Towns: skylines with windows, a street between its houses, a village on its hills."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.land import Land, lens
from oxreel.engines.animatic.drawn.palette import Colour, colour, mix
from oxreel.engines.animatic.drawn.places.plants import wood
from oxreel.engines.animatic.drawn.shapes import Outline, ellipse

LAMP = colour("#ffd58a")
_COOL = colour("#bfe0f0")
_WALLS = ("#e8cdb0", "#d9a58a", "#c8b8a8", "#b8c4c8", "#e0d0bc", "#c99a7a")
NEON = ("#ff5f8f", "#4fd8e8", "#ffb04a", "#9f7fff")


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    """An upright rectangle."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def skyline(land: Land, base: float) -> None:
    """Towers behind towers, with lit windows after dark."""
    palette, paper = land.palette, land.paper
    tall = base * 0.86
    if palette.night:
        paper.glow(land.aspect * 0.5, base, 1.1, mix(LAMP, palette.low, 0.55), 0.5, 0.5)
    for layer, (far, height, wide) in enumerate(((1.0, 0.62, 0.07), (0.66, 0.80, 0.085), (0.32, 0.66, 0.105))):
        tone = palette.lit(("#8494ae", "#71829f", "#5c6d8a")[layer], far, 0.4)
        if palette.night:
            tone = mix(palette.low, palette.top, (0.38, 0.66, 0.9)[layer])
        near = 0.07 + 0.06 * layer
        shapes: list[Outline] = []
        faces: list[Outline] = []
        windows: list[Outline] = []
        cool: list[Outline] = []
        x = -0.05
        while x < land.aspect + 0.05:
            width = wide * land.uniform(0.55, 1.2)
            middle = 1 - abs((x + width / 2) / land.aspect * 2 - 1) ** 1.5
            top = base - tall * height * (0.30 + 0.52 * middle * land.uniform(0.55, 1.25) + 0.22 * land.random.random())
            shapes += _tower(land, x, top, x + width, base)
            shade = x + width * (0.62 if land.light < 0 else 0.0)
            faces.append(box(shade, top, shade + width * 0.38, base))
            if layer or palette.night:
                lit = float(land.random.choice((0.06, 0.2, 0.34, 0.5))) if palette.night else 0.0
                here, there = _windows(land, x, top, x + width, base, lit=lit, size=0.0042 + 0.0014 * layer)
                windows += here
                cool += there
            x += width * land.uniform(0.92, 1.2)
        haze = mix(tone, palette.haze, 0.62 if not palette.night else 0.5)
        span = (base - tall * height * 0.9, base)
        paper.fill(shapes, tone, haze, span=span, near=near, shadow=0.10)
        paper.fill(faces, palette.lit("ink", far), opacity=0.16)
        if palette.night:
            paper.fill(windows, mix(LAMP, palette.low, 0.55 * far), opacity=0.9)
            paper.fill(cool, mix(_COOL, palette.haze, 0.5), opacity=0.5)
        else:
            paper.fill(cool + windows, mix(tone, palette.low, 0.5), opacity=0.55)
    if palette.night:
        paper.glow(land.aspect * 0.5, base, 0.9, mix(LAMP, palette.low, 0.4), 0.25, 0.3)


def _tower(land: Land, left: float, top: float, right: float, base: float) -> list[Outline]:
    """A tower with one of a few roofs."""
    width = right - left
    shapes = [box(left, top, right, base)]
    style = int(land.random.integers(6))
    middle = (left + right) / 2
    if style == 0:
        shapes += [
            box(left + width * 0.2, top - width * 0.35, right - width * 0.2, top + 0.01),
            box(middle - 0.0016, top - width * 1.1, middle + 0.0016, top),
        ]
    elif style == 1:
        shapes.append(
            np.array([(left, top + 0.001), (right, top - width * 0.5), (right, top + 0.01), (left, top + 0.01)])
        )
    elif style == 2:
        shapes += [
            box(left + width * 0.12, top - width * 0.22, right - width * 0.12, top + 0.01),
            box(left + width * 0.3, top - width * 0.45, right - width * 0.3, top + 0.01),
        ]
    elif style == 3:
        shapes.append(
            np.array(
                [(left + width * 0.15, top + 0.001), (middle, top - width * 1.2), (right - width * 0.15, top + 0.001)]
            )
        )
    elif style == 4:
        shapes.append(ellipse(middle, top, width * 0.5, width * 0.3))
    return shapes


def _windows(
    land: Land, left: float, top: float, right: float, base: float, *, lit: float, size: float
) -> tuple[list[Outline], list[Outline]]:
    columns = max(2, int((right - left) / (size * 2.0)))
    rows = max(2, int((base - top) / (size * 2.5)))
    pitch, storey = (right - left) / (columns + 0.6), (base - top) / (rows + 0.5)
    warm: list[Outline] = []
    cool: list[Outline] = []
    draws = land.random.random((rows, columns))
    for row in range(rows):
        for column in range(columns):
            x, y = left + pitch * (column + 0.45), top + storey * (row + 0.45)
            shape = box(x, y, x + pitch * 0.52, y + storey * 0.5)
            if lit:
                if draws[row, column] < lit:
                    (warm if draws[row, column] < lit * 0.8 else cool).append(shape)
            elif draws[row, column] < 0.75:
                cool.append(shape)
    return warm, cool


def street(land: Land, top: float) -> None:
    """A street in perspective: houses on both sides, pavements, lamps, a crossing."""
    paper, palette = land.paper, land.palette
    vanish = np.array([land.aspect * (0.5 + land.light * 0.05), top])
    reach = 1.12 - top
    wide = 0.60 * max(0.55, min(1.0, land.aspect / 1.4))
    half = max(land.aspect * 0.62, wide * 1.5)
    slab = np.array(
        [
            vanish + np.array((-0.03, 0.004)),
            vanish + np.array((0.03, 0.004)),
            (vanish[0] + half * 1.6, 1.15),
            (vanish[0] - half * 1.6, 1.15),
        ]
    )
    paper.fill(
        [slab],
        palette.lit("stone", 0.6),
        palette.lit("stone", 0.0, 0.3),
        span=(top, 1),
        near=(land.nearness(top), 0.95),
    )
    surface = np.array(
        [
            vanish + np.array((-0.012, 0.004)),
            vanish + np.array((0.012, 0.004)),
            (vanish[0] + wide, 1.12),
            (vanish[0] - wide, 1.12),
        ]
    )
    paper.fill([surface], palette.lit("road", 0.7), palette.lit("road", 0.0, 0.35), span=(top, 1))
    if palette.night or any(one.kind in ("rain", "storm") for one in land.plan.weather):
        _wet(land, vanish, wide)
    marks = [
        np.array(
            [
                vanish + np.array(((here - top) / reach * -0.012, here - top)),
                vanish + np.array(((here - top) / reach * 0.012, here - top)),
                vanish + np.array(((there - top) / reach * 0.012, there - top)),
                vanish + np.array(((there - top) / reach * -0.012, there - top)),
            ]
        )
        for index in range(1, 14)
        for here, there in ((top + reach * 0.95 / index, top + reach * 0.95 / (index + 0.4)),)
    ]
    paper.fill(marks, palette.lit(colour("#f0e6d0")), opacity=0.75)
    for side in (-1, 1):
        _row_of_houses(land, vanish, side, half, reach)
    _lamps(land, vanish, wide * 1.12, reach)


def _wet(land: Land, vanish: NDArray[np.float64], wide: float) -> None:
    shine = []
    for _ in range(46):
        share = land.random.random()
        y = vanish[1] + (1.05 - vanish[1]) * share
        shine.append(
            lens(vanish[0] + wide * share * land.uniform(-0.9, 0.9), y, 0.015 + 0.06 * share, 0.003 + 0.02 * share)
        )
    land.paper.fill(shine[::2], LAMP, opacity=0.16)
    land.paper.fill(shine[1::2], mix(_COOL, land.palette.low, 0.4), opacity=0.13)


def _row_of_houses(land: Land, vanish: NDArray[np.float64], side: int, half: float, reach: float) -> None:
    """Fronts in perspective from the far end to the camera; at depth 1 lies what is nearest."""
    paper, palette, random = land.paper, land.palette, land.random
    depths = [0.10, 0.145, 0.205, 0.29, 0.42, 0.62, 0.95, 1.6]
    pavement = vanish[1] + reach
    for index, (far_end, near_end) in enumerate(pairwise(depths)):
        tall = random.uniform(0.95, 1.5) if not land.has("city") else random.uniform(1.3, 2.6)
        far = 0.85 * (1 - index / 6) ** 1.3
        name = _WALLS[int(random.integers(len(_WALLS)))]
        shade = 0.15 if side * land.light < 0 else 0.8
        wall = palette.lit(colour(name), far, shade)

        def at(depth: float, height: float) -> NDArray[np.float64]:
            x = vanish[0] + side * half * depth
            ground = vanish[1] + (pavement - vanish[1]) * depth * 0.62
            return np.array([x, ground - height * depth])

        front = np.array([at(far_end, 0), at(far_end, tall), at(near_end, tall), at(near_end, 0)])
        outer = vanish[0] + side * 3
        gable = np.array(
            [at(near_end, 0), at(near_end, tall), (outer, at(near_end, tall)[1]), (outer, at(near_end, 0)[1])]
        )
        near = float(np.clip(0.15 + 0.8 * near_end, 0.1, 0.95))
        paper.fill([front], wall, mix(wall, palette.lit("ink"), 0.12), near=near, shadow=0.12)
        cornice = np.array([at(far_end, tall), at(near_end, tall), at(near_end, tall - 0.05), at(far_end, tall - 0.05)])
        paper.fill([cornice], mix(wall, palette.key * 255, 0.25))
        paper.fill([gable], palette.lit(colour(name), far, 0.9), near=near)
        warm: list[Outline] = []
        plain: list[Outline] = []
        doors: list[Outline] = []
        columns, rows = 3, max(2, int(tall / 0.28))
        for column in range(columns):
            a = far_end + (near_end - far_end) * (column + 0.22) / columns
            b = far_end + (near_end - far_end) * (column + 0.72) / columns
            for row in range(rows):
                low, high = 0.30 + (tall - 0.42) * row / rows, 0.30 + (tall - 0.42) * (row + 0.58) / rows
                pane = np.array([at(a, low), at(a, high), at(b, high), at(b, low)])
                (warm if palette.night and random.random() < 0.34 else plain).append(pane)
            doors.append(np.array([at(a, 0), at(a, 0.2), at(b, 0.2), at(b, 0)]))
        dark = (
            mix(palette.lit("glass", far), palette.lit("ink"), 0.45)
            if not palette.night
            else palette.lit("ink", far * 0.6)
        )
        paper.fill(plain, dark, mix(dark, palette.low, 0.25))
        paper.fill(warm, mix(LAMP, palette.haze, 0.4 * far))
        paper.fill(doors[::2], mix(LAMP, wall, 0.3) if palette.night else palette.lit("ink", far, 0.2), opacity=0.85)
        paper.fill(doors[1::2], palette.lit("ink", far, 0.2), opacity=0.85)
        awning = np.array(
            [
                at(far_end, 0.22),
                at(near_end, 0.22),
                at(near_end, 0.17) - (side * 0.05 * near_end, 0),
                at(far_end, 0.17) - (side * 0.05 * far_end, 0),
            ]
        )
        hue = colour(("#c8503c", "#3f7f8c", "#d9a04a", "#5f8a6a")[int(random.integers(4))])
        paper.fill([awning], palette.lit(hue, far))
        if signed(land):
            sign = np.array(
                [
                    at(far_end * 0.5 + near_end * 0.5, tall * 0.8),
                    at(near_end * 0.92, tall * 0.8),
                    at(near_end * 0.92, tall * 0.5),
                    at(far_end * 0.5 + near_end * 0.5, tall * 0.5),
                ]
            )
            neon = colour(NEON[int(random.integers(4))])
            _shop_sign(land, sign, neon, far)


def signed(land: Land) -> bool:
    """Whether signs hang on the fronts."""
    named = any(thing.kind == "sign" for thing in land.plan.things)
    return named or any(one.kind == "neon" for one in land.plan.light) or land.plan.style == "cyberpunk"


def _shop_sign(land: Land, corners: Outline, tone: Colour, far: float) -> None:
    """A board with strokes of writing one below the other; by night its tubes shine."""
    paper, palette = land.paper, land.palette
    top_left, top_right, low_right, low_left = corners

    def at(across: float, down: float) -> NDArray[np.float64]:
        left, right = top_left + (low_left - top_left) * down, top_right + (low_right - top_right) * down
        return np.asarray(left + (right - left) * across)

    def panel(x0: float, y0: float, x1: float, y1: float) -> Outline:
        return np.array([at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)])

    shining = palette.night or any(one.kind == "neon" for one in land.plan.light)
    ink = tone if shining else palette.lit(colour("#f4ead8"), far)
    paper.fill([corners], tone if shining else palette.lit(mix(tone, colour("#5a4038"), 0.45), far), shadow=0.08)
    inside = colour("#17142c") if shining else palette.lit(mix(tone, colour("#5a4038"), 0.6), far)
    paper.fill([panel(0.09, 0.035, 0.91, 0.965)], inside)
    strokes: list[Outline] = []
    count = 5
    for row in range(count):
        y, high = 0.08 + 0.86 * row / count, 0.86 / count
        kind = int(land.random.integers(4))
        strokes.append(panel(0.22, y + high * 0.10, 0.78, y + high * 0.24))
        if kind != 1:
            strokes.append(panel(0.26, y + high * 0.44, 0.74, y + high * 0.56))
        if kind in (1, 2):
            strokes.append(panel(0.44, y + high * 0.10, 0.56, y + high * 0.82))
        if kind != 2:
            strokes.append(panel(0.22, y + high * 0.70, 0.78, y + high * 0.82))
        if kind == 3:
            strokes.append(panel(0.22, y + high * 0.10, 0.32, y + high * 0.82))
    paper.fill(strokes, mix(ink, colour("#ffffff"), 0.45) if shining else ink)
    if shining:
        middle, tall = corners.mean(axis=0), float(np.ptp(corners[:, 1]))
        paper.glow(float(middle[0]), float(middle[1]), tall * 0.9, tone, 0.5)


def _lamps(land: Land, vanish: NDArray[np.float64], wide: float, reach: float) -> None:
    paper, palette = land.paper, land.palette
    for depth in (0.16, 0.24, 0.38, 0.62):
        for side in (-1, 1):
            x = vanish[0] + side * wide * depth
            y = vanish[1] + reach * depth * 0.86
            tall = 0.62 * depth
            near = land.nearness(y)
            post = [
                box(x - 0.006 * depth - 0.0006, y - tall, x + 0.006 * depth + 0.0006, y),
                ellipse(x, y - tall, 0.030 * depth, 0.012 * depth),
            ]
            paper.fill(post, palette.lit("ink", max(0.0, 0.6 - depth), 0.2), near=near)
            head = ellipse(x, y - tall + 0.022 * depth, 0.020 * depth, 0.024 * depth)
            if palette.night:
                paper.glow(x, y - tall + 0.02 * depth, 0.36 * depth + 0.02, LAMP, 0.7)
                paper.glow(x, y, 0.30 * depth, LAMP, 0.3, 0.25)
            paper.fill([head], colour("#fff0c4") if palette.night else palette.lit(colour("#f2ead8")), near=near)


def plaza(land: Land, top: float) -> None:
    """What lies before a skyline: water that mirrors it, or trees and a terrace."""
    palette, paper = land.palette, land.paper
    wood(land, top + 0.035, 0.055, 0.35, 0.26, kinds=("round",), shadow=0.06)
    stone = palette.lit("stone", 0.3, 0.15)
    paper.fill(
        [box(-1, top + 0.03, land.aspect + 1, 1.1)],
        stone,
        palette.lit("stone", 0.0, 0.5),
        span=(top, 1),
        near=(0.25, 0.95),
        shadow=0.08,
    )
    lines = []
    for index in range(1, 9):
        y = top + 0.03 + (1.1 - top) * 0.5 / index
        lines.append(box(-1, y, land.aspect + 1, y + 0.0035 / index))
    lines += [
        np.array([(x + at * 0.10, top + 0.03), (x + at * 1.2 - 0.003, 1.1), (x + at * 1.2 + 0.003, 1.1)])
        for x in (land.aspect / 2,)
        for at in np.linspace(-3, 3, 25)
    ]
    paper.fill(lines, palette.lit("rock2", 0, 0.4), opacity=0.22)
    rail = top + 0.10
    posts: list[Outline] = [
        box(-1, rail - 0.045, land.aspect + 1, rail - 0.040),
        box(-1, rail - 0.022, land.aspect + 1, rail - 0.019),
    ]
    posts += [box(x - 0.002, rail - 0.048, x + 0.002, rail) for x in np.arange(0.02, land.aspect, 0.06)]
    paper.fill(posts, palette.lit("ink", 0.15, 0.2), near=land.nearness(rail))
    for share in (0.12, 0.37, 0.63, 0.88):
        x = land.aspect * share
        paper.fill(
            [box(x - 0.003, rail - 0.16, x + 0.003, rail), ellipse(x, rail - 0.163, 0.012, 0.012)],
            palette.lit("ink", 0.1),
            near=land.nearness(rail),
        )
        if palette.night:
            paper.fill([ellipse(x, rail - 0.163, 0.010, 0.010)], colour("#fff0c4"))
            paper.glow(x, rail - 0.163, 0.10, LAMP, 0.7)
            paper.glow(x, rail + 0.03, 0.14, LAMP, 0.3, 0.3)
