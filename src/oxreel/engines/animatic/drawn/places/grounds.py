"""Grounds: meadows and parks, fields, roads, snow and the floor of a wood."""

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, down_to, lens, wave_line
from oxreel.engines.animatic.drawn.palette import Colour, colour, mix
from oxreel.engines.animatic.drawn.places.plants import grasses, great_tree, leaves_close, pine_tree, wood
from oxreel.engines.animatic.drawn.places.surroundings import avenue, dry, soil
from oxreel.engines.animatic.drawn.shapes import Outline, closed, ellipse

#: What the folds of other ground than grass take turns with.
_SISTERS = {"dune": "dune2", "sand": "dune"}


def lawn(land: Land, top: float, name: str = "grass", *, rolls: int = 3) -> None:
    """Ground from the horizon to the camera in a few soft folds, paler with distance."""
    paper, palette = land.paper, land.palette
    for row in range(rows := rolls + 1):
        share = row / rows
        y = top + (1 - top) * share**1.5 * 0.8
        line = wave_line(land.random, land.aspect, y, 0.006 + 0.035 * share, 0.8 + 0.3 * row, 0.05)
        far = 0.55 * (1 - share) ** 1.5
        other = mix(palette.raw(name), palette.raw(_SISTERS.get(name, "meadow")), 0.6 if name not in _SISTERS else 0.25)
        tone = palette.lit(name if row % 2 == 0 else other, far, 0.08)
        low = palette.lit(name, far * 0.4, 0.42)
        near = land.nearness(y)
        paper.fill(
            [down_to(line)],
            tone,
            mix(tone, low, 0.75),
            span=(y, y + (1 - top) * 0.45),
            near=(near, min(0.97, near + 0.35)),
            shadow=0.05 if row else 0.0,
        )


def path(
    land: Land, top: float, tone: Colour, edge: Colour, *, wide: float = 0.16, sway: float = 0.3, foot: float = 1.06
) -> list[Outline]:
    """A way that winds from the horizon to the camera; returns its outline."""
    bend = land.uniform(0.6, 1.0) * land.light * sway * min(1.0, land.aspect)
    middle = land.aspect * 0.5
    share = np.array([0.0, 0.05, 0.20, 0.48, 1.0])
    y = top + (foot - top) * share
    across = middle + bend * np.array([0.35, 0.55, 0.20, -0.30, -0.05])
    widths = wide * np.array([0.025, 0.06, 0.20, 0.5, 1.15])

    def outline(grow: float) -> Outline:
        left, right = np.stack([across - widths * grow, y], axis=1), np.stack([across + widths * grow, y], axis=1)
        return closed(
            np.concatenate([left, right[::-1]]), [True, False, False, False, True, True, False, False, False, True]
        )

    land.paper.fill([outline(1.1)], edge, opacity=0.8)
    shape = [outline(1.0)]
    land.paper.fill(shape, mix(tone, land.palette.haze, 0.35), tone, span=(top, 0.9))
    return shape


def flowers(land: Land, top: float, count: int) -> None:
    """Dots of blossom, larger towards the camera."""
    palette = land.palette
    if palette.season == "winter":
        return
    hues = [palette.lit(palette.raw("blossom")), palette.lit(colour("#fbf3e0")), palette.lit(colour("#e2705a"))]
    for hue in hues[: 2 if palette.season != "spring" else 3]:
        dots = []
        for _ in range(count):
            share = land.random.random() ** 0.8
            y = top + (1 - top) * (0.25 + 0.75 * share)
            dots.append(ellipse(land.uniform(0, land.aspect), y, 0.0012 + 0.0045 * share, 0.001 + 0.0036 * share)[::4])
        land.paper.fill(dots, hue, opacity=0.9)


