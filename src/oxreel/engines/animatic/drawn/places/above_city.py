"""A city seen from above: blocks of roofs that lean away from the middle, streets with cars, a park."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.land import Land
from oxreel.engines.animatic.drawn.palette import Colour, colour, mix
from oxreel.engines.animatic.drawn.shapes import Outline, ellipse

#: Sizes of a block with its street, and width of a street, in heights of the picture.
_PITCH, _LANE = np.array([0.34, 0.25]), 0.060
_ROOFS = ("#c9b8a4", "#d8ccb8", "#aeb4ba", "#bf8468", "#9ea8b0", "#e0d4c0", "#b59a86")


class _Grid:
    """Turned streets, and how things of a height lean away from the picture's middle."""

    def __init__(self, land: Land) -> None:
        turn = np.radians(land.uniform(14, 30)) * land.light
        self._spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        self._eye = np.array([land.aspect / 2, 0.52])
        self._shift = land.random.uniform(-0.5, 0.5, 2) * _PITCH

    def placed(self, points: NDArray[np.float64], height: float = 0.0) -> Outline:
        """Where points of the grid are seen when they are that high."""
        flat = (points + self._shift) @ self._spin + self._eye
        return np.asarray(self._eye + (flat - self._eye) * (1 + height))


def city(land: Land) -> None:
    """The whole picture as blocks and streets."""
    paper, palette, random = land.paper, land.palette, land.random
    grid = _Grid(land)
    road = mix(palette.lit("road", 0.12, 0.1), palette.low, 0.12)
    paper.fill([np.array([(-1, -1), (land.aspect + 1, -1), (land.aspect + 1, 2), (-1, 2)], float)], road, near=0.25)
    reach = int(max(land.aspect, 1) / _PITCH[1]) + 2
    _traffic(land, grid, reach)
    blocks = [np.array([i, j]) * _PITCH for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)]
    seen = []
    for middle in blocks:
        x, y = grid.placed(middle)
        if -0.28 < x < land.aspect + 0.28 and -0.28 < y < 1.28:
            seen.append((float(np.hypot(x - land.aspect / 2, y - 0.52)), tuple(middle)))
    seen.sort(reverse=True)
    green = len(seen) - 1 - int(random.integers(1, 4))
    half = (_PITCH - _LANE) / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
    plots = [grid.placed(np.array(middle) + half * corners) for _, middle in seen]
    paper.fill(plots, palette.lit("stone", 0, 0.1))
    paper.fill(
        [grid.placed(np.array(middle) + half * corners * 0.965) for _, middle in seen], palette.lit("stone", 0, 0.3)
    )
    for index, (_, middle) in enumerate(seen):
        if index == green:
            _park(land, grid.placed(np.array(middle) + half * corners * 0.96))
        else:
            _block(land, grid, np.array(middle), half * 0.93)
    _trees(land, [spot for plot in plots for spot in plot])
    if palette.night:
        for plot in plots:
            for x, y in plot:
                paper.glow(float(x), float(y), 0.06, colour("#ffc878"), 0.55)


def _traffic(land: Land, grid: _Grid, reach: int) -> None:
    paper, palette, random = land.paper, land.palette, land.random
    lines: list[Outline] = []
    cars: list[list[Outline]] = [[], [], [], []]
    lights: list[Outline] = []

    def strip(at: float, along: float, half: float, long: float, axis: int) -> Outline:
        corners = np.array(
            [(at - half, along), (at + half, along), (at + half, along + long), (at - half, along + long)]
        )
        return grid.placed(corners if axis == 0 else corners[:, ::-1])

    for index in range(-reach, reach):
        for axis in (0, 1):
            at = (index + 0.5) * float(_PITCH[axis])
            for along in np.arange(-1.7, 1.7, 0.05):
                lines.append(strip(at, along, 0.0011, 0.022, axis))
                side = 1 if random.random() < 0.5 else -1
                if random.random() < 0.42:
                    cars[int(random.choice(4, p=(0.45, 0.2, 0.15, 0.2)))].append(
                        strip(at + side * 0.015, along, 0.0062, 0.025, axis)
                    )
                    lights.append(strip(at + side * 0.015, along + (0.025 if side > 0 else -0.012), 0.005, 0.012, axis))
    paper.fill(lines, palette.lit(colour("#f6ecd0")), opacity=0.6)
    figures = palette.for_figures()
    paper.fill(
        [car + np.array((0.003, 0.004)) for group in cars for car in group], palette.lit("ink", 0, 1), opacity=0.3
    )
    for hue, group in zip(("#f4f0e8", "#d0453a", "#eab83a", "#3f6f9f"), cars, strict=True):
        paper.fill(group, figures.lit(colour(hue)))
        paper.fill(
            [(car - car.mean(axis=0)) * 0.5 + car.mean(axis=0) for car in group], figures.lit("ink"), opacity=0.55
        )
    if palette.night:
        paper.fill(lights[::3], colour("#ffe2a0"), opacity=0.7)


