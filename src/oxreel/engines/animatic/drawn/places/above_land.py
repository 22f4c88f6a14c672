"""Land seen from above: the crowns of a forest with a river or a road, and fields like patchwork."""

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, noise, stroke
from oxreel.engines.animatic.drawn.palette import mix
from oxreel.engines.animatic.drawn.shapes import Outline, ellipse, open_curve

#: Radius of a large crown in heights of the picture.
_CROWN = 0.048


def forest(land: Land) -> None:
    """Crowns beside crowns, lit from one side, with a river or a road between them."""
    paper, palette, random = land.paper, land.palette, land.random
    whole = [np.array([(-1, -1), (land.aspect + 1, -1), (land.aspect + 1, 2), (-1, 2)], float)]
    paper.fill(whole, palette.lit("pine", 0, 0.9), near=0.3)
    water = land.has("river") or (not land.has("road") and palette.family != 1)
    sway = np.array([0.16, 0.05, -0.12, 0.0, 0.12, 0.02]) * land.light * land.uniform(0.8, 1.3)
    spine = np.stack([land.aspect * (0.5 - land.light * 0.08) + sway, np.linspace(-0.2, 1.2, 6)], axis=1)
    fine = open_curve(spine)
    width = 0.15 if water else 0.055
    _way(land, spine, fine, width, water=water)
    names = ("leaf", "leaf2", "leaf3") if palette.season != "winter" else ("pine", "snow", "leaf2")
    crowns = _crowns(land, fine, width)
    cast = [_scalloped(random, a - land.light * r * 0.5, b + r * 0.5, r * 1.05) for a, b, r, _ in crowns]
    paper.fill(cast, palette.lit("ink", 0, 1), opacity=0.42)
    for band in range(8):
        # Painted from the top down in bands, so that crowns overlap as they stand.
        part = [one for one in crowns if band / 8 <= (one[1] + 0.07) / 1.16 < (band + 1) / 8]
        for index, name in enumerate(names):
            chosen = [one for one in part if one[3] == index]
            body = [_scalloped(random, a, b, r) for a, b, r, _ in chosen]
            paper.fill(body, palette.lit(name, 0, 0.85), near=0.4)
            middle = [_scalloped(random, a + land.light * r * 0.14, b - r * 0.14, r * 0.78) for a, b, r, _ in chosen]
            paper.fill(middle, palette.lit(name, 0, 0.35))
            tops = [_scalloped(random, a + land.light * r * 0.30, b - r * 0.30, r * 0.44) for a, b, r, _ in chosen]
            paper.fill(tops, mix(palette.lit(name), palette.key * 255, 0.16))
    cloud_shadows(land, 0.25)


def _way(land: Land, spine: Outline, fine: Outline, width: float, *, water: bool) -> None:
    paper, palette = land.paper, land.palette
    if water:
        paper.fill([stroke(spine, np.full(len(spine), width * 1.16))], palette.lit("path", 0, 0.3))
        paper.fill([stroke(spine, np.full(len(spine), width))], palette.lit("sea", 0, 0.1), near=0.2)
        paper.fill(
            [stroke(spine + np.array((0.008, 0)), np.full(len(spine), width * 0.6))],
            palette.lit("shallow"),
            opacity=0.35,
        )
        ripples = []
        for _ in range(60):
            at = fine[int(land.random.integers(2, len(fine) - 4))] + np.array(
                (
                    land.uniform(-0.4, 0.4) * width,
                    land.uniform(-0.02, 0.02),
                )
            )
            ripples.append(
                stroke(
                    np.array([at, at + np.array((0.004, 0.012)), at + np.array((0.0, 0.026))]),
                    np.array([0.0004, 0.003, 0.0004]),
                )
            )
        paper.fill(ripples, palette.lit("foam"), opacity=0.5)
        return
    paper.fill([stroke(spine, np.full(len(spine), width * 1.3))], palette.lit("path", 0, 0.4))
    paper.fill([stroke(spine, np.full(len(spine), width))], palette.lit("road"), near=0.2)
    long = np.stack(
        [np.interp(np.linspace(0, 1, 160), np.linspace(0, 1, len(fine)), fine[:, axis]) for axis in (0, 1)], axis=1
    )
    dashes = [stroke(long[at : at + 3], np.full(3, 0.0035)) for at in range(0, 156, 6)]
    paper.fill(dashes, palette.lit("foam"), opacity=0.85)


def _crowns(land: Land, fine: Outline, width: float) -> list[tuple[float, float, float, int]]:
    """x, y, radius and which leaf: kinds grow together in stands."""
    random = land.random
    down, across = np.arange(-0.05, 1.09, _CROWN * 0.80), np.arange(-0.05, land.aspect + 0.09, _CROWN * 0.95)
    stands = noise(random, len(down), len(across), 2.2, 3)
    found = []
    for row, b in enumerate(down):
        for column, a in enumerate(across):
            spot = np.array([a, b]) + random.normal(0, _CROWN * 0.28, 2)
            gap = float(np.min(np.hypot(*(fine - spot).T)))
            if gap > width / 2 + _CROWN * random.uniform(0.0, 0.5):
                draw = stands[row, column] + random.normal(0, 0.16)
                kind = 0 if draw < 0.10 else 1 if draw < 0.38 else 2
                found.append((float(spot[0]), float(spot[1]), _CROWN * random.uniform(0.5, 1.08), kind))
    return found


