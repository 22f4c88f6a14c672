"""Water: the open sea, a beach, a river, and the world under the surface."""

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.land import Land, down_to, lens, stroke, wave_line
from oxreel.engines.animatic.drawn.palette import Colour, colour, mix
from oxreel.engines.animatic.drawn.shapes import Outline, closed, ellipse

_WHITE = colour("#ffffff")


def glitter(land: Land, top: float, bottom: float, strength: float = 1.0, x: float | None = None) -> None:
    """The light's path on the water, and glints beside it."""
    palette = land.palette
    sun = land.sun[0] if x is None else x
    warm = mix(palette.low, _WHITE, 0.55 if palette.hour != "night" else 0.4)
    count = int(150 * strength)
    path, beside = [], []
    for _ in range(count):
        share = land.random.random() ** 1.3
        y = top + (bottom - top) * share
        spread = 0.028 + 0.13 * share
        length = (0.02 + 0.11 * share) * land.uniform(0.4, 1.0)
        path.append(lens(sun + land.random.normal(0, spread), y, length, 0.0016 + 0.007 * share))
        beside.append(lens(land.uniform(0, land.aspect), y, length * 1.3, 0.0012 + 0.0045 * share))
    land.paper.fill(beside, mix(palette.low, palette.middle, 0.3), opacity=0.28 * (1 - 0.4 * palette.covered))
    if palette.covered < 0.35:
        land.paper.fill(path, warm, opacity=0.75)


def water_tones(land: Land) -> tuple[Colour, Colour, Colour]:
    """The water at the horizon, in the middle and at the camera's feet."""
    palette = land.palette
    far = mix(palette.lit("sea"), palette.low, 0.55)
    return far, palette.lit("sea", 0.15), palette.lit("deep")


def sea(land: Land, top: float, bottom: float = 1.05, *, waves: bool = True) -> None:
    """Water from the horizon to the camera, in paper waves that grow as they come."""
    land.paper.pours = True
    _water(land, top, bottom, waves=waves)
    land.paper.pours = False


def _water(land: Land, top: float, bottom: float, *, waves: bool) -> None:
    paper, palette = land.paper, land.palette
    far, middle, close = water_tones(land)
    half = top + (bottom - top) * 0.42
    edges = (-1.0, land.aspect + 1)
    box = [np.array([(edges[0], top), (edges[1], top), (edges[1], bottom), (edges[0], bottom)])]
    paper.fill(box, far, middle, span=(top, half), near=None)
    lower = [np.array([(edges[0], half), (edges[1], half), (edges[1], bottom), (edges[0], bottom)])]
    paper.fill(lower, middle, close, span=(half, bottom))
    paper.fill(box, far, near=(land.nearness(top), land.nearness(bottom)), span=(top, bottom), opacity=0.0)
    glitter(land, top + 0.004, bottom)
    if not waves:
        return
    storm = any(one.kind in ("storm", "wind") for one in land.plan.weather)
    rows = 6
    for row in range(rows):
        share = (row + 0.35) / rows
        y = top + (1.04 - top) * share**1.35
        height = (0.012 + 0.052 * share) * (1.8 if storm else 1.0)
        tone = mix(mix(far, middle, min(1, share * 2)), close, max(0.0, share * 1.5 - 0.6))
        crest = swells(land, y, height, 0.16 + 0.52 * share)
        near = land.nearness(y)
        body = mix(tone, palette.lit("shallow"), 0.22)
        paper.fill(
            [down_to(crest)],
            body,
            tone,
            span=(y - height, y + height * 2.2 + 0.04),
            near=(near, min(0.97, near + 0.08)),
            shadow=0.10,
            opacity=0.92,
        )
        foam = crest.copy()
        widths = (
            0.0016
            + 0.0045 * share
            + height * 0.10 * np.clip(np.sin(np.linspace(0, 40 * land.aspect, len(foam)) + row), 0, 1)
        )
        under = np.column_stack([foam[:, 0], foam[:, 1] + widths])
        line = np.concatenate([foam, under[::-1]])
        paper.fill([line], mix(palette.lit("foam"), tone, 0.45 - 0.35 * share), opacity=0.9)
        streaks = [
            lens(
                land.uniform(0, land.aspect),
                y + height * land.uniform(0.8, 2.6),
                (0.04 + 0.14 * share) * land.uniform(0.4, 1),
                0.0015 + 0.0035 * share,
            )
            for _ in range(int(10 * land.aspect))
        ]
        paper.fill(streaks, mix(tone, palette.lit("foam"), 0.4), opacity=0.4)
    if palette.covered < 0.35:
        _light_on_waves(land, top)


