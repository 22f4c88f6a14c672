"""Indoors and out of the world: a room with a window, and space."""

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, lens, noise
from oxreel.engines.animatic.drawn.palette import Colour, colour, mix
from oxreel.engines.animatic.drawn.places.town import box
from oxreel.engines.animatic.drawn.shapes import Outline, closed, ellipse

_ROOMS = (
    ("#d9b899", "#b5785a", "#8a5a44", "#3f6f78"), ("#b9c4b4", "#8fa08f", "#9a6f50", "#c4704a"),
    ("#c9b6c0", "#a58a9c", "#7f5a4c", "#d9a04a"),
)  # fmt: skip


def room(land: Land) -> float:
    """A wall with a window, light that falls from it, a floor; returns where the floor begins."""
    paper, palette = land.paper, land.palette
    wall_name, dado_name, floor_name, cloth_name = _ROOMS[palette.family]
    dark = 0.55 if palette.hour == "night" else 0.8 if palette.hour == "dusk" else 1.0
    wall, floor = (colour(name) * np.float32(dark) for name in (wall_name, floor_name))
    dado, cloth = (colour(name) * np.float32(dark) for name in (dado_name, cloth_name))
    edge = land.horizon + 0.15
    paper.fill([box(-1, -1, land.aspect + 1, 2)], wall * np.float32(0.90), wall, span=(0, edge), near=0.08)
    side = land.light
    x = land.aspect * (0.5 + side * 0.24)
    half, top, sill = 0.20 * min(1.0, land.aspect / 1.2), 0.13, edge - 0.25
    _window(land, x, half, top, sill, cloth)
    # Light from the window lies across wall and floor.
    beam_tone = mix(palette.low, colour("#fff2d0"), 0.5)
    if palette.hour != "night":
        beam = np.array(
            [
                (x - half, top),
                (x + half, top),
                (x - side * 0.75 + half, edge + 0.30),
                (x - side * 0.75 - half, edge + 0.30),
            ]
        )
        paper.fill([beam], beam_tone, wall, span=(top, edge + 0.3), opacity=0.13)
    paper.fill(
        [box(-1, edge, land.aspect + 1, 2)],
        floor,
        floor * np.float32(0.62),
        span=(edge, 1),
        near=(0.28, 0.95),
        shadow=0.06,
    )
    boards = [
        np.array([(x + at * 0.22, edge), (x + at * 0.62 - 0.002, 1.1), (x + at * 0.62 + 0.002, 1.1)])
        for x in (land.aspect / 2,)
        for at in np.linspace(-4, 4, 37)
    ]
    paper.fill(boards, floor * np.float32(0.6), opacity=0.5)
    paper.fill(
        [box(-1, edge - 0.022, land.aspect + 1, edge)],
        mix(wall, colour("#fff6e8") * np.float32(dark), 0.55),
        wall * np.float32(0.8),
        near=0.28,
    )
    if palette.hour != "night":
        patch = np.array(
            [
                (x - side * 0.40 - half * 0.9, edge + 0.07),
                (x - side * 0.40 + half * 0.9, edge + 0.07),
                (x - side * 0.68 + half * 1.2, edge + 0.26),
                (x - side * 0.68 - half * 1.2, edge + 0.26),
            ]
        )
        paper.fill([patch], beam_tone, opacity=0.34)
    rug = ellipse(land.aspect * 0.5, edge + 0.16, 0.50 * min(1.0, land.aspect / 1.3), 0.10)
    paper.fill([rug], mix(cloth, wall, 0.2), cloth * np.float32(0.8), near=0.5, opacity=0.9)
    paper.fill(
        [ellipse(land.aspect * 0.5, edge + 0.16, 0.45 * min(1.0, land.aspect / 1.3), 0.084)],
        mix(cloth, wall, 0.45),
        opacity=0.8,
    )
    paper.fill(
        [ellipse(land.aspect * 0.5, edge + 0.16, 0.39 * min(1.0, land.aspect / 1.3), 0.07)], mix(cloth, wall, 0.12)
    )
    frame_x = land.aspect * (0.5 - side * 0.20)
    for dx, dy, w, h in ((0.0, 0.20, 0.085, 0.11), (-side * 0.22, 0.25, 0.06, 0.075)):
        paper.fill(
            [box(frame_x + dx - w, dy - h + 0.06, frame_x + dx + w, dy + h + 0.06)],
            dado * np.float32(0.7),
            near=0.1,
            shadow=0.14,
        )
        paper.fill(
            [box(frame_x + dx - w * 0.86, dy - h * 0.88 + 0.06, frame_x + dx + w * 0.86, dy + h * 0.88 + 0.06)],
            mix(wall, colour("#fff8ec") * np.float32(dark), 0.6),
        )
        hill = closed(
            np.array(
                [
                    (frame_x + dx - w * 0.86, dy + 0.09),
                    (frame_x + dx - w * 0.2, dy + 0.03),
                    (frame_x + dx + w * 0.86, dy + 0.10),
                    (frame_x + dx + w * 0.86, dy + h * 0.88 + 0.06),
                    (frame_x + dx - w * 0.86, dy + h * 0.88 + 0.06),
                ]
            ),
            [True, False, True, True, True],
        )
        paper.fill([hill], mix(cloth, wall, 0.4))
        paper.fill(
            [ellipse(frame_x + dx + w * 0.35, dy + 0.01, w * 0.2, w * 0.2)], colour("#e2a24f") * np.float32(dark)
        )
    _plant(land, land.aspect * (0.5 - side * 0.43), edge + 0.10, dark)
    if any(one.kind == "flicker" for one in land.plan.light):
        _candle_table(land, land.aspect * (0.5 + side * 0.41), edge + 0.085, dark)
    if palette.night:
        paper.glow(land.aspect * (0.5 - side * 0.3), edge - 0.30, 0.8, colour("#ffc878"), 0.5)
    return edge


