"""Sprites: the shapes of leaves, petals and bubbles, drawn once and kept in several sizes."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

#: Drawn at this side, then shrunk to the sides below; the outermost texels are clear.
_DRAWN = 512
_SIDES = (96, 48, 24, 12)
#: Of a soft copy, out of focus: blur in shares of the side.
_SOFT = 0.055

_Mask = NDArray[np.float32]


@dataclass(frozen=True)
class Atlas:
    """All sprites, flat, as the kernel reads them. Alpha and shade are uint8; shade is 255 in full light."""

    alpha: NDArray[np.uint8]
    shade: NDArray[np.uint8]
    starts: NDArray[np.int64]
    sides: NDArray[np.int64]
    #: Number of a shape's first (largest) sprite; its soft copies come after its sharp ones.
    first: dict[str, int]

    def index(self, shape: str, texels: NDArray[np.float64], soft: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Which sprite to draw where a shape is that many samples wide."""
        sides = np.array(_SIDES)
        # The smallest that is not enlarged.
        level = np.clip((sides[None, :] >= texels[:, None]).sum(axis=1) - 1, 0, len(_SIDES) - 1)
        return np.asarray(self.first[shape] + level + np.where(soft, len(_SIDES), 0), np.int64)


@cache
def atlas() -> Atlas:
    """Every shape in every size."""
    shapes = {
        "leaf": _leaf(0.30, 1.0, veins=5),
        "willow": _leaf(0.15, 1.3, veins=0),
        "maple": _maple(),
        "petal": _petal(0.30, notch=0.10),
        "curl": _petal(0.21, notch=0.0),
        "bubble": _bubble(),
    }
    alpha: list[NDArray[np.uint8]] = []
    shade: list[NDArray[np.uint8]] = []
    sides: list[int] = []
    first: dict[str, int] = {}
    for name, (mask, light) in shapes.items():
        first[name] = len(sides)
        blurred = cv2.GaussianBlur(mask, (0, 0), _SOFT * _DRAWN)
        for drawn in (mask, blurred):
            for side in _SIDES:
                small = cv2.resize(drawn, (side - 2, side - 2), interpolation=cv2.INTER_AREA)
                lit = cv2.resize(light, (side - 2, side - 2), interpolation=cv2.INTER_AREA)
                alpha.append(np.pad(np.rint(np.clip(small, 0, 1) * 255), 1).astype(np.uint8).ravel())
                shade.append(np.pad(np.rint(np.clip(lit, 0, 1) * 255), 1, mode="edge").astype(np.uint8).ravel())
                sides.append(side)
    lengths = np.array([len(one) for one in alpha])
    return Atlas(
        np.concatenate(alpha),
        np.concatenate(shade),
        np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64),
        np.array(sides, np.int64),
        first,
    )


def _axes() -> tuple[_Mask, _Mask]:
    axis = ((np.arange(_DRAWN) + 0.5) / _DRAWN * 2 - 1).astype(np.float32)
    return axis[None, :], axis[:, None]


def _edge(inside: NDArray[np.floating[Any]]) -> _Mask:
    """A mask of where the value is above 0, one texel of the smallest useful size soft."""
    return np.asarray(np.clip(inside * 40 + 0.5, 0, 1), np.float32)


def _leaf(wide: float, tip: float, veins: int) -> tuple[_Mask, _Mask]:
    """A pointed leaf along x, with a stalk, a rib and veins."""
    x, y = _axes()
    along = np.clip((x + 0.78) / 1.64, 0, 1)
    half = wide * 2 * np.maximum(np.sin(np.pi * along**0.85), 0) ** 0.9 * (1 - 0.25 * along * tip)
    bent = y - 0.10 * np.sin(2.4 * x)
    stalk = _edge(0.022 - np.abs(bent)) * ((x > -0.95) & (x < -0.7))
    mask = np.maximum(_edge(np.where((along > 0) & (along < 1), half - np.abs(bent), -1)), stalk)
    light = 0.80 + 0.14 * np.tanh(bent * 9)
    light -= 0.25 * np.exp(-((bent / 0.022) ** 2))
    if veins:
        light -= 0.12 * np.exp(-((np.sin(veins * np.pi * (along - 0.55 * np.abs(bent))) / 0.22) ** 2))
    return mask, np.asarray(np.clip(light, 0, 1), np.float32)


def _maple() -> tuple[_Mask, _Mask]:
    """A leaf of five pointed lobes."""
    x, y = _axes()
    angle, radius = np.arctan2(y, x + 0.15), np.hypot(x + 0.15, y)
    lobes = 1 - np.abs(np.mod(2.5 * angle / np.pi + 0.5, 1) * 2 - 1)
    teeth = 1 - np.abs(np.mod(12.5 * angle / np.pi + 0.5, 1) * 2 - 1)
    reach = (0.26 + 0.58 * lobes**1.4 + 0.09 * teeth) * (0.80 + 0.20 * np.cos(angle))
    stalk = _edge(0.022 - np.abs(y)) * ((x > -0.92) & (x < -0.3))
    light = 0.90 - 0.22 * np.exp(-((np.sin(2.5 * angle) * radius / 0.05) ** 2)) - 0.12 * radius
    return np.maximum(_edge(reach - radius), stalk), np.asarray(np.clip(light, 0, 1), np.float32)


def _petal(wide: float, notch: float) -> tuple[_Mask, _Mask]:
    """A petal along x, broad at its end, notched where a cherry's is."""
    x, y = _axes()
    along = np.clip((x + 0.80) / 1.5, 0, 1)
    half = 2 * wide * np.maximum(np.sin(np.pi * along**1.35), 0) ** 0.62 * (0.55 + 0.45 * along)
    mask = _edge(np.where((along > 0) & (along < 1), half - np.abs(y), -1))
    mask = np.minimum(mask, 1 - _edge(notch * 1.6 - np.hypot((x - 0.72) * 1.1, y * 1.6)))
    light = 0.91 + 0.09 * along + 0.04 * np.tanh(y * 4)
    return np.asarray(mask, np.float32), np.asarray(np.clip(light, 0, 1), np.float32)


def _bubble() -> tuple[_Mask, _Mask]:
    """A thin rim, brighter above, a window's gleam and its small counterpart below."""
    x, y = _axes()
    radius = np.hypot(x, y)
    rim = np.exp(-(((radius - 0.84) / 0.07) ** 2)) * (0.50 + 0.35 * np.clip(-y - 0.4 * x, -1, 1))
    body = 0.10 * _edge(0.86 - radius) * radius**2
    gleam = 0.95 * np.exp(-(((x + 0.38) ** 2 + (y + 0.42) ** 2) / 0.022))
    answer = 0.40 * np.exp(-(((x - 0.40) ** 2 + (y - 0.46) ** 2) / 0.030))
    mask = np.clip(rim + body + gleam + answer, 0, 1)
    return np.asarray(mask, np.float32), np.ones((_DRAWN, _DRAWN), np.float32)
