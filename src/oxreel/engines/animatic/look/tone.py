"""Tones: colour tables made from plain formulas, and veils of one colour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.look import tone_kernels as kernels
from oxreel.engines.animatic.look.field import Field
from oxreel.engines.animatic.weather.field_kernels import lay
from oxreel.media.encode import Planes

#: Luma 0..1 and the two chroma differences -0.5..0.5 of BT.709, any shape.
Shares = NDArray[np.float64]
Colours = tuple[Shares, Shares, Shares]
#: How a look changes colours.
Formula = Callable[[Shares, Shares, Shares], Colours]

_PARTS = 64
_NOWHERE = np.zeros((1, 1), np.float32)


@dataclass(frozen=True)
class Tone:
    """A look as a table of changes."""

    #: Changes at the nodes of a coarse table, and of greys by their luma; in 64ths of a code.
    nodes: NDArray[np.int16]
    curve: NDArray[np.int16]

    @cached_property
    def table(self) -> NDArray[np.int16]:
        """The changes between the nodes."""
        fine = np.zeros((kernels.FINE_CHROMA, kernels.FINE_CHROMA, kernels.LUMA_NODES, 4), np.int16)
        kernels.refine(self.nodes, fine)
        return fine

    def lay(self, planes: Planes, field: Field, strength: float) -> None:
        """Change the planes where and as far as the field says; nothing at strength 0."""
        lay_both(planes, (self, field), (self, _NOWHERE), strength)


def lay_both(planes: Planes, one: tuple[Tone, Field], other: tuple[Tone, Field], strength: float) -> None:
    """Change the planes by two looks, each where and as far as its field says; the fields' sum is 1 at most."""
    if strength > 0:
        (first, here), (second, there) = one, other
        kernels.tones(
            *planes, first.nodes, first.table, first.curve, here, second.nodes, second.table, second.curve, there,
            np.float32(strength),
        )  # fmt: skip


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
    veils(planes, [(colour, field)], strength)


def veils(planes: Planes, layers: Sequence[tuple[tuple[float, float, float], Field]], strength: float) -> None:
    """Several veils, one over the other, laid in one go; their fields have one shape."""
    if strength <= 0:
        return
    keep = np.ones((2, 2), np.float32)
    adds = [np.zeros((2, 2), np.float32)] * 3
    for colour, field in layers:
        share = np.asarray(strength * field, np.float32)
        # Fields of one sample, or of one row, are the same everywhere.
        share = np.repeat(share, 2, axis=0) if share.shape[0] == 1 else share
        share = np.repeat(share, 2, axis=1) if share.shape[1] == 1 else share
        keep = keep * (1 - share) if keep.shape == share.shape else 1 - share
        adds = [
            np.asarray((add if add.shape == share.shape else 0) * (1 - share) + share * code, np.float32)
            for add, code in zip(adds, colour, strict=True)
        ]
    for plane, add in zip(planes, adds, strict=True):
        lay(plane, np.ascontiguousarray(keep, np.float32), np.ascontiguousarray(add, np.float32))


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