def _window(land: Land, x: float, half: float, top: float, sill: float, cloth: Colour) -> None:
    paper, palette = land.paper, land.palette
    frame = colour("#f6eee0") * np.float32(0.6 if palette.night else 1.0)
    paper.fill(
        [box(x - half - 0.018, top - 0.018, x + half + 0.018, sill + 0.018)],
        frame,
        frame * np.float32(0.88),
        near=0.08,
        shadow=0.12,
    )
    pane = [box(x - half, top, x + half, sill)]
    paper.fill(pane, palette.top, palette.low, span=(top - 0.1, sill), near=0.02)
    if land.has("city", "street"):
        _city_beyond(land, x, half, top, sill)
    else:
        for index, far in enumerate((0.9, 0.6)):
            y = sill - (0.14 - 0.05 * index)
            hill = closed(
                np.array(
                    [
                        (x - half - 0.1, y + 0.03),
                        (x - half * 0.3, y - 0.03 + 0.03 * index),
                        (x + half * 0.4, y + 0.025),
                        (x + half + 0.1, y - 0.01),
                        (x + half + 0.1, sill + 0.1),
                        (x - half - 0.1, sill + 0.1),
                    ]
                ),
                [True, False, False, True, True, True],
            )
            paper.fill([hill], palette.lit("leaf2", far), clip=pane)
    paper.fill(
        [
            box(x - 0.005, top, x + 0.005, sill),
            box(x - half, (top + sill) / 2 - 0.005, x + half, (top + sill) / 2 + 0.005),
        ],
        frame,
        near=0.08,
    )
    paper.fill(
        [box(x - half - 0.04, sill + 0.012, x + half + 0.04, sill + 0.030)],
        frame,
        frame * np.float32(0.8),
        near=0.1,
        shadow=0.1,
    )
    for side in (-1, 1):
        edge = x + side * (half + 0.02)
        folds = [
            (edge + side * 0.09, top - 0.05),
            (edge - side * 0.05, top - 0.05),
            (edge - side * 0.035, (top + sill) / 2),
            (edge + side * 0.01, sill - 0.02),
            (edge - side * 0.02, sill + 0.12),
            (edge + side * 0.10, sill + 0.12),
        ]
        curtain = closed(np.array(folds), [True, True, False, False, True, True])
        paper.fill([curtain], mix(cloth, palette.low, 0.25), cloth * np.float32(0.75), near=0.12, shadow=0.1)
        for share in (0.3, 0.62):
            fold = np.array(
                [
                    (edge + side * (0.09 - 0.12 * share), top - 0.05),
                    (edge + side * (0.09 - 0.12 * share) + 0.012, top - 0.05),
                    (edge + side * (0.10 - 0.10 * share) + 0.016, sill + 0.12),
                    (edge + side * (0.10 - 0.10 * share), sill + 0.12),
                ]
            )
            paper.fill([fold], cloth * np.float32(0.6), opacity=0.4)
    paper.fill(
        [box(x - half - 0.14, top - 0.062, x + half + 0.14, top - 0.05)],
        colour("#6a4a38") * np.float32(0.7 if palette.night else 1.0),
        near=0.13,
    )


