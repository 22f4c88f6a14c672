"""Morph: a start picture that turns into a tail picture of the same scene, on the screen and under the camera."""

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.camera import Path, ease, reach
from oxreel.engines.animatic.flow import Flow, Matrix, Samples, flow_between
from oxreel.engines.animatic.morph_kernels import pack, pack_both, scatter, weave, weave_both
from oxreel.engines.animatic.scene import Picture, scene_of
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes

#: Share of the shorter side over which a picture gives way to the other before its own edge.
_FEATHER = 0.04
#: Share of the expected matches from which a place counts as seen in both pictures.
_COVERED = 0.5
_HALF = np.float32(0.5)
#: Most that may lie beyond a picture, reflected, as a share of its shorter side.
_FURTHEST = 0.15
#: Samples of the flow's grid by which the rim of a thing reaches beyond what is known to be it.
_RIM = 4
#: Standard deviation, in samples of the flow's grid, of the differences in light that are evened out.
_SOFT_LIGHT = 14.0


class Morph:
    """A source: frame 0 is the start to the pixel, the last frame the tail."""

    def __init__(
        self, start: Picture, tail: Picture, frames: int, *, flow: Flow | None = None, camera: Path | None = None
    ) -> None:
        """`camera` moves over the morph and is at rest at both ends, as `returning` makes it."""
        self._flow = flow or flow_between(start, tail)
        self._frames = frames
        self._time = ease(np.arange(frames) / max(1, frames - 1))
        self._camera = np.broadcast_to(np.eye(3), (frames, 3, 3)) if camera is None else camera
        height, width, _ = start.shape
        margin = 4 * -(-int(self._beyond() + 4) // 4)
        self._margin = margin
        # Once, and not when the film's other memory is at its most.
        self._ends = planes_from_rgb(start), planes_from_rgb(tail)
        self._packed = [_packed(scene_of(one, margin).planes) for one in (start, tail)]
        self._step = max(2, 2 * round(max(width, height) / 640))
        rows, columns = (height - 1) // self._step + 2, (width - 1) // self._step + 2
        self._nodes = np.empty((5, rows, columns), np.float32)
        self._sums = np.empty((rows, columns, 3), np.float32)
        spacing = np.array(self._flow.spacing, np.float32)
        self._forward = np.ascontiguousarray(self._flow.forward / spacing)
        self._backward = np.ascontiguousarray(self._flow.backward / spacing)
        # What moves by itself passes before the rest.
        still = np.float32(1) - self._flow.front, np.float32(1) - self._flow.front_found
        self._behind = self._flow.kept * still[0], self._flow.found * still[1]
        self._before = self._flow.kept * self._flow.front, self._flow.found * self._flow.front_found
        # The rim of what moves is half of what is behind it: it is taken away with the thing.
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _RIM + 1,) * 2)
        self._claimed = [
            np.maximum(trust, cv2.dilate(front.astype(np.float32), disc))
            for trust, front in ((self._flow.kept, self._flow.front), (self._flow.found, self._flow.front_found))
        ]
        self._light = _difference(self._flow, start, tail)

    def fill(self, frame: int, out: Planes) -> None:
        """What is seen at that frame."""
        if frame <= 0 or frame >= self._frames - 1:
            for to, plane in zip(out, self._ends[0 if frame <= 0 else 1], strict=True):
                to[:] = plane
            return
        time, view = float(self._time[frame]), self._camera[frame]
        light = self._place(time, view)
        (one, chroma), (other, other_chroma) = self._packed
        weave(one, other, self._nodes, light[0], self._step, self._margin, out[0])
        weave_both(chroma, other_chroma, self._nodes, light[1], light[2], self._step // 2, self._margin, out[1], out[2])

    def _place(self, time: float, view: Matrix) -> list[Samples]:
        """Set the nodes for that time 0..1 and camera; and what light is to be added to each plane there."""
        flow = self._flow
        _, rows, columns = self._nodes.shape
        spacing = flow.spacing
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) * np.float32(self._step)
        gone = part_of(flow.camera, time)
        # From the start's own pixels to what is seen now, and back.
        now = np.linalg.inv(view) @ gone
        back = np.asarray(np.linalg.inv(now), np.float64)
        from_grid = np.array([[spacing[0], 0, (spacing[0] - 1) / 2], [0, spacing[1], (spacing[1] - 1) / 2], [0, 0, 1]])
        to_nodes = np.diag([1 / self._step, 1 / self._step, 1.0]) @ now @ from_grid
        expected = 2 / abs(np.linalg.det(to_nodes[:2, :2]))
        sums = self._gathered(self._behind, time, to_nodes)
        covered, moves = _covered(sums[..., 2], expected), _filled(sums)
        if self._flow.front.any():
            sums = self._gathered(self._before, time, to_nodes)
            passing = _covered(sums[..., 2], expected)[..., None]
            moves += (_filled(sums) - moves) * (passing > _HALF)
            covered = np.maximum(covered, passing[..., 0])
        moved_x, moved_y = moves[..., 0] * np.float32(spacing[0]), moves[..., 1] * np.float32(spacing[1])
        stays_x, stays_y = _through(back, x, y)
        nodes = self._nodes
        nodes[0], nodes[1] = stays_x - time * moved_x, stays_y - time * moved_y
        come_x, come_y = stays_x + (1 - time) * moved_x, stays_y + (1 - time) * moved_y
        nodes[2], nodes[3] = _through(flow.camera, come_x, come_y)
        # What one picture shows and the other hides is taken from the one that shows it.
        start = _seen(self._claimed[0], nodes[0], nodes[1], spacing, covered) * self._inside(nodes[0], nodes[1])
        tail = _seen(self._claimed[1], come_x, come_y, spacing, covered) * self._inside(nodes[2], nodes[3])
        share = (time * tail + 1e-4 * time) / ((1 - time) * start + time * tail + 1e-4)
        nodes[4] = cv2.GaussianBlur(share, (0, 0), 1.0)
        return self._lit(nodes[4] - np.float32(time), stays_x, stays_y)

    def _gathered(self, trust: tuple[Samples, Samples], time: float, to_nodes: Matrix) -> Samples:
        """float32 (rows, columns, 3): the moves of the matches that are at each node at that time, and their trust."""
        self._sums[:] = 0
        scatter(self._forward, trust[0], time, 1.0, to_nodes, self._sums)
        scatter(self._backward, trust[1], 1 - time, -1.0, to_nodes, self._sums)
        return self._sums

    def _beyond(self) -> float:
        """Pixels beyond the edges of both pictures that are seen, at most as many as a reflection may show."""
        width, height = self._flow.width, self._flow.height
        corners = np.array([[x, y, 1.0] for x in (0, width - 1) for y in (0, height - 1)]).T
        furthest = 0.0
        for share in (0.25, 0.5, 0.75):
            in_start = np.linalg.inv(part_of(self._flow.camera, share)) @ corners
            in_tail = self._flow.camera @ in_start
            out = [
                np.maximum(-seen[:2], seen[:2] - [[width - 1], [height - 1]]).max(axis=0)
                for seen in (in_start, in_tail)
            ]
            furthest = max(furthest, float(np.minimum(*out).max()))
        return min(furthest, _FURTHEST * min(width, height)) + reach(self._camera, (width, height))

    def _inside(self, x: Samples, y: Samples) -> Samples:
        width, height = self._flow.width, self._flow.height
        edge = np.float32(_FEATHER * min(width, height))
        # Half a sample and more beyond the edge is outside.
        away = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y)) + 0.5
        inside = np.clip(away / edge + np.float32(0.02), 0, 1)
        # Beyond both pictures the nearer one is shown.
        outside = np.float32(0.02) * np.exp(np.minimum(away, 0) / edge)
        return np.asarray(np.maximum(inside * inside * (3 - 2 * inside), outside))

    def _lit(self, beyond: Samples, x: Samples, y: Samples) -> list[Samples]:
        """Where more of the tail is shown than is its turn, its light is still partly the start's, and the reverse."""
        columns, rows = self._light.shape[1], self._light.shape[0]
        across = (x + 0.5) * np.float32(columns / self._flow.width) - 0.5
        down = (y + 0.5) * np.float32(rows / self._flow.height) - 0.5
        light = cv2.remap(self._light, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return [np.ascontiguousarray(light[..., plane] * beyond) for plane in range(3)]


def returning(found: Path) -> Path:
    """A path that keeps what another does beyond going from its beginning to its end: at rest at both ends."""
    time = ease(np.arange(len(found)) / max(1, len(found) - 1))
    end = found[-1] @ np.diag([1.0, 1.0, 1.0])
    end[2, :2] = 0
    back = np.stack([part_of(end / end[2, 2], float(share)) for share in time])
    kept = found @ np.linalg.inv(back)
    kept /= kept[:, 2:, 2:]
    kept[0] = kept[-1] = np.eye(3)
    return np.asarray(kept)


def part_of(similarity: Matrix, share: float) -> Matrix:
    """The part of a similarity that is done at that share 0..1 of the way: it turns and grows evenly."""
    a = complex(similarity[0, 0], similarity[1, 0])
    b = complex(similarity[0, 2], similarity[1, 2])
    done = a**share
    moved = b * share if abs(a - 1) < 1e-9 else b * (done - 1) / (a - 1)
    return np.array([[done.real, -done.imag, moved.real], [done.imag, done.real, moved.imag], [0, 0, 1]])


def _packed(planes: Planes) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Luma as `weave` reads it, and chroma as `weave_both` does: with as many rows more as they read below one."""
    (height, width), (half, across) = planes[0].shape, planes[1].shape
    luma, chroma = np.empty((height + 3, width), np.uint32), np.empty((half + 1, across), np.uint32)
    pack(np.ascontiguousarray(planes[0]), luma)
    pack_both(np.ascontiguousarray(planes[1]), np.ascontiguousarray(planes[2]), chroma)
    return luma, chroma


def _through(m: Matrix, x: Samples, y: Samples) -> tuple[Samples, Samples]:
    u = np.float32(m[0, 0]) * x + np.float32(m[0, 1]) * y + np.float32(m[0, 2])
    v = np.float32(m[1, 0]) * x + np.float32(m[1, 1]) * y + np.float32(m[1, 2])
    if m[2, 0] or m[2, 1] or m[2, 2] != 1:
        depth = np.float32(m[2, 0]) * x + np.float32(m[2, 1]) * y + np.float32(m[2, 2])
        return u / depth, v / depth
    return u, v


def _covered(mass: Samples, expected: float) -> Samples:
    """0..1: whether as many matches came to a node as there are around it."""
    across = 2 * int(np.ceil(1 / np.sqrt(min(1.0, expected)))) + 1
    gathered = cv2.blur(mass, (across, across)) / np.float32(expected)
    return np.asarray(np.clip(gathered / np.float32(_COVERED), 0, 1))


def _filled(sums: Samples) -> Samples:
    """The mean move at each node; where no match came, that of the nodes around it, the nearer the more."""
    levels = [sums]
    while min(levels[-1].shape[:2]) > 2:
        rows, columns, _ = levels[-1].shape
        size = (columns + 1) // 2, (rows + 1) // 2
        levels.append(cv2.resize(levels[-1], size, interpolation=cv2.INTER_AREA) * np.float32(4))
    filled = np.asarray(levels[-1][..., :2] / np.maximum(levels[-1][..., 2:], np.float32(1e-6)), np.float32)
    for level in reversed(levels[:-1]):
        rows, columns, _ = level.shape
        coarse = cv2.resize(filled, (columns, rows), interpolation=cv2.INTER_LINEAR)
        mass = level[..., 2:]
        share = np.minimum(mass, np.float32(1))
        mean = level[..., :2] / np.maximum(mass, np.float32(1e-6))
        filled = np.asarray(coarse + (mean - coarse) * share, np.float32)
    return filled


def _seen(claimed: Samples, x: Samples, y: Samples, spacing: tuple[float, float], covered: Samples) -> Samples:
    """0..1: whether a picture shows what belongs at each node, rather than what has gone elsewhere."""
    across = (x + 0.5) / np.float32(spacing[0]) - 0.5
    down = (y + 0.5) / np.float32(spacing[1]) - 0.5
    taken = cv2.remap(claimed, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(1 - taken * (1 - covered))


def _difference(flow: Flow, start: Picture, tail: Picture) -> NDArray[np.float32]:
    """float32 (rows, columns, 3): how much brighter, bluer and redder the start is than the tail, softly, all over.

    As the start lies, in the samples of the planes.
    """
    rows, columns = flow.kept.shape
    spacing = np.array(flow.spacing, np.float32)
    small = [cv2.resize(one, (columns, rows), interpolation=cv2.INTER_AREA) for one in (start, tail)]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    at_x, at_y = (
        (x + 0.5) * spacing[0] - 0.5 + flow.forward[..., 0],
        (y + 0.5) * spacing[1] - 0.5 + flow.forward[..., 1],
    )
    to_x, to_y = _through(flow.camera, at_x, at_y)
    brought = cv2.remap(
        small[1],
        (to_x + 0.5) / spacing[0] - 0.5,
        (to_y + 0.5) / spacing[1] - 0.5,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    away = (small[0].astype(np.float32) - brought.astype(np.float32)) @ _TO_PLANES.T
    trust = flow.kept[..., None]
    size = max(2, columns // 8), max(2, rows // 8)
    sums = cv2.resize(np.concatenate([away * trust, trust], axis=2), size, interpolation=cv2.INTER_AREA)
    sums = cv2.GaussianBlur(sums, (0, 0), _SOFT_LIGHT / 8)
    levels = _filled(np.ascontiguousarray(sums[..., [0, 1, 3]])), _filled(np.ascontiguousarray(sums[..., [2, 2, 3]]))
    return np.ascontiguousarray(np.dstack([levels[0], levels[1][..., :1]]), np.float32)


#: BT.709 in limited range, as `colour.planes_from_rgb`: luma and both chroma differences of a difference in RGB.
_TO_PLANES = np.array(
    [
        np.array([0.2126, 0.7152, 0.0722]) * 219 / 255,
        np.array([-0.2126, -0.7152, 0.9278]) / 1.8556 * 224 / 255,
        np.array([0.7874, -0.7152, -0.0722]) / 1.5748 * 224 / 255,
    ],
    np.float32,
)
