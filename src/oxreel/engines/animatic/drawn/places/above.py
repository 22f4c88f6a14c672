"""Seen from above: a rocky shore with its surf, the crowns of a forest, the roofs of a city, fields like patchwork."""

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.land import Land, jagged, noise, stroke
from oxreel.engines.animatic.drawn.palette import Colour, colour, mix
from oxreel.engines.animatic.drawn.places.town import box
from oxreel.engines.animatic.drawn.shapes import Outline, closed, ellipse

_FIELD = 4


def _table(stops: list[tuple[float, Colour]], entries: int = 2048) -> NDArray[np.float32]:
    """Colours between stops; two stops close together make an edge."""
    at = np.linspace(0, 1, entries)
    places = [stop for stop, _ in stops]
    return np.stack(
        [np.interp(at, places, [float(tone[channel]) for _, tone in stops]) for channel in range(3)], axis=1
    ).astype(np.float32)


def shore(land: Land, *, rocky: bool) -> None:
    """The sea from straight above: deep water, turquoise shallows, lines of surf, and rocks or sand."""
    paper, palette, random = land.paper, land.palette, land.random
    rows, columns = max(16, paper.height // _FIELD), max(16, paper.width // _FIELD)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / rows
    turn = np.radians(land.uniform(18, 42)) * (1 if land.light < 0 else -1)
    corner = land.aspect * (0.5 - 0.20 * land.light * -1)
    along = (x - corner) * np.cos(turn) * -land.light + (y - 0.5) * np.sin(abs(turn)) * -1
    # Distance from the shore in heights: below 0 is land.
    rough = noise(random, rows, columns, 2.4, 2) * 0.16 + noise(random, rows, columns, 7, 3) * (
        0.055 if rocky else 0.012
    )
    distance = (along * 0.95 + 0.20 + rough).astype(np.float32)
    islands = [
        (land.uniform(0.2, 0.8) * land.aspect, land.uniform(0.1, 0.9), land.uniform(0.02, 0.06))
        for _ in range(9 if rocky else 0)
    ]
    for a, b, size in islands:
        off = np.hypot(x - a, y - b).astype(np.float32) - size * (1 + noise(random, rows, columns, 9, 2) * 0.8)
        distance = np.minimum(distance, np.maximum(off * 1.0, distance - 0.34))
    swell = noise(random, rows, columns, 3, 3)
    surf = distance + 0.014 * np.sin(swell * 7).astype(np.float32)
    scale = np.clip((surf + 0.5) / 1.5, 0, 1).astype(np.float32)

    def stop(value: float) -> float:
        return (value + 0.5) / 1.5

    lit = palette.lit
    foam, deep, sea_, shallow = lit("foam"), lit("deep", 0, 0.2), lit("sea", 0, 0.05), lit("shallow")
    ground = lit(colour("#6f7f5a") if rocky else palette.raw("sand"), 0, 0.1)
    crag = lit("rock", 0, 0.15) if rocky else lit("sand")
    wet = lit("rock2", 0, 0.55) if rocky else lit("dune", 0, 0.5)
    stops = [
        (0.0, mix(ground, lit("leaf2"), 0.4)), (stop(-0.26), ground), (stop(-0.20), mix(ground, crag, 0.4)), (stop(-0.195), crag),
        (stop(-0.10), crag), (stop(-0.098), mix(crag, wet, 0.35)), (stop(-0.032), mix(crag, wet, 0.55)), (stop(-0.030), wet), (stop(-0.006), wet),
        (stop(-0.004), foam), (stop(0.020), foam), (stop(0.022), mix(shallow, foam, 0.45)), (stop(0.040), mix(shallow, foam, 0.25)),
        (stop(0.041), mix(shallow, foam, 0.85)), (stop(0.048), mix(shallow, foam, 0.8)), (stop(0.049), shallow), (stop(0.13), mix(shallow, sea_, 0.5)),
        (stop(0.24), sea_), (stop(0.52), mix(sea_, deep, 0.75)), (1.0, deep),
    ]  # fmt: skip
    paper.tint(scale, _table(stops))
    paper.near[:] = cv2.resize(
        np.clip(0.42 - distance * 0.9, 0.18, 0.75).astype(np.float32),
        paper.near.shape[::-1],
        interpolation=cv2.INTER_AREA,
    )
    _rollers(land, distance, rows)
    if rocky:
        _crags(land, distance, rows)
    whitecaps = []
    for _ in range(int(70 * land.aspect)):
        a, b = land.uniform(0, land.aspect), land.uniform(0, 1)
        if distance[min(rows - 1, int(b * rows)), min(columns - 1, int(a * rows))] > 0.12:
            length = land.uniform(0.008, 0.03)
            tilt = np.array([np.sin(turn), np.cos(turn)]) * length
            whitecaps.append(
                stroke(
                    np.array([(a, b), (a + tilt[0] / 2 + length * 0.15, b + tilt[1] / 2), (a + tilt[0], b + tilt[1])]),
                    np.array([0.0004, 0.0028, 0.0004]),
                )
            )
    paper.fill(whitecaps, foam, opacity=0.5)


def _rollers(land: Land, distance: NDArray[np.float32], rows: int) -> None:
    """Crests that run along the shore: bright lines, broken and uneven, each with its trailing foam."""
    paper, foam = land.paper, land.palette.lit("foam")
    smooth = cv2.GaussianBlur(distance, (0, 0), max(1.5, rows * 0.018))
    for level, strength, width in (
        (0.075, 0.95, 0.011),
        (0.13, 0.85, 0.008),
        (0.20, 0.7, 0.0055),
        (0.30, 0.5, 0.004),
        (0.41, 0.38, 0.003),
    ):
        lines, _ = cv2.findContours((smooth < level).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        bands, trails, shades = [], [], []
        for line in lines:
            points = line[:, 0].astype(np.float64) / rows
            if len(points) < 24:
                continue
            points = cv2.GaussianBlur(points, (1, 0), 0.1, sigmaY=4.0, ksize=None) if False else _smoothed(points)
            step = max(4, int(rows * 0.03))
            start = 0
            while start < len(points) - step * 2:
                length = int(step * land.uniform(3, 11))
                piece = points[start : start + length : max(2, step // 5)]
                start += length + int(step * land.uniform(0.4, 4))
                inside = (
                    (piece[:, 0] > 0.004)
                    & (piece[:, 0] < land.aspect - 0.004)
                    & (piece[:, 1] > 0.004)
                    & (piece[:, 1] < 0.996)
                )
                if len(piece) < 4 or not inside.all():
                    continue
                swell = np.sin(np.linspace(0, np.pi, len(piece))) ** 0.6
                uneven = 0.65 + 0.35 * np.sin(np.linspace(0, land.uniform(6, 20), len(piece)) + land.uniform(0, 6))
                bands.append(stroke(piece, width * swell * uneven + 0.0003))
                out = piece - piece.mean(axis=0)
                trails.append(stroke(piece + out * 0.004 + (0.004, 0.003), width * 2.4 * swell + 0.0003))
                shades.append(stroke(piece + (-land.light * 0.0 + 0.002, 0.007), width * 1.2 * swell + 0.0003))
        paper.fill(trails, foam, opacity=0.16 * strength)
        paper.fill(shades, land.palette.lit("deep"), opacity=0.22 * strength)
        paper.fill(bands, foam, opacity=strength)


def _smoothed(points: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel = np.hanning(13)[1:-1]
    kernel /= kernel.sum()
    padded = np.pad(points, ((5, 5), (0, 0)), mode="edge")
    return np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)], axis=1)


def _crags(land: Land, distance: NDArray[np.float32], rows: int) -> None:
    """Boulders along the shore, each in a skirt of foam, with a lit and a shaded face."""
    paper, palette, random = land.paper, land.palette, land.random
    columns = distance.shape[1]
    stones: list[tuple[float, float, float, float]] = []
    for _ in range(2600):
        a, b = random.uniform(0, land.aspect), random.uniform(0, 1)
        here = float(distance[min(rows - 1, int(b * rows)), min(columns - 1, int(a * rows))])
        if -0.17 < here < 0.065:
            size = random.uniform(0.010, 0.05) * (1.1 if here < 0 else 0.62)
            if all((a - c) ** 2 + (b - d) ** 2 > ((size + e) * 0.82) ** 2 for c, d, e, _ in stones):
                stones.append((a, b, size, here))
        if len(stones) > 110:
            break
    surf = [_blob(random, a, b, size * random.uniform(1.25, 1.7)) for a, b, size, here in stones if here > -0.05]
    paper.fill(surf, palette.lit("foam"), opacity=0.92)
    cast = [_blob(random, a - land.light * size * 0.30, b + size * 0.34, size * 1.02) for a, b, size, _ in stones]
    paper.fill(cast, palette.lit("ink", 0, 0.8), opacity=0.34)
    for shade, pick in ((0.0, 0), (0.3, 1), (0.55, 2)):
        chosen = [stone for index, stone in enumerate(stones) if index % 3 == pick]
        tone = palette.lit("rock" if pick else "stone", 0, shade)
        outlines = [_boulder(random, a, b, size) for a, b, size, _ in chosen]
        paper.fill(outlines, tone)
        faces, tops = [], []
        for (a, b, size, _), outline in zip(chosen, outlines, strict=True):
            peak = np.array([a + land.light * size * 0.18, b - size * 0.16])
            toward = (outline[:, 0] - a) * land.light - (outline[:, 1] - b) * 0.9
            faces.append(
                np.concatenate([[peak], outline[toward < 0]])[
                    _turning(np.concatenate([[peak], outline[toward < 0]]), peak)
                ]
            )
            tops.append((outline - peak) * 0.42 + peak)
        paper.fill(faces, palette.lit("rock2", 0, 0.55 + shade * 0.4), opacity=0.8)
        paper.fill(tops, mix(tone, palette.key * 255, 0.26), opacity=0.85)


def _turning(points: NDArray[np.float64], peak: NDArray[np.float64]) -> NDArray[np.int64]:
    """An order around the middle, so that the outline does not cross itself."""
    middle = points.mean(axis=0)
    del peak
    return np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))