def _light_on_waves(land: Land, top: float) -> None:
    """The path of the sun or the moon over the crests."""
    warm = mix(land.palette.low, _WHITE, 0.5)
    marks = []
    for _ in range(110):
        share = land.random.random() ** 1.5
        x = land.sun[0] + land.random.normal(0, 0.03 + 0.09 * share)
        marks.append(
            lens(
                x,
                top + 0.004 + (0.9 - top) * share,
                (0.012 + 0.07 * share) * land.uniform(0.4, 1),
                0.0014 + 0.005 * share,
            )
        )
    land.paper.fill(marks, warm, opacity=0.6)


def swells(land: Land, y: float, height: float, length: float) -> Outline:
    """A line of rounded crests with sharp troughs, as waves are cut from paper."""
    x = np.linspace(-0.1, land.aspect + 0.1, max(60, int(240 * land.aspect)))
    shift, wobble = land.uniform(0, 6), land.uniform(0, 6)
    phase = x / length * np.pi + shift + 0.7 * np.sin(x * 2.1 + wobble)
    swell = np.abs(np.sin(phase)) ** 0.9
    return np.stack([x, y + height * (0.5 - swell * (0.75 + 0.25 * np.sin(x * 3.7 + wobble)))], axis=1)


def beach(land: Land, top: float) -> None:
    """Sea, the last waves with their foam, and sand in the foreground."""
    paper, palette = land.paper, land.palette
    shore = top + (1 - top) * 0.42
    sea(land, top, shore + 0.12, waves=False)
    paper.pours = True
    far, middle, _ = water_tones(land)
    for row in range(3):
        share = row / 2
        y = top + (shore - top) * (0.45 + 0.4 * share)
        crest = swells(land, y, 0.012 + 0.012 * share, 0.3 + 0.25 * share)
        tone = mix(mix(far, middle, 0.7), palette.lit("shallow"), 0.25 + 0.35 * share)
        near = land.nearness(y)
        paper.fill(
            [down_to(crest, shore + 0.14)],
            tone,
            mix(tone, palette.lit("shallow"), 0.4),
            span=(y, y + 0.08),
            near=near,
            shadow=0.06,
        )
        foam = np.concatenate([crest, (crest + np.array((0, 0.004 + 0.005 * share)))[::-1]])
        paper.fill([foam], palette.lit("foam"), opacity=0.8)
    tilt = land.light * 0.05
    damp = palette.lit("sea")
    edges = (
        (-0.040, palette.lit("foam", 0.1), 0.95),
        (-0.026, mix(palette.lit("sand", 0.0, 0.55), damp, 0.35), 1.0),
        (0.0, mix(palette.lit("sand", 0.0, 0.4), damp, 0.12), 1.0),
        (0.03, palette.lit("sand"), 1.0),
    )
    for index, (offset, tone, opacity) in enumerate(edges):
        # The surf runs over the damp sand; the dry sand keeps still.
        paper.pours = index < len(edges) - 1
        random = np.random.default_rng(int(land.random.integers(1 << 30)) if index == 0 else 7 + land.palette.family)
        line = wave_line(random, land.aspect, shore + offset, 0.035, 1.4 + 0.2 * index, 0.2)
        line[:, 1] += (line[:, 0] / land.aspect - 0.5) * tilt
        near = land.nearness(shore + offset)
        paper.fill(
            [down_to(line)],
            tone,
            mix(tone, palette.lit("dune", 0, 0.15), 0.4 if index == 3 else 0.0),
            opacity=opacity,
            span=(shore, 1.0),
            near=(near, 0.97),
            shadow=0.07 if index in (0, 3) else 0,
        )
    ripples = []
    for _ in range(int(36 * land.aspect)):
        share = land.random.random()
        y = shore + 0.07 + (1.0 - shore) * share
        ripples.append(
            lens(land.uniform(0, land.aspect), y, (0.03 + 0.12 * share) * land.uniform(0.5, 1), 0.002 + 0.005 * share)
        )
    paper.fill(ripples, palette.lit("dune2"), opacity=0.16)
    pebbles = [
        ellipse(
            land.uniform(0, land.aspect), land.uniform(shore + 0.12, 1.0), s := land.uniform(0.003, 0.009), s * 0.55
        )
        for _ in range(14)
    ]
    paper.fill(pebbles, palette.lit("stone", 0, 0.4))


