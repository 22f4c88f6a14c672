"""The ox of the winter road, walking towards us."""

import math
from collections.abc import Sequence

from oxreel.samples.drawing.canvas import Canvas, Colour, Point, dice, mix, rgb, smooth

COAT, DARK, LIGHT = rgb("#784730"), rgb("#38221e"), rgb("#b97a50")
RIM, PALE, NOSE = rgb("#ffd8a8"), rgb("#d8bba2"), rgb("#43312f")
HORN, COLD, SNOW = rgb("#efe2cc"), rgb("#22304f"), rgb("#fbf3ee")


def draw_ox(canvas: Canvas, feet: Point, size: float) -> None:
    """The ox with its feet around `feet`, about 200 pixels high at size 1; the sun is behind it, to the right."""
    ox = _Ox(canvas, feet, size)
    ox.shadow()
    ox.hind_legs()
    ox.body()
    ox.front_legs()
    ox.chest()
    ox.horns_and_ears()
    ox.head()
    ox.breath()


class _Ox:
    """Paints in the ox's own measure: feet at 0, up is negative."""

    def __init__(self, canvas: Canvas, feet: Point, size: float) -> None:
        self._canvas, self._feet, self._size = canvas, feet, size

    def shadow(self) -> None:
        self._blob(
            [(44, -2), (-30, -12), (-150, 10), (-300, 40), (-380, 66), (-330, 82), (-190, 64), (-60, 30), (20, 12)],
            rgb("#5f79b4"),
            6,
            0.55,
        )
        self._oval((0, 0), (60, 9), rgb("#344a80"), 5, 0.65)

    def hind_legs(self) -> None:
        for side, tone in ((-1, mix(DARK, COLD, 0.35)), (1, mix(DARK, COLD, 0.18))):
            self._blob(
                [
                    (side * 44, -92),
                    (side * 20, -92),
                    (side * 22, -50),
                    (side * 24, -16),
                    (side * 38, -16),
                    (side * 41, -34),
                    (side * 38, -52),
                ],
                tone,
            )
            self._blob([(side * 22, -20), (side * 40, -20), (side * 42, -7), (side * 21, -7)], rgb("#1d1618"))
        self._line([(-56, -138), (-70, -120), (-74, -92), (-70, -70)], mix(COAT, DARK, 0.3), 5)
        self._blob([(-74, -76), (-66, -76), (-63, -58), (-70, -44), (-77, -58)], DARK)

    def body(self) -> None:
        self._blob(
            [
                (-56, -78),
                (-63, -106),
                (-64, -138),
                (-55, -163),
                (-36, -177),
                (-10, -184),
                (16, -183),
                (42, -175),
                (60, -160),
                (68, -136),
                (66, -104),
                (57, -78),
                (30, -66),
                (-28, -66),
            ],
            COAT,
        )
        self._blob(
            [(-58, -80), (-63, -108), (-63, -138), (-54, -160), (-42, -166), (-46, -130), (-44, -94), (-36, -70)],
            DARK,
            6,
            0.8,
        )
        self._blob([(44, -170), (60, -157), (67, -134), (65, -104), (56, -80), (48, -96), (52, -134)], LIGHT, 5, 0.9)
        self._line([(26, -182), (45, -174), (62, -157), (68, -134), (66, -104), (60, -84)], RIM, 3, 1.0, 0.95)
        self._fur((0, -124), (60, 54), 230, 8)
        # Snow that has settled along the back.
        self._blob(
            [
                (-46, -170),
                (-30, -179),
                (-8, -185.5),
                (16, -184.5),
                (38, -177.5),
                (52, -168),
                (40, -170),
                (28, -172),
                (18, -177),
                (4, -176),
                (-8, -179),
                (-20, -173),
                (-32, -172),
            ],
            SNOW,
            0.8,
            0.95,
        )
        # Its fringe below.
        self._fringe(-36, 38, -74, 9)

    def front_legs(self) -> None:
        # The left one stands, the right one is lifted for the next step.
        self._blob(
            [
                (-40, -104),
                (-14, -100),
                (-14, -62),
                (-17, -46),
                (-16, -30),
                (-18, -9),
                (-32, -9),
                (-33, -30),
                (-34, -47),
                (-39, -66),
            ],
            mix(COAT, DARK, 0.38),
        )
        self._blob([(-39, -96), (-29, -96), (-29, -46), (-27, -11), (-32, -11), (-33, -46)], DARK, 3, 0.8)
        self._oval((-25, -46), (8, 6), mix(COAT, LIGHT, 0.25), 3, 0.6)
        self._blob([(-34, -13), (-16, -13), (-14, 0), (-19, 2.5), (-25, 1), (-31, 2.5), (-36, 0)], rgb("#1d1618"))
        self._blob(
            [
                (14, -104),
                (42, -106),
                (41, -74),
                (34, -56),
                (36, -42),
                (34, -28),
                (22, -27),
                (20, -44),
                (18, -58),
                (13, -74),
            ],
            mix(COAT, DARK, 0.12),
        )
        self._blob(
            [(32, -100), (42, -104), (41, -74), (34, -56), (36, -42), (34, -30), (30, -30), (30, -56), (34, -76)],
            LIGHT,
            2,
            0.95,
        )
        self._blob([(20, -31), (36, -32), (38, -20), (34, -15), (28, -17), (22, -14), (18, -19)], rgb("#241a1b"))

    def chest(self) -> None:
        self._blob(
            [
                (-44, -132),
                (-32, -156),
                (0, -164),
                (34, -156),
                (48, -130),
                (45, -98),
                (30, -74),
                (0, -62),
                (-27, -74),
                (-42, -98),
            ],
            mix(COAT, DARK, 0.2),
        )
        self._blob(
            [(-43, -130), (-32, -150), (-24, -124), (-24, -92), (-14, -68), (-28, -74), (-42, -98)], DARK, 5, 0.75
        )
        self._blob([(22, -148), (44, -132), (45, -100), (30, -76), (24, -98)], LIGHT, 6, 0.55)
        # The dewlap hangs from the throat.
        self._blob([(-15, -96), (15, -96), (14, -72), (7, -57), (-7, -57), (-13, -72)], mix(COAT, DARK, 0.3))
        self._blob([(-14, -96), (-5, -96), (-4, -60), (-11, -70)], DARK, 3, 0.6)
        self._fringe(-30, 32, -76, 10)

    def horns_and_ears(self) -> None:
        for side in (-1, 1):
            tone = HORN if side > 0 else mix(HORN, rgb("#8f93b4"), 0.38)
            curve = [(side * 14, -155), (side * 40, -160), (side * 64, -172), (side * 80, -194), (side * 79, -224)]
            self._horn(curve, tone, side)
        self._blob([(-24, -146), (-44, -150), (-64, -142), (-58, -131), (-40, -129), (-26, -134)], mix(COAT, DARK, 0.1))
        self._blob([(-34, -142), (-46, -145), (-58, -140), (-48, -134), (-36, -136)], rgb("#8a5f55"), 1, 0.85)
        self._blob([(24, -146), (44, -150), (64, -142), (58, -131), (40, -129), (26, -134)], mix(COAT, LIGHT, 0.3))
        self._blob([(34, -142), (46, -145), (58, -140), (48, -134), (36, -136)], rgb("#dd9f80"), 1, 0.85)
        self._line([(26, -147), (44, -150.5), (63, -142)], RIM, 1.8, 0.6, 0.9)

    def head(self) -> None:
        # A shadow below lets it stand out from the chest.
        self._blob([(-30, -118), (30, -118), (24, -74), (0, -56), (-24, -74)], rgb("#22141a"), 7, 0.65)
        self._blob(
            [
                (-28, -158),
                (-12, -168),
                (12, -168),
                (28, -158),
                (31, -138),
                (26, -112),
                (22, -90),
                (20, -74),
                (0, -64),
                (-20, -74),
                (-22, -90),
                (-26, -112),
                (-31, -138),
            ],
            COAT,
        )
        self._blob(
            [(-28, -156), (-17, -162), (-16, -128), (-14, -98), (-19, -76), (-22, -90), (-26, -112), (-31, -138)],
            DARK,
            4,
            0.8,
        )
        self._blob([(16, -160), (28, -155), (31, -138), (25, -110), (21, -88), (15, -96), (17, -130)], LIGHT, 3.5, 0.95)
        self._blob([(-7, -140), (6, -140), (9, -114), (6, -96), (-7, -96), (-9, -114)], mix(LIGHT, PALE, 0.35), 4, 0.8)
        # The pale ring round a dark nose.
        self._blob([(-21, -92), (0, -99), (21, -92), (22, -78), (13, -65), (0, -61), (-13, -65), (-22, -78)], PALE, 1.2)
        self._blob([(-22, -90), (-13, -94), (-13, -68), (-16, -67), (-23, -78)], rgb("#8d7274"), 3, 0.75)
        self._blob([(-15, -86), (0, -91), (15, -86), (13, -74), (0, -69.5), (-13, -74)], NOSE)
        self._oval((1, -85), (9, 2.2), rgb("#8c7b7c"), 1.6, 0.7)
        for side in (-1, 1):
            self._oval((side * 8.5, -80), (3.4, 2.4), rgb("#120b0c"), 0, 1, side * 24)
            self._oval((side * 21, -129), (5.4, 4.6), mix(COAT, DARK, 0.6), 0.8)
            self._oval((side * 21, -129), (4.0, 3.7), rgb("#120c0e"))
            self._oval((side * 21 + 1.2, -130.6), (1.3, 1.3), rgb("#ffffff"))
            self._line([(side * 15.5, -131), (side * 20, -134.5), (side * 26, -132)], mix(DARK, COAT, 0.3), 1.5)
        self._line([(-10, -65.5), (0, -63.5), (10, -65.5)], rgb("#7c5a55"), 1.4)
        # A tuft between the horns, and snow in it.
        rng = dice(5)
        for x in range(-20, 21, 2):
            long = 30 - abs(x) * 0.75 + rng.uniform(-4, 4)
            start = (x * 1.0, -168 + abs(x) * 0.22)
            self._line(
                [start, (x * 0.9, start[1] + long * 0.5), (x * 0.62 + rng.uniform(-2, 2), start[1] + long)],
                mix(DARK, LIGHT, (x + 24) / 52 + rng.uniform(-0.1, 0.1)),
                2.6,
            )
        self._blob(
            [(-16, -168), (-6, -172), (8, -172), (17, -167), (8, -165.5), (2, -163), (-6, -166)], SNOW, 0.7, 0.92
        )
        self._line([(28, -157), (31, -138), (26, -112), (22, -90), (20, -76)], RIM, 2, 0.7, 0.9)

    def breath(self) -> None:
        for x, y, radius, opacity in (
            (-24, -66, 8, 0.22),
            (-40, -60, 13, 0.18),
            (-60, -58, 18, 0.14),
            (-86, -60, 24, 0.10),
            (24, -64, 7, 0.18),
            (38, -58, 11, 0.13),
        ):
            self._oval((x, y), (radius, radius * 0.7), rgb("#ffffff"), 6, opacity)

    def _horn(self, curve: Sequence[Point], tone: Colour, side: int) -> None:
        line = smooth(curve, closed=False)
        count = len(line)
        last = line[0]
        for number, (x, y) in enumerate(line[1:], 1):
            share = number / count
            width = 14.5 * (1 - share) ** 0.75 + 0.8
            colour = mix(
                mix(mix(tone, rgb("#8b6a55"), 0.35), tone, min(1, share * 3)),
                rgb("#3b2c2b"),
                max(0.0, (share - 0.72) / 0.28),
            )
            self._line([last, (x, y)], colour, width)
            last = (x, y)
        for number, (x, y) in enumerate(line[:-2]):
            share = number / count
            width = 14.5 * (1 - share) ** 0.75 + 0.8
            self._oval((x + side * 0.5, y + width * 0.28), (width * 0.34, width * 0.2), rgb("#8f7a74"), 1.2, 0.28)
            if side > 0:
                self._oval((x, y - width * 0.3), (width * 0.3, width * 0.14), rgb("#fffaf0"), 0.8, 0.5)

    def _fur(self, centre: Point, radii: Point, hairs: int, seed: int) -> None:
        rng = dice(seed)
        for _ in range(hairs):
            angle, far = rng.uniform(0, math.tau), rng.uniform(0.1, 1) ** 0.6
            x, y = centre[0] + radii[0] * far * math.cos(angle), centre[1] + radii[1] * far * math.sin(angle)
            colour = mix(DARK, LIGHT, min(1.0, max(0.0, (x + 60) / 120 * 0.9 + rng.uniform(-0.25, 0.25))))
            self._line([(x, y), (x * 1.03 + rng.uniform(-3, 3), y + rng.uniform(5, 13))], colour, 1.2, 0, 0.5)

    def _fringe(self, left: float, right: float, level: float, long: float) -> None:
        rng = dice(int(left))
        x = left
        while x < right:
            colour = mix(DARK, COAT, min(1.0, max(0.0, (x + 50) / 100 + rng.uniform(-0.2, 0.2))))
            height = level + 6 * math.cos((x - left) / (right - left) * math.tau) - 4
            self._line(
                [(x, height), (x + rng.uniform(-3, 3), height + long * rng.uniform(0.5, 1.1))], colour, 2.2, 0, 0.9
            )
            x += rng.uniform(1.6, 3)

    def _at(self, point: Point) -> Point:
        return self._feet[0] + point[0] * self._size, self._feet[1] + point[1] * self._size

    def _blob(self, points: Sequence[Point], colour: Colour, blur: float = 0, opacity: float = 1) -> None:
        self._canvas.shape(
            smooth([self._at(point) for point in points]), colour, blur=blur * self._size, opacity=opacity
        )

    def _line(self, points: Sequence[Point], colour: Colour, width: float, blur: float = 0, opacity: float = 1) -> None:
        placed = [self._at(point) for point in points]
        self._canvas.stroke(
            smooth(placed, closed=False) if len(placed) > 2 else placed,
            colour,
            width * self._size,
            blur=blur * self._size,
            opacity=opacity,
        )

    def _oval(
        self, centre: Point, radii: Point, colour: Colour, blur: float = 0, opacity: float = 1, turn: float = 0
    ) -> None:
        self._canvas.ellipse(
            self._at(centre),
            (radii[0] * self._size, radii[1] * self._size),
            colour,
            turn=turn,
            blur=blur * self._size,
            opacity=opacity,
        )
