"""An ox on a road through a winter valley, seen from far: mountains, woods, a cabin, low evening sun."""

import math
import random

import numpy as np
from PIL import Image, ImageFilter

from oxreel.samples.drawing.canvas import Canvas, Colour, Pixels, Point, dice, mix, rgb, smooth
from oxreel.samples.drawing.mountains import draw_mountains
from oxreel.samples.drawing.ox import draw_ox
from oxreel.samples.drawing.palette import GLOW, HAZE, NIGHT, SNOW, SNOW_SHADE, SUN
from oxreel.samples.drawing.pine import draw_pine
from oxreel.samples.drawing.road import draw_fence, draw_road

WIDTH, HEIGHT = 1926, 1076


def draw_winter_road() -> Canvas:
    """The whole scene, from the sky to the branches in front."""
    canvas = Canvas(WIDTH, HEIGHT, 2)
    rng = dice(1926)
    _sky(canvas)
    draw_mountains(canvas)
    _sun(canvas)
    _far_woods(canvas, rng)
    _fields(canvas, rng)
    _cabin(canvas)
    draw_road(canvas)
    draw_fence(canvas)
    _woods(canvas, rng)
    draw_ox(canvas, (985, 812), 1.12)
    _foreground(canvas, rng)
    _snowfall(canvas, rng)
    _light(canvas)
    return canvas


def _sky(canvas: Canvas) -> None:
    canvas.pixels[:] = canvas.gradient(
        [
            (0, rgb("#5f8fc4")),
            (170, rgb("#93b8dc")),
            (320, rgb("#d9dde2")),
            (430, rgb("#fbe3c6")),
            (540, rgb("#fbd3ab")),
            (1076, rgb("#fbd3ab")),
        ]
    )
    away = np.hypot(canvas.x - SUN[0], (canvas.y - SUN[1]) * 1.25)
    canvas.paint((0.62 * np.exp(-((away / 380) ** 1.4))).astype(np.float32), rgb("#fff0cf"))
    canvas.paint((0.5 * np.clip((92 - away) / 60, 0, 1) ** 2).astype(np.float32), rgb("#fff6dd"))
    for x, y, length, colour, opacity in (
        (250, 150, 420, "#f4f1f2", 0.55),
        (470, 188, 300, "#fbeee6", 0.5),
        (820, 96, 380, "#eef2f7", 0.45),
        (1520, 168, 420, "#fff2e2", 0.6),
        (1740, 225, 300, "#ffe9d3", 0.6),
        (1120, 246, 330, "#ffe6cc", 0.5),
        (120, 285, 330, "#fde7d8", 0.45),
        (640, 300, 260, "#fde6d2", 0.4),
    ):
        _cloud(canvas, (x, y), length, rgb(colour), opacity)


def _sun(canvas: Canvas) -> None:
    # After the mountains: its glare eats into their edges.
    away = np.hypot(canvas.x - SUN[0], canvas.y - SUN[1])
    canvas.paint((0.55 * np.exp(-((away / 78) ** 1.6))).astype(np.float32), rgb("#fff3d0"))
    canvas.paint(np.clip((45 - away) / 3, 0, 1).astype(np.float32), rgb("#fffdf6"))


def _cloud(canvas: Canvas, centre: Point, length: float, colour: Colour, opacity: float) -> None:
    rng = dice(int(centre[0]))
    for _ in range(9):
        x = centre[0] + rng.uniform(-0.5, 0.5) * length
        reach = length * rng.uniform(0.16, 0.42)
        y = centre[1] + rng.uniform(-9, 9)
        canvas.ellipse((x, y), (reach, rng.uniform(5, 13)), colour, blur=7, opacity=opacity * 0.55)


def _wave(x: Pixels, seed: int, length: float, octaves: int, roughness: float = 0.5) -> Pixels:
    """A line of hills: -1..1, its longest waves `length` pixels."""
    rng = np.random.default_rng(seed)
    total, weight, strength = np.zeros_like(x), 0.0, 1.0
    for _ in range(octaves):
        knots = rng.uniform(-1, 1, int(WIDTH / length) + 8)
        total += strength * np.interp(x / length + rng.uniform(0, 3), np.arange(len(knots)), knots).astype(np.float32)
        weight += strength
        strength, length = strength * roughness, length / 2.1
    return total / np.float32(weight)


