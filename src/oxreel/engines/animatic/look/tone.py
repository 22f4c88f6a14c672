"""Tones: colour tables made from plain formulas, and veils of one colour."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.look import tone_kernels as kernels
from oxreel.engines.animatic.look.field import Field
from oxreel.media.encode import Planes

#: Luma 0..1 and the two chroma differences -0.5..0.5 of BT.709, any shape.
Shares = NDArray[np.float64]
Colours = tuple[Shares, Shares, Shares]
#: How a look changes colours.
Formula = Callable[[Shares, Shares, Shares], Colours]

_PARTS = 64


@dataclass(frozen=True)
class Tone:
    """A look as a table of changes."""

    table: NDArray[np.int16]
    curve: NDArray[np.int16]

    def lay(self, planes: Planes, field: Field, strength: float) -> None:
        """Change the planes where and as far as the field says; nothing at strength 0."""
        if strength > 0:
            kernels.tone(*planes, self.table, self.curve, field, np.float32(strength))


def tone_of(formula: Formula) -> Tone:
    """The table of a formula."""
    y, b, r = np.meshgrid(
        (np.arange(kernels.LUMA_NODES) * 16.0 - 16) / 219,
        (np.arange(kernels.CHROMA_NODES) * 8.0 - 128) / 224,
        (np.arange(kernels.CHROMA_NODES) * 8.0 - 128) / 224,
        indexing="ij",
    )
    grey = (np.arange(256.0) - 16) / 219
    none = np.zeros_like(grey)
    curve = _codes(formula(grey.clip(0, 1), none, none)[0] - grey.clip(0, 1), 219)
    changed = formula(y.clip(0, 1), b, r)
    along = np.interp(y, grey, curve / (219.0 * _PARTS))
    table = np.zeros((*y.shape, 4), np.int16)
    table[..., 0] = _codes(changed[0] - y.clip(0, 1) - along, 219)
    table[..., 1] = _codes(changed[1] - b, 224)
    table[..., 2] = _codes(changed[2] - r, 224)
    return Tone(table, curve)


def veil(planes: Planes, colour: tuple[float, float, float], field: Field, strength: float) -> None:
    """Mix a colour (codes of luma, cb, cr) into the planes, where and as far as the field says; nothing at 0."""
    if strength > 0:
        kernels.veil(*planes, np.array(colour, np.float32), field, np.float32(strength))


def code_of(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Codes of luma, cb and cr of an sRGB colour, 0..255 each."""
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        16 + luma * 219 / 255,
        128 + (blue - luma) / 1.8556 * 224 / 255,
        128 + (red - luma) / 1.5748 * 224 / 255,
    )


def step(value: Shares, low: float, high: float) -> Shares:
    """0 below `low`, 1 above `high` (or the other way round), smooth between."""
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def blend(colours: Colours, share: Shares, other: Colours) -> Colours:
    """The colours with a share of others."""
    y, b, r = (one + (two - one) * share for one, two in zip(colours, other, strict=True))
    return y, b, r


def _codes(change: Shares, span: int) -> NDArray[np.int16]:
    return np.asarray(np.rint(change * span * _PARTS).clip(-32000, 32000), np.int16)
