"""The inner loops of painting: flat and graded colour through a mask, dithered, so that no gradient shows bands."""

from typing import Any

import numpy as np

from oxreel.engines.animatic.kernels import _compiled

_FULL = np.float32(1 / 255)
_ONE = np.float32(1)
_TOP = np.float32(255)


@_compiled("void(u1[:,:,::1], u1[:,::1], i8, i8, i8, i8, f4[:,::1], f4, f4[:,::1])")
def paint(
    picture: Any,
    mask: Any,
    top: Any,
    bottom: Any,
    left: Any,
    right: Any,
    ink: Any,
    opacity: Any,
    noise: Any,
) -> None:
    """Lay colour over `picture` where `mask` is set: `ink` has one colour for each row from `top` on."""
    rows, columns = noise.shape
    for y in range(top, bottom):
        for x in range(left, right):
            share = mask[y, x]
            if share == 0:
                continue
            over = np.float32(share) * _FULL * opacity
            grain = noise[y % rows, x % columns]
            for channel in range(3):
                under = np.float32(picture[y, x, channel])
                colour = ink[y - top, channel]
                picture[y, x, channel] = np.uint8(
                    max(np.float32(0), min(_TOP, under + (colour - under) * over + grain))
                )


@_compiled("void(u1[:,:,::1], u1[:,::1], i8, i8, i8, i8, f4[::1], f4, f4[:,::1])")
def shine(
    picture: Any, mask: Any, top: Any, bottom: Any, left: Any, right: Any, light: Any, strength: Any, noise: Any
) -> None:
    """Add light through `mask`, less where it is bright already."""
    rows, columns = noise.shape
    for y in range(top, bottom):
        for x in range(left, right):
            share = mask[y, x]
            if share == 0:
                continue
            over = np.float32(share) * _FULL * strength
            grain = noise[y % rows, x % columns]
            for channel in range(3):
                under = np.float32(picture[y, x, channel])
                lit = under + (_TOP - under) * light[channel] * _FULL * over
                picture[y, x, channel] = np.uint8(max(np.float32(0), min(_TOP, lit + grain)))


@_compiled("void(u1[:,:,::1], f4[:,::1], i8, f4[:,::1], f4[:,::1])")
def tint_field(picture: Any, field: Any, top: Any, table: Any, noise: Any) -> None:
    """Fill rows from `top` on with `table` (float32 (n, 3)) read at `field`, 0..1, between its entries."""
    rows, columns = noise.shape
    height, width = field.shape
    last = np.float32(table.shape[0] - 1)
    for y in range(height):
        for x in range(width):
            at = min(max(field[y, x], np.float32(0)), _ONE) * last
            low = min(int(at), table.shape[0] - 2)
            part = at - np.float32(low)
            grain = noise[(y + top) % rows, x % columns]
            for channel in range(3):
                colour = table[low, channel] + (table[low + 1, channel] - table[low, channel]) * part
                picture[y + top, x, channel] = np.uint8(max(np.float32(0), min(_TOP, colour + grain)))


@_compiled("void(u1[:,:,::1], u1[:,::1], i8, i8, i8, i8, f4[:,::1], f4, f4[:,::1])")
def paste(
    cutout: Any, mask: Any, top: Any, bottom: Any, left: Any, right: Any, ink: Any, opacity: Any, noise: Any
) -> None:
    """Lay colour over a picture with straight alpha: `ink[y]` where `mask` is set."""
    rows, columns = noise.shape
    for y in range(top, bottom):
        for x in range(left, right):
            share = mask[y, x]
            if share == 0:
                continue
            over = np.float32(share) * _FULL * opacity
            under = np.float32(cutout[y, x, 3]) * _FULL * (_ONE - over)
            whole = over + under
            grain = noise[y % rows, x % columns]
            for channel in range(3):
                colour = (ink[y, channel] * over + np.float32(cutout[y, x, channel]) * under) / whole
                cutout[y, x, channel] = np.uint8(max(np.float32(0), min(_TOP, colour + grain)))
            cutout[y, x, 3] = np.uint8(min(_TOP, whole * _TOP + np.float32(0.5)))


@_compiled("void(u1[:,:,::1], u1[:,:,::1], i8, i8)")
def stand(picture: Any, cutout: Any, top: Any, left: Any) -> None:
    """Compose a cut-out with straight alpha onto a picture, clipped at its edges."""
    height, width, _ = picture.shape
    for y in range(max(0, -top), min(cutout.shape[0], height - top)):
        for x in range(max(0, -left), min(cutout.shape[1], width - left)):
            share = np.int64(cutout[y, x, 3])
            if share == 0:
                continue
            for channel in range(3):
                under = np.int64(picture[y + top, x + left, channel])
                mixed = under * (255 - share) + np.int64(cutout[y, x, channel]) * share + 127
                picture[y + top, x + left, channel] = np.uint8(mixed // 255)