def _far_woods(canvas: Canvas, rng: random.Random) -> None:
    for row, (level, size, share) in enumerate(((552, 30, 0.80), (568, 44, 0.62), (592, 60, 0.42))):
        dark, snow, warm = (
            mix(rgb("#3c557f"), HAZE, share),
            mix(SNOW_SHADE, HAZE, share),
            mix(rgb("#ffeedd"), HAZE, share * 0.7),
        )
        hill = [
            (x, level + 10 * math.sin(x / 170 + row) + 7 * math.sin(x / 61 + row * 2))
            for x in range(-20, WIDTH + 40, 20)
        ]
        canvas.shape([*hill, (WIDTH + 40, 700), (-20, 700)], mix(snow, HAZE, 0.3))
        x = -20.0
        while x < WIDTH + 20:
            # Thinner where the road will come from, and below the sun.
            gap = abs(x - 1085) < 120
            if not gap or rng.random() < 0.12:
                y = level + 10 * math.sin(x / 170 + row) + 7 * math.sin(x / 61 + row * 2) + rng.uniform(2, 8)
                draw_pine(
                    canvas,
                    (x, y),
                    size * rng.uniform(0.6, 1.25) * (1 + 0.28 * math.sin(x / 83 + row * 1.7)),
                    (dark, snow, warm),
                    rng.randrange(10**6),
                )
            x += rng.uniform(7, 19) * size / 40


def _hill(canvas: Canvas, points: list[Point], top: Colour, bottom: Colour, glow: float = 0.25) -> None:
    """A field of snow: lit along its edge, cooler below."""
    line = smooth(points, closed=False)
    xs, ys = [x for x, _ in line], [y for _, y in line]
    edge = np.interp(canvas.x[0], xs, ys).astype(np.float32)[None, :]
    below = canvas.y - edge
    inside = np.clip(below * 1.2 + 0.5, 0, 1).astype(np.float32)
    fall = np.clip(below / 210, 0, 1)[..., None] ** 0.7
    colour = np.asarray(top, np.float32) + fall * (np.asarray(bottom, np.float32) - np.asarray(top, np.float32))
    drift = _wave(canvas.x * 0.7 + canvas.y * 2.2, int(points[0][1]), 210, 3) * np.clip(below / 60, 0, 1)
    colour = colour + (drift * 0.022)[..., None] * np.asarray((1.0, 0.9, 0.75), np.float32)
    warmth = np.exp(-(((canvas.x - SUN[0]) / 520) ** 2)) * np.exp(-np.clip(below, 0, None) / 120) * glow
    colour = colour + warmth[..., None] * (np.asarray(GLOW, np.float32) - colour)
    canvas.paint(inside, colour.astype(np.float32))


def _fields(canvas: Canvas, rng: random.Random) -> None:
    _hill(
        canvas,
        [(-40, 622), (300, 600), (640, 612), (1000, 598), (1400, 612), (1970, 588)],
        rgb("#f6e9e2"),
        rgb("#cfd9ec"),
        0.5,
    )
    _hill(
        canvas,
        [(-40, 652), (260, 640), (560, 668), (900, 676), (1200, 660), (1560, 632), (1970, 650)],
        rgb("#faf0e8"),
        rgb("#c2d0e8"),
        0.45,
    )
    _hill(
        canvas,
        [(-40, 742), (280, 716), (620, 728), (960, 752), (1300, 726), (1640, 704), (1970, 730)],
        rgb("#fbf3ec"),
        rgb("#b4c5e2"),
        0.35,
    )
    for _ in range(26):
        x, y = rng.uniform(0, WIDTH), rng.uniform(640, 800)
        size = rng.uniform(20, 70) * (y - 560) / 160
        canvas.ellipse((x, y), (size, size * 0.10), rgb("#9fb4da"), blur=5, opacity=0.22)
        canvas.ellipse((x + size * 0.2, y - size * 0.10), (size * 0.8, size * 0.06), SNOW, blur=4, opacity=0.5)


