"""Pencil: lines and hatching on paper, redrawn eight times a second."""

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.look import paint_kernels as kernels
from oxreel.engines.animatic.look.field import Field, as_field, vignette
from oxreel.engines.animatic.look.paint import Plane, grown, lines, work_size
from oxreel.engines.animatic.look.paper import paper
from oxreel.engines.animatic.look.tone import veil
from oxreel.media.encode import Planes

_STROKES, _DRAWING = 0x9E11, 0x9E12
_SIDE = 512
#: Frames that a drawing lasts: 8 drawings a second.
_DRAWN = 3
#: Angles of the layers of hatching, in degrees, the lightest first.
_ANGLES = (38.0, 52.0, -40.0)


class Pencil:
    """A drawing in graphite on cream paper."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas, self._size = canvas, work_size(canvas)
        self._paper = paper(canvas, 0.9)
        self._strokes = np.stack([_hatching(canvas, layer, angle) for layer, angle in enumerate(_ANGLES)])
        self._edge = vignette(canvas, 0.55, 0.35)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        share = np.int32(round(strength * 256))
        if share <= 0:
            return
        random = self._canvas.random(_DRAWING + 16 * (frame // _DRAWN + 1))
        downs, acrosses = random.integers(0, _SIDE, (2, len(_ANGLES)))
        luma = cv2.resize(planes[0], self._size, interpolation=cv2.INTER_AREA)
        # Each drawing's lines are a little wider or finer than the last one's.
        wide = min(self._size) / 540 * (4.6 + 0.5 * float(random.random()))
        soft: Plane = cv2.GaussianBlur(luma, (0, 0), max(0.8, wide))  # type: ignore[assignment]
        unit = min(self._size) / 540
        small = np.asarray(luma, np.float32)
        # Outlines of things, by their light and by their colour; what has none of its own is plain.
        blue, red = (
            np.asarray(cv2.resize(plane, self._size, interpolation=cv2.INTER_AREA), np.float32) - 128
            for plane in planes[1:]
        )
        pale = as_field(255 - 2 * np.hypot(blue, red))
        edges = np.maximum(lines(small, 1.3 * unit, 2.2, 26), lines(pale, 1.6 * unit, 2.5, 16))
        plain = _plain(small, unit)
        # Strokes are for what is darker than most of the picture.
        usual = float(cv2.mean(luma)[0])
        tones = np.array([min(172, usual + 12) - step for step in (0, 34, 66)], np.int32)
        kernels.sketch(
            planes[0], grown(soft, planes[0]), grown(edges, planes[0]), grown(plain, planes[0]),
            self._strokes, downs, acrosses, tones, self._paper, share,
        )  # fmt: skip
        for plane, centre in zip(planes[1:], (124, 130), strict=True):
            kernels.stain(plane, plane, np.int32(10), np.int32(centre), share)
        veil(planes, (222.0, 124.0, 130.0), self._edge, strength)


def _plain(luma: Field, unit: float) -> Field:
    """255 where a drawing is as light as all around it, less where something stands out; found small."""
    rows, columns = luma.shape
    coarse = cv2.resize(luma, (max(4, columns // 4), max(4, rows // 4)), interpolation=cv2.INTER_AREA)
    near = np.asarray(cv2.GaussianBlur(coarse, (0, 0), 0.8 * unit), np.float32)
    other = np.asarray(np.abs(near - cv2.GaussianBlur(coarse, (0, 0), 8.5 * unit)), np.float32)
    plain = np.clip(255 - 13 * cv2.GaussianBlur(other, (0, 0), unit), 0, 255)
    return as_field(np.asarray(cv2.resize(plain, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32))


def _hatching(canvas: Canvas, layer: int, angle: float) -> NDArray[np.uint8]:
    """A tile of strokes at about that angle, 255 where graphite is densest."""
    random = canvas.random(_STROKES + 16 * layer)
    unit = max(0.5, min(canvas.width, canvas.height) / 1080)
    tile = np.zeros((_SIDE, _SIDE), np.float32)
    count = round(_SIDE * _SIDE / (unit * unit * 26 * 4.2))
    for _ in range(count):
        turn = np.radians(angle + random.normal(0, 3.5))
        length = unit * random.uniform(18, 44)
        x, y = random.uniform(0, _SIDE, 2)
        stroke = np.array([np.cos(turn), -np.sin(turn)]) * length / 2
        for right in (-_SIDE, 0, _SIDE):
            for low in (-_SIDE, 0, _SIDE):
                if not (-length < x + right < _SIDE + length and -length < y + low < _SIDE + length):
                    continue
                ends = [
                    tuple(np.rint((np.array([x + right, y + low]) + way * stroke) * 16).astype(int)) for way in (-1, 1)
                ]
                cv2.line(
                    tile, ends[0], ends[1], (float(random.uniform(110, 230)),), max(1, round(unit)), cv2.LINE_AA, 4
                )
    return np.ascontiguousarray(np.clip(tile, 0, 255), np.uint8)