def _city_beyond(land: Land, x: float, half: float, top: float, sill: float) -> None:
    pane = [box(x - half, top, x + half, sill)]
    towers: list[Outline] = []
    windows: list[Outline] = []
    at = x - half
    while at < x + half:
        width = land.uniform(0.025, 0.05)
        roof = sill - (sill - top) * land.uniform(0.25, 0.75)
        towers.append(box(at, roof, at + width, sill))
        panes = [(row, column) for row in range(int((sill - roof) / 0.022)) for column in (0, 1)]
        for row, column in panes:
            x0, y0 = at + width * (0.2 + 0.4 * column), roof + 0.01 + row * 0.022
            if land.random.random() < 0.5:
                windows.append(box(x0, y0, x0 + width * 0.2, y0 + 0.01))
        at += width * 1.06
    land.paper.fill(towers, land.palette.lit(colour("#6a7896"), 0.5, 0.3), clip=pane)
    land.paper.fill(
        windows,
        colour("#ffd58a") if land.palette.night else land.palette.low,
        clip=pane,
        opacity=0.9 if land.palette.night else 0.5,
    )


def _plant(land: Land, x: float, foot: float, dark: float) -> None:
    paper = land.paper
    green = colour("#4f8a5c") * np.float32(dark)
    for index, turn in enumerate(np.linspace(-1.15, 1.15, 9)):
        length = 0.24 * land.uniform(0.8, 1.1)
        tip = np.array([x + np.sin(turn) * length, foot - 0.10 - np.cos(turn) * length])
        root = np.array([x, foot - 0.09])
        middle = (tip + root) / 2 + np.array((np.cos(turn) * 0.03 * np.sign(turn), -0.02))
        aside = np.array([np.cos(turn), np.sin(turn)]) * 0.026
        leaf = closed(np.stack([root, middle + aside, tip, middle - aside]), [True, False, True, False])
        paper.fill(
            [leaf],
            mix(green, colour("#ffffff"), 0.05 + 0.05 * (index % 3)),
            green * np.float32(0.75),
            near=0.4,
            shadow=0.04,
        )
    pot = np.array([(x - 0.055, foot - 0.10), (x + 0.055, foot - 0.10), (x + 0.042, foot), (x - 0.042, foot)])
    paper.fill([pot], colour("#c4704a") * np.float32(dark), colour("#8f4a34") * np.float32(dark), near=0.42)


