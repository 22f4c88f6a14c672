"""A street seen from across it: a row of houses with shops, a pavement, the road before them; and roads and rails that
cross the picture, for what drives by."""

from itertools import pairwise

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, lens
from oxreel.engines.animatic.drawn.palette import Colour, Palette, colour, mix
from oxreel.engines.animatic.drawn.places.plants import grasses, great_tree
from oxreel.engines.animatic.drawn.places.surroundings import soil
from oxreel.engines.animatic.drawn.places.town import LAMP, NEON, box, signed, skyline
from oxreel.engines.animatic.drawn.shapes import Outline, ellipse

_WALLS = ("#d98f73", "#e8cda6", "#b8c8c4", "#c9796a", "#e0b98a", "#9fb3b8", "#d8c6b4", "#8fa08a")
_AWNINGS = ("#c8503c", "#3f7f8c", "#d9a04a", "#5f8a6a", "#7a5a86")
#: Where the pavement begins and ends, and where the road ends.
PAVEMENT, KERB, FAR_SIDE = 0.70, 0.755, 0.93


def frontage(land: Land) -> None:
    """Houses in a row with their shops, lamps and young trees, and the road in front."""
    paper, palette, random = land.paper, land.palette, land.random
    skyline(land, PAVEMENT - 0.10)
    x = -0.08
    while x < land.aspect + 0.05:
        width = float(random.uniform(0.24, 0.38))
        _house(land, x, x + width, float(random.uniform(0.40, 0.60)), colour(_WALLS[int(random.integers(len(_WALLS)))]))
        x += width
    slab = palette.lit("stone", 0, 0.15)
    paper.fill([box(-1, PAVEMENT, land.aspect + 1, KERB)], slab, palette.lit("stone", 0, 0.35), near=0.5)
    paper.fill([box(-1, KERB, land.aspect + 1, KERB + 0.010)], palette.lit("stone", 0, 0.8), near=0.55)
    road(land, KERB + 0.010, FAR_SIDE)
    paper.fill([box(-1, FAR_SIDE, land.aspect + 1, FAR_SIDE + 0.012)], mix(slab, palette.key * 255, 0.2), near=0.92)
    paper.fill(
        [box(-1, FAR_SIDE + 0.012, land.aspect + 1, 1.1)],
        palette.lit("stone", 0, 0.1),
        palette.lit("stone", 0, 0.4),
        near=0.95,
    )
    seams = [
        np.array([(at, FAR_SIDE + 0.012), (at + 0.003, FAR_SIDE + 0.012), (at - 0.017, 1.1), (at - 0.02, 1.1)])
        for at in np.arange(-0.1, land.aspect + 0.2, 0.17)
    ]
    paper.fill(seams, palette.lit("rock2"), opacity=0.35)
    for index, share in enumerate(np.arange(0.10, land.aspect, 0.42)):
        if index % 2:
            great_tree(land, float(share), PAVEMENT + 0.03, 0.30, near=0.5)
        else:
            _lamp(land, float(share), PAVEMENT + 0.035)


def _house(land: Land, left: float, right: float, tall: float, wall: Colour) -> None:
    paper, palette, random = land.paper, land.palette, land.random
    top, shop = PAVEMENT - tall, PAVEMENT - 0.135
    face = palette.lit(wall, 0.12, 0.18)
    paper.fill([box(left, top, right, PAVEMENT)], face, palette.lit(wall, 0.05, 0.4), near=0.42, shadow=0.10)
    trim = mix(face, palette.key * 255, 0.35)
    paper.fill([box(left - 0.006, top - 0.016, right + 0.006, top + 0.010)], trim, near=0.42)
    paper.fill([box(left, top + 0.010, right, top + 0.017)], palette.lit("ink"), opacity=0.2)
    columns, rows = 3, max(2, int((shop - top) / 0.105))
    pitch, storey = (right - left) / columns, (shop - top - 0.03) / rows
    frames: list[Outline] = []
    panes: list[Outline] = []
    lit: list[Outline] = []
    shades: list[Outline] = []
    for row in range(rows):
        for column in range(columns):
            x, y = left + pitch * (column + 0.5), top + 0.03 + storey * row + storey * 0.16
            half, high = pitch * 0.24, storey * 0.64
            frames.append(box(x - half - 0.005, y - 0.006, x + half + 0.005, y + high + 0.010))
            pane = box(x - half, y, x + half, y + high)
            (lit if palette.night and random.random() < 0.55 else panes).append(pane)
            shades += [
                box(x - 0.0018, y, x + 0.0018, y + high),
                box(x - half, y + high * 0.42, x + half, y + high * 0.42 + 0.003),
            ]
    paper.fill(frames, trim)
    paper.fill(panes, _glass(palette), mix(_glass(palette), palette.low, 0.3))
    paper.fill(lit, LAMP)
    paper.fill(shades, trim)
    _shop(land, left, right, shop)


