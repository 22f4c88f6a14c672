"""Bloxy: a friendly character built of blocks."""

import math

from oxreel.samples.drawing.canvas import Canvas, Colour, Point, mix, rgb, smooth

WHITE, INK = rgb("#ffffff"), rgb("#1d2b4a")
SKIN, CORAL, SUN = rgb("#3fb6c9"), rgb("#ff7a66"), rgb("#ffd166")
#: How far the side and top of a block reach back, for each pixel of its depth.
BACK = (0.55, -0.38)


def draw_bloxy() -> Canvas:
    """The character in full, waving, on a warm ground."""
    canvas = Canvas(512, 512, 4)
    _background(canvas)
    _legs(canvas)
    _body(canvas)
    _lowered_arm(canvas)
    _head(canvas)
    _raised_arm(canvas)
    return canvas


def _background(canvas: Canvas) -> None:
    canvas.pixels[:] = canvas.gradient(
        [
            (0, rgb("#ffe9c9")),
            (250, rgb("#ffd9b8")),
            (372, rgb("#fbc4ab")),
            (376, rgb("#f2b49c")),
            (512, rgb("#e79f8c")),
        ]
    )
    canvas.ellipse((262, 210), (210, 190), rgb("#fff3dc"), blur=50, opacity=0.75)
    for centre, size, colour, turn in (
        ((66, 108), 34, SUN, 12),
        ((446, 74), 26, CORAL, -18),
        ((474, 338), 19, SKIN, 25),
        ((56, 298), 18, CORAL, -10),
        ((118, 48), 15, SKIN, 30),
        ((382, 36), 12, SUN, 8),
    ):
        _floating_cube(canvas, centre, size, mix(colour, rgb("#ffe0c4"), 0.35), turn)
    canvas.ellipse((266, 446), (142, 24), rgb("#7c3f44"), blur=14, opacity=0.42)
    canvas.ellipse((258, 442), (96, 13), rgb("#5d2c3a"), blur=7, opacity=0.45)


def _floating_cube(canvas: Canvas, centre: Point, size: float, colour: Colour, turn: float) -> None:
    x, y = centre
    lean = turn / 60
    top = [
        (x, y - size),
        (x + size * (0.9 + lean * 0.2), y - size * (0.5 - lean * 0.4)),
        (x, y),
        (x - size * 0.9, y - size * (0.5 + lean * 0.4)),
    ]
    left = [(x - size * 0.9, y - size * (0.5 + lean * 0.4)), (x, y), (x, y + size), (x - size * 0.9, y + size * 0.5)]
    right = [
        (x + size * (0.9 + lean * 0.2), y - size * (0.5 - lean * 0.4)),
        (x, y),
        (x, y + size),
        (x + size * 0.9, y + size * 0.5),
    ]
    canvas.shape(left, mix(colour, INK, 0.06), opacity=0.9)
    canvas.shape(right, mix(colour, INK, 0.22), opacity=0.9)
    canvas.shape(top, mix(colour, WHITE, 0.35), opacity=0.9)


def _rounded(left: float, top: float, right: float, bottom: float, radius: float) -> list[Point]:
    """The outline of a rectangle with round corners."""
    points: list[Point] = []
    for (x, y), start in (
        ((right - radius, top + radius), -90),
        ((right - radius, bottom - radius), 0),
        ((left + radius, bottom - radius), 90),
        ((left + radius, top + radius), 180),
    ):
        for step in range(13):
            angle = math.radians(start + step * 90 / 12)
            points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    return points


def _block(canvas: Canvas, box: tuple[float, float, float, float], depth: float, colour: Colour, radius: float) -> None:
    """A block with round edges, lit from the upper left: front, side and top."""
    left, top, right, bottom = box
    across, up = depth * BACK[0], depth * BACK[1]
    shade, light = mix(colour, INK, 0.34), mix(colour, WHITE, 0.42)
    # The whole outline, swept from the front to the back, in the colour of the side...
    front, back = (
        _rounded(left, top, right, bottom, radius),
        _rounded(left + across, top + up, right + across, bottom + up, radius),
    )
    canvas.shape(_hull([*front, *back]), shade)
    # ...then the top as a band above the front.
    r = radius
    band = [
        (left + r * 0.3, top + r * 0.3),
        (left + across + r * 0.3, top + up + r * 0.3),
        (left + across + r, top + up),
        (right + across - r, top + up),
        (right + across - r * 0.2, top + up + r * 0.2),
        (right - r * 0.2, top + r * 0.25),
        (right - r, top + r),
        (left + r, top + r),
    ]
    canvas.shape(band, light)
    canvas.shape(front, colour)
    # Light falls off over the front.
    inset = radius * 0.5
    canvas.shape(
        _rounded(left + inset, top + inset, right - (right - left) * 0.3, bottom - (bottom - top) * 0.42, radius),
        mix(colour, WHITE, 0.35),
        blur=(right - left) * 0.12,
        opacity=0.55,
    )
    canvas.shape(
        _rounded(
            left + (right - left) * 0.25, bottom - (bottom - top) * 0.24, right - inset, bottom - inset * 0.6, radius
        ),
        mix(colour, INK, 0.4),
        blur=(right - left) * 0.1,
        opacity=0.35,
    )
    edge = [
        (left + r * 0.6, bottom - r),
        (left + r * 0.35, top + r),
        (left + r, top + r * 0.35),
        (right - r, top + r * 0.35),
    ]
    canvas.stroke(smooth(edge, closed=False), mix(colour, WHITE, 0.75), 2.2, blur=0.8, opacity=0.75)