def _boulder(random: np.random.Generator, x: float, y: float, size: float) -> Outline:
    corners = int(random.integers(6, 9))
    turns = np.sort(np.linspace(0, 2 * np.pi, corners + 1)[:-1] + random.uniform(-0.25, 0.25, corners))
    reach = size * random.uniform(0.72, 1.05, corners)
    return np.stack([x + np.cos(turns) * reach, y + np.sin(turns) * reach * 0.86], axis=1)


def _blob(random: np.random.Generator, x: float, y: float, size: float) -> Outline:
    turns = np.linspace(0, 2 * np.pi, 10)[:-1]
    reach = size * random.uniform(0.8, 1.15, 9)
    return closed(np.stack([x + np.cos(turns) * reach, y + np.sin(turns) * reach], axis=1))


def forest(land: Land) -> None:
    """Crowns beside crowns, lit from one side, with a river or a road between them."""
    paper, palette, random = land.paper, land.palette, land.random
    paper.fill([box(-1, -1, land.aspect + 1, 2)], palette.lit("pine", 0, 0.9), near=0.3)
    water = land.has("river") or (not land.has("road") and palette.family != 1)
    sway = np.array([0.18, -0.10, 0.12, -0.14, 0.10]) * land.light * land.uniform(0.7, 1.3)
    spine = np.stack([land.aspect * (0.5 - land.light * 0.08) + sway, np.linspace(-0.15, 1.15, 5)], axis=1)
    width = 0.14 if water else 0.05
    way = stroke(spine, np.full(5, width))
    names = ("leaf", "leaf2", "leaf3") if palette.season != "winter" else ("pine", "snow", "pine")
    size = 0.034
    fine = np.stack([np.interp(np.linspace(0, 4, 200), range(5), spine[:, axis]) for axis in (0, 1)], axis=1)
    crowns = []
    for b in np.arange(-0.03, 1.06, size * 0.80):
        for a in np.arange(-0.03, land.aspect + 0.05, size * 0.95):
            spot = np.array([a + random.normal(0, size * 0.3), b + random.normal(0, size * 0.3)])
            gap = float(np.min(np.hypot(*(fine - spot).T)))
            if gap > width / 2 + size * random.uniform(0.1, 0.6):
                crowns.append((*spot, size * random.uniform(0.5, 1.05), int(random.choice(3, p=(0.5, 0.36, 0.14)))))
    if water:
        paper.fill([way], palette.lit("sea"), palette.lit("deep"), near=0.2)
        paper.fill([stroke(spine + (0.012, 0), np.full(5, width * 0.55))], palette.lit("shallow"), opacity=0.4)
    else:
        paper.fill([way], palette.lit("road"), near=0.2)
        dashes = [stroke(fine[i : i + 5], np.full(5, 0.0035)) for i in range(0, 195, 9)]
        paper.fill(dashes, palette.lit("foam"), opacity=0.8)
    cast = [_scalloped(random, a - land.light * r * 0.5, b + r * 0.5, r * 1.05) for a, b, r, _ in crowns]
    paper.fill(cast, palette.lit("ink", 0, 1), opacity=0.5)
    for band in range(6):
        # Painted from the top down in bands, so that crowns overlap as they stand.
        part = [one for one in crowns if band / 6 <= (one[1] + 0.05) / 1.12 < (band + 1) / 6]
        for index, name in enumerate(names):
            chosen = [one for one in part if one[3] == index]
            body = [_scalloped(random, a, b, r) for a, b, r, _ in chosen]
            paper.fill(body, palette.lit(name, 0, 0.75), near=0.4)
            paper.fill(
                [_scalloped(random, a + land.light * r * 0.14, b - r * 0.14, r * 0.78) for a, b, r, _ in chosen],
                palette.lit(name, 0, 0.3),
            )
            paper.fill(
                [_scalloped(random, a + land.light * r * 0.28, b - r * 0.28, r * 0.46) for a, b, r, _ in chosen],
                mix(palette.lit(name), palette.key * 255, 0.15),
            )
    _cloud_shadows(land, 0.28)


