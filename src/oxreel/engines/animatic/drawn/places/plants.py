"""Plants: woods as sheets of paper, single trees in three tones, grasses and leaves close to the camera."""

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, stroke
from oxreel.engines.animatic.drawn.palette import Colour, mix
from oxreel.engines.animatic.drawn.shapes import Outline, closed, ellipse


def crown(land: Land, x: float, foot: float, height: float, kind: str) -> list[Outline]:
    """The silhouette of one far tree: "round", "pine", "poplar" or "bare"."""
    if kind == "pine":
        tiers = 4
        shapes = []
        for tier in range(tiers):
            top = foot - height * (0.34 + 0.66 * (tier + 1) / tiers) if tier < tiers - 1 else foot - height
            low = foot - height * (0.10 + 0.70 * tier / tiers)
            half = height * (0.25 - 0.17 * tier / tiers)
            shapes.append(np.array([(x - half, low), (x, top), (x + half, low), (x, low - height * 0.03)]))
        shapes.append(
            np.array(
                [
                    (x - height * 0.02, foot - height * 0.12),
                    (x + height * 0.02, foot - height * 0.12),
                    (x + height * 0.02, foot),
                    (x - height * 0.02, foot),
                ]
            )
        )
        return shapes
    trunk = np.array(
        [
            (x - height * 0.025, foot),
            (x - height * 0.012, foot - height * 0.5),
            (x + height * 0.012, foot - height * 0.5),
            (x + height * 0.025, foot),
        ]
    )
    if kind == "poplar":
        return [trunk, ellipse(x, foot - height * 0.54, height * 0.13, height * 0.46)]
    if kind == "bare":
        shapes = [trunk]
        for side in (-1, 1, -1, 1, -1, 1):
            start = foot - height * land.uniform(0.35, 0.7)
            reach = height * land.uniform(0.16, 0.3) * side
            points = np.array(
                [(x, start), (x + reach * 0.6, start - abs(reach) * 0.7), (x + reach, start - abs(reach) * 1.5)]
            )
            shapes.append(stroke(points, np.array([0.022, 0.012, 0.003]) * height))
        return [
            *shapes,
            stroke(
                np.array([(x, foot - height * 0.45), (x + height * 0.01, foot - height * 0.75), (x, foot - height)]),
                np.array([0.03, 0.016, 0.003]) * height,
            ),
        ]
    shapes = [trunk]
    for _ in range(6):
        turn, out = land.uniform(0, 2 * np.pi), land.uniform(0.05, 0.2) * height
        radius = height * land.uniform(0.17, 0.26)
        shapes.append(
            ellipse(x + np.cos(turn) * out, foot - height * 0.66 + np.sin(turn) * out * 0.8, radius, radius * 0.92)
        )
    return shapes


def wood(
    land: Land, foot: float, height: float, far: float, near: float, *, kinds: tuple[str, ...] | None = None,
    colour: str | None = None, gaps: float = 0.0, shadow: float = 0.10,
) -> None:  # fmt: skip
    """A row of trees across the picture that fades into mist at its foot."""
    kinds = kinds or tree_kinds(land)
    shapes: list[Outline] = []
    x = -height
    while x < land.aspect + height:
        if land.random.random() >= gaps:
            kind = kinds[int(land.random.integers(len(kinds)))]
            shapes += crown(land, x, foot + land.uniform(-0.006, 0.012), height * land.uniform(0.62, 1.08), kind)
        x += height * land.uniform(0.16, 0.42) * (1 + gaps)
    palette = land.palette
    name = colour or ("pine" if kinds[0] == "pine" else "leaf2" if land.random.random() < 0.5 else "leaf")
    body = palette.lit(name, far, 0.25)
    base = np.array(
        [
            (-1, foot - height * 0.16),
            (land.aspect + 1, foot - height * 0.16),
            (land.aspect + 1, foot + 0.03),
            (-1, foot + 0.03),
        ]
    )
    if not gaps:
        shapes.append(base)
    land.paper.fill(
        shapes,
        body,
        mix(body, palette.haze, 0.25 + 0.35 * far),
        span=(foot - height, foot + 0.01),
        near=near,
        shadow=shadow,
    )


def tree_kinds(land: Land) -> tuple[str, ...]:
    """The trees that grow in the season and place."""
    if land.palette.season == "winter":
        return ("pine", "pine", "bare") if not land.has("park", "street") else ("bare", "bare", "pine")
    return ("round", "round", "poplar") if not land.has("mountains", "snowfield") else ("pine", "pine", "round")