def river(land: Land, top: float) -> None:
    """A river that winds from the horizon to the camera."""
    paper, palette = land.paper, land.palette
    side = -land.light
    middle = land.aspect * 0.5
    y = np.array([top + 0.004, top + 0.035, top + (1 - top) * 0.2, top + (1 - top) * 0.46, 1.06])
    sway = np.array([0.10, -0.10, 0.16, -0.06, -0.02]) * side * land.aspect * land.uniform(0.7, 1.1)
    widths = np.array([0.012, 0.03, 0.09, 0.24, 0.72]) * min(1.0, land.aspect) * 1.1

    def course(grow: float, drop: float = 0.0) -> Outline:
        left = np.stack([middle + sway - widths * grow, y + drop], axis=1)
        right = np.stack([middle + sway + widths * grow, y + drop], axis=1)
        edges = closed(
            np.concatenate([left, right[::-1]]), [True, False, False, False, True, True, False, False, False, True]
        )
        return np.column_stack([edges[:, 0], np.maximum(edges[:, 1], top + 0.003)])

    bank, water = [course(1.12, 0.004)], [course(1.0)]
    paper.fill(bank, palette.lit("earth", 0.4, 0.3), palette.lit("earth", 0.0, 0.5), span=(top, 1.0))
    far, tone, close = water_tones(land)
    paper.pours = True
    paper.fill(
        water,
        mix(far, palette.low, 0.35),
        mix(tone, close, 0.4),
        span=(top, 1.0),
        near=(land.nearness(top) - 0.02, 0.9),
    )
    glints: list[Outline] = []
    bright: list[Outline] = []
    for _ in range(90):
        share = land.random.random() ** 1.2
        at = top + (1 - top) * share
        x = middle + np.interp(at, y, sway) + np.interp(at, y, widths) * land.uniform(-1, 1)
        shape = lens(float(x), at, (0.01 + 0.15 * share) * land.uniform(0.4, 1.0), 0.0012 + 0.006 * share)
        (glints if land.random.random() < 0.6 else bright).append(shape)
    paper.fill(glints, mix(palette.low, palette.middle, 0.4), opacity=0.5, clip=water)
    paper.fill(bright, mix(palette.low, _WHITE, 0.4), opacity=0.6, clip=water)
    paper.pours = False
    stones: list[Outline] = []
    for _ in range(9):
        at = top + (1 - top) * land.uniform(0.3, 0.95)
        edge = land.random.choice([-1, 1])
        x = float(middle + np.interp(at, y, sway) + np.interp(at, y, widths) * edge * land.uniform(0.9, 1.1))
        size = 0.012 + 0.04 * (at - top) / (1 - top)
        stones.append(ellipse(x, at, size * land.uniform(0.8, 1.5), size * 0.6))
    paper.fill(stones, palette.lit("stone"), palette.lit("rock2", 0, 0.6))