def _scalloped(random: np.random.Generator, x: float, y: float, radius: float) -> Outline:
    steps = np.linspace(0, 2 * np.pi, 33)[:-1]
    edge = radius * (1 + 0.10 * np.sin(steps * random.integers(5, 8) + random.uniform(0, 6)))
    return np.stack([x + np.cos(steps) * edge, y + np.sin(steps) * edge], axis=1)


def _cloud_shadows(land: Land, strength: float) -> None:
    rows, columns = max(8, land.paper.height // 16), max(8, land.paper.width // 16)
    soft = np.clip(noise(land.random, rows, columns, 1.5, 3) * 1.6, 0, 1)
    land.paper.veil(np.ascontiguousarray(soft, np.float32), colour("#16233f"), strength)


def city(land: Land) -> None:
    """Blocks of roofs that lean away from the middle, streets with cars between them, a park."""
    paper, palette, random = land.paper, land.palette, land.random
    night = palette.night
    road = palette.lit("road", 0, 0.2)
    paper.fill([box(-1, -1, land.aspect + 1, 2)], road, near=0.25)
    turn = np.radians(land.uniform(12, 26)) * land.light
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    eye = np.array([land.aspect / 2, 0.5])

    def placed(points: NDArray[np.float64], height: float = 0.0) -> Outline:
        flat = np.asarray(points) @ spin + eye
        return np.asarray(eye + (flat - eye) * (1 + height))

    pitch, lane = np.array([0.235, 0.165]), 0.036
    lines, cars, lamps = [], [], []
    reach = int(max(land.aspect, 1) / 0.165) + 3
    for index in range(-reach, reach):
        for axis in (0, 1):
            at = (index + 0.5) * pitch[axis]
            for piece in np.arange(-2, 2, 0.05):
                a, b = (at - 0.0008, piece), (at + 0.0008, piece + 0.022)
                corners = np.array([(a[0], a[1]), (b[0], a[1]), (b[0], b[1]), (a[0], b[1])])
                lines.append(placed(corners if axis == 0 else corners[:, ::-1]))
                if random.random() < 0.35:
                    offset = lane * 0.24 * (1 if random.random() < 0.5 else -1)
                    car = np.array(
                        [
                            (at + offset - 0.005, piece),
                            (at + offset + 0.005, piece),
                            (at + offset + 0.005, piece + 0.02),
                            (at + offset - 0.005, piece + 0.02),
                        ]
                    )
                    cars.append(placed(car if axis == 0 else car[:, ::-1]))
    paper.fill(lines, palette.lit(colour("#f0e2b8")), opacity=0.55)
    for hue, start in (("#f0ece2", 0), ("#d0453a", 1), ("#e3b23a", 2), ("#3f5f8a", 3)):
        paper.fill(cars[start::4], palette.lit(colour(hue)) if not night else colour("#ffd890"))
    blocks = [(i, j) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)]
    blocks.sort(key=lambda at: -np.hypot(at[0] * pitch[0], at[1] * pitch[1]))
    park = (int(random.integers(-1, 2)), int(random.integers(-1, 2)))
    for i, j in blocks:
        middle = np.array([i, j]) * pitch
        if not (-0.3 < placed(middle)[0] < land.aspect + 0.3 and -0.3 < placed(middle)[1] < 1.3):
            continue
        half = (pitch - lane) / 2
        paper.fill(
            [
                placed(
                    np.array(
                        [
                            middle + half * (-1, -1),
                            middle + half * (1, -1),
                            middle + half * (1, 1),
                            middle + half * (-1, 1),
                        ]
                    )
                )
            ],
            palette.lit("stone", 0, 0.2),
        )
        if (i, j) == park:
            _green(
                land,
                [placed(middle + half * np.array(corner) * 0.95) for corner in ((-1, -1), (1, -1), (1, 1), (-1, 1))],
            )
            continue
        _block(land, middle, half * 0.93, placed)
        lamps.append(placed(middle + half * 1.05))
    if night:
        for spot in lamps:
            paper.glow(float(spot[0]), float(spot[1]), 0.07, colour("#ffc878"), 0.5)
    _cloud_shadows(land, 0.14)