def dapple(land: Land, y: float, x: float, across: float) -> None:
    """Broken shade beneath a tree."""
    blots = [
        lens(
            x + land.random.normal(0, across * 0.5),
            y + land.random.normal(0, across * 0.10),
            across * land.uniform(0.1, 0.35),
            across * land.uniform(0.02, 0.05),
        )
        for _ in range(26)
    ]
    land.paper.fill(blots, land.palette.lit(colour("#24402f"), 0.0, 0.6), opacity=0.16)


def park(land: Land, top: float) -> None:
    """Lawns, a winding path, rows of trees, a great one at the side."""
    palette = land.palette
    wood(land, top + 0.012, 0.20, 0.75, 0.12)
    wood(land, top + 0.03, 0.15, 0.5, 0.16, gaps=0.35)
    lawn(land, top + 0.02, rolls=2)
    flowers(land, top, 26)
    path(land, top + 0.035, palette.lit("path", 0.0, 0.1), palette.lit("grass", 0.0, 0.6), wide=0.26)
    side = -land.light
    tall = 0.50 * min(1.15, land.scale)
    spots = (
        (0.17, top + 0.10, tall * 0.62, 0.4),
        (0.91, top + 0.14, tall * 0.8, 0.25),
        (0.05, top + 0.22, tall * 1.25, 0.05),
    )
    for share, foot, height, far in spots:
        x = land.aspect * (share if side < 0 else 1 - share) + land.uniform(-0.03, 0.03)
        great_tree(land, x, foot, height * land.uniform(0.9, 1.1), far=far, near=land.nearness(foot))
        dapple(land, foot + 0.02, x - land.light * height * 0.2, height * 0.6)
    close(land)


def field(land: Land, top: float) -> None:
    """Open land: rows that run to the horizon, hedges, one tree."""
    palette, paper = land.palette, land.paper
    lawn(land, top, "meadow", rolls=3)
    vanish = np.array([land.aspect * (0.5 - land.light * 0.16), top + 0.01])
    if palette.season != "winter":
        rows = []
        for index in np.linspace(-3.2, 3.2, 34) * max(1.0, land.aspect / 1.6):
            foot = vanish[0] + index
            rows.append(
                np.array([vanish + np.array((index * 0.006, 0.022)), (foot - 0.028, 1.05), (foot + 0.028, 1.05)])
            )
        paper.fill(rows, palette.lit("grass", 0.25, 0.35), palette.lit("grass", 0.0, 0.45), opacity=0.42)
    foot = top + 0.10
    great_tree(land, land.aspect * (0.5 + land.light * 0.30), foot, 0.34, far=0.25, near=land.nearness(foot))
    flowers(land, top, 40)
    close(land)


def snowfield(land: Land, top: float) -> None:
    """Snow with blue shadows, and firs that stand in it."""
    lawn(land, top, "snow", rolls=4)
    palette = land.palette
    shades = []
    for _ in range(int(16 * land.aspect)):
        share = land.random.random()
        y = top + 0.03 + (1 - top) * share
        shades.append(
            lens(land.uniform(0, land.aspect), y, (0.08 + 0.4 * share) * land.uniform(0.5, 1), 0.003 + 0.02 * share)
        )
    land.paper.fill(shades, palette.lit("snow", 0.0, 0.9), opacity=0.4)
    for share, depth, height in (
        (0.10, 0.10, 0.34),
        (0.20, 0.05, 0.24),
        (0.88, 0.12, 0.42),
        (0.79, 0.05, 0.22),
        (0.96, 0.2, 0.5),
    ):
        foot = top + depth
        x = land.aspect * (share if land.light > 0 else 1 - share) + land.uniform(-0.02, 0.02)
        pine_tree(
            land,
            x,
            foot,
            height * min(1.2, land.scale) * land.uniform(0.85, 1.1),
            far=max(0.0, 0.45 - depth * 2),
            near=land.nearness(foot),
        )