def _shop(land: Land, left: float, right: float, top: float) -> None:
    paper, palette, random = land.paper, land.palette, land.random
    inside = LAMP if palette.night else _glass(palette)
    base = palette.lit("ink", 0.1, 0.2)
    paper.fill([box(left, top, right, PAVEMENT)], base, near=0.42)
    door = left + (right - left) * float(random.choice((0.16, 0.84)))
    window = (
        left + 0.03 + (0.07 if door < (left + right) / 2 else 0.0),
        right - 0.03 - (0.0 if door < (left + right) / 2 else 0.07),
    )
    paper.fill(
        [
            box(window[0], top + 0.045, window[1], PAVEMENT - 0.02),
            box(door - 0.022, top + 0.04, door + 0.022, PAVEMENT),
        ],
        inside,
        mix(inside, palette.low, 0.25),
    )
    goods = [ellipse(land.uniform(*window), PAVEMENT - 0.03, 0.010, land.uniform(0.008, 0.02)) for _ in range(5)]
    paper.fill(goods, palette.lit(colour(_AWNINGS[int(random.integers(5))]), 0, 0.2), opacity=0.8)
    paper.fill([box(door - 0.001, top + 0.04, door + 0.001, PAVEMENT)], base)
    hue = colour(_AWNINGS[int(random.integers(5))])
    edges = np.linspace(left + 0.012, right - 0.012, 9)
    for index, (a, b) in enumerate(pairwise(edges)):
        strip: Outline = np.array([(a, top), (b, top), (b, top + 0.042), ((a + b) / 2, top + 0.052), (a, top + 0.042)])
        paper.fill([strip], palette.lit(hue if index % 2 == 0 else colour("#f4ead8")), near=0.44)
    if signed(land):
        _board(land, (left + right) / 2, top - 0.034, (right - left) * 0.36)
    paper.fill([box(left + 0.012, top + 0.052, right - 0.012, top + 0.066)], palette.lit("ink", 0, 1), opacity=0.22)
    if palette.night:
        paper.glow((left + right) / 2, PAVEMENT, 0.2, LAMP, 0.35, 0.5)


def _board(land: Land, x: float, y: float, half: float) -> None:
    """A sign over a shop: a word in strokes, in tubes of light by night."""
    paper, palette, random = land.paper, land.palette, land.random
    shining = palette.night or any(one.kind == "neon" for one in land.plan.light)
    tone = colour(NEON[int(random.integers(len(NEON)))])
    paint = tone if shining else palette.lit(mix(tone, colour("#5a4038"), 0.5))
    paper.fill([box(x - half, y - 0.026, x + half, y + 0.026)], paint, near=0.44, shadow=0.08)
    back = colour("#17142c") if shining else palette.lit(colour("#f4ead8"))
    paper.fill([box(x - half + 0.005, y - 0.021, x + half - 0.005, y + 0.021)], back)
    letters: list[Outline] = []
    at = x - half + 0.018
    while at < x + half - 0.026:
        kind = int(random.integers(4))
        letters.append(box(at, y - 0.012, at + 0.0036, y + 0.012))
        if kind != 1:
            letters.append(box(at, y - 0.012, at + 0.014, y - 0.0085))
        if kind in (0, 2):
            letters.append(box(at, y - 0.0018, at + 0.012, y + 0.0018))
        if kind != 2:
            letters.append(box(at, y + 0.0085, at + 0.014, y + 0.012))
        if kind == 3:
            letters.append(box(at + 0.0104, y - 0.012, at + 0.014, y + 0.012))
        at += 0.021
    paper.fill(letters, mix(tone, colour("#ffffff"), 0.4) if shining else paint)
    if shining:
        paper.glow(x, y, half * 1.3, tone, 0.5, 0.6)


def _glass(palette: Palette) -> Colour:
    return mix(palette.lit("glass", 0.1), palette.lit("ink"), 0.3) if not palette.night else palette.lit("ink", 0.2)