def underwater(land: Land) -> None:
    """Blue depths with shafts of light, a sea bed, weed and corals."""
    paper, palette, random = land.paper, land.palette, land.random
    dark = 0.45 if palette.night else 1.0
    top, middle, low = (
        colour(name) * np.float32(dark)
        for name in (
            ("#7fd3d0", "#2f93ad", "#124a70"),
            ("#86cfe0", "#2f83b8", "#153f78"),
            ("#9adcc6", "#2f9a98", "#0f4f62"),
        )[palette.family]
    )
    whole = [np.array([(-1, -1), (land.aspect + 1, -1), (land.aspect + 1, 2), (-1, 2)], float)]
    paper.fill(whole, top, middle, span=(0, 0.5), near=0.05)
    paper.fill(
        [np.array([(-1, 0.5), (land.aspect + 1, 0.5), (land.aspect + 1, 2), (-1, 2)])], middle, low, span=(0.5, 1.0)
    )
    x = land.aspect * (0.5 + land.light * 0.18)
    paper.glow(x, -0.05, 0.75, colour("#eafff4"), 0.55 * dark)
    for index in range(9):
        spread = (index - 4) * 0.16 + land.uniform(-0.05, 0.05)
        width = land.uniform(0.02, 0.07)
        beam = np.array(
            [
                (x + spread * 0.25 - width * 0.4, -0.05),
                (x + spread * 0.25 + width * 0.4, -0.05),
                (x + spread * 1.5 + width * 1.5, 0.95),
                (x + spread * 1.5 - width * 1.5, 0.95),
            ]
        )
        paper.fill([beam], mix(top, _WHITE, 0.6), middle, span=(0, 0.85), opacity=0.13)
    for layer in range(3):
        share = layer / 2
        y = 0.72 + 0.11 * share
        line = wave_line(random, land.aspect, y, 0.10 - 0.02 * layer, 1.3 + 0.6 * layer, 0.35)
        tone = mix(mix(low, middle, 0.55 - 0.35 * share), colour("#d9c79a") * np.float32(dark), 0.06 + 0.16 * share)
        near = 0.2 + 0.32 * share
        if layer:
            _weeds(
                land,
                y + 0.03,
                0.14 + 0.12 * share,
                int(7 * land.aspect),
                mix(tone, colour("#1f6f5f") * np.float32(dark), 0.6),
                near,
            )
        paper.fill([down_to(line)], tone, mix(tone, low, 0.5), near=(near, near + 0.2), span=(y, 1), shadow=0.12)
    hues = [colour(name) * np.float32(dark) for name in ("#e0785f", "#d9668a", "#e2a24f", "#8f6fb5")]
    for _ in range(int(6 * max(0.7, land.aspect))):
        _coral(
            land,
            land.uniform(-0.02, land.aspect),
            land.uniform(0.9, 1.0),
            land.uniform(0.08, 0.2),
            mix(hues[int(random.integers(4))], low, 0.3),
        )
    _weeds(land, 1.03, 0.42, 5, mix(low, colour("#0b2f3f"), 0.5), 1.0, (0.0, 0.16 * land.aspect))
    _weeds(land, 1.03, 0.34, 5, mix(low, colour("#0b2f3f"), 0.5), 1.0, (0.86 * land.aspect, land.aspect))
    bubbles = [
        ellipse(x + random.normal(0, 0.25), random.uniform(0.05, 0.8), s := random.uniform(0.003, 0.010), s)
        for _ in range(26)
    ]
    paper.fill(bubbles, _WHITE, opacity=0.22)


def _weeds(
    land: Land,
    foot: float,
    height: float,
    count: int,
    tone: Colour,
    near: float,
    between: tuple[float, float] | None = None,
) -> None:
    low, high = between or (0.0, land.aspect)
    shapes = []
    for _ in range(count):
        x, tall = land.uniform(low, high), height * land.uniform(0.5, 1.0)
        steps = np.linspace(0, 1, 7)
        sway = np.sin(steps * 5 + land.uniform(0, 6)) * 0.022 * (0.3 + steps)
        widths = 0.016 * (1 - steps) ** 0.6 + 0.002
        shapes.append(stroke(np.stack([x + sway, foot - tall * steps], axis=1), widths * max(0.6, height / 0.25)))
    land.paper.fill(shapes, tone, near=near)


def _coral(land: Land, x: float, foot: float, height: float, tone: Colour) -> None:
    shapes: list[Outline] = []

    def branch(at: NDArray[np.float64], turn: float, length: float, width: float, left: int) -> None:
        end = at + np.array([np.sin(turn), -np.cos(turn)]) * length
        shapes.append(
            stroke(
                np.stack([at, (at + end) / 2 + np.array((0.004, 0)), end]), np.array([width, width * 0.85, width * 0.7])
            )
        )
        shapes.append(ellipse(float(end[0]), float(end[1]), width * 0.36, width * 0.36))
        if left:
            for side in (-1, 1):
                branch(end, turn + side * land.uniform(0.25, 0.6), length * 0.74, width * 0.74, left - 1)

    branch(np.array([x, foot + 0.02]), land.uniform(-0.15, 0.15), height * 0.42, height * 0.13, 3)
    land.paper.fill(shapes, tone, mix(tone, colour("#10304a"), 0.4), near=0.8, shadow=0.06)
