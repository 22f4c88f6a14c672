"""Surroundings: what lies beside a road or a river: sand and mesas, snow and firs, a wood, a coast, a city."""

from itertools import pairwise

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, down_to, jagged, lens, stroke, wave_line
from oxreel.engines.animatic.drawn.palette import mix
from oxreel.engines.animatic.drawn.places.plants import great_tree, pine_tree
from oxreel.engines.animatic.drawn.shapes import Outline, ellipse


def soil(land: Land) -> str:
    """The material that the ground beside a way is made of."""
    if land.has("desert"):
        return "dune"
    if land.has("snowfield") or land.palette.season == "winter":
        return "snow"
    return "sand" if land.has("beach") else "grass"


def mesas(land: Land, base: float) -> None:
    """Flat-topped rocks behind one another over a plain of sand, the farthest the palest."""
    paper, palette = land.paper, land.palette
    for layer, (far, tall, count) in enumerate(((0.9, 0.13, 3), (0.6, 0.20, 2))):
        for index in range(count):
            middle = land.aspect * (index + land.uniform(0.15, 0.85)) / count
            half, high = land.aspect * land.uniform(0.06, 0.14), tall * land.uniform(0.55, 1.0)
            _mesa(land, middle, base, half, high, far, near=0.07 + 0.05 * layer)
        line = wave_line(land.random, land.aspect, base - 0.012 * (1 - layer), 0.012, 2.0, 0.2)
        sand = palette.lit("dune", far * 0.9, 0.1)
        paper.fill([down_to(line, base + 0.06)], sand, mix(sand, palette.haze, 0.25), near=0.1 + 0.05 * layer)


def _mesa(land: Land, x: float, base: float, half: float, high: float, far: float, near: float) -> None:
    paper, palette, random = land.paper, land.palette, land.random
    top, foot = base - high, base + 0.02
    step = half * land.uniform(0.45, 0.7)
    ledge = base - high * land.uniform(0.30, 0.45)
    left = [(x - half * 1.5, foot), (x - half, ledge), (x - half * 0.94, ledge - 0.004), (x - step, top)]
    right = [(x + step * 1.1, top + 0.003), (x + half * 0.92, ledge - 0.006), (x + half, ledge), (x + half * 1.4, foot)]
    edges = [np.array(point, float) for point in (*left, *right)]
    pieces = [jagged(random, one, other, 0.05, 3)[:-1] for one, other in pairwise(edges)]
    body = np.concatenate([*pieces, edges[-1][None]])
    stone = mix(palette.raw("dune2"), palette.raw("roof"), 0.45)
    lit, dim = palette.lit(stone, far, 0.05), palette.lit(stone, far, 0.9)
    paper.fill([body], lit, mix(lit, palette.lit("dune", far), 0.55), span=(top, foot), near=near, shadow=0.08)
    away = -land.light
    edge = x + away * step * 0.25
    flank = np.array(
        [
            (edge, top - 0.02),
            (edge + away * half * 0.25, foot),
            (x + away * half * 2, foot),
            (x + away * half * 2, top - 0.02),
        ]
    )
    paper.fill([flank], dim, mix(dim, lit, 0.4), clip=[body], opacity=0.75)
    for share in (0.16, 0.30, 0.40):
        y = top + high * share
        paper.fill([lens(x, y, half * 2.4, high * 0.05)], dim, clip=[body], opacity=0.35)