def _green(land: Land, corners: list[Outline]) -> None:
    outline = np.array(corners)
    land.paper.fill([outline], land.palette.lit("grass", 0, 0.2))
    spots = [
        corners[0] + (corners[1] - corners[0]) * land.random.random() + (corners[3] - corners[0]) * land.random.random()
        for _ in range(30)
    ]
    land.paper.fill(
        [ellipse(a - land.light * 0.006, b + 0.006, 0.014, 0.014) for a, b in spots],
        land.palette.lit("ink", 0, 1),
        opacity=0.3,
    )
    land.paper.fill([ellipse(a, b, 0.014, 0.014) for a, b in spots], land.palette.lit("leaf2", 0, 0.4))
    land.paper.fill(
        [ellipse(a + land.light * 0.003, b - 0.003, 0.009, 0.009) for a, b in spots], land.palette.lit("leaf")
    )


def _block(land: Land, middle: NDArray[np.float64], half: NDArray[np.float64], placed) -> None:  # type: ignore[no-untyped-def]
    """The houses of a block: their walls as one sees them from the air, then their roofs."""
    palette, paper, random = land.palette, land.paper, land.random
    columns = int(random.integers(2, 4))
    edges = np.concatenate([[-1.0], np.sort(random.uniform(-0.5, 0.5, columns - 1)), [1.0]])
    roofs = ("#b8a898", "#c8bca8", "#9aa0a8", "#b07860", "#8f989f", "#d0c4b0")
    houses = []
    for left, right in zip(edges[:-1], edges[1:], strict=True):
        for low, high in ((-1.0, 0.0), (0.0, 1.0)):
            houses.append((middle + half * (left, low) + 0.002, middle + half * (right, high) - 0.002))
    houses.sort(key=lambda one: -float(np.hypot(*((one[0] + one[1]) / 2))))
    for low, high in houses:
        tall = float(random.uniform(0.03, 0.13) if random.random() < 0.8 else random.uniform(0.14, 0.26))
        corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
        ground, roof = [placed(corner) for corner in corners], [placed(corner, tall) for corner in corners]
        name = colour(roofs[int(random.integers(len(roofs)))])
        cast = [np.array(ground) + (-land.light * tall * 0.35, tall * 0.30)]
        paper.fill(cast, palette.lit("ink", 0, 1), opacity=0.25)
        for index in range(4):
            a, b = index, (index + 1) % 4
            wall = np.array([ground[a], ground[b], roof[b], roof[a]])
            face = (wall[1] - wall[0])[::-1] * (1, -1)
            lit = float(np.dot(face / max(1e-9, float(np.hypot(*face))), (land.light, -0.6)))
            paper.fill([wall], palette.lit(name, 0, 0.95 if lit < 0 else 0.45))
            if palette.night or tall > 0.09:
                panes = []
                for row in np.linspace(0.1, 0.9, max(2, int(tall * 45))):
                    for column in np.linspace(0.12, 0.88, 6):
                        if random.random() < 0.5:
                            spot = (ground[a] * (1 - column) + ground[b] * column) * (1 - row) + (
                                roof[a] * (1 - column) + roof[b] * column
                            ) * row
                            panes.append(box(spot[0] - 0.0014, spot[1] - 0.0014, spot[0] + 0.0014, spot[1] + 0.0014))
                paper.fill(
                    panes,
                    colour("#ffd58a") if palette.night else palette.lit("glass"),
                    opacity=0.9 if palette.night else 0.5,
                )
        top = np.array(roof)
        paper.fill([top], palette.lit(name, 0, 0.1), near=0.3 + tall)
        core = top.mean(axis=0)
        paper.fill([(top - core) * 0.86 + core], palette.lit(name, 0, 0.3))
        if random.random() < 0.7:
            spot = core + (top[0] - core) * random.uniform(-0.4, 0.4)
            unit = (top - core) * 0.22 + spot
            paper.fill([unit + (-land.light * 0.003, 0.003)], palette.lit("ink", 0, 1), opacity=0.3)
            paper.fill([unit], palette.lit("stone"))


