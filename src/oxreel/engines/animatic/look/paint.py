"""Painted styles: watercolour, comic and anime, made of flat facets, lines and paper."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.look import paint_kernels as kernels
from oxreel.engines.animatic.look.bloom import Bloom
from oxreel.engines.animatic.look.field import Field, as_field, clouds, places
from oxreel.engines.animatic.look.paper import paper
from oxreel.engines.animatic.look.tone import veil
from oxreel.media.encode import Planes

Plane = NDArray[np.uint8]

_PIGMENT, _BRUSH = 0x9A11, 0x9A12
#: Paint is mixed at this many lines, or fewer: half of 1080.
_WORK = 540
#: Codes of luma, cb and cr of white paper.
_PAPER = (226.0, 125.0, 130.0)


def work_size(canvas: Canvas) -> tuple[int, int]:
    """Width and height at which paint is mixed: a half of the canvas, or less above 1080 lines."""
    step = max(2.0, min(canvas.width, canvas.height) / _WORK)
    return max(16, round(canvas.width / step)), max(16, round(canvas.height / step))


@dataclass(frozen=True)
class Painted:
    """A frame in facets, at the size that paint is mixed at: float32 (luma, cb, cr), in codes."""

    planes: NDArray[np.float32]
    #: The frame's luma before, as small.
    luma: Field


def facets(planes: Planes, size: tuple[int, int], reach: int, tolerance: float, again: bool = False) -> Painted:
    """The frame in facets about twice the `reach` wide; `tolerance` is the deviation of luma that counts as flat."""
    small = np.empty((3, size[1], size[0]), np.float32)
    for to, plane in zip(small, planes, strict=True):
        to[:] = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    luma = as_field(small[0])
    for _ in range(2 if again else 1):
        means = np.empty((4, size[1] + 2 * reach, size[0] + 2 * reach), np.float32)
        window = (2 * reach + 1, 2 * reach + 1)
        for number, plane in ((0, small[0]), (1, small[0] * small[0]), (2, small[1]), (3, small[2])):
            rim = cv2.copyMakeBorder(plane, reach, reach, reach, reach, cv2.BORDER_REFLECT_101)
            cv2.blur(rim, window, means[number])
        out = np.empty_like(small)
        kernels.facets(means, reach, np.float32(tolerance * tolerance), out)
        small = out
    return Painted(small, luma)


def lines(luma: Field, width: float, least: float, gain: float) -> Plane:
    """Lines along the darker side of edges, 255 where they are full; `least` is the edge, in codes, that begins one."""
    fine = cv2.GaussianBlur(luma, (0, 0), width)
    wide = cv2.GaussianBlur(luma, (0, 0), width * 1.6)
    return np.asarray(np.clip((wide - fine - least) * gain, 0, 255), np.uint8)


def grown(plane: NDArray[np.float32] | Plane, like: Plane) -> Plane:
    """A small plane as large as another."""
    whole = np.asarray(np.clip(np.rint(plane), 0, 255), np.uint8) if plane.dtype != np.uint8 else plane
    return np.ascontiguousarray(cv2.resize(whole, like.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def table(points: list[tuple[float, float]]) -> NDArray[np.int32]:
    """256 values through those points."""
    at, values = zip(*points, strict=True)
    return np.asarray(np.rint(np.interp(np.arange(256), at, values)), np.int32)


class Watercolour:
    """Washes with wet edges and pigment that settles, on paper that is left white around them."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas, self._size = canvas, work_size(canvas)
        self._unit = min(self._size) / _WORK
        self._paper = paper(canvas, 1.0)
        shape = self._size[1], self._size[0]
        coarse = clouds(canvas, _PIGMENT, 9.0, octaves=3)
        self._pigment = cv2.resize(coarse, self._size, interpolation=cv2.INTER_LINEAR).reshape(shape) - np.float32(0.5)
        self._tones = table([(0, 34), (16, 38), (90, 98), (170, 180), (220, 224), (255, 228)])
        self._ink = table([(0, 256), (255, 256)])
        self._edge = _bare(canvas)
        self._none = np.zeros((canvas.height, canvas.width), np.uint8)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        share = np.int32(round(strength * 256))
        if share <= 0:
            return
        reach = max(1, round(3 * self._unit))
        painted = facets(planes, self._size, reach, 3.5, again=True).planes
        wash = cv2.GaussianBlur(painted[0], (0, 0), 3.2 * self._unit + 0.3)
        # Pigment gathers along the rims of a wash, and settles unevenly in it.
        rim = np.minimum(np.abs(painted[0] - wash), 16)
        dense = np.clip((222 - painted[0]) / 120, 0.05, 1)
        luma = painted[0] - 1.5 * rim + 30 * self._pigment * dense
        whole, blank = grown(luma, planes[0]), self._none
        kernels.finish(
            planes[0], whole, blank, self._paper, self._tones, self._ink, np.int32(200), np.int32(30), blank,
            np.int32(0), share,
        )  # fmt: skip
        # Colour runs a little beyond its outline.
        for plane, paint, centre in zip(planes[1:], painted[1:], (126, 129), strict=True):
            run = cv2.blur(paint, (2 * reach + 1, 2 * reach + 1))
            kernels.stain(plane, grown(run, plane), np.int32(285), np.int32(centre), share)
        veil(planes, _PAPER, self._edge, strength)


