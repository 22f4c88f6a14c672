"""A pine under snow."""

import random

from oxreel.samples.drawing.canvas import Canvas, Colour, Point, dice, mix, rgb


def draw_pine(canvas: Canvas, base: Point, height: float, tones: tuple[Colour, Colour, Colour], seed: int) -> None:
    """A snowy pine: dark boughs, snow on them, warm on the side of the sun."""
    dark, snow, warm = tones
    rng = dice(seed)
    x, y = base
    half = height * rng.uniform(0.2, 0.25)
    tiers = min(15, max(5, int(height / 17)))
    canvas.stroke([(x, y), (x, y - height * 0.2)], mix(dark, rgb("#3a2a26"), 0.4), max(1.0, height * 0.03))
    for tier in range(tiers):
        share = tier / tiers
        reach = half * (1 - share) ** 0.9 + height * 0.012
        low = y - height * (0.07 + 0.87 * share)
        top = low - height * 2.3 / tiers
        _bough(canvas, (x, top), low, reach, (mix(dark, snow, 0.10 * rng.random()), snow, warm), rng)


def _bough(
    canvas: Canvas, top: Point, low: float, reach: float, tones: tuple[Colour, Colour, Colour], rng: random.Random
) -> None:
    """One tier of a pine, from its tip at `top` down to its fringe at `low`."""
    dark, snow, warm = tones
    x, tall = top[0], low - top[1]
    count = 9 if reach < 45 else 15
    tips = []
    for number in range(count):
        place = number / (count - 1) * 2 - 1
        hang = 0.10 * abs(place) - (rng.uniform(0.10, 0.2) if number % 2 else rng.uniform(-0.05, 0.05))
        tips.append((x + reach * place * rng.uniform(0.95, 1.05), low + tall * hang))
    canvas.shape([top, (x - reach * 0.42, low - tall * 0.42), *tips, (x + reach * 0.42, low - tall * 0.42)], dark)
    # Snow lies on it in clumps, and leaves its fringe free.
    clumps = 5 if reach < 45 else 9
    for side, colour in ((-1, snow), (1, warm)):
        edge = [(x - side * reach * 0.04, low - tall * 0.3)]
        for number in range(clumps):
            place = 0.12 + 0.78 * (number + 0.5) / clumps
            rise = rng.uniform(0.07, 0.14) if number % 2 else rng.uniform(0.2, 0.36)
            edge.append((x + side * reach * place, low - tall * (rise - 0.12 * place)))
        edge.append((x + side * reach * 0.99, low + tall * 0.05))
        outer = [
            (x + side * reach * 0.80, low - tall * 0.12),
            (x + side * reach * 0.45, low - tall * 0.46),
            (x + side * reach * 0.18, low - tall * 0.78),
        ]
        canvas.shape([*edge, *outer, top], mix(colour, snow, rng.uniform(0, 0.2)), opacity=0.95)
        if reach > 45:  # near enough for the snow to have a lit crest and a cool fold
            canvas.stroke([top, *outer[::-1]], mix(colour, rgb("#ffffff"), 0.5), 2.5, blur=1.2, opacity=0.55)
            fold = [(px, py - tall * 0.03) for px, py in edge[1:-1]]
            canvas.stroke(fold, mix(colour, dark, 0.35), 3, blur=2, opacity=0.45)
