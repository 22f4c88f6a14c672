"""Snow mountains in the evening sun."""

import random

import numpy as np

from oxreel.samples.drawing.canvas import Canvas, Colour, Point, dice, mix, rgb
from oxreel.samples.drawing.palette import GLOW, HAZE, SUN

#: Summits of the three ranges, from far to near: place, height above sea and half width.
_FAR = (
    (40, 306, 250),
    (300, 262, 230),
    (790, 270, 250),
    (960, 322, 210),
    (1120, 296, 205),
    (1575, 276, 235),
    (1830, 296, 270),
)
_MIDDLE = (
    (150, 338, 270),
    (560, 172, 330),
    (860, 366, 220),
    (1700, 236, 330),
    (1915, 356, 230),
    (350, 352, 190),
    (1480, 402, 170),
)
_NEAR = (
    (10, 452, 250),
    (400, 446, 250),
    (690, 466, 210),
    (960, 488, 210),
    (1560, 470, 220),
    (1800, 446, 260),
    (1180, 508, 170),
)


def draw_mountains(canvas: Canvas) -> None:
    """Three ranges, each nearer and clearer than the one behind it."""
    for peaks, lit, shade, rock, share, seed in (
        (_FAR, "#fff0e0", "#a9b8d8", "#98a6c6", 0.42, 4),
        (_MIDDLE, "#fff4e6", "#7f9ac9", "#5d749f", 0.14, 9),
        (_NEAR, "#fdeee0", "#86a0cd", "#66809f", 0.16, 2),
    ):
        rng = dice(seed)
        tones = mix(rgb(lit), HAZE, share), mix(rgb(shade), HAZE, share), mix(rgb(rock), HAZE, share)
        for x, y, half in sorted(peaks, key=lambda peak: peak[1]):
            _peak(canvas, (x, y), half, tones, rng)
        top = min(y for _, y, _ in peaks)
        mist = 0.86 * np.clip((canvas.y - top - 60) / (600 - top - 60), 0, 1) ** 1.7 + canvas.x * 0
        canvas.paint(mist.astype(np.float32), mix(HAZE, GLOW, 0.25))
        glow = 0.26 * np.exp(-np.hypot(canvas.x - SUN[0], (canvas.y - SUN[1]) * 1.2) / 150)
        canvas.paint(glow.astype(np.float32), GLOW)


def _peak(canvas: Canvas, summit: Point, half: float, tones: tuple[Colour, Colour, Colour], rng: random.Random) -> None:
    """One mountain: its right side in the sun, its left in shade, spurs and gullies across both."""
    lit, shade, rock = tones
    x, y = summit
    tall = 600 - y

    def slope(side: int) -> list[Point]:
        line = [(x, y)]
        for step in range(1, 13):
            t = step / 12
            line.append(
                (
                    x + side * half * (t**0.86) * rng.uniform(0.9, 1.08),
                    y + tall * t + rng.uniform(-0.025, 0.02) * tall * (1 - t),
                )
            )
        return line

    left, right = slope(-1), slope(1)
    ridge, lean = [(x, y)], rng.uniform(-0.12, 0.1)
    for step in range(1, 10):
        t = step / 9
        swing = (0.13 if step % 2 else -0.10) * half * t**0.7
        ridge.append((x + lean * half * t + swing + rng.uniform(-0.02, 0.02) * half, y + tall * t))
    canvas.shape(left + ridge[::-1], shade)
    canvas.shape(right + ridge[::-1], lit)
    for step in range(1, 8):
        px, py = ridge[step]
        long = tall * rng.uniform(0.16, 0.3)
        # A spur into the shade catches the light along its top; a gully in the sun lies in shade.
        if step % 2 == 0:
            foot = (px - long * rng.uniform(0.55, 0.8), py + long)
            canvas.shape(
                [(px, py), (px + long * 0.05, py + long * 0.3), (foot[0] + long * 0.26, foot[1] + long * 0.1), foot],
                mix(shade, lit, 0.72),
            )
        else:
            foot = (px + long * rng.uniform(0.55, 0.85), py + long * 1.05)
            canvas.shape(
                [(px, py), (px - long * 0.06, py + long * 0.36), (foot[0] - long * 0.34, foot[1] + long * 0.06), foot],
                mix(shade, lit, 0.16),
            )
    for line, side in ((left, -1), (right, 1)):
        for step in range(2, 10, 2):
            px, py = line[step]
            long = tall * rng.uniform(0.1, 0.2)
            tip = (px - side * long * rng.uniform(0.2, 0.5), py + long)
            tone = mix(shade, lit, 0.6) if side < 0 else mix(shade, lit, 0.25)
            canvas.shape([(px, py), (px - side * long * 0.42, py + long * 0.2), tip], tone, opacity=0.9)
    for _ in range(26):
        t = rng.uniform(0.03, 0.62)
        side = rng.choice((-1, 1))
        px = x + side * half * t * rng.uniform(0.08, 0.72)
        py = y + tall * t + rng.uniform(0, 12)
        long = tall * rng.uniform(0.02, 0.055)
        drift = side * long * rng.uniform(0.3, 0.7)
        tone = rock if side < 0 else mix(rock, lit, 0.35)
        canvas.shape(
            [
                (px, py),
                (px + long * 0.16, py + long * 0.3),
                (px + drift, py + long),
                (px + drift * 0.4 - long * 0.08, py + long * 0.5),
            ],
            tone,
            opacity=0.8,
        )
