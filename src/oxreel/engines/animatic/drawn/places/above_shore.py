"""A shore seen from above: deep water, turquoise shallows, lines of surf, and rocks or sand."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.land import Land, noise, stroke
from oxreel.engines.animatic.drawn.palette import Colour, colour, mix
from oxreel.engines.animatic.drawn.shapes import Outline, closed, ellipse

#: Pixels of the picture for each sample of the shore's distance field.
_FIELD = 4
#: Heights of the picture beyond its edges in which the field is known, so that lines run off the picture.
_BEYOND = 0.06
#: The field runs from this distance on (land) for this many heights.
_FROM, _SPAN = -0.5, 1.5


@dataclass(frozen=True)
class _Shore:
    """Distance from the water's edge in heights of the picture, land below 0, sampled `rows` times a height."""

    distance: NDArray[np.float32]
    #: The same without the stacks that stand in the water.
    coast: NDArray[np.float32]
    rows: int
    pad: int

    def at(self, x: float, y: float) -> float:
        """The distance at a place of the picture."""
        row = int(np.clip(y * self.rows + self.pad, 0, self.distance.shape[0] - 1))
        column = int(np.clip(x * self.rows + self.pad, 0, self.distance.shape[1] - 1))
        return float(self.distance[row, column])


def shore(land: Land, *, rocky: bool) -> None:
    """The sea from straight above as it meets the land."""
    paper = land.paper
    coast = _coast(land, rocky=rocky)
    surf = coast.distance + 0.010 * np.sin(noise(land.random, *_size(coast.distance), 3, 3) * 8).astype(np.float32)
    inner = slice(coast.pad, coast.distance.shape[0] - coast.pad), slice(coast.pad, coast.distance.shape[1] - coast.pad)
    field = np.ascontiguousarray(np.clip((surf[inner] - _FROM) / _SPAN, 0, 1), np.float32)
    paper.tint(field, _table(_stops(land, rocky=rocky)))
    nearness = np.clip(0.42 - coast.distance[inner] * 0.9, 0.18, 0.75).astype(np.float32)
    paper.near[:] = cv2.resize(nearness, paper.near.shape[::-1], interpolation=cv2.INTER_AREA)
    _rollers(land, coast)
    _streaks(land, coast)
    if rocky:
        _shrubs(land, coast)
        _crags(land, coast)
        _spray(land, coast)
    # Surf runs over sand, and only between rocks.
    dry, wet = (-0.005, 0.035) if rocky else (-0.075, -0.02)
    share = np.clip((coast.distance[inner] - dry) / (wet - dry), 0, 1).astype(np.float32)
    paper.wet[:] = cv2.resize(share, paper.wet.shape[::-1], interpolation=cv2.INTER_AREA)
    paper.coast = np.ascontiguousarray(coast.coast[inner], np.float32)