def _hull(points: list[Point]) -> list[Point]:
    """The convex outline of the points (Andrew's monotone chain)."""
    ordered = sorted(set(points))

    def chain(walk: list[Point]) -> list[Point]:
        kept: list[Point] = []
        for x, y in walk:
            while len(kept) > 1 and (kept[-1][0] - kept[-2][0]) * (y - kept[-2][1]) <= (kept[-1][1] - kept[-2][1]) * (
                x - kept[-2][0]
            ):
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    return chain(ordered) + chain(ordered[::-1])


def _legs(canvas: Canvas) -> None:
    for left in (196, 270):
        _block(canvas, (left, 396, left + 50, 442), 44, mix(SKIN, INK, 0.12), 10)
        _block(canvas, (left - 6, 426, left + 54, 450), 56, CORAL, 9)


def _body(canvas: Canvas) -> None:
    _block(canvas, (178, 300, 338, 410), 58, mix(SKIN, rgb("#2f9fc0"), 0.5), 20)
    # A patch like a window, with a heart of blocks in it.
    canvas.shape(_rounded(218, 328, 298, 392, 13), rgb("#e9fbff"), opacity=0.95)
    canvas.shape(_rounded(218, 328, 298, 340, 6), rgb("#b9e6f0"), blur=4, opacity=0.8)
    for column, row in (
        (0, 0),
        (1, 0),
        (3, 0),
        (4, 0),
        (0, 1),
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
        (1, 2),
        (2, 2),
        (3, 2),
        (2, 3),
    ):
        x, y = 233 + column * 10, 341 + row * 10
        canvas.shape(
            [(x, y), (x + 9.3, y), (x + 9.3, y + 9.3), (x, y + 9.3)],
            mix(CORAL, WHITE, 0.25 if row == 0 and column < 2 else 0),
        )


def _raised_arm(canvas: Canvas) -> None:
    _block(canvas, (346, 318, 412, 352), 34, mix(SKIN, INK, 0.1), 13)
    _block(canvas, (388, 262, 422, 350), 34, SKIN, 13)
    _block(canvas, (378, 216, 432, 268), 40, CORAL, 14)
    # Three short strokes: it waves.
    for start, end in (((446, 196), (458, 182)), ((462, 214), (480, 206)), ((420, 186), (424, 168))):
        canvas.stroke([start, end], mix(CORAL, rgb("#ffe0c4"), 0.25), 5)


def _lowered_arm(canvas: Canvas) -> None:
    _block(canvas, (144, 312, 180, 376), 34, SKIN, 12)
    _block(canvas, (138, 362, 184, 402), 40, CORAL, 12)


def _head(canvas: Canvas) -> None:
    canvas.shape(_rounded(172, 296, 338, 322, 12), INK, blur=9, opacity=0.4)
    # The antenna stands on the middle of the top.
    canvas.stroke([(272, 110), (272, 66)], mix(INK, SKIN, 0.3), 9)
    _block(canvas, (255, 38, 285, 68), 24, SUN, 8)
    _block(canvas, (140, 122, 356, 308), 72, SKIN, 30)
    # Ears of blocks, on the side and behind.
    _block(canvas, (122, 192, 146, 248), 20, CORAL, 8)
    # The face: a lighter plate, eyes, cheeks, a smile.
    canvas.shape(_rounded(164, 158, 334, 286, 26), mix(SKIN, WHITE, 0.72), opacity=0.96)
    canvas.shape(_rounded(172, 164, 326, 200, 20), WHITE, blur=12, opacity=0.5)
    for x in (208, 290):
        canvas.shape(_rounded(x - 19, 184, x + 19, 234, 15), INK)
        canvas.shape(_rounded(x - 14, 210, x + 14, 231, 10), rgb("#3d6fb5"), blur=5, opacity=0.85)
        canvas.shape(_rounded(x - 11, 190, x + 2, 206, 5), WHITE)
        canvas.shape(_rounded(x + 5, 215, x + 11, 222, 2.5), WHITE, opacity=0.9)
    for x in (184, 314):
        canvas.shape(_rounded(x - 13, 240, x + 13, 255, 6), CORAL, blur=2.2, opacity=0.6)
    mouth = [(229, 245), (269, 245), (266, 257), (256, 266), (249, 267.5), (242, 266), (232, 257)]
    canvas.shape(smooth(mouth, steps=8), rgb("#8c2f45"))
    canvas.shape(smooth([(238, 261), (249, 256), (260, 261), (254, 266.5), (244, 266.5)], steps=8), CORAL)
    canvas.shape(_rounded(234, 245, 264, 250, 2.5), WHITE)
