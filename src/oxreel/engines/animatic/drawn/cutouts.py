"""Cut-outs: a figure's parts coloured, lit and cut out at a size in pixels."""

from dataclasses import dataclass

import cv2
import numpy as np

from oxreel.engines.animatic.actor import Cutout
from oxreel.engines.animatic.drawn.paint_kernels import paste
from oxreel.engines.animatic.drawn.palette import Colour, Palette, colour, mix
from oxreel.engines.animatic.drawn.paper import NOISE
from oxreel.engines.animatic.drawn.rigs import Part
from oxreel.engines.animatic.drawn.shapes import Outline, bounds, cover

#: Cut-outs lower than this many pixels are drawn at twice their size.
_FINE = 700
_WHITE = np.full(3, 255, np.float32)


@dataclass(frozen=True)
class Figure:
    """A cut-out, and where the figure's own origin stands in it."""

    cutout: Cutout
    #: Pixels from the left edge to the figure's middle, and from the bottom up to its ground.
    middle: float
    ground: float


def cut_out(
    parts: list[Part],
    height: float,
    palette: Palette,
    colours: dict[str, Colour],
    *,
    light: float = -1.0,
    far: float = 0.0,
    flip: bool = False,
) -> Figure:
    """Draw parts at `height` pixels for every 100 of their units; the light comes from the left (-1) or right (1)."""
    shapes = [shape for one in parts for shape in one.shapes]
    left, low, right, high = bounds(shapes)
    scale = height / 100
    fine = 2 if height < _FINE else 1
    pad = 2
    width = int(np.ceil((right - left) * scale)) + 2 * pad
    tall = int(np.ceil((high - min(low, 0.0)) * scale)) + 2 * pad
    base = min(low, 0.0)
    side = -1 if flip else 1
    start = -right if flip else left
    unit = scale * fine

    def placed(outline: Outline) -> Outline:
        return np.column_stack(
            [(outline[:, 0] * side - start + pad / scale) * unit, (high - outline[:, 1] + pad / scale) * unit]
        )

    canvas = np.zeros((tall * fine, width * fine, 4), np.uint8)
    mask = np.zeros(canvas.shape[:2], np.uint8)
    down = np.linspace(0, 1, canvas.shape[0], dtype=np.float32)[:, None]
    for one in parts:
        area = cover(mask, [placed(shape) for shape in one.shapes])
        if area[0] >= area[1]:
            continue
        own, lamp = role_colour(one.role, palette, colours)
        if one.role.startswith("halo:"):
            # Light in the air: soft to its edge, and thin enough for what is behind it.
            whole = mask[area[0] : area[1], area[2] : area[3]]
            across, deep = (np.linspace(-1, 1, side, dtype=np.float32) ** 2 for side in whole.shape[::-1])
            whole[:] = np.clip(1 - across[None] - deep[:, None], 0, 1) ** 2 * 255
            ink = np.array(np.broadcast_to(own, (canvas.shape[0], 3)), np.float32, order="C")
            paste(canvas, mask, *area, ink, np.float32(0.5), NOISE)
            mask[area[0] : area[1], area[2] : area[3]] = 0
            continue
        if lamp:
            ink = np.array(np.broadcast_to(own, (canvas.shape[0], 3)), np.float32, order="C")
            paste(canvas, mask, *area, ink, np.float32(1), NOISE)
        else:
            bright, dim = palette.lit(own, far, 0.0), palette.lit(own, far, 0.85)
            ink = np.ascontiguousarray(bright + (dim - bright) * (down * 0.34), np.float32)
            paste(canvas, mask, *area, ink, np.float32(1), NOISE)
            if one.shade:
                _edge(canvas, mask, area, dim, one.shade * unit, light, 0.62)
                _edge(
                    canvas, mask, area, mix(bright, palette.key * _WHITE, 0.42), -one.shade * unit * 0.42, light, 0.55
                )
        mask[area[0] : area[1], area[2] : area[3]] = 0
    if fine > 1:
        canvas = _smaller(canvas, fine)
    return Figure(canvas, pad - start * scale, pad - base * scale)


def _edge(
    canvas: Cutout,
    mask: Cutout,
    area: tuple[int, int, int, int],
    ink: Colour,
    width: float,
    light: float,
    opacity: float,
) -> None:
    """A crescent along the side away from the light (`width` above 0) or along the lit side (below 0)."""
    top, bottom, left, right = area
    part = mask[top:bottom, left:right]
    move = np.array([[1, 0, light * width], [0, 1, -abs(width) * 0.55 * np.sign(width)]], np.float32)
    moved = cv2.warpAffine(part, move, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    edge = np.zeros_like(mask)
    cv2.subtract(part, moved, dst=edge[top:bottom, left:right])
    rows = np.array(np.broadcast_to(ink, (canvas.shape[0], 3)), np.float32, order="C")
    # The crescent must not widen the outline: the opacity under it stays as it was.
    alpha = canvas[top:bottom, left:right, 3].copy()
    paste(canvas, edge, top, bottom, left, right, rows, np.float32(opacity), NOISE)
    canvas[top:bottom, left:right, 3] = alpha


def _smaller(canvas: Cutout, factor: int) -> Cutout:
    """The mean of neighbouring samples, each weighed by its opacity."""
    height, width, _ = canvas.shape
    size = width // factor, height // factor
    alpha = canvas[:, :, 3:].astype(np.float32)
    weighted = cv2.resize(canvas[:, :, :3] * (alpha / 255), size, interpolation=cv2.INTER_AREA)
    whole = cv2.resize(alpha[:, :, 0], size, interpolation=cv2.INTER_AREA)
    small = np.empty((size[1], size[0], 4), np.uint8)
    small[:, :, :3] = np.clip(np.rint(weighted * (255 / np.maximum(whole, 1))[:, :, None]), 0, 255)
    small[:, :, 3] = np.rint(whole)
    return small


def role_colour(role: str, palette: Palette, colours: dict[str, Colour]) -> tuple[Colour, bool]:
    """The unlit colour of a role, and whether it shines by itself ("glow:#ffd98a", lit windows at night)."""
    if role.startswith(("glow:", "halo:")):
        return colour(role[5:]), True
    if role == "window":
        return (colour("#ffd58a"), True) if palette.night else (palette.raw("glass"), False)
    name = role.rstrip("+-")
    own = colours[name] if name in colours else palette.raw(name)
    darker, lighter = role.count("-"), role.count("+")
    own = own * np.float32(0.78**darker)
    return (mix(own, _WHITE, 1 - 0.74**lighter) if lighter else own), False