def _candle_table(land: Land, x: float, foot: float, dark: float) -> None:
    """A small round table with a candle that burns, and its light on the wall."""
    paper = land.paper
    wood = colour("#7a4f38") * np.float32(dark)
    top, flame = foot - 0.20, foot - 0.325
    paper.glow(x, flame, 0.42, colour("#ffb85c"), 0.55)
    paper.shadow_under(x, foot, 0.12, 0.3, 0.14)
    legs = [
        np.array([(x - 0.008, top), (x + 0.008, top), (x + 0.013, foot), (x - 0.013, foot)]),
        ellipse(x, foot, 0.05, 0.010),
    ]
    paper.fill(legs, wood * np.float32(0.8), near=0.42)
    paper.fill([ellipse(x, top + 0.008, 0.095, 0.018)], wood * np.float32(0.6), near=0.44)
    paper.fill([ellipse(x, top, 0.095, 0.018)], mix(wood, colour("#ffd9a0"), 0.35), near=0.44)
    paper.fill([ellipse(x, top - 0.003, 0.030, 0.007)], colour("#c9a05a"), near=0.45)
    paper.fill([box(x - 0.011, flame + 0.025, x + 0.011, top - 0.004)], colour("#fff0d0"), colour("#d9b48a"), near=0.45)
    burning = closed(
        np.array([(x, flame - 0.028), (x + 0.009, flame + 0.004), (x, flame + 0.018), (x - 0.009, flame + 0.004)]),
        [True, False, False, False],
    )
    paper.glow(x, flame, 0.13, colour("#ffd890"), 0.9)
    paper.fill([burning], colour("#fff0b8"), colour("#ff9e3c"), near=0.45)


def tabletop(land: Land, edge: float) -> float:
    """A table across the foot of the picture; returns where things stand on it."""
    paper, palette = land.paper, land.palette
    dark = 0.6 if palette.hour == "night" else 1.0
    wood = colour(("#a8703f", "#b98a5a", "#8a5a44")[palette.family]) * np.float32(dark)
    top = max(edge + 0.02, 0.70)
    board = np.array(
        [(land.aspect * 0.06, top), (land.aspect * 0.94, top), (land.aspect * 1.06, 0.93), (-land.aspect * 0.06, 0.93)]
    )
    paper.fill([board], mix(wood, colour("#fff0d8") * np.float32(dark), 0.25), wood, near=(0.6, 0.9), shadow=0.16)
    paper.fill(
        [box(-1, 0.93, land.aspect + 1, 1.2)],
        wood * np.float32(0.68),
        wood * np.float32(0.5),
        span=(0.93, 1.0),
        near=0.95,
    )
    grain = [
        lens(land.uniform(0.05, 0.95) * land.aspect, land.uniform(top + 0.02, 0.92), land.uniform(0.1, 0.5), 0.0025)
        for _ in range(22)
    ]
    paper.fill(grain, wood * np.float32(0.7), opacity=0.4)
    return top + (0.93 - top) * 0.55


