"""Skies: a graded vault, sun or moon, stars and clouds cut from paper."""

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, lens
from oxreel.engines.animatic.drawn.palette import colour, mix
from oxreel.engines.animatic.drawn.shapes import Outline, ellipse

_WHITE = colour("#ffffff")


def sky(land: Land, *, clouds: float = 1.0, orb: bool = True) -> None:
    """The whole picture as sky down to the horizon."""
    paper, palette = land.paper, land.palette
    bottom = land.horizon + 0.04
    whole = [np.array([(-1, -1), (land.aspect + 1, -1), (land.aspect + 1, 2), (-1, 2)], float)]
    paper.fill(whole, palette.top, palette.middle, span=(0.0, bottom * 0.58), near=0.02)
    lower = [np.array([(-1, bottom * 0.58), (land.aspect + 1, bottom * 0.58), (land.aspect + 1, 2), (-1, 2)], float)]
    paper.fill(lower, palette.middle, palette.low, span=(bottom * 0.58, bottom))
    if palette.hour == "night" and palette.covered < 0.35:
        _stars(land)
    if orb:
        _orb(land)
    if clouds > 0:
        _clouds(land, clouds)


def _stars(land: Land) -> None:
    count = int(150 * land.aspect)
    x, y = land.random.uniform(0, land.aspect, count), land.random.uniform(0, 1, count) ** 1.4 * land.horizon * 0.95
    sizes = 0.0007 + 0.0017 * land.random.random(count) ** 3
    for part, strength in ((slice(0, count // 2), 0.45), (slice(count // 2, count), 0.85)):
        stars = [
            ellipse(float(a), float(b), float(size), float(size))[::6]
            for a, b, size in zip(x[part], y[part], sizes[part], strict=True)
        ]
        land.paper.fill(stars, colour("#f4f0e0"), opacity=strength)


def _orb(land: Land) -> None:
    """The sun or the moon, unless clouds cover it."""
    paper, palette = land.paper, land.palette
    x, y = land.sun
    if palette.covered >= 0.35:
        paper.glow(x, y, 0.55, mix(palette.low, _WHITE, 0.5), 0.28)
        return
    if palette.hour == "night":
        paper.glow(x, y, 0.5, colour("#8fb0d8"), 0.34)
        paper.glow(x, y, 0.17, colour("#dfe6f0"), 0.42)
        paper.fill([ellipse(x, y, 0.045, 0.045)], colour("#f7f1dc"), near=0.03)
        craters = [
            ellipse(x - 0.014, y - 0.010, 0.011, 0.010),
            ellipse(x + 0.016, y + 0.006, 0.008, 0.008),
            ellipse(x - 0.004, y + 0.02, 0.007, 0.006),
        ]
        paper.fill(craters, colour("#e2d9bf"))
        return
    warm = (
        colour("#fff2cc")
        if palette.hour == "day"
        else colour("#ffe2a0")
        if palette.hour != "dusk"
        else colour("#ffc078")
    )
    size = 0.042 if palette.hour == "day" else 0.062
    paper.glow(x, y, 0.85, warm, 0.42)
    paper.glow(x, y, 0.3, warm, 0.5)
    paper.fill([ellipse(x, y, size, size)], mix(warm, _WHITE, 0.45), near=0.03)


def _clouds(land: Land, amount: float) -> None:
    paper, palette = land.paper, land.palette
    count = int(land.random.integers(4, 7) * amount * (1 + palette.covered) * max(0.7, land.aspect / 1.5))
    light = mix(palette.low, _WHITE, 0.6 if palette.hour == "day" else 0.15)
    if palette.hour == "night":
        light = mix(palette.middle, palette.low, 0.75)
    depths = sorted(land.random.random(count))
    for index, depth in enumerate(depths):
        size = 0.05 + 0.12 * depth
        x = land.aspect * ((index + 0.5) / count * 1.1 - 0.05 + land.uniform(-0.08, 0.08))
        x = land.aspect * ((x / land.aspect * 7.3 + 0.31 * index) % 1.0)
        y = land.horizon * (0.86 - 0.72 * depth) + land.uniform(-0.02, 0.02)
        puff = cloud(land, x, y, size)
        body = mix(light, palette.middle, 0.52 - 0.3 * depth)
        paper.fill(puff, mix(body, light, 0.8), mix(body, palette.middle, 0.4), opacity=0.92, near=0.03 + 0.04 * depth)
        lit = [shape + np.array((land.light * size * 0.10, -size * 0.05)) for shape in puff]
        paper.fill(lit, light, mix(light, body, 0.7), opacity=0.75, clip=puff)
    for _ in range(int(3 * amount)):
        streak = lens(
            land.uniform(0, land.aspect),
            land.horizon * land.uniform(0.6, 0.97),
            land.uniform(0.2, 0.6),
            land.uniform(0.004, 0.010),
        )
        paper.fill([streak], light, opacity=0.4)


def cloud(land: Land, x: float, y: float, size: float) -> list[Outline]:
    """A heap of round paper with a flat foot."""
    lobes = int(land.random.integers(4, 7))
    spots = np.linspace(-1, 1, lobes)
    shapes = []
    for spot in spots:
        radius = size * (0.30 + 0.42 * (1 - abs(spot) ** 1.6)) * land.uniform(0.8, 1.1)
        arc = ellipse(x + spot * size * 1.35, y, radius * 1.08, radius)
        arc[:, 1] = np.minimum(arc[:, 1], y)
        shapes.append(arc)
    foot = ellipse(x, y, size * 1.75, size * 0.11)
    shapes.append(foot)
    return shapes