def dry(land: Land, top: float, *, road: bool = True) -> None:
    """Cactuses, stones and tufts on the sand, away from the middle where the way runs."""
    paper, palette = land.paper, land.palette
    stones: list[Outline] = []
    tufts: list[Outline] = []
    for _ in range(int(46 * land.aspect)):
        share = land.random.random() ** 0.8
        y = top + (1 - top) * (0.06 + 0.94 * share)
        x = land.uniform(0, land.aspect)
        if road and abs(x / land.aspect - 0.5) < 0.12 + 0.42 * share:
            continue
        if land.random.random() < 0.5:
            size = 0.003 + 0.010 * share
            stones.append(ellipse(x, y, size * land.uniform(0.8, 1.7), size * 0.6))
        else:
            tall = (0.008 + 0.028 * share) * land.uniform(0.6, 1)
            tufts += [
                stroke(
                    np.array([(x, y), (x + lean * tall * 0.4, y - tall * 0.6), (x + lean * tall, y - tall)]),
                    np.array([tall * 0.16, tall * 0.1, 0.0006]),
                )
                for lean in (-0.8, -0.35, 0.1, 0.5, 0.9)
            ]
    paper.fill(stones, palette.lit("dune2", 0.1, 0.45))
    paper.fill(tufts, mix(palette.lit("earth", 0.1, 0.4), palette.lit("pine", 0.1), 0.35))
    for share, depth, tall in (
        (0.07, 0.30, 0.30),
        (0.16, 0.10, 0.13),
        (0.27, 0.05, 0.08),
        (0.80, 0.07, 0.10),
        (0.93, 0.20, 0.24),
    ):
        x = land.aspect * (share if land.light > 0 else 1 - share) + land.uniform(-0.02, 0.02)
        cactus(land, x, top + depth * (1 - top) * 1.6, tall * land.uniform(0.85, 1.1))


def cactus(land: Land, x: float, foot: float, tall: float) -> None:
    """A column with two raised arms, ribbed, with its shadow on the sand."""
    paper, palette = land.paper, land.palette
    near = land.nearness(foot)
    far = 0.5 * (1 - near)
    paper.shadow_under(x - land.light * tall * 0.25, foot, tall * 0.45, 0.30, 0.10)
    wide = tall * 0.15
    side = 1 if land.random.random() < 0.5 else -1
    limbs = [
        stroke(
            np.array([(x, foot), (x, foot - tall * 0.5), (x, foot - tall)]), np.array([wide * 0.9, wide, wide * 0.8])
        )
    ]
    limbs.append(ellipse(x, foot - tall, wide * 0.40, wide * 0.40))
    for turn, low, high in ((side, 0.34, 0.74), (-side, 0.50, 0.82)):
        reach = x + turn * tall * 0.20
        arm = np.array(
            [
                (x, foot - tall * low),
                (reach - turn * wide * 0.3, foot - tall * (low + 0.02)),
                (reach, foot - tall * (low + 0.12)),
                (reach, foot - tall * high),
            ]
        )
        limbs += [stroke(arm, np.full(4, wide * 0.68)), ellipse(reach, foot - tall * high, wide * 0.34, wide * 0.34)]
    green = mix(palette.raw("pine"), palette.raw("leaf"), 0.45)
    paper.fill(limbs, palette.lit(green, far), palette.lit(green, far, 0.35), near=near)
    ribs = [
        stroke(np.array([(x + wide * at, foot), (x + wide * at, foot - tall * 0.96)]), np.full(2, wide * 0.10))
        for at in (-0.22, 0.05, 0.30)
    ]
    paper.fill(ribs, palette.lit(green, far, 0.9), opacity=0.5)
    lit = stroke(
        np.array([(x + land.light * wide * 0.36, foot), (x + land.light * wide * 0.36, foot - tall)]),
        np.full(2, wide * 0.14),
    )
    paper.fill([lit], mix(palette.lit(green, far), palette.key * 255, 0.3), clip=limbs)


def avenue(land: Land, top: float, *, pines: bool) -> None:
    """Trees on both sides of a way, larger as they come nearer."""
    for depth, tall in ((0.05, 0.30), (0.09, 0.42), (0.16, 0.62), (0.28, 0.95)):
        for side in (-1, 1):
            x = land.aspect * 0.5 + side * land.aspect * (0.16 + depth * 1.25) + land.uniform(-0.03, 0.03)
            foot = top + depth * 0.75
            far = max(0.0, 0.5 - depth * 2)
            plant = pine_tree if pines else great_tree
            plant(land, x, foot, tall * land.uniform(0.85, 1.1), far=far, near=land.nearness(foot))