def _cabin(canvas: Canvas) -> None:
    x, y = 470.0, 664.0
    canvas.shape(
        [(x - 150, y + 14), (x - 10, y + 6), (x + 66, y + 8), (x + 20, y + 20)], rgb("#8299c8"), blur=5, opacity=0.5
    )
    smoke = smooth(
        [(x + 30, y - 82), (x + 22, y - 122), (x + 40, y - 160), (x + 24, y - 206), (x + 52, y - 262)], closed=False
    )
    for step, point in enumerate(smoke):
        canvas.ellipse(point, (6 + step * 0.42, 5 + step * 0.32), rgb("#fbf1ea"), blur=6, opacity=0.14)
    canvas.shape([(x + 23, y - 56), (x + 37, y - 56), (x + 37, y - 84), (x + 23, y - 84)], rgb("#6b4a48"))
    canvas.shape([(x + 21, y - 82), (x + 39, y - 82), (x + 39, y - 88), (x + 21, y - 88)], SNOW)
    canvas.shape([(x - 56, y + 10), (x - 56, y - 34), (x + 6, y - 34), (x + 6, y + 12)], rgb("#5b4350"))
    canvas.shape(
        [(x + 6, y + 12), (x + 6, y - 34), (x + 32, y - 66), (x + 58, y - 34), (x + 58, y + 10)], rgb("#84594d")
    )
    for row in range(5):
        level = y - 28 + row * 8.6
        canvas.stroke([(x - 56, level), (x + 6, level + 0.6)], rgb("#48343f"), 1.4)
        canvas.stroke([(x + 6, level + 0.6), (x + 58, level)], rgb("#6d473f"), 1.4)
    canvas.shape([(x - 70, y - 30), (x - 38, y - 68), (x + 34, y - 72), (x + 2, y - 30)], rgb("#c3d2ea"))
    canvas.shape([(x - 70, y - 30), (x - 70, y - 24), (x + 2, y - 24), (x + 2, y - 30)], rgb("#e9eef7"))
    canvas.shape(
        [
            (x + 2, y - 30),
            (x + 34, y - 72),
            (x + 68, y - 30),
            (x + 68, y - 24),
            (x + 61, y - 26),
            (x + 33, y - 63),
            (x + 5, y - 24),
        ],
        rgb("#fff4e6"),
    )
    for left, top, right, bottom in ((x + 24, y - 28, x + 42, y - 10), (x - 40, y - 20, x - 22, y - 5)):
        canvas.shape(
            [(left - 9, top - 9), (right + 9, top - 9), (right + 9, bottom + 9), (left - 9, bottom + 9)],
            rgb("#ffc466"),
            blur=8,
            opacity=0.55,
        )
        canvas.shape([(left, top), (right, top), (right, bottom), (left, bottom)], rgb("#ffd98a"))
        canvas.stroke([((left + right) / 2, top), ((left + right) / 2, bottom)], rgb("#6b4038"), 1.6)
        canvas.stroke([(left, (top + bottom) / 2), (right, (top + bottom) / 2)], rgb("#6b4038"), 1.6)
    canvas.ellipse((x + 6, y + 14), (84, 9), rgb("#f2f0f4"), blur=3, opacity=0.95)
    canvas.ellipse((x + 40, y + 18), (40, 8), rgb("#ffd9a0"), blur=8, opacity=0.45)


def _shadow(canvas: Canvas, base: Point, height: float) -> None:
    x, y = base
    reach = height * 1.15
    canvas.shape(
        [
            (x + height * 0.05, y),
            (x - reach * 0.55, y + reach * 0.07),
            (x - reach, y + reach * 0.2),
            (x - reach * 0.5, y + reach * 0.2),
            (x - height * 0.07, y + 4),
        ],
        rgb("#7c95c8"),
        blur=3 + height * 0.012,
        opacity=0.42,
    )


def _woods(canvas: Canvas, rng: random.Random) -> None:
    tones = (rgb("#2f4a70"), rgb("#c9d8ef"), rgb("#fff0df"))
    places = [
        (118, 690, 120), (176, 704, 150), (240, 694, 112), (36, 706, 150), (300, 716, 130),
        (640, 690, 92), (690, 702, 110), (742, 694, 84),
        (1420, 684, 96), (1478, 694, 126), (1540, 690, 104), (1612, 700, 150), (1676, 694, 122), (1750, 708, 168),
        (1822, 700, 136), (1888, 716, 180),
        (62, 762, 214), (1700, 772, 200), (1820, 786, 236), (190, 772, 176),
    ]  # fmt: skip
    for x, y, height in sorted(places, key=lambda place: place[1]):
        _shadow(canvas, (x, y), height)
        near = (y - 680) / 110
        dark = mix(mix(tones[0], HAZE, 0.26), tones[0], min(1, near))
        draw_pine(canvas, (x, y), height, (dark, tones[1], tones[2]), rng.randrange(10**6))
        canvas.ellipse((x, y + 2), (height * 0.12, height * 0.018), rgb("#f1eef2"), blur=2.5, opacity=0.85)