def _scalloped(random: np.random.Generator, x: float, y: float, radius: float) -> Outline:
    steps = np.linspace(0, 2 * np.pi, 31)[:-1]
    edge = radius * (1 + 0.09 * np.sin(steps * random.integers(5, 8) + random.uniform(0, 6)))
    return np.stack([x + np.cos(steps) * edge, y + np.sin(steps) * edge], axis=1)


def cloud_shadows(land: Land, strength: float) -> None:
    """Soft shade that clouds cast on the land."""
    rows, columns = max(8, land.paper.height // 16), max(8, land.paper.width // 16)
    soft = np.clip(noise(land.random, rows, columns, 1.5, 3) * 1.6, 0, 1)
    land.paper.veil(np.ascontiguousarray(soft, np.float32), land.palette.lit("ink", 0, 1), strength)


def fields(land: Land) -> None:
    """Patchwork country: fields in many greens with furrows, hedges and a lane."""
    paper, palette, random = land.paper, land.palette, land.random
    dry = land.has("desert")
    names = ["dune", "sand", "dune2"] if dry else ["grass", "meadow", "leaf", "leaf3", "path", "earth"]
    if palette.season == "winter" and not dry:
        names = ["snow", "snow", "leaf2", "path"]
    whole = [np.array([(-1, -1), (land.aspect + 1, -1), (land.aspect + 1, 2), (-1, 2)], float)]
    paper.fill(whole, palette.lit("leaf2" if not dry else "dune", 0, 0.7), near=0.3)
    columns, rows = int(5 * land.aspect) + 2, 6
    grid = _corners(land, rows, columns)
    furrows: dict[str, list[Outline]] = {name: [] for name in names}
    for j in range(rows - 1):
        for i in range(columns - 1):
            patch = np.array([grid[j, i], grid[j, i + 1], grid[j + 1, i + 1], grid[j + 1, i]])
            core = patch.mean(axis=0)
            patch = (patch - core) * 0.965 + core
            name = names[int(random.integers(len(names)))]
            paper.fill([patch], palette.lit(name), palette.lit(name, 0, 0.25))
            for share in np.linspace(0.06, 0.94, 14):
                a, b = patch[0] * (1 - share) + patch[1] * share, patch[3] * (1 - share) + patch[2] * share
                if (i + j) % 2:
                    a, b = patch[0] * (1 - share) + patch[3] * share, patch[1] * (1 - share) + patch[2] * share
                furrows[name].append(stroke(np.stack([a, b]), np.full(2, 0.0028)))
    for name, lines in furrows.items():
        paper.fill(lines, palette.lit(name, 0, 0.7), opacity=0.35)
    _lane(land, grid)
    if not dry:
        _hedges(land, grid)
    cloud_shadows(land, 0.22)


def _corners(land: Land, rows: int, columns: int) -> Outline:
    shear = land.light * 0.22
    grid = np.empty((rows, columns, 2))
    for j in range(rows):
        for i in range(columns):
            x = i / (columns - 2) * (land.aspect + 0.3) - 0.2 + shear * (j / rows - 0.5) + land.random.normal(0, 0.025)
            y = j / (rows - 1) * 1.2 - 0.1 + land.random.normal(0, 0.02) + 0.03 * np.sin(i * 1.3)
            grid[j, i] = x, y
    return grid


def _lane(land: Land, grid: Outline) -> None:
    """A lane that keeps between the fields."""
    column = grid.shape[1] // 2
    spine = grid[:, column]
    land.paper.fill([stroke(spine, np.full(len(spine), 0.030))], land.palette.lit("path", 0, 0.1))


def _hedges(land: Land, grid: Outline) -> None:
    paper, palette, random = land.paper, land.palette, land.random
    hedge = []
    for j in range(grid.shape[0]):
        for i in range(grid.shape[1] - 1):
            for share in random.random(8):
                x, y = grid[j, i] + (grid[j, i + 1] - grid[j, i]) * share + random.normal(0, 0.003, 2)
                size = float(random.uniform(0.006, 0.014))
                hedge.append((float(x), float(y), size))
    paper.fill(
        [ellipse(x - land.light * 0.006, y + 0.007, r, r) for x, y, r in hedge], palette.lit("ink", 0, 1), opacity=0.3
    )
    dark = "pine" if palette.season == "winter" else "leaf2"
    paper.fill([ellipse(x, y, r, r) for x, y, r in hedge], palette.lit(dark, 0, 0.4), near=0.38)
    paper.fill(
        [ellipse(x + land.light * r * 0.2, y - r * 0.2, r * 0.6, r * 0.6) for x, y, r in hedge], palette.lit("leaf")
    )