def firs(land: Land, top: float) -> None:
    """Two groups of firs that frame a view."""
    for share, depth, height in (
        (0.03, 0.20, 0.42),
        (0.12, 0.12, 0.30),
        (0.19, 0.07, 0.20),
        (0.90, 0.10, 0.26),
        (0.98, 0.17, 0.36),
    ):
        x = land.aspect * (share if land.light > 0 else 1 - share) + land.uniform(-0.02, 0.02)
        far = max(0.0, 0.4 - depth * 2)
        pine_tree(land, x, top + depth, height * land.uniform(0.85, 1.1), far=far, near=land.nearness(top + depth))


def forest(land: Land, top: float) -> None:
    """Trunks and crowns, sheet behind sheet into the light, a clearing in the middle."""
    paper, palette, random = land.paper, land.palette, land.random
    pines = (
        palette.season == "winter"
        or (palette.season == "summer" and palette.family == 2)
        or land.has("mountains", "snowfield")
    )
    kinds = ("pine",) if pines else ("round", "round", "poplar")
    for far, height, drop, near in ((1.0, 0.44, 0.02, 0.08), (0.8, 0.42, 0.03, 0.12)):
        wood(land, top + drop, height, far, near, kinds=kinds)
    lit = mix(palette.low, colour("#ffffff"), 0.3)
    paper.glow(land.sun[0], top - 0.16, 0.55, lit, 0.5)
    wood(land, top + 0.045, 0.36, 0.55, 0.17, kinds=kinds, gaps=0.25)
    lawn(land, top + 0.03, "grass", rolls=2)
    path(land, top + 0.045, palette.lit("path", 0.0, 0.3), palette.lit("grass", 0, 0.7), wide=0.2)
    if palette.covered < 0.5 and palette.hour != "night":
        sources = [land.sun[0] - land.light * land.uniform(-0.1, 0.65) for _ in range(5)]
        # Each layer of a beam ends sooner than the one before, so that it fades towards the ground.
        for reach in (0.45, 0.65, 0.83, 1.0):
            down, aside = (top + 0.45) * reach, land.light * 0.42 * reach
            beams = [
                np.array(
                    [
                        (x, -0.1),
                        (x + 0.05, -0.1),
                        (x + 0.05 + 0.11 * reach - aside, down - 0.1),
                        (x - aside, down - 0.1),
                    ]
                )
                for x in sources
            ]
            paper.fill(beams, lit, opacity=0.026)
    if palette.season == "autumn":
        fallen = [
            ellipse(
                random.uniform(0, land.aspect),
                top + 0.06 + (1 - top) * (s := random.random()),
                0.002 + 0.008 * s,
                0.001 + 0.004 * s,
            )[::4]
            for _ in range(150)
        ]
        paper.fill(fallen[::2], palette.lit("leaf"))
        paper.fill(fallen[1::2], palette.lit("leaf2"))
    for depth, count, height in ((0.07, 6, 0.62), (0.16, 4, 0.86), (0.30, 2, 1.3)):
        for index in range(count):
            share = (index + land.uniform(0.1, 0.7)) / count
            # The middle stays open: trees step aside.
            share = share * 0.36 if index % 2 == 0 else 1 - (1 - share) * 0.36
            if depth > 0.25:
                share = 0.03 if index == 0 else 0.97
            foot = top + depth + land.uniform(-0.02, 0.02)
            far = max(0.0, 0.55 - depth * 2)
            x = land.aspect * share
            if pines:
                pine_tree(land, x, foot, height * land.uniform(0.8, 1.1), far=far, near=land.nearness(foot))
            else:
                great_tree(land, x, foot, height * land.uniform(0.8, 1.1), far=far, near=land.nearness(foot))
    ferns(land)