def _lamp(land: Land, x: float, foot: float) -> None:
    paper, palette = land.paper, land.palette
    post = [
        box(x - 0.0035, foot - 0.27, x + 0.0035, foot),
        box(x - 0.008, foot - 0.02, x + 0.008, foot),
        box(x - 0.016, foot - 0.275, x + 0.016, foot - 0.268),
    ]
    paper.fill(post, palette.lit("ink", 0.05, 0.2), near=0.5)
    head = np.array(
        [(x - 0.010, foot - 0.275), (x - 0.014, foot - 0.315), (x + 0.014, foot - 0.315), (x + 0.010, foot - 0.275)]
    )
    cap = np.array([(x - 0.017, foot - 0.315), (x, foot - 0.332), (x + 0.017, foot - 0.315)])
    paper.fill([head], colour("#fff0c4") if palette.night else palette.lit(colour("#f4ead0")), near=0.5)
    paper.fill([cap], palette.lit("ink", 0.05, 0.2), near=0.5)
    if palette.night:
        paper.glow(x, foot - 0.295, 0.17, LAMP, 0.8)
        paper.glow(x, foot, 0.22, LAMP, 0.35, 0.25)


def road(land: Land, top: float, foot: float) -> None:
    """A road across the picture, with its broken line, and wet where it rains."""
    paper, palette = land.paper, land.palette
    paper.fill(
        [box(-1, top, land.aspect + 1, foot)],
        palette.lit("road", 0.12, 0.1),
        palette.lit("road", 0, 0.35),
        near=(land.nearness(top), land.nearness(foot)),
    )
    middle = top + (foot - top) * 0.42
    paper.fill(
        [
            np.array(
                [
                    (at, middle - 0.004),
                    (at + 0.11, middle - 0.004),
                    (at + 0.105, middle + 0.005),
                    (at - 0.006, middle + 0.005),
                ]
            )
            for at in np.arange(-0.1, land.aspect + 0.2, 0.21)
        ],
        palette.lit(colour("#f4e9cf")),
        opacity=0.85,
    )
    if palette.night or any(one.kind in ("rain", "storm") for one in land.plan.weather):
        shine = [
            lens(land.uniform(0, land.aspect), land.uniform(top + 0.01, foot - 0.01), land.uniform(0.05, 0.22), 0.007)
            for _ in range(26)
        ]
        paper.fill(shine, LAMP if palette.night else palette.low, opacity=0.15)


def country_road(land: Land) -> None:
    """A road that crosses open country, with its verges, posts and a grass edge close by."""
    paper, palette = land.paper, land.palette
    top, foot = 0.745, 0.895
    green = soil(land)
    paper.fill([box(-1, top - 0.018, land.aspect + 1, top)], palette.lit("earth", 0.2, 0.2), near=land.nearness(top))
    road(land, top, foot)
    paper.fill(
        [box(-1, top + 0.006, land.aspect + 1, top + 0.010), box(-1, foot - 0.014, land.aspect + 1, foot - 0.008)],
        palette.lit(colour("#f4f0e4")),
        opacity=0.6,
    )
    paper.fill(
        [box(-1, foot, land.aspect + 1, 1.1)],
        palette.lit("earth", 0, 0.3),
        palette.lit(green, 0, 0.5),
        span=(foot, foot + 0.05),
        near=0.93,
        shadow=0.06,
    )
    posts, bands = [], []
    for at in np.arange(0.05, land.aspect, 0.36):
        posts.append(box(at - 0.006, top - 0.075, at + 0.006, top - 0.004))
        bands.append(box(at - 0.006, top - 0.060, at + 0.006, top - 0.047))
    paper.fill(posts, palette.lit(colour("#f4f0e6"), 0.1), near=land.nearness(top))
    paper.fill(bands, palette.lit(colour("#d0453a"), 0.1))
    if green != "snow":
        bare = green != "grass"
        dark = palette.lit("dune2" if bare else "leaf2", 0, 0.8)
        grasses(land, 1.0, 0.07, int((18 if bare else 50) * land.aspect), (mix(dark, palette.lit(green), 0.4), dark))


def railway(land: Land, y: float) -> None:
    """Rails on their bed, whose upper rail lies at `y`."""
    paper, palette = land.paper, land.palette
    bed = np.array([(-1, y - 0.016), (land.aspect + 1, y - 0.016), (land.aspect + 1, y + 0.05), (-1, y + 0.05)])
    paper.fill([bed], palette.lit("stone", 0.1, 0.2), palette.lit("rock2", 0, 0.4), near=land.nearness(y), shadow=0.08)
    sleepers = [
        np.array([(at, y - 0.006), (at + 0.020, y - 0.006), (at + 0.014, y + 0.026), (at - 0.008, y + 0.026)])
        for at in np.arange(-0.1, land.aspect + 0.1, 0.048)
    ]
    paper.fill(sleepers, palette.lit("wood", 0, 0.5))
    paper.fill(
        [box(-1, y - 0.003, land.aspect + 1, y + 0.001), box(-1, y + 0.016, land.aspect + 1, y + 0.021)],
        palette.lit("metal", 0, 0.2),
    )