def _coast(land: Land, *, rocky: bool) -> _Shore:
    random = land.random
    rows = max(16, land.paper.height // _FIELD)
    pad = int(rows * _BEYOND) + 1
    shape = rows + 2 * pad, round(rows * land.aspect) + 2 * pad
    y, x = ((np.mgrid[0 : shape[0], 0 : shape[1]] - pad) / rows).astype(np.float32)
    # The land lies in the lower corner on the light's side, where composition rests; the sea takes two thirds.
    turn = np.radians(land.uniform(24, 40))
    normal = -land.light * np.cos(turn), -np.sin(turn)
    corner = land.aspect * (0.5 + 0.16 * land.light), 0.56
    across = (x - corner[0]) * normal[0] + (y - corner[1]) * normal[1]
    capes = noise(random, *shape, 1.5, 1) * 0.16 + noise(random, *shape, 3.6, 2) * 0.11
    fine = noise(random, *shape, 9, 3) * (0.040 if rocky else 0.008)
    coast = (across + 0.02 + capes + fine).astype(np.float32)
    distance = coast.copy()
    if rocky:
        for _ in range(60):
            a, b = random.uniform(0, land.aspect), random.uniform(0.02, 0.98)
            here = coast[int(b * rows) + pad, min(shape[1] - 1, int(a * rows) + pad)]
            if 0.02 < here < 0.15 and random.random() < 0.8:
                size = random.uniform(0.015, 0.05)
                squeeze = random.uniform(0.6, 1.5)
                stack = np.hypot((x - a) * squeeze, y - b) - size + noise(random, *shape, 10, 2) * size * 0.9
                distance = np.minimum(distance, stack.astype(np.float32) * 1.25)
    return _Shore(distance, coast, rows, pad)


def _size(field: NDArray[np.float32]) -> tuple[int, int]:
    return field.shape[0], field.shape[1]


def _table(stops: list[tuple[float, Colour]], entries: int = 2048) -> NDArray[np.float32]:
    """Colours between stops; two stops close together make an edge."""
    at = np.linspace(0, 1, entries)
    places = [(stop - _FROM) / _SPAN for stop, _ in stops]
    columns = [np.interp(at, places, [float(tone[channel]) for _, tone in stops]) for channel in range(3)]
    return np.stack(columns, axis=1).astype(np.float32)


def _stops(land: Land, *, rocky: bool) -> list[tuple[float, Colour]]:
    palette = land.palette
    lit = palette.lit
    foam, deep, open_sea, shallow = lit("foam"), lit("deep", 0, 0.25), lit("sea", 0, 0.05), lit("shallow")
    grass = lit(mix(palette.raw("grass"), colour("#7d8a58"), 0.5) if rocky else palette.raw("sand"), 0, 0.05)
    crag = lit(colour("#8a8580"), 0, 0.1) if rocky else lit("sand")
    crag2 = lit("rock2", 0, 0.15) if rocky else lit("sand", 0, 0.15)
    wet = lit("rock2", 0, 0.75) if rocky else lit("dune", 0, 0.35)
    inland = [(-0.5, mix(grass, lit("leaf2"), 0.55)), (-0.30, mix(grass, lit("leaf2"), 0.2)), (-0.205, grass)]
    rocks = [(-0.2, crag), (-0.13, crag), (-0.126, crag2), (-0.066, crag2), (-0.062, wet), (-0.012, wet)]
    surf = [
        (-0.008, foam), (0.010, foam), (0.014, mix(shallow, foam, 0.55)), (0.026, mix(shallow, foam, 0.3)),
        (0.029, mix(shallow, foam, 0.9)), (0.036, mix(shallow, foam, 0.85)), (0.039, mix(shallow, foam, 0.12)),
    ]  # fmt: skip
    water = [(0.10, shallow), (0.17, mix(shallow, open_sea, 0.6)), (0.28, open_sea), (0.52, mix(open_sea, deep, 0.7))]
    return [*inland, *rocks, *surf, *water, (1.0, deep)]


def _rollers(land: Land, coast: _Shore) -> None:
    """Crests that come in along the shore: bright lines, broken and uneven, each with shade before and foam behind."""
    foam, deep = land.palette.lit("foam"), land.palette.lit("deep")
    smooth = cv2.GaussianBlur(coast.coast, (0, 0), max(1.5, coast.rows * 0.03))
    rollers = (
        (0.060, 0.95, 0.024), (0.115, 0.92, 0.019), (0.18, 0.85, 0.014), (0.26, 0.7, 0.009), (0.35, 0.55, 0.0065),
        (0.46, 0.45, 0.005), (0.60, 0.35, 0.004),
    )  # fmt: skip
    down = np.stack(np.gradient(smooth)[::-1], axis=-1)
    for level, strength, width in rollers:
        lines, _ = cv2.findContours((smooth < level).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        bands: list[Outline] = []
        trails: list[Outline] = []
        shades: list[Outline] = []
        for line in lines:
            cells = line[:, 0].astype(np.float64)
            limits = np.array(smooth.shape[::-1]) - 2
            inner = ((cells > 1) & (cells < limits)).all(axis=1)
            for start, stop in _runs(np.asarray(inner), land, coast.rows):
                piece = _smoothed(cells[start:stop])[:: max(2, coast.rows // 60)]
                if len(piece) < 5:
                    continue
                spot = piece.astype(int)
                out = down[spot[:, 1], spot[:, 0]]
                out = out / np.maximum(np.hypot(*out.T), 1e-6)[:, None]
                points = (piece - coast.pad) / coast.rows
                wobble = 0.008 * np.sin(np.linspace(0, len(piece) * 0.35, len(piece)) + land.uniform(0, 6))
                points = points + out * wobble[:, None]
                swell = np.sin(np.linspace(0, np.pi, len(piece))) ** 0.5
                uneven = 0.55 + 0.45 * np.sin(np.linspace(0, land.uniform(4, 18), len(piece)) + land.uniform(0, 6)) ** 2
                bands.append(stroke(points, width * swell * uneven + 0.0003))
                trails.append(stroke(points + out * width * 1.1, width * 2.6 * swell + 0.0003))
                shades.append(stroke(points - out * width * 0.75, width * 0.9 * swell + 0.0003))
        land.paper.fill(trails, foam, opacity=0.22 * strength)
        land.paper.fill(shades, deep, opacity=0.26 * strength)
        land.paper.fill(bands, foam, opacity=strength)


def _runs(inner: NDArray[np.bool_], land: Land, rows: int) -> list[tuple[int, int]]:
    """Stretches of a line that are drawn, with gaps between them."""
    runs = []
    start = 0
    while start < len(inner):
        stop = min(len(inner), start + int(rows * land.uniform(0.12, 0.5)))
        if inner[start:stop].all() and stop - start > rows * 0.06:
            runs.append((start, stop))
        start = stop + int(rows * land.uniform(0.01, 0.12))
    return runs


def _smoothed(points: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel = np.hanning(15)[1:-1]
    kernel /= kernel.sum()
    padded = np.pad(points, ((6, 6), (0, 0)), mode="edge")
    return np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)


def _streaks(land: Land, coast: _Shore) -> None:
    """Small whitecaps on the open water, all along the swell."""
    shapes = []
    for _ in range(int(90 * land.aspect)):
        x, y = land.uniform(0, land.aspect), land.uniform(0, 1)
        if coast.at(x, y) > 0.2:
            length = land.uniform(0.006, 0.028)
            along = np.array([0.85, -0.5 * land.light]) * length
            bend = np.array([0.25 * land.light, 0.3]) * length
            points = np.array((x, y)) + np.stack([np.zeros(2), along / 2 + bend, along])
            shapes.append(stroke(points, np.array([0.0004, 0.003, 0.0004])))
    land.paper.fill(shapes, land.palette.lit("foam"), opacity=0.45)


def _crags(land: Land, coast: _Shore) -> None:
    """Boulders along the shore, large and small, in skirts of foam, each with a lit and a shaded face."""
    paper, palette, random = land.paper, land.palette, land.random
    stones: list[tuple[float, float, float, float]] = []
    for attempt in range(3200):
        a, b = random.uniform(-0.02, land.aspect + 0.02), random.uniform(-0.02, 1.02)
        here = coast.at(a, b)
        large = attempt < 260
        if -0.19 < here < (0.0 if large else 0.045):
            size = random.uniform(0.034, 0.062) if large else 0.007 + 0.026 * random.random() ** 2
            if all((a - c) ** 2 + (b - d) ** 2 > ((size + e) * 0.74) ** 2 for c, d, e, _ in stones):
                stones.append((a, b, size, here))
        if len(stones) > 230:
            break
    stones.sort(key=lambda stone: stone[1])
    surf = [_blob(random, a, b, size * random.uniform(1.2, 1.55)) for a, b, size, here in stones if here > -0.035]
    paper.fill(surf, palette.lit("foam"), opacity=0.9)
    cast = [_blob(random, a - land.light * size * 0.32, b + size * 0.30, size * 0.95) for a, b, size, _ in stones]
    paper.fill(cast, palette.lit("ink", 0, 0.8), opacity=0.32)
    tones = (palette.lit("stone", 0, 0.05), palette.lit("rock", 0, 0.25), palette.lit(colour("#8f7f74"), 0, 0.2))
    for pick, tone in enumerate(tones):
        chosen = stones[pick::3]
        outlines = [_boulder(random, a, b, size) for a, b, size, _ in chosen]
        paper.fill(outlines, tone)
        faces, flanks, tops = [], [], []
        for (a, b, size, _), outline in zip(chosen, outlines, strict=True):
            peak = np.array([a + land.light * size * 0.12, b - size * 0.14])
            toward = (outline[:, 0] - a) * land.light - (outline[:, 1] - b) * 0.8
            faces.append(_around(np.concatenate([[peak], outline[toward < size * 0.1]])))
            deep = toward < -size * 0.45
            if deep.sum() > 1:
                flanks.append(_around(np.concatenate([[(peak + np.array((a, b))) / 2], outline[deep]])))
            tops.append(_around(np.concatenate([[peak], outline[toward > size * 0.5] * 0.8 + peak * 0.2])))
        paper.fill(faces, palette.lit("rock2", 0, 0.5), opacity=0.75)
        paper.fill(flanks, palette.lit("ink", 0, 0.3), opacity=0.45)
        paper.fill(tops, mix(tone, palette.key * 255, 0.34), opacity=0.9)


def _spray(land: Land, coast: _Shore) -> None:
    """Where waves break on the rocks: bursts of drops."""
    drops: list[Outline] = []
    bursts = 0
    for _ in range(600):
        a, b = land.uniform(0, land.aspect), land.uniform(0, 1)
        if -0.03 < coast.at(a, b) < 0.02 and bursts < 34:
            bursts += 1
            for _ in range(16):
                reach = abs(land.random.normal(0, 0.026))
                turn = land.uniform(0, 2 * np.pi)
                size = land.uniform(0.0012, 0.0052) * (1 - min(0.7, reach * 12))
                drops.append(ellipse(a + np.cos(turn) * reach, b + np.sin(turn) * reach, size, size)[::4])
    land.paper.fill(drops, land.palette.lit("foam"), opacity=0.92)


def _shrubs(land: Land, coast: _Shore) -> None:
    """Scrub on the land behind the rocks, with its shade."""
    paper, palette = land.paper, land.palette
    spots = []
    for _ in range(int(260 * land.aspect)):
        a, b = land.uniform(0, land.aspect), land.uniform(0, 1)
        here = coast.at(a, b)
        if here < -0.21 and land.random.random() < 0.25 + min(0.75, -here * 1.2):
            spots.append((a, b, 0.006 + 0.02 * land.random.random() ** 2))
    paper.fill(
        [ellipse(a - land.light * r * 0.5, b + r * 0.5, r, r) for a, b, r in spots],
        palette.lit("ink", 0, 1),
        opacity=0.28,
    )
    paper.fill([ellipse(a, b, r, r * 0.94) for a, b, r in spots], palette.lit("leaf2", 0, 0.35))
    paper.fill(
        [ellipse(a + land.light * r * 0.22, b - r * 0.22, r * 0.62, r * 0.58) for a, b, r in spots], palette.lit("leaf")
    )


def _around(points: NDArray[np.float64]) -> Outline:
    """The points in order around their middle, so that their outline does not cross itself."""
    away = points - points.mean(axis=0)
    return points[np.argsort(np.arctan2(away[:, 1], away[:, 0]))]


def _boulder(random: np.random.Generator, x: float, y: float, size: float) -> Outline:
    corners = int(random.integers(6, 10))
    turns = np.sort(np.linspace(0, 2 * np.pi, corners + 1)[:-1] + random.uniform(-0.3, 0.3, corners))
    reach = size * random.uniform(0.66, 1.08, corners)
    lean, long = random.uniform(-0.4, 0.4), random.uniform(0.95, 1.3)
    across, down = np.cos(turns) * reach * long, np.sin(turns) * reach * 0.85
    return np.stack([x + across, y + down + across * lean * 0.5], axis=1)


def _blob(random: np.random.Generator, x: float, y: float, size: float) -> Outline:
    turns = np.linspace(0, 2 * np.pi, 10)[:-1]
    reach = size * random.uniform(0.72, 1.2, 9)
    return closed(np.stack([x + np.cos(turns) * reach, y + np.sin(turns) * reach], axis=1))