def _foreground(canvas: Canvas, rng: random.Random) -> None:
    _bank(
        canvas,
        [(-40, 902), (120, 888), (290, 926), (430, 990), (540, 1076), (600, 1150)],
        rgb("#d3def0"),
        rgb("#7d97cc"),
    )
    _bank(
        canvas,
        [(1970, 880), (1800, 872), (1630, 912), (1480, 976), (1370, 1052), (1310, 1150)],
        rgb("#fff3e4"),
        rgb("#95abd8"),
    )
    for x, y, height in ((84, 1000, 540), (1850, 972, 570)):
        draw_pine(canvas, (x, y), height, (rgb("#1c3354"), rgb("#aac0e4"), rgb("#f7e8dc")), rng.randrange(10**6))
        canvas.ellipse((x, y + 6), (height * 0.13, height * 0.02), rgb("#c3d1ea"), blur=6, opacity=0.9)
    for x, y, blades, size in (
        (250, 962, 15, 62), (332, 1000, 12, 50), (420, 1050, 14, 66), (188, 1040, 10, 54),
        (1560, 990, 15, 64), (1660, 944, 11, 48), (1470, 1046, 13, 60), (1700, 1036, 12, 58),
    ):  # fmt: skip
        _tuft(canvas, (x, y), blades, size, rng)


def _bank(canvas: Canvas, points: list[Point], top: Colour, bottom: Colour) -> None:
    """A bank of snow at the edge of the picture, soft along its crest."""
    crest = smooth(points, closed=False)
    corner = (points[0][0], 1150.0)
    canvas.shape([*crest, corner], top)
    for depth, opacity in ((22, 0.28), (52, 0.3), (95, 0.32), (150, 0.34)):
        sunk = [(x + (points[0][0] - points[-1][0]) * 0.0004 * depth, y + depth) for x, y in crest]
        canvas.shape([*sunk, (points[-1][0], 1290), (corner[0], 1290)], bottom, blur=15, opacity=opacity)


def _tuft(canvas: Canvas, root: Point, blades: int, size: float, rng: random.Random) -> None:
    """Dry grass that looks out of the snow."""
    canvas.ellipse((root[0] - size * 0.3, root[1] + 4), (size * 0.62, size * 0.1), rgb("#6f8ac2"), blur=5, opacity=0.45)
    for _ in range(blades):
        lean = rng.gauss(0.12, 0.42)
        long = size * rng.uniform(0.55, 1.15)
        start = (root[0] + rng.uniform(-0.13, 0.13) * size, root[1] + rng.uniform(-2, 4))
        tip = (start[0] + lean * long, start[1] - long * (1 - 0.25 * abs(lean)))
        bend = (start[0] + lean * long * 0.32, start[1] - long * 0.56)
        colour = rng.choice((rgb("#8a6a4f"), rgb("#b98c5e"), rgb("#6b5350"), rgb("#d9ae7c")))
        canvas.stroke(smooth([start, bend, tip], closed=False, steps=6), colour, rng.uniform(1.1, 2.1), opacity=0.92)
        if rng.random() < 0.45:
            canvas.ellipse(tip, (2.2, 5.5), mix(colour, rgb("#fff6ea"), 0.35), turn=math.degrees(lean), opacity=0.95)
    canvas.ellipse((root[0], root[1] + 5), (size * 0.34, size * 0.075), rgb("#e3e9f4"), blur=3, opacity=0.95)


def _snowfall(canvas: Canvas, rng: random.Random) -> None:
    for _ in range(230):
        near = rng.random() ** 3
        size = 0.9 + 4.2 * near
        spot = (rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT))
        canvas.ellipse(
            spot,
            (size, size),
            rgb("#ffffff"),
            blur=0.3 + 1.6 * near,
            opacity=rng.uniform(0.35, 0.8) * (1 - 0.35 * near),
        )


def _light(canvas: Canvas) -> None:
    """The sun's glow over everything, a cooler edge, and the brightness of the whole."""
    away = np.hypot(canvas.x - SUN[0], (canvas.y - SUN[1]) * 1.1)
    canvas.paint((0.13 * np.exp(-((away / 520) ** 2))).astype(np.float32), rgb("#ffe6bd"))
    corner = np.hypot((canvas.x - WIDTH / 2) / WIDTH, (canvas.y - HEIGHT / 2) / HEIGHT)
    canvas.paint((0.34 * np.clip((corner - 0.38) / 0.42, 0, 1) ** 1.6).astype(np.float32), NIGHT)
    # A soft bloom, as a lens gives in the cold.
    small = Image.fromarray((canvas.pixels.clip(0, 1) * 255).astype(np.uint8)).resize((WIDTH // 4, HEIGHT // 4))
    blurred = small.filter(ImageFilter.GaussianBlur(9)).resize((canvas.pixels.shape[1], canvas.pixels.shape[0]))
    bloom = np.clip(np.asarray(blurred, np.float32) / 255 - 0.72, 0, 1)
    canvas.pixels += bloom * 0.22