def great_tree(
    land: Land, x: float, foot: float, height: float, *, far: float = 0.0, near: float = 0.5, name: str | None = None
) -> None:
    """A tree seen well: trunk with its boughs, a crown in three tones, a shadow on the ground."""
    palette, paper = land.palette, land.paper
    random = land.random
    light = land.light
    paper.shadow_under(x - light * height * 0.16, foot, height * 0.5, 0.26, 0.12)
    bark = palette.lit("bark", far, 0.35)
    # The trunk and two boughs: places in shares of the height, and widths.
    wood_lines = (
        (((0.0, -0.008), (0.012, 0.22), (0.0, 0.5)), (0.10, 0.06, 0.035)),
        (((0.0, 0.26), (-0.09, 0.42), (-0.16, 0.56)), (0.045, 0.03, 0.012)),
        (((0.0, 0.30), (0.10, 0.46), (0.17, 0.6)), (0.045, 0.03, 0.012)),
    )
    trunk = [
        stroke(np.array([(x + a * height, foot - b * height) for a, b in line]), np.array(widths) * height)
        for line, widths in wood_lines
    ]
    paper.fill(trunk, bark, palette.lit("bark", far, 0.8), near=near)
    if palette.season == "winter":
        _boughs(land, x, foot, height, bark, near)
        return
    name = name or ("leaf", "leaf2", "leaf3")[int(random.integers(3))]
    lobes = []
    for _ in range(15):
        turn = random.uniform(0, 2 * np.pi)
        out = np.sqrt(random.random())
        lobes.append(
            (
                x + np.cos(turn) * out * height * 0.27,
                foot - height * 0.68 + np.sin(turn) * out * height * 0.22,
                height * random.uniform(0.11, 0.165),
            )
        )
    tones = (
        (palette.lit(name, far, 0.95), 0.0, 0.0, 1.0),
        (palette.lit(name, far, 0.35), light * 0.030, -0.036, 0.86),
        (mix(palette.lit(name, far, 0.0), palette.key * 255, 0.16), light * 0.062, -0.080, 0.56),
    )
    base = [ellipse(a, b, r, r * 0.93) for a, b, r in lobes]
    for index, (tone, dx, dy, size) in enumerate(tones):
        kept = (
            lobes
            if index < 2
            else [lobe for lobe in lobes if (lobe[0] - x) * light > -height * 0.14 and lobe[1] < foot - height * 0.62]
        )
        shapes = [_leafy(random, a + dx * height, b + dy * height, r * size) for a, b, r in kept]
        if index == 0:
            paper.fill(base + shapes, tone, near=near, shadow=0.12)
        elif shapes:
            paper.fill(shapes, tone, opacity=0.95, clip=base)


def _leafy(random: np.random.Generator, x: float, y: float, radius: float) -> Outline:
    """A lobe of leaves: a circle with a scalloped edge."""
    steps = np.linspace(0, 2 * np.pi, 73)[:-1]
    edge = radius * (1 + 0.055 * np.abs(np.sin(steps * random.integers(4, 7) + random.uniform(0, 6))))
    return np.stack([x + np.cos(steps) * edge, y + np.sin(steps) * edge * 0.93], axis=1)


def _boughs(land: Land, x: float, foot: float, height: float, bark: Colour, near: float) -> None:
    shapes, snow = [], []
    for index in range(16):
        side = -1 if index % 2 else 1
        start = np.array([x + side * height * 0.02, foot - height * land.uniform(0.34, 0.58)])
        turn = np.radians(land.uniform(15, 85))
        length = height * land.uniform(0.2, 0.42)
        end = start + np.array((side * np.cos(turn) * length, -np.sin(turn) * length))
        middle = (start + end) / 2 + np.array((side * 0.02 * height, 0.03 * height))
        shapes.append(stroke(np.stack([start, middle, end]), np.array([0.022, 0.013, 0.003]) * height))
        snow.append(
            stroke(np.stack([start, middle, end]) - (0, 0.006 * height), np.array([0.004, 0.008, 0.002]) * height)
        )
        for share in (0.45, 0.7):
            twig = start + (end - start) * share
            tip = twig + np.array((side * land.uniform(-0.02, 0.10) * height, -land.uniform(0.06, 0.13) * height))
            shapes.append(
                stroke(
                    np.stack([twig, (twig + tip) / 2 + np.array((0.008 * height, 0)), tip]),
                    np.array([0.009, 0.006, 0.002]) * height,
                )
            )
    land.paper.fill(shapes, bark, near=near)
    land.paper.fill(snow, land.palette.lit("snow"), opacity=0.9)


