"""The troupe: actors drawn over a frame, with their light and their shadows."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, sin
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.acting import Stance, half_width, stance
from oxreel.engines.animatic.actor import Actor
from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.sprite import EVEN_LIGHT, Light, Sprite, light_at
from oxreel.engines.animatic.sprite_kernels import EDGE, lay, shade
from oxreel.media.encode import Planes

Matrix = NDArray[np.float64]

#: Chroma samples to luma pixels, as in `resampling`.
_TO_LUMA = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.5], [0.0, 0.0, 1.0]])
_TO_CHROMA = np.linalg.inv(_TO_LUMA)
#: Cells of a shadow across an actor's width, and how far it lies around its foot, in shares of its width and height.
_CELLS = 96
_SHADOW_ASIDE, _SHADOW_UP, _SHADOW_DOWN = 0.45, 0.2, 0.16
#: Darkness under the foot, and of the soft part around it.
_CONTACT, _AMBIENT = 0.55, 0.36
#: Share of its height from its foot in which parts stand on the ground.
_STANDS = 0.1


#: Size of who is just arriving.
_ARRIVING = 0.86


class Seeing(Protocol):
    """A camera on its path."""

    def view(self, frame: int, nearness: float) -> Matrix:
        """3x3: where in the fitted picture a pixel of that frame is seen, for what is as near as that."""


@dataclass(frozen=True)
class _Ready:
    actor: Actor
    sprites: tuple[Sprite, ...]
    #: float32 (rows, columns) 0..1: how dark the ground around the foot is; None without a shadow.
    shadow: NDArray[np.float32] | None


class Troupe:
    """Everyone who acts in a shot. `picture` is the set at rest, from which they take their light."""

    def __init__(
        self, actors: Sequence[Actor], canvas: Canvas, picture: Picture | None = None, *, enters: bool = False
    ) -> None:
        self._canvas = canvas
        #: Whether the shot starts without them, on an anchored picture.
        self._enters = enters
        ordered = sorted(actors, key=lambda one: (one.nearness, one.y))
        self._ready = [_ready(one, canvas, picture) for one in ordered]

    def draw(self, planes: Planes, frame: int, strength: float, camera: Seeing) -> None:
        """Draw everyone over the planes; at `strength` 0 there is nobody, below 1 they are just arriving or leaving."""
        if strength <= 0:
            return
        for one in self._ready:
            self._draw(planes, one, frame, min(strength, 1.0), camera)

    def _draw(self, planes: Planes, one: _Ready, frame: int, strength: float, camera: Seeing) -> None:
        actor, canvas = one.actor, self._canvas
        now = stance(actor, frame, canvas, enters=self._enters)
        to_frame = np.asarray(np.linalg.inv(camera.view(frame, actor.nearness)), np.float64)
        ground = np.array([(actor.x + now.dx) * canvas.width, (actor.y + now.dy) * canvas.height])
        # Who arrives grows into its place, and is no ghost for longer than it must.
        size = actor.height * canvas.height * now.scale * (_ARRIVING + (1 - _ARRIVING) * strength)
        strength = min(1.0, 2.2 * strength)
        foot = ground - [0.0, now.lift * canvas.height]
        middle = foot - [0.0, size / 2]
        seen = _affine(to_frame, middle)
        if one.shadow is not None:
            wide = 2 * half_width(actor, canvas) * canvas.width * now.scale * now.scale_x
            lifted = now.lift / max(actor.height, 1e-6)
            _shadow(planes, one.shadow, ground, (wide, size), _affine(to_frame, ground), strength, lifted)
        whole = min(floor(now.angle), len(one.sprites) - 1)
        share = now.angle - whole
        if share <= 0 or whole + 1 >= len(one.sprites):
            _lay(planes, one.sprites[whole], now, foot, size, seen, strength)
            return
        # The next angle comes in over this one until it hides it; then this one goes behind it.
        next_in, this_out = min(1.0, 2 * share), min(1.0, 2 - 2 * share)
        if share < 0.999:
            _lay(planes, one.sprites[whole], now, foot, size, seen, strength * this_out)
        _lay(planes, one.sprites[whole + 1], now, foot, size, seen, strength * next_in)


def _ready(actor: Actor, canvas: Canvas, picture: Picture | None) -> _Ready:
    light: Light = EVEN_LIGHT
    if picture is not None and actor.relight and not actor.card:
        half = half_width(actor, canvas)
        light = light_at(picture, (actor.x - half, actor.y - actor.height, actor.x + half, actor.y))
    height = actor.height * canvas.height
    sprites = tuple(Sprite(one, height, light) for one in actor.angles)
    shadow = _shadow_of(actor, light) if actor.shadow and not actor.card else None
    return _Ready(actor, sprites, shadow)


def _affine(matrix: Matrix, at: NDArray[np.float64]) -> Matrix:
    """The affine map that is a homography near that point."""
    x, y, w = matrix @ np.array([at[0], at[1], 1.0])
    turn = (matrix[:2, :2] - np.outer([x / w, y / w], matrix[2, :2])) / w
    found = np.eye(3)
    found[:2, :2] = turn
    found[:2, 2] = np.array([x / w, y / w]) - turn @ at
    return found


def _lay(
    planes: Planes, sprite: Sprite, now: Stance, foot: NDArray[np.float64], size: float, seen: Matrix, opacity: float
) -> None:
    """Lay a sprite over the planes, its foot there, that tall, as the camera sees it."""
    zoom = float(np.sqrt(abs(np.linalg.det(seen[:2, :2]))))
    level = sprite.level(size * zoom * min(now.scale_x, now.scale_y))
    rows, columns = (side - 2 * EDGE for side in level.luma.shape)
    each = size / rows
    # Out of the sprite into the picture, about its foot; what is off the ground turns about its middle.
    about = np.array([EDGE + (columns - 1) / 2, EDGE + rows - 0.5])
    pivot = rows * 0.5 if now.lift > 0.3 * size / max(1.0, foot[1]) else 0.0
    c, s = cos(now.rotation), sin(now.rotation)
    turn = np.array([[c, -s], [s, c]]) @ np.diag([each * now.scale_x, each * now.scale_y])
    place = np.eye(3)
    place[:2, :2] = turn
    hinge = about - [0.0, pivot]
    at = foot - [0.0, pivot * each * now.scale_y]
    place[:2, 2] = at - turn @ hinge
    whole = seen @ place
    back = np.asarray(np.linalg.inv(whole), np.float64)
    # Bends and nods are the same for all of a row: what is far from the foot moves most.
    reach = 1.0 + abs(now.bend) + abs(now.dip)
    corners = whole @ np.array(
        [[x, y, 1.0] for x in (-reach * 0.05 * columns, columns * (1 + reach * 0.05) + 2 * EDGE)
         for y in (-0.06 * rows, rows * 1.02 + 2 * EDGE)]
    ).T  # fmt: skip
    slack = abs(now.bend) * size * zoom + 2
    box = (
        floor(corners[0].min() - slack), floor(corners[1].min() - 2),
        floor(corners[0].max() + slack) + 2, floor(corners[1].max()) + 3,
    )  # fmt: skip
    luma, cb, cr = planes
    _rows(luma, level.luma, level.alpha, level.luma_spans, back, box, now, rows, opacity, chroma=False)
    half = box[0] // 2, box[1] // 2, box[2] // 2 + 1, box[3] // 2 + 1
    for plane, value in ((cb, level.cb), (cr, level.cr)):
        _rows(plane, value, level.chroma_alpha, level.chroma_spans, back, half, now, rows, opacity, chroma=True)


def _rows(
    plane: NDArray[np.uint8],
    value: NDArray[np.float32],
    alpha: NDArray[np.float32],
    spans: NDArray[np.int64],
    back: Matrix,
    box: tuple[int, int, int, int],
    now: Stance,
    size: int,
    opacity: float,
    *,
    chroma: bool,
) -> None:
    """Lay one plane of a sprite: where each row of the frame's box is seen in it."""
    height, width = plane.shape
    left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3])
    if left >= right or top >= bottom:
        return
    to = _TO_LUMA if chroma else np.eye(3)
    matrix = back @ to
    y = np.arange(top, bottom, dtype=np.float64)
    middle = (left + right - 1) / 2
    rows = size
    # Luma positions in the sprite of each row's middle decide how far it is bent.
    up = np.clip(1 - (matrix[1, 0] * middle + matrix[1, 1] * y + matrix[1, 2] - EDGE) / rows, 0.0, 1.2)
    table = np.empty((bottom - top, 4))
    table[:, 0] = matrix[0, 1] * y + matrix[0, 2] - now.bend * rows * up**2
    table[:, 1] = matrix[0, 0]
    table[:, 2] = matrix[1, 1] * y + matrix[1, 2] - now.dip * rows * up**2
    table[:, 3] = matrix[1, 0]
    if chroma:
        table[:, :2] = table[:, :2] * _TO_CHROMA[0, 0] + np.array([_TO_CHROMA[0, 2], 0.0])
        table[:, 2:] = table[:, 2:] * _TO_CHROMA[1, 1] + np.array([_TO_CHROMA[1, 2], 0.0])
    lay(plane, value, alpha, spans, table, top, left, right, float(opacity))


