"""Paper: the picture being drawn, painted from the back to the front, and how near each part of it is."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.paint_kernels import paint, shine, stand, tint_field
from oxreel.engines.animatic.drawn.palette import Colour
from oxreel.engines.animatic.drawn.shapes import Outline, cover
from oxreel.engines.animatic.effect import Nearness
from oxreel.engines.animatic.scene import Picture

#: Pixels of the picture for each sample of nearness, and of soft masks.
COARSE = 8
#: Rows of a field that are brought up to size at a time.
_STRIP = 64
#: Paint of this opacity hides the water under it.
_COVERS = 0.7
#: Added before samples are cut to whole numbers: gradients dissolve instead of showing bands.
NOISE = np.random.default_rng(0x9A9E2).random((128, 128), np.float32)

Cutout = NDArray[np.uint8]


class Paper:
    """A picture in units of its height: x from 0 to `aspect`, y from 0 (top) to 1."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.aspect = width / height
        self.picture: Picture = np.zeros((height, width, 3), np.uint8)
        self.near: Nearness = np.zeros((max(1, height // COARSE), max(1, width // COARSE)), np.float32)
        #: Where water is seen, 0..1, as coarse as the nearness; what is painted while it `pours` is water.
        self.wet = np.zeros_like(self.near)
        self.pours = False
        #: Distance from the water's edge in heights of the picture where it is seen from above, land below 0.
        self.coast: NDArray[np.float32] | None = None
        self._mask = np.zeros((height, width), np.uint8)
        self._clip = np.zeros((height, width), np.uint8)

    def fill(
        self,
        shapes: Sequence[Outline],
        colour: Colour,
        to: Colour | None = None,
        *,
        span: tuple[float, float] | None = None,
        opacity: float = 1.0,
        near: float | tuple[float, float] | None = None,
        shadow: float = 0.0,
        clip: Sequence[Outline] | None = None,
    ) -> None:
        """Paint outlines in one colour, or from `colour` down to `to` over `span` (else from their top to their foot).

        `near` sets the nearness, one or from top to foot of the
        span; `shadow` is how dark a soft shadow they cast on what is behind; `clip` keeps the paint inside.
        """
        scaled = [outline * self.height for outline in shapes]
        area = cover(self._mask, scaled)
        if clip is not None:
            area = self._clipped(area, clip)
        top, bottom, left, right = area
        if top >= bottom:
            return
        if shadow:
            self._cast(area, shadow)
        y0, y1 = (edge * self.height for edge in span) if span is not None else (top, bottom)
        share = np.clip((np.arange(top, bottom, dtype=np.float32) - y0) / max(1.0, y1 - y0), 0, 1)[:, None]
        ink = colour + ((colour if to is None else to) - colour) * share
        paint(self.picture, self._mask, *area, np.ascontiguousarray(ink, np.float32), np.float32(opacity), NOISE)
        if near is not None:
            low, high = near if isinstance(near, tuple) else (near, near)
            self._set_near(area, low + (high - low) * share[:, 0])
        if self.pours or (opacity >= _COVERS and self.wet.any()):
            self._set_wet(area)
        self._mask[top:bottom, left:right] = 0

    def glow(self, x: float, y: float, radius: float, light: Colour, strength: float = 1.0, flat: float = 1.0) -> None:
        """A soft round light; `flat` below 1 squeezes it down."""
        top, bottom = self._rows(y - radius * flat, y + radius * flat)
        left, right = self._columns(x - radius, x + radius)
        if top >= bottom or left >= right:
            return
        coarse = (
            max(min(24, bottom - top), (bottom - top) // COARSE),
            max(min(24, right - left), (right - left) // COARSE),
        )
        rows = (top + (np.arange(coarse[0], dtype=np.float32) + 0.5) * (bottom - top) / coarse[0]) / self.height
        columns = (left + (np.arange(coarse[1], dtype=np.float32) + 0.5) * (right - left) / coarse[1]) / self.height
        distance = ((rows[:, None] - y) / (radius * flat)) ** 2 + ((columns[None] - x) / radius) ** 2
        fall = np.clip(1 - distance, 0, 1).astype(np.float32) ** 2 * np.float32(255)
        self._mask[top:bottom, left:right] = np.clip(
            cv2.resize(fall, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR), 0, 255
        )
        shine(
            self.picture,
            self._mask,
            top,
            bottom,
            left,
            right,
            np.asarray(light, np.float32),
            np.float32(strength),
            NOISE,
        )
        self._mask[top:bottom, left:right] = 0

    def veil(
        self, density: NDArray[np.float32], colour: Colour, opacity: float = 1.0, rows: tuple[float, float] = (0.0, 1.0)
    ) -> None:
        """Mist: lay a colour over the rows by a coarse density 0..1 that is brought up to their size."""
        top, bottom = self._rows(*rows)
        if top >= bottom:
            return
        full = cv2.resize(density, (self.width, bottom - top), interpolation=cv2.INTER_LINEAR)
        self._mask[top:bottom] = np.clip(full * 255, 0, 255)
        area = top, bottom, 0, self.width
        paint(self.picture, self._mask, *area, _flat(colour, bottom - top), np.float32(opacity), NOISE)
        self._mask[top:bottom] = 0

    def tint(
        self, field: NDArray[np.float32], table: NDArray[np.float32], rows: tuple[float, float] = (0.0, 1.0)
    ) -> None:
        """Fill the rows with a table of colours read at a coarse field 0..1, whose steps become clean edges."""
        top, bottom = self._rows(*rows)
        height = bottom - top
        table = np.ascontiguousarray(table, np.float32)
        scale = field.shape[0] / height
        columns = np.broadcast_to(
            (np.arange(self.width, dtype=np.float32) + 0.5) * (field.shape[1] / self.width) - 0.5, (_STRIP, self.width)
        )
        for start in range(0, height, _STRIP):
            count = min(_STRIP, height - start)
            lines = (np.arange(start, start + count, dtype=np.float32) + 0.5) * scale - 0.5
            across = np.ascontiguousarray(columns[:count])
            down = np.ascontiguousarray(np.broadcast_to(lines[:, None], across.shape))
            strip = cv2.remap(field, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
            tint_field(self.picture, np.ascontiguousarray(strip), top + start, table, NOISE)

    def stand(self, cutout: Cutout, x: float, foot: float, near: float) -> None:
        """Set a cut-out into the picture, the middle of its foot at (x, foot)."""
        height, width, _ = cutout.shape
        left, top = round(x * self.height - width / 2), round(foot * self.height - height)
        stand(self.picture, cutout, top, left)
        rows, columns = self.near.shape
        alpha = cv2.resize(
            cutout[:, :, 3], (max(1, width // COARSE), max(1, height // COARSE)), interpolation=cv2.INTER_AREA
        )
        t, s = round(top / COARSE), round(left / COARSE)
        y0, x0 = max(0, t), max(0, s)
        y1, x1 = min(rows, t + alpha.shape[0]), min(columns, s + alpha.shape[1])
        if y0 < y1 and x0 < x1:
            part = self.near[y0:y1, x0:x1]
            part[alpha[y0 - t : y1 - t, x0 - s : x1 - s] > 127] = near
            self.wet[y0:y1, x0:x1] *= 1 - alpha[y0 - t : y1 - t, x0 - s : x1 - s] / np.float32(255)

    def shadow_under(self, x: float, y: float, across: float, strength: float, flat: float = 0.18) -> None:
        """A soft contact shadow on the ground."""
        top, bottom = self._rows(y - across * flat, y + across * flat)
        left, right = self._columns(x - across, x + across)
        if top >= bottom or left >= right:
            return
        rows = ((np.arange(top, bottom, dtype=np.float32) + 0.5) / self.height - y) / (across * flat)
        columns = ((np.arange(left, right, dtype=np.float32) + 0.5) / self.height - x) / across
        fall = np.clip(1 - np.hypot(rows[:, None], columns[None]), 0, 1)
        self._mask[top:bottom, left:right] = np.rint(np.minimum(1, fall * 1.6) * 255)
        ink = _flat((14, 18, 38), bottom - top)
        paint(self.picture, self._mask, top, bottom, left, right, ink, np.float32(strength), NOISE)
        self._mask[top:bottom, left:right] = 0

    def _clipped(self, area: tuple[int, int, int, int], clip: Sequence[Outline]) -> tuple[int, int, int, int]:
        touched = cover(self._clip, [outline * self.height for outline in clip])
        top, bottom, left, right = area
        part = self._mask[top:bottom, left:right]
        np.minimum(part, self._clip[top:bottom, left:right], out=part)
        self._clip[touched[0] : touched[1], touched[2] : touched[3]] = 0
        return area

    def _cast(self, area: tuple[int, int, int, int], strength: float) -> None:
        """Darken softly what lies behind the mask's upper edge, as one sheet of paper does another."""
        rows, columns = self.near.shape
        small = cv2.resize(self._mask, (columns, rows), interpolation=cv2.INTER_AREA)
        spread = rows * 0.016 + 0.6
        soft = cv2.GaussianBlur(small, (0, 0), spread)
        top, bottom, left, right = area
        reach = int(spread * COARSE * 3)
        top, bottom = max(0, top - reach), min(self.height, bottom + reach)
        left, right = max(0, left - reach), min(self.width, right + reach)
        full = cv2.resize(soft, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        ink = _flat((20, 26, 52), bottom - top)
        paint(self.picture, full, top, bottom, left, right, ink, np.float32(strength), NOISE)

    def _set_near(self, area: tuple[int, int, int, int], values: NDArray[np.float32]) -> None:
        rows, columns = self.near.shape
        top, bottom = area[0] // COARSE, min(rows, -(-area[1] // COARSE))
        left, right = area[2] // COARSE, min(columns, -(-area[3] // COARSE))
        if top >= bottom or left >= right:
            return
        part = self._mask[top * COARSE : bottom * COARSE, left * COARSE : right * COARSE]
        small = cv2.resize(part, (right - left, bottom - top), interpolation=cv2.INTER_AREA) > 127
        middles = np.arange(top, bottom) * COARSE + COARSE // 2 - area[0]
        coarse = values[np.clip(middles, 0, len(values) - 1)]
        self.near[top:bottom, left:right][small] = np.broadcast_to(coarse[:, None], small.shape)[small]

    def _set_wet(self, area: tuple[int, int, int, int]) -> None:
        """Where the mask is set there is water now, or none any more."""
        rows, columns = self.wet.shape
        top, bottom = area[0] // COARSE, min(rows, -(-area[1] // COARSE))
        left, right = area[2] // COARSE, min(columns, -(-area[3] // COARSE))
        if top >= bottom or left >= right:
            return
        part = self._mask[top * COARSE : bottom * COARSE, left * COARSE : right * COARSE]
        share = cv2.resize(part, (right - left, bottom - top), interpolation=cv2.INTER_AREA) / np.float32(255)
        there = self.wet[top:bottom, left:right]
        if self.pours:
            np.maximum(there, share, out=there)
        else:
            there *= 1 - share

    def _rows(self, top: float, bottom: float) -> tuple[int, int]:
        return max(0, round(top * self.height)), min(self.height, round(bottom * self.height))

    def _columns(self, left: float, right: float) -> tuple[int, int]:
        return max(0, round(left * self.height)), min(self.width, round(right * self.height))


def _flat(colour: Colour | tuple[int, int, int], rows: int) -> NDArray[np.float32]:
    """The same colour for so many rows."""
    return np.array(np.broadcast_to(np.asarray(colour, np.float32), (rows, 3)), order="C")