def space(land: Land) -> None:
    """Stars, a nebula, a planet with its ring, a near limb lit from the side."""
    paper, random = land.paper, land.random
    family = land.palette.family
    deep, cloud_a, cloud_b = (
        ("#080b20", "#4a2f7a", "#1f5f8f"),
        ("#0a0a1a", "#7a2f5a", "#2f3f8f"),
        ("#04101c", "#0f5f6f", "#4a3f8a"),
    )[family]
    rows, columns = max(8, paper.height // 8), max(8, paper.width // 8)
    field = noise(random, rows, columns, 2.2, 4)
    other = noise(random, rows, columns, 1.6, 4)
    paper.fill([box(-1, -1, land.aspect + 1, 2)], colour(deep), near=0.02)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    band = np.exp(-(((y / rows - 0.5) - (x / columns - 0.5) * land.light * -0.7) ** 2) / 0.06).astype(np.float32)
    paper.veil(np.ascontiguousarray(np.clip((field + 0.55) * band, 0, 1)), colour(cloud_a), 0.75)
    paper.veil(np.ascontiguousarray(np.clip((other + 0.25) * band, 0, 1)), colour(cloud_b), 0.7)
    paper.veil(np.ascontiguousarray(np.clip(np.minimum(field, other) * band * 2.5, 0, 1)), colour("#f0c8a8"), 0.35)
    count = int(420 * land.aspect)
    sizes = 0.0006 + 0.0022 * random.random(count) ** 5
    at = np.stack([random.uniform(0, land.aspect, count), random.random(count)], axis=1)
    paper.fill(
        [
            ellipse(float(spot[0]), float(spot[1]), float(size), float(size))[::6]
            for spot, size in zip(at[::2], sizes[::2], strict=True)
        ],
        colour("#dfe8ff"),
        opacity=0.6,
    )
    paper.fill(
        [
            ellipse(float(spot[0]), float(spot[1]), float(size), float(size))[::6]
            for spot, size in zip(at[1::2], sizes[1::2], strict=True)
        ],
        colour("#fff6e0"),
        opacity=0.95,
    )
    for spot in at[:5]:
        paper.glow(float(spot[0]), float(spot[1]), 0.02, colour("#ffffff"), 0.8)
    side = land.light
    planet(
        land,
        land.aspect * (0.5 + side * 0.27),
        0.30,
        0.15 * min(1.0, land.aspect),
        ("#d08a5a", "#c46a6a", "#5fa8a8")[family],
        ring=True,
    )
    planet(land, land.aspect * (0.5 - side * 0.36), 0.20, 0.032, "#b8b4b0")
    # The limb of the world below.
    limb_y, radius = 0.86, 1.9
    paper.glow(land.aspect / 2, limb_y + 0.30, 1.1, colour("#5fb0e8"), 0.42, 0.42)
    limb = [ellipse(land.aspect / 2, limb_y + radius, radius * 1.15, radius)]
    paper.fill(limb, colour("#8fd0f0"), colour("#12304f"), span=(limb_y, limb_y + 0.1), near=0.45)
    inner = [ellipse(land.aspect / 2, limb_y + radius + 0.008, radius * 1.15, radius)]
    paper.fill(inner, colour("#3f86b0"), colour("#0c2038"), span=(limb_y, 1.0), near=0.45)
    swirls = [
        lens(
            land.uniform(0, land.aspect),
            limb_y + 0.03 + 0.12 * random.random(),
            land.uniform(0.1, 0.4),
            land.uniform(0.004, 0.014),
        )
        for _ in range(22)
    ]
    paper.fill(swirls, colour("#dff0f8"), opacity=0.24, clip=inner)


def planet(land: Land, x: float, y: float, radius: float, name: str, *, ring: bool = False) -> None:
    """A ball lit from one side, banded, with a ring where it has one."""
    paper, own = land.paper, colour(name)
    paper.glow(x, y, radius * 2.0, own, 0.28)
    whole = [ellipse(x, y, radius, radius)]
    if ring:
        _ring(land, x, y, radius, own, back=True)
    paper.fill(whole, mix(own, colour("#ffffff"), 0.22), own * np.float32(0.85), near=0.08)
    bands = [ellipse(x, y + radius * share, radius * 1.1, radius * 0.07, -12) for share in (-0.62, -0.2, 0.16, 0.55)]
    paper.fill(bands, mix(own, colour("#fff2e0"), 0.4), opacity=0.35, clip=whole)
    away = [
        np.concatenate(
            [
                ellipse(x, y, radius, radius),
                ellipse(x + land.light * radius * 0.42, y - radius * 0.22, radius * 1.02, radius * 1.02)[::-1],
            ]
        )
    ]
    night = own * np.float32(0.22)
    paper.fill(away, night, opacity=0.62, clip=whole)
    if ring:
        _ring(land, x, y, radius, own, back=False)


def _ring(land: Land, x: float, y: float, radius: float, own: Colour, *, back: bool) -> None:
    steps = np.linspace(np.pi, 2 * np.pi, 40) if back else np.linspace(0, np.pi, 40)
    turn = np.radians(-14.0 * land.light)
    for outer, inner, strength in ((1.95, 1.62, 0.75), (1.58, 1.40, 0.5)):
        arc = np.concatenate([
            np.stack([np.cos(steps) * radius * outer, np.sin(steps) * radius * outer * 0.24], axis=1),
            np.stack([np.cos(steps[::-1]) * radius * inner, np.sin(steps[::-1]) * radius * inner * 0.24], axis=1),
        ])  # fmt: skip
        turned = arc @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + np.array((x, y))
        land.paper.fill([turned], mix(own, colour("#fff0dc"), 0.55), opacity=strength)