def pine_tree(land: Land, x: float, foot: float, height: float, *, far: float = 0.0, near: float = 0.5) -> None:
    """A conifer seen well, tier over tier, with snow on it in winter."""
    palette, paper = land.palette, land.paper
    paper.shadow_under(x - land.light * height * 0.1, foot, height * 0.3, 0.26, 0.14)
    trunk = np.array(
        [
            (x - height * 0.022, foot),
            (x - height * 0.016, foot - height * 0.2),
            (x + height * 0.016, foot - height * 0.2),
            (x + height * 0.022, foot),
        ]
    )
    paper.fill([trunk], palette.lit("bark", far, 0.6), near=near)
    tiers = 6
    for tier in range(tiers):
        share = tier / tiers
        low, top = foot - height * (0.11 + 0.72 * share), foot - height * (0.36 + 0.64 * (tier + 1) / tiers)
        half = height * (0.25 - 0.195 * share)
        points = [(x, top)]
        teeth = 7
        for tooth in range(teeth * 2 + 1):
            across = 1 - tooth / teeth
            points.append(
                (x + half * across, low + (height * 0.022 if tooth % 2 == 0 else 0.0) - abs(across) * height * 0.012)
            )
        tone = palette.lit("pine", far, 0.75 - 0.5 * share)
        shape = np.array(points)
        paper.fill([shape], mix(tone, palette.lit("pine", far), 0.4), tone, near=near, shadow=0.10 if tier else 0.0)
        lit = np.array(
            [
                (x, top),
                (x + land.light * half, low - height * 0.012),
                (x + land.light * half * 0.3, low - height * 0.01),
            ]
        )
        if palette.season == "winter":
            cap = np.array(
                [
                    (x, top),
                    (x + half * 0.62, low - height * 0.045),
                    (x + half * 0.3, low - height * 0.075),
                    (x, low - height * 0.05),
                    (x - half * 0.3, low - height * 0.075),
                    (x - half * 0.62, low - height * 0.045),
                ]
            )
            paper.fill([cap], palette.lit("snow", far), palette.lit("snow", far, 0.5))
        else:
            paper.fill([lit], palette.lit("leaf", far), opacity=0.28)


def grasses(
    land: Land,
    y: float,
    height: float,
    count: int,
    colours: tuple[Colour, Colour],
    *,
    near: float = 1.0,
    left: float = 0.0,
    right: float | None = None,
) -> None:
    """Tufts of blades that stand up from a line."""
    right = land.aspect if right is None else right
    for tone in colours:
        blades = []
        for _ in range(count):
            x, tall = land.uniform(left, right), height * land.uniform(0.35, 1.0)
            bend = tall * land.uniform(-0.55, 0.55)
            blades.append(
                stroke(
                    np.array([(x, y + 0.02), (x + bend * 0.25, y - tall * 0.55), (x + bend, y - tall)]),
                    np.array([0.007, 0.0045, 0.0006]) * max(0.5, height / 0.08),
                )
            )
        land.paper.fill(blades, tone, near=near)


def leaves_close(land: Land, side: float, name: str = "leaf") -> None:
    """A bough that hangs into the picture from a top corner, out of the light."""
    palette, random = land.palette, land.random
    corner = 0.0 if side < 0 else land.aspect
    into = -side
    if palette.season == "winter":
        return
    for tone, shade in ((1.0, 0.0), (0.7, 0.02)):
        shapes = []
        for _ in range(30):
            x = corner + into * abs(random.normal(0, 0.16)) * min(1.0, land.aspect)
            y = abs(random.normal(0, 0.075)) - 0.02
            turn, size = random.uniform(0.2, 1.3) * into, random.uniform(0.022, 0.042)
            ahead = np.array([np.cos(turn) * into, np.sin(abs(turn))]) * size
            aside = np.array([-ahead[1], ahead[0]]) * 0.34
            at = np.array([x, y + shade])
            leaf = np.array(
                [
                    at,
                    at + ahead * 0.35 + aside,
                    at + ahead * 0.8 + aside * 0.7,
                    at + ahead * 1.25,
                    at + ahead * 0.8 - aside * 0.7,
                    at + ahead * 0.35 - aside,
                ]
            )
            shapes.append(closed(leaf, [True, False, False, True, False, False]))
        land.paper.fill(shapes, palette.lit(name, 0.0, tone), near=1.0, shadow=0.10 if tone == 1.0 else 0.0)