def fields(land: Land) -> None:
    """Patchwork country: fields in many greens with furrows, hedges and a lane."""
    paper, palette, random = land.paper, land.palette, land.random
    dry = land.has("desert")
    names = ("dune", "sand", "dune2") if dry else ("grass", "meadow", "leaf", "leaf3", "path", "earth")
    if palette.season == "winter" and not dry:
        names = ("snow", "snow", "leaf2", "path")
    paper.fill([box(-1, -1, land.aspect + 1, 2)], palette.lit("leaf2" if not dry else "dune", 0, 0.7), near=0.3)
    columns, rows = int(5 * land.aspect) + 2, 6
    shear = land.light * 0.22
    grid = np.array(
        [
            [
                (
                    i / (columns - 2) * (land.aspect + 0.3) - 0.2 + shear * (j / rows - 0.5) + random.normal(0, 0.025),
                    j / (rows - 1) * 1.2 - 0.1 + random.normal(0, 0.02) + 0.03 * np.sin(i * 1.3),
                )
                for i in range(columns)
            ]
            for j in range(rows)
        ]
    )
    for j in range(rows - 1):
        for i in range(columns - 1):
            patch = np.array([grid[j, i], grid[j, i + 1], grid[j + 1, i + 1], grid[j + 1, i]])
            core = patch.mean(axis=0)
            patch = (patch - core) * 0.965 + core
            name = names[int(random.integers(len(names)))]
            paper.fill([patch], palette.lit(name), palette.lit(name, 0, 0.25))
            furrows = []
            for share in np.linspace(0.06, 0.94, 14):
                a, b = patch[0] * (1 - share) + patch[1] * share, patch[3] * (1 - share) + patch[2] * share
                if (i + j) % 2:
                    a, b = patch[0] * (1 - share) + patch[3] * share, patch[1] * (1 - share) + patch[2] * share
                furrows.append(stroke(np.stack([a, (a + b) / 2, b]), np.full(3, 0.0028)))
            paper.fill(furrows, palette.lit(name, 0, 0.7), opacity=0.35)
    if not dry:
        hedge = [
            ellipse(
                *(grid[j, i] + (grid[j, i + 1] - grid[j, i]) * share + random.normal(0, 0.003, 2)),
                r := random.uniform(0.006, 0.013),
                r,
            )
            for j in range(rows)
            for i in range(columns - 1)
            for share in random.random(7)
        ]
        paper.fill([shape + (-land.light * 0.006, 0.007) for shape in hedge], palette.lit("ink", 0, 1), opacity=0.3)
        paper.fill(hedge, palette.lit("pine" if palette.season == "winter" else "leaf2", 0, 0.4), near=0.38)
        paper.fill(
            [(shape - shape.mean(axis=0)) * 0.6 + shape.mean(axis=0) + (land.light * 0.002, -0.002) for shape in hedge],
            palette.lit("leaf", 0, 0.0),
        )
    spine = jagged(random, np.array([land.aspect * 0.2, 1.1]), np.array([land.aspect * 0.8, -0.1]), 0.10, 3)
    paper.fill([stroke(spine, np.full(len(spine), 0.026))], palette.lit("path", 0, 0.1))
    _cloud_shadows(land, 0.26)