def _park(land: Land, corners: Outline) -> None:
    paper, palette = land.paper, land.palette
    paper.fill([corners], palette.lit("grass", 0, 0.15))
    core = corners.mean(axis=0)
    paper.fill([ellipse(float(core[0]), float(core[1]), 0.032, 0.024)], palette.lit("shallow"))
    paths = []
    for a, b in ((0, 2), (1, 3)):
        aside = np.array([-(corners[b] - corners[a])[1], (corners[b] - corners[a])[0]])
        aside = aside / float(np.hypot(*aside)) * 0.004
        paths.append(np.array([corners[a] + aside, corners[b] + aside, corners[b] - aside, corners[a] - aside]))
    paper.fill(paths, palette.lit("path"))
    paper.fill([ellipse(float(core[0]), float(core[1]), 0.030, 0.022)], palette.lit("sea"))
    spots = []
    for _ in range(60):
        spot = (
            corners[0]
            + (corners[1] - corners[0]) * land.uniform(0.05, 0.95)
            + (corners[3] - corners[0]) * land.uniform(0.05, 0.95)
        )
        if float(np.hypot(*(spot - core))) > 0.045:
            spots.append(spot)
    _trees(land, spots)


def _trees(land: Land, spots: list[NDArray[np.float64]]) -> None:
    size = 0.013
    paper, palette, side = land.paper, land.palette, land.light
    paper.fill(
        [ellipse(a - side * 0.006, b + 0.006, size, size) for a, b in spots], palette.lit("ink", 0, 1), opacity=0.32
    )
    paper.fill([ellipse(a, b, size, size) for a, b in spots], palette.lit("leaf2", 0, 0.4))
    paper.fill([ellipse(a + side * 0.003, b - 0.003, size * 0.66, size * 0.66) for a, b in spots], palette.lit("leaf"))


def _block(land: Land, grid: _Grid, middle: NDArray[np.float64], half: NDArray[np.float64]) -> None:
    """The houses of a block, those at its far side first."""
    random = land.random
    columns = int(random.integers(2, 4))
    edges = np.concatenate([[-1.0], np.sort(random.uniform(-0.4, 0.4, columns - 1)), [1.0]])
    houses = []
    for left, right in pairwise(edges):
        cut = float(random.uniform(-0.35, 0.35))
        for low, high in ((-1.0, cut), (cut, 1.0)):
            houses.append((middle + half * (left, low) + 0.003, middle + half * (right, high) - 0.003))
    far = [-float(np.hypot(*(grid.placed((low + high) / 2) - (land.aspect / 2, 0.52)))) for low, high in houses]
    for index in np.argsort(far):
        _house(land, grid, *houses[int(index)])


def _house(land: Land, grid: _Grid, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    palette, paper, random = land.palette, land.paper, land.random
    tall = float(random.uniform(0.05, 0.16) if random.random() < 0.72 else random.uniform(0.2, 0.42))
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    ground, roof = grid.placed(corners), grid.placed(corners, tall)
    name = colour(_ROOFS[int(random.integers(len(_ROOFS)))])
    paper.fill([ground + np.array((-land.light * tall * 0.22, tall * 0.20))], palette.lit("ink", 0, 1), opacity=0.30)
    walls: dict[bool, list[Outline]] = {True: [], False: []}
    panes: list[Outline] = []
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)):
        wall = np.array([ground[a], ground[b], roof[b], roof[a]])
        face = np.array([-(ground[b] - ground[a])[1], (ground[b] - ground[a])[0]])
        walls[bool(face[0] * -land.light + face[1] * 0.7 > 0)].append(wall)
        if float(np.hypot(*(roof[a] - ground[a]))) > 0.012:
            panes += _panes(random, wall, tall, lit=palette.night)
    paper.fill(walls[False], palette.lit(name, 0, 0.85))
    paper.fill(walls[True], palette.lit(name, 0, 0.45))
    glass = colour("#ffd58a") if palette.night else mix(palette.lit("glass"), palette.lit("ink"), 0.35)
    paper.fill(panes, glass, opacity=0.9 if palette.night else 0.6, clip=walls[True] + walls[False])
    core = roof.mean(axis=0)
    paper.fill([roof], mix(palette.lit(name), palette.key * 255, 0.18), near=min(0.9, 0.3 + tall))
    paper.fill([(roof - core) * 0.88 + core], palette.lit(name, 0, 0.12))
    _roof_garden(land, roof, core, palette.lit("stone"))


def _panes(random: np.random.Generator, wall: Outline, tall: float, *, lit: bool) -> list[Outline]:
    """Windows in a wall that is seen at a slant."""
    a, b, c, d = wall
    rows, columns = max(2, int(tall * 28)), max(2, int(float(np.hypot(*(b - a))) / 0.016))
    draws = random.random((rows, columns))
    panes = []
    for row in range(rows):
        for column in range(columns):
            if draws[row, column] < (0.22 if lit else 0.9):
                shares = (
                    (column + 0.25) / columns,
                    (row + 0.25) / rows,
                    (column + 0.75) / columns,
                    (row + 0.75) / rows,
                )
                corners = [(shares[i], shares[j]) for i, j in ((0, 1), (2, 1), (2, 3), (0, 3))]
                panes.append(
                    np.array([(a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v for u, v in corners])
                )
    return panes


def _roof_garden(land: Land, roof: Outline, core: NDArray[np.float64], tone: Colour) -> None:
    """What stands on a roof: a stair head, a garden, or nothing."""
    paper, palette, random = land.paper, land.palette, land.random
    draw = random.random()
    spot = core + (roof[0] - core) * random.uniform(-0.4, 0.4) + (roof[1] - core) * random.uniform(-0.3, 0.3)
    unit = (roof - core) * random.uniform(0.18, 0.34)
    if draw < 0.6:
        paper.fill([unit + spot + np.array((-land.light * 0.006, 0.006))], palette.lit("ink", 0, 1), opacity=0.3)
        paper.fill([unit + spot], tone)
    elif draw < 0.75:
        paper.fill([unit * 1.8 + core], palette.lit("leaf", 0, 0.2))