class Comic:
    """Flat tones with ink outlines, and dots in the shade."""

    def __init__(self, canvas: Canvas) -> None:
        self._size = work_size(canvas)
        self._unit = min(self._size) / _WORK
        self._paper = paper(canvas, 0.4)
        self._tones = _steps((34, 84, 132, 182, 229), (58, 106, 152, 200), 5.0)
        self._ink = table([(0, 256), (40, 256), (120, 26), (255, 14)])
        self._screen = _screen(canvas)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        share = np.int32(round(strength * 256))
        if share <= 0:
            return
        reach = max(1, round(3 * self._unit))
        painted = facets(planes, self._size, reach, 3.0)
        outline = lines(painted.luma, 1.0 * self._unit + 0.25, 1.5, 22)
        kernels.finish(
            planes[0], grown(painted.planes[0], planes[0]), grown(outline, planes[0]), self._paper, self._tones,
            self._ink, np.int32(150), np.int32(70), self._screen, np.int32(86), share,
        )  # fmt: skip
        for plane, paint in zip(planes[1:], painted.planes[1:], strict=True):
            kernels.stain(plane, grown(paint, plane), np.int32(350), np.int32(128), share)


class Anime:
    """Clean flat surfaces, fine coloured outlines, vivid colour and light that blooms."""

    def __init__(self, canvas: Canvas) -> None:
        self._size = work_size(canvas)
        self._unit = min(self._size) / _WORK
        self._paper = paper(canvas, 0.0)
        flat = _steps((38, 78, 116, 156, 194, 231), (58, 97, 136, 176, 213), 14.0)
        smooth = table([(0, 22), (16, 28), (70, 80), (128, 140), (200, 208), (235, 232), (255, 235)])
        self._tones = np.rint(0.45 * flat + 0.55 * smooth).astype(np.int32)
        self._ink = table([(0, 256), (70, 250), (200, 120), (255, 110)])
        self._none = np.zeros((canvas.height, canvas.width), np.uint8)
        self._bloom = Bloom(canvas, 184.0, 0.4)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        share = np.int32(round(strength * 256))
        if share <= 0:
            return
        reach = max(1, round(3 * self._unit))
        painted = facets(planes, self._size, reach, 2.5)
        outline = lines(painted.luma, 0.8 * self._unit + 0.25, 1.0, 24)
        kernels.finish(
            planes[0], grown(painted.planes[0], planes[0]), grown(outline, planes[0]), self._paper, self._tones,
            self._ink, np.int32(215), np.int32(0), self._none, np.int32(0), share,
        )  # fmt: skip
        for plane, paint in zip(planes[1:], painted.planes[1:], strict=True):
            kernels.stain(plane, grown(paint, plane), np.int32(338), np.int32(128), share)
        self._bloom.apply(planes, frame, strength)


def _steps(levels: tuple[int, ...], limits: tuple[int, ...], soft: float) -> NDArray[np.int32]:
    """256 values in levels, which change at the limits within `soft` codes each way."""
    codes = np.arange(256.0)
    values = np.full(256, float(levels[0]))
    for limit, low, high in zip(limits, levels, levels[1:], strict=False):
        share = np.clip((codes - limit + soft) / (2 * soft), 0, 1)
        values += (high - low) * share * share * (3 - 2 * share)
    return np.asarray(np.rint(values), np.int32)


def _screen(canvas: Canvas) -> Plane:
    """A screen of dots at 45 degrees: the luma below which a place is covered, up to the middle tones."""
    cell = max(4.0, 9.0 * min(canvas.width, canvas.height) / 1080)
    down = np.cos(2 * np.pi * np.arange(canvas.height) / (cell * np.sqrt(2)))
    across = np.cos(2 * np.pi * np.arange(canvas.width) / (cell * np.sqrt(2)))
    # cos(a + b) + cos(a - b) = 2 cos(a) cos(b): the turned screen is a product.
    dot = 0.5 + 0.5 * np.multiply.outer(down, across)
    return np.ascontiguousarray(np.rint(16 + 150 * dot), np.uint8)


def _bare(canvas: Canvas) -> Field:
    """How bare the paper is: wholly at the very edge, ragged as a brush leaves it."""
    down, across = places(canvas)
    side = min(canvas.width, canvas.height)
    rim = np.minimum(np.minimum(down, 1 - down) * canvas.height, np.minimum(across, 1 - across) * canvas.width) / side
    ragged = rim - 0.012 - 0.05 * clouds(canvas, _BRUSH, 16.0, octaves=5)
    bare = np.clip(0.5 - ragged / 0.014, 0, 1)
    return as_field(bare)