def _shadow_of(actor: Actor, light: Light) -> NDArray[np.float32]:
    """How dark the ground is around who stands there: dark where it touches it, soft around that."""
    alpha = actor.angles[0][..., 3]
    shape = alpha.shape[0] / alpha.shape[1]
    small = cv2.resize(alpha, (_CELLS, max(8, round(_CELLS * shape))), interpolation=cv2.INTER_AREA) > 96
    tall = small.shape[0]
    aside, up, down = round(_SHADOW_ASIDE * _CELLS), round(_SHADOW_UP * tall), round(_SHADOW_DOWN * tall)
    ground = np.zeros((up + down, _CELLS + 2 * aside), np.float32)
    lowest = np.where(small.any(axis=0), tall - np.argmax(small[::-1], axis=0), 0)
    for column in np.flatnonzero(lowest > (1 - _STANDS) * tall):
        row = up - (tall - lowest[column])
        if 0 <= row < len(ground):
            ground[row, aside + column] = 1.0
    if not ground.any():
        ground[up - 1, aside + _CELLS // 2] = 1.0
    touching = np.flatnonzero(ground.any(axis=0))
    span = float(touching[-1] - touching[0] + 1)
    deep = max(1.0, 0.05 * min(span, tall))
    contact = _softened(ground, max(0.8, 0.018 * _CELLS), deep * 0.55)
    near = _softened(ground, max(1.0, 0.05 * _CELLS), deep * 1.5)
    y, x = np.mgrid[0 : ground.shape[0], 0 : ground.shape[1]].astype(np.float32)
    centre = (touching[0] + touching[-1]) / 2 - 0.12 * _CELLS * light.side
    wide = max(span * 0.5, 0.24 * _CELLS)
    soft = np.exp(-(((x - centre) / wide) ** 2) - ((y - up + 0.3 * deep) / (deep * 2.6)) ** 2)
    dark = 1 - (1 - _CONTACT * (0.5 * contact + 0.5 * near)) * (1 - _AMBIENT * soft)
    # It ends before the map does.
    edge = np.minimum(np.minimum(x, ground.shape[1] - 1 - x) / aside, np.minimum(y, len(ground) - 1 - y) / (down * 0.5))
    return np.ascontiguousarray(dark * np.clip(edge * 1.5, 0, 1), np.float32)


def _softened(ground: NDArray[np.float32], across: float, down: float) -> NDArray[np.float32]:
    soft = np.asarray(cv2.GaussianBlur(ground, (0, 0), sigmaX=across, sigmaY=down), np.float32)
    return np.asarray(soft / max(float(soft.max()), 1e-6), np.float32)


def _shadow(
    planes: Planes,
    dark: NDArray[np.float32],
    ground: NDArray[np.float64],
    size: tuple[float, float],
    seen: Matrix,
    strength: float,
    lifted: float,
) -> None:
    """Darken the ground; under who is in the air the shadow is wider and fainter."""
    wide, tall = size
    grown = 1 + 0.6 * max(0.0, lifted)
    depth = strength / (1 + 5 * max(0.0, lifted)) ** 1.2
    if depth < 0.02:
        return
    rows, columns = dark.shape
    # Picture pixels to a cell, and where the first one is.
    cell_x, cell_y = wide / _CELLS * grown, (_SHADOW_UP + _SHADOW_DOWN) * tall / rows
    up = rows * _SHADOW_UP / (_SHADOW_UP + _SHADOW_DOWN)
    first = np.array([ground[0] - columns / 2 * cell_x, ground[1] - up * cell_y])
    across, down = seen[0, 0], seen[1, 1]
    origin = seen[:2, :2] @ first + seen[:2, 2]
    for index, plane in enumerate(planes):
        share = 1.0 if index == 0 else 0.5
        at_x, at_y = origin[0] * share, (origin[1] - (0 if index == 0 else 0.5)) * share
        step_x, step_y = cell_x * across * share, cell_y * down * share
        left, right = max(0, floor(at_x)), min(plane.shape[1], floor(at_x + step_x * columns) + 1)
        top, bottom = max(0, floor(at_y)), min(plane.shape[0], floor(at_y + step_y * rows) + 1)
        if left < right and top < bottom:
            at = np.array([-at_x / step_x, 1 / step_x, -at_y / step_y, 1 / step_y])
            shade(plane, dark, at, top, bottom, left, right, float(depth), 16 if index == 0 else 128)
