"""Seasons as formulas of colour: what a season does to the land and to the sky."""

from dataclasses import dataclass

import numpy as np

from oxreel.engines.animatic.look.tone import Colours, Formula, Shares, blend, step
from oxreel.engines.animatic.plan import Season


def formulas_of(season: Season, *, thaw: bool) -> tuple[Formula, Formula]:
    """How the land changes to that season (with a `thaw`, snow becomes grass), and how the sky does."""
    land, sky = _FORMULAS[season]
    if not thaw or season == "winter":
        return land, sky
    meadow = _MEADOWS[season]
    return lambda y, b, r: _thawed(land(y, b, r), y, b, r, meadow), sky


def _leafy(y: Shares, b: Shares, r: Shares) -> Shares:
    """0..1: how much a colour is that of leaves and grass, from yellow-green to pine."""
    strength = np.hypot(b, r)
    # Directions in the plane of chroma: grass lies at about -150 degrees, dry grass at 165, leaves in autumn at 140.
    turned = np.abs((np.degrees(np.arctan2(r, b)) - -150 + 180) % 360 - 180)
    return step(turned, 62, 32) * step(strength, 0.012, 0.05) * step(y, 1.0, 0.85)


@dataclass(frozen=True)
class _Meadow:
    """What comes to light under snow: luma and chroma differences of each, as `Shares`."""

    sun: tuple[float, float, float]
    shade: tuple[float, float, float]
    #: Conifers, which were dark blue between the snow.
    trees: tuple[float, float]
    earth: tuple[float, float]


def _thawed(colours: Colours, y: Shares, b: Shares, r: Shares, meadow: _Meadow) -> Colours:
    """Those colours of the season, with a meadow where the picture (y, b, r) has snow."""
    # Snow in its blue shadow is darker and more coloured than snow in the sun.
    pale = step(np.hypot(b + 0.02 - 0.10 * step(y, 0.85, 0.5), r), 0.21, 0.1)
    snow = pale * step(y, 0.28, 0.46) * step(r, 0.115, 0.04)
    shaded = 0.6 * step(b, -0.03, 0.11) + 0.4 * step(y, 0.93, 0.62)
    grass = tuple(sun + (shade - sun) * shaded for sun, shade in zip(meadow.sun, meadow.shade, strict=True))
    level = grass[0] + 0.5 * (y - (0.93 - 0.25 * shaded))
    colours = blend(colours, snow, (level, grass[1], grass[2]))
    # Tracks and stones are greyer than snow's shadow.
    earth = step(y, 0.75, 0.64) * step(y, 0.3, 0.42) * step(np.hypot(b - 0.02, r - 0.012), 0.05, 0.03)
    colours = blend(colours, earth, (0.92 * y - 0.02, meadow.earth[0] + 0 * b, meadow.earth[1] + 0 * r))
    trees = step(b, 0.03, 0.08) * step(r, 0.0, -0.03) * step(y, 0.48, 0.34)
    return blend(colours, trees, (0.9 * y + 0.04, meadow.trees[0] + 0 * b, meadow.trees[1] + 0 * r))


def _summer_land(y: Shares, b: Shares, r: Shares) -> Colours:
    leaf = _leafy(y, b, r)
    colours = (0.97 * y, b * 1.06 - 0.01, r * 1.03 + 0.004)
    return blend(colours, leaf, (0.95 * y, 1.14 * b - 0.016, 1.12 * r - 0.008))


def _summer_sky(y: Shares, b: Shares, r: Shares) -> Colours:
    blue = step(b, 0.01, 0.1)
    return y - 0.05 * blue, b * (1 + 0.28 * blue) - 0.004, r * (1 + 0.2 * blue) + 0.004


def _spring_land(y: Shares, b: Shares, r: Shares) -> Colours:
    leaf = _leafy(y, b, r)
    bright = step(y, 0.55, 0.95)
    colours = (y**0.94, b * 1.04 + 0.004 * bright, r * 1.04 + 0.014 * bright)
    return blend(colours, leaf, (y**0.8, 1.18 * b - 0.03, 1.05 * r - 0.03))


def _spring_sky(y: Shares, b: Shares, r: Shares) -> Colours:
    bright = step(y, 0.6, 0.95)
    return y**0.92, b * 1.06, r * 1.0 + 0.018 * bright


def _autumn_land(y: Shares, b: Shares, r: Shares) -> Colours:
    leaf = _leafy(y, b, r)
    strength = np.hypot(b, r)
    # From russet in the shade over orange to gold in the sun.
    sun = step(y, 0.2, 0.75)
    turned = (0.96 * y + 0.03, -0.05 - strength * (0.55 + 0.45 * sun), 0.035 + strength * (0.75 - 0.4 * sun))
    colours = (0.97 * y, 0.9 * b - 0.018, 0.95 * r + 0.016)
    return blend(colours, leaf, turned)


def _autumn_sky(y: Shares, b: Shares, r: Shares) -> Colours:
    return 0.96 * y + 0.01, 0.72 * b - 0.016, 0.85 * r + 0.014


def _winter_land(y: Shares, b: Shares, r: Shares) -> Colours:
    leaf = _leafy(y, b, r)
    colours = (0.97 * y + 0.03, 0.72 * b + 0.022, 0.74 * r - 0.008)
    # Snow lies on what looks up at the light; what is dark stays dark, and blue.
    white = 0.30 + 0.86 * y**0.72
    frost = (white - 0.2 * step(y, 0.3, 0.08), 0.02 + 0.045 * step(y, 0.75, 0.3), -0.008 - 0.02 * step(y, 0.75, 0.3))
    return blend(colours, leaf, frost)


def _winter_sky(y: Shares, b: Shares, r: Shares) -> Colours:
    return 0.94 * y + 0.06, 0.6 * b + 0.014, 0.6 * r - 0.003


_FORMULAS: dict[Season, tuple[Formula, Formula]] = {
    "spring": (_spring_land, _spring_sky),
    "summer": (_summer_land, _summer_sky),
    "autumn": (_autumn_land, _autumn_sky),
    "winter": (_winter_land, _winter_sky),
}

_MEADOWS: dict[Season, _Meadow] = {
    "spring": _Meadow((0.74, -0.175, -0.06), (0.5, -0.125, -0.075), (-0.07, -0.05), (-0.06, 0.03)),
    "summer": _Meadow((0.68, -0.205, -0.03), (0.4, -0.115, -0.075), (-0.055, -0.05), (-0.075, 0.035)),
    "autumn": _Meadow((0.68, -0.15, 0.062), (0.4, -0.085, 0.05), (-0.095, 0.09), (-0.075, 0.035)),
}