def ferns(land: Land) -> None:
    """Dark undergrowth along the lower edge, highest at the corners."""
    palette = land.palette
    dark = palette.lit("pine", 0.0, 1.0) if palette.season != "winter" else palette.lit("snow", 0.0, 0.75)
    line = wave_line(land.random, land.aspect, 0.985, 0.02, 3.0, 0.4)
    line[:, 1] -= 0.10 * np.abs(line[:, 0] / land.aspect * 2 - 1) ** 3
    land.paper.fill([down_to(line)], dark, near=1.0, shadow=0.14)
    if palette.season != "winter":
        for left, right in ((0.0, land.aspect * 0.22), (land.aspect * 0.78, land.aspect)):
            grasses(land, 0.97, 0.11, 16, (dark, mix(dark, palette.lit("leaf"), 0.3)), left=left, right=right)


def close(land: Land) -> None:
    """What stands right before the camera: grass along the foot, leaves in a top corner."""
    palette = land.palette
    if palette.season == "winter":
        line = wave_line(land.random, land.aspect, 0.975, 0.03, 1.4, 0.1)
        land.paper.fill(
            [down_to(line)], palette.lit("snow", 0, 0.35), palette.lit("snow", 0, 0.8), near=1.0, shadow=0.10
        )
        return
    dark = palette.lit("leaf2" if palette.season == "summer" else "pine", 0.0, 0.9)
    grasses(land, 1.0, 0.085, int(56 * land.aspect), (mix(dark, palette.lit("grass"), 0.45), dark))
    leaves_close(land, -land.light)


def road(land: Land, top: float) -> None:
    """A road with a broken line that runs to the horizon."""
    paper, palette = land.paper, land.palette
    lawn(land, top, soil(land), rolls=3)
    if land.has("desert"):
        dry(land, top)
    elif land.has("forest"):
        avenue(land, top, pines=palette.season == "winter" or land.has("mountains", "snowfield"))
    elif land.has("snowfield"):
        avenue(land, top, pines=True)
    x = land.aspect * (0.5 + land.light * 0.06)
    wide = 0.62 * min(1.0, land.aspect)
    surface = np.array([(x - 0.006, top + 0.006), (x + 0.006, top + 0.006), (x + wide, 1.1), (x - wide, 1.1)])
    verge = np.array(
        [(x - 0.008, top + 0.005), (x + 0.008, top + 0.005), (x + wide * 1.13, 1.1), (x - wide * 1.13, 1.1)]
    )
    paper.fill([verge], palette.lit("earth", 0.4), palette.lit("earth", 0, 0.2), span=(top, 1))
    paper.fill(
        [surface],
        palette.lit("road", 0.75),
        palette.lit("road", 0.0, 0.2),
        span=(top, 1),
        near=(land.nearness(top), 0.97),
    )
    marks = []
    reach = 1.1 - top
    for index in range(1, 16):
        # Even steps on the ground shrink as one over the distance.
        here, there = top + reach * 0.9 / index, top + reach * 0.9 / (index + 0.42)
        half = 0.018
        marks.append(
            np.array(
                [
                    (x - half * (here - top) / reach, here),
                    (x + half * (here - top) / reach, here),
                    (x + half * (there - top) / reach, there),
                    (x - half * (there - top) / reach, there),
                ]
            )
        )
    paper.fill(marks, palette.lit(colour("#f4e9cf")), opacity=0.9)
    for side in (-1, 1):
        edge = np.array([(x, top + 0.006), (x + side * wide * 0.90, 1.1), (x + side * wide * 0.94, 1.1)])
        paper.fill([edge], palette.lit(colour("#f4f0e4")), opacity=0.7)
    posts = []
    for side in (-1, 1):
        for index in range(1, 9):
            y = top + reach * 0.62 / index
            at = x + side * wide * 1.3 * (y - top) / reach
            tall = 0.24 * (y - top) / reach
            half = 0.012 * (y - top) / reach
            posts.append(np.array([(at - half, y), (at + half, y), (at + half, y - tall), (at - half, y - tall)]))
    paper.fill(posts, palette.lit(colour("#f0ebe0"), 0.15), palette.lit(colour("#b8b0a4"), 0.1))
