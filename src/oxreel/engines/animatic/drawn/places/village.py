"""A village: small gabled houses in rows on a hill, lit windows after dark, smoke, a lane that leads to them."""

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, down_to, wave_line
from oxreel.engines.animatic.drawn.palette import colour, mix
from oxreel.engines.animatic.drawn.places.grounds import close, lawn, path
from oxreel.engines.animatic.drawn.places.plants import great_tree, pine_tree
from oxreel.engines.animatic.drawn.places.town import LAMP, box
from oxreel.engines.animatic.drawn.shapes import ellipse


def village(land: Land, top: float) -> None:
    """Small houses on a hill, smoke, lit windows at dusk, a lane that leads to them."""
    palette = land.palette
    green = "snow" if palette.season == "winter" else "grass"
    lawn(land, top, green, rolls=2)
    rows = ((0.035, 0.10, 0.6, 8), (0.10, 0.16, 0.32, 6), (0.20, 0.26, 0.08, 4))
    for depth, size, far, count in rows:
        line = wave_line(land.random, land.aspect, top + depth - 0.02, 0.03, 1.2, 0.0)
        tone = palette.lit(green, far, 0.2)
        land.paper.fill(
            [down_to(line, top + depth + 0.12)],
            tone,
            palette.lit(green, far * 0.5, 0.35),
            span=(top + depth - 0.03, top + depth + 0.12),
            near=land.nearness(top + depth),
            shadow=0.06,
        )
        for index in range(count):
            share = (index + land.uniform(0.15, 0.85)) / count
            if depth > 0.15:
                share = share * 0.66 if share < 0.5 else 1 - (1 - share) * 0.66
            x = land.aspect * share
            foot = float(np.interp(x, line[:, 0], line[:, 1])) + 0.012
            kind = land.random.random()
            if kind < 0.72:
                cottage(land, x, foot, size * land.uniform(0.85, 1.1), far)
            elif palette.season == "winter" or kind > 0.88:
                pine_tree(land, x, foot, size * 1.5, far=far, near=land.nearness(foot))
            else:
                great_tree(land, x, foot, size * 1.6, far=far, near=land.nearness(foot))
    path(land, top + 0.215, palette.lit("path", 0, 0.15), palette.lit(green, 0, 0.7), wide=0.26, sway=0.16)
    close(land)


def cottage(land: Land, x: float, foot: float, size: float, far: float) -> None:
    """A small gabled house with a lit side and a shaded one."""
    paper, palette = land.paper, land.palette.for_figures()
    side = land.light
    wall = colour(("#f3e9d8", "#ecd9bf", "#e3c8a8", "#dfe0d8")[int(land.random.integers(4))])
    near = land.nearness(foot)
    gable, length, tall = size * 0.30, size * 0.52, size * 0.42
    left = x - side * (gable + length) / 2
    g0, g1, far_end = left, left + side * gable, left + side * (gable + length)
    # The gable looks away from the light, the long wall into it.
    ridge = tall + size * 0.36
    paper.shadow_under(x - side * size * 0.1, foot, size * 0.62, 0.2, 0.12)
    paper.fill(
        [np.array([(g0, foot), (g0, foot - tall), ((g0 + g1) / 2, foot - ridge), (g1, foot - tall), (g1, foot)])],
        palette.lit(wall, far, 0.7),
        near=near,
    )
    paper.fill(
        [np.array([(g1, foot), (g1, foot - tall), (far_end, foot - tall), (far_end, foot)])],
        palette.lit(wall, far, 0.05),
        near=near,
    )
    chimney = g1 + side * length * 0.6
    stack = np.array(
        [
            (chimney - size * 0.04, foot - tall * 1.3),
            (chimney - size * 0.04, foot - ridge - size * 0.14),
            (chimney + size * 0.04, foot - ridge - size * 0.14),
            (chimney + size * 0.04, foot - tall * 1.3),
        ]
    )
    paper.fill([stack], palette.lit("stone", far, 0.4), near=near)
    roof = np.array(
        [
            ((g0 + g1) / 2, foot - ridge),
            ((g0 + g1) / 2 + side * length, foot - ridge),
            (far_end + side * size * 0.04, foot - tall + size * 0.04),
            (g1 + side * size * 0.02, foot - tall + size * 0.04),
        ]
    )
    verge = np.array(
        [
            ((g0 + g1) / 2, foot - ridge - size * 0.015),
            ((g0 + g1) / 2 + side * size * 0.02, foot - ridge + size * 0.05),
            (g0 - side * size * 0.03, foot - tall + size * 0.07),
            (g0 - side * size * 0.04, foot - tall + size * 0.02),
        ]
    )
    tone = (
        palette.raw("roof")
        if palette.season == "winter"
        else colour(("#c4614a", "#b5533c", "#a8705a", "#8f6a6a")[int(land.random.integers(4))])
    )
    paper.fill([roof], palette.lit(tone, far), palette.lit(tone, far, 0.35), near=near)
    paper.fill([verge], palette.lit(tone, far, 0.6), near=near)
    pane = LAMP if palette.night else palette.lit("glass", far, 0.3)
    panes = [
        box(
            *sorted_box(
                g1 + side * length * share, foot - tall * 0.72, g1 + side * length * (share + 0.2), foot - tall * 0.30
            )
        )
        for share in (0.14, 0.62)
    ]
    panes.append(ellipse((g0 + g1) / 2, foot - tall * 1.02, size * 0.035, size * 0.05))
    paper.fill(panes, pane)
    door = box(*sorted_box(g0 + side * gable * 0.36, foot - tall * 0.6, g0 + side * gable * 0.66, foot))
    paper.fill([door], palette.lit("wood", far, 0.5))
    if palette.night:
        paper.glow(g1 + side * length * 0.5, foot - tall * 0.4, size * 0.7, LAMP, 0.4)
    if palette.night or palette.season in ("winter", "autumn"):
        puffs = [
            ellipse(
                chimney + side * size * 0.10 * step**1.4,
                foot - ridge - size * (0.18 + 0.17 * step),
                size * (0.03 + 0.028 * step),
                size * (0.026 + 0.02 * step),
            )
            for step in range(5)
        ]
        paper.fill(puffs, mix(palette.haze, colour("#ffffff"), 0.4), opacity=0.4)


def sorted_box(a: float, top: float, b: float, bottom: float) -> tuple[float, float, float, float]:
    """The same box with its left edge first."""
    return min(a, b), top, max(a, b), bottom
