"""The inner loops of type, of grain and of whatever else is laid over single samples."""

from typing import Any

import numpy as np

from oxreel.engines.animatic.kernels import _compiled


@_compiled("void(u1[:,::1], i8, i8, u1[:,::1], u1[:,::1], i8)")
def overlay(plane: Any, top: Any, left: Any, values: Any, mask: Any, share: Any) -> None:
    """Mix `values` into a plane, their corner at (top, left): `share` of 256 parts, where `mask` is 255.

    What lies outside the plane is left out.
    """
    height, width = plane.shape
    y0, y1 = max(0, -top), min(mask.shape[0], height - top)
    x0, x1 = max(0, -left), min(mask.shape[1], width - left)
    whole = np.int32(share)
    for y in range(y0, y1):
        to, value, shares = plane[top + y], values[y], mask[y]
        for x in range(x0, x1):
            old = np.int32(to[left + x])
            weight = np.int32(shares[x]) * whole
            to[left + x] = np.uint8(old + (((np.int32(value[x]) - old) * weight + np.int32(32640)) // np.int32(65280)))


@_compiled("void(u1[:,::1], i1[:,::1], i8, i8, f4)")
def grain(luma: Any, tile: Any, down: Any, across: Any, amount: Any) -> None:
    """Add the tile (sides are powers of two, 127 is four deviations) from (down, across) on, most in the middle tones.

    `amount` is the standard deviation in codes of luma at mid grey.
    """
    rows, columns = tile.shape
    height, width = luma.shape
    # At luma 16 and 235 there is none; at 125 there is the whole. Parts of a code are kept: 16384 to a code.
    scale = np.int64(amount * np.float32(4.0 / 127.0) * np.float32(1 << 26) / np.float32(110 * 109))
    for y in range(height):
        line, noise = luma[y], tile[(y + down) & (rows - 1)]
        x = 0
        at = across & (columns - 1)
        while x < width:
            run = min(columns - at, width - x)
            for i in range(run):
                value = np.int32(line[x + i])
                bell = (value - np.int32(16)) * (np.int32(235) - value)
                much = np.int32((bell * scale) >> 12)
                value += (np.int32(noise[at + i]) * much + np.int32(8192)) >> np.int32(14)
                line[x + i] = np.uint8(min(max(value, np.int32(16)), np.int32(235)))
            x += run
            at = 0
