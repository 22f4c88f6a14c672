"""Flow: where the things of one picture are in another, and whether the two show the same scene at all."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.scene import Picture

Samples = NDArray[np.float32]
Matrix = NDArray[np.float64]

#: Longer side of the pictures that are compared, in pixels.
_SIDE = 640
#: Share of comparable pixels that find each other from which two pictures are related: 0.84 was measured for related
#: pairs, 0.017 for unrelated ones (feasibility study, 2026-11).
_RELATED = 0.35
#: Pixels by which a match may miss when it is followed there and back: at rest, and for each pixel of movement.
_MISS, _MISS_SHARE = 0.9, 0.03
#: Radius in pixels around which light and contrast are evened out, and the contrast below which nothing is enlarged.
_EVEN, _LEAST_CONTRAST = 12.0, 6.0
#: Standard deviation of luma below which a place is too plain to tell anything.
_PLAIN = 2.5
#: Matches of keypoints that must agree on a common movement, and the share of all matches that they must be.
_FEWEST, _FEWEST_SHARE = 12, 0.15
#: Movements that are looked for: the camera's, and those of things that go their own way.
_MOST_MOVEMENTS = 3
#: A keypoint counts where its best match is this much nearer than its second (Lowe 2004).
_ALONE = 0.8
#: Standard deviation, in pixels, of the differences in light between the two pictures.
_SOFT = 40.0
#: Difference in looks up to which places are taken for the same (half that of a texture to another, of full contrast).
_ALIKE = 60.0
#: How much worse a place may fit that lies among the keypoints of what moves by itself.
_PREFERRED = 12.0
#: Pixels around the keypoints of a thing in which its outline may be.
_AROUND = 48


@dataclass(frozen=True)
class Flow:
    """Where the points of a start picture go in a tail picture of the same size.

    The common movement is taken out first: what is left lies on a grid over the start, as the tail is seen from there.
    """

    #: Pixels of the pictures.
    width: int
    height: int
    #: Similarity that takes a point of the start to its place in the tail, both in pixels.
    camera: Matrix
    #: float32 (rows, columns, 2): pixels that a point of the start moves before `camera` takes it to the tail.
    forward: Samples
    #: float32 (rows, columns, 2): the way back of a point of the tail that `camera` would bring here.
    backward: Samples
    #: float32 (rows, columns), 0..1: points of the start, and of the tail brought here, that the other shows as well.
    kept: Samples
    found: Samples
    #: bool (rows, columns): points of the start, and of the tail, that move by themselves, before all that does not.
    front: NDArray[np.bool_]
    front_found: NDArray[np.bool_]
    #: Share of what both pictures could show that both do show: 0..1.
    relatedness: float

    @property
    def related(self) -> bool:
        """Whether one picture can turn into the other, rather than give way to it."""
        return self.relatedness >= _RELATED

    @property
    def spacing(self) -> tuple[float, float]:
        """Pixels from a sample of the grid to the next, across and down; the first lies half of it inside."""
        rows, columns = self.kept.shape
        return self.width / columns, self.height / rows


def flow_between(start: Picture, tail: Picture) -> Flow:
    """The flow from one fitted picture to another of the same size."""
    # Its results depend on how many threads share the work.
    cv2.setNumThreads(1)
    height, width, _ = start.shape
    colours, other_colours = _small(start), _small(tail)
    one, other = colours[..., 0], other_colours[..., 0]
    common, *others = _movements(_even(one), _even(other))
    camera = common.matrix
    rows, columns = one.shape
    # The tail as the start's camera would see it; outside of the tail nothing can be compared.
    brought, overlap = _through(other, camera), _through(np.ones_like(one), camera, edge=cv2.BORDER_CONSTANT) > 0
    found = _matched(_even(one), _even(brought), overlap)
    looks = _looks(colours, _through(other_colours, camera), found)
    for movement in others:
        _join(found, looks, overlap, np.linalg.inv(camera) @ movement.matrix, movement.where)
    # What finds each other, there and back, but does not look alike in the least, did so by chance.
    found.kept *= np.clip(2 - _unlike(*looks, found.forward) / _ALIKE, 0, 1)
    found.found *= np.clip(2 - _unlike(*looks[::-1], found.backward) / _ALIKE, 0, 1)
    told = overlap & (_contrast(one) > _PLAIN) & (_contrast(brought) > _PLAIN)
    share = float(found.kept[told].mean()) if told.sum() > 0.01 * told.size else 0.0
    spacing = np.array([width / columns, height / rows], np.float32)
    # From the grid's pixels to the pictures': a sample stands in the middle of what it stands for.
    up = np.array([[spacing[0], 0, (spacing[0] - 1) / 2], [0, spacing[1], (spacing[1] - 1) / 2], [0, 0, 1]], np.float64)
    return Flow(
        width,
        height,
        up @ camera @ np.linalg.inv(up),
        found.forward * spacing,
        found.backward * spacing,
        found.kept,
        found.found,
        found.front,
        found.front_found,
        share,
    )


@dataclass
class _Matched:
    """Flow there and back, and where either is to be trusted, as in `Flow` but in samples of the grid."""

    forward: Samples
    backward: Samples
    kept: Samples
    found: Samples
    front: NDArray[np.bool_]
    front_found: NDArray[np.bool_]


@dataclass(frozen=True)
class _Movement:
    """A similarity that many keypoints agree on, and those of them in the start."""

    matrix: Matrix
    where: NDArray[np.float32]


def _matched(one: NDArray[np.uint8], other: NDArray[np.uint8], overlap: NDArray[np.bool_]) -> _Matched:
    """What one picture shows of another; `overlap` is where the other is known."""
    forward, backward = _dense(one, other), _dense(other, one)
    kept, found = _agreeing(forward, backward, overlap), _agreeing(backward, forward, overlap)
    nothing = np.zeros(overlap.shape, bool)
    return _Matched(forward, backward, kept * overlap, found * overlap, nothing, nothing.copy())


def _join(
    into: _Matched,
    looks: tuple[Samples, Samples],
    overlap: NDArray[np.bool_],
    movement: Matrix,
    where: NDArray[np.float32],
) -> None:
    """Take what moves by itself from the flow that begins with its own movement, around its keypoints."""
    one, other = looks
    rows, columns = overlap.shape
    moved = _through(other, movement)
    seen = _through(overlap.astype(np.uint8), movement, edge=cv2.BORDER_CONSTANT) > 0
    own = _matched(one[..., 0].astype(np.uint8), moved[..., 0].astype(np.uint8), seen)
    hull = cv2.convexHull(np.rint(where).astype(np.int32))
    inside = cv2.fillConvexPoly(np.zeros((rows, columns), np.uint8), hull, 1)
    near = cv2.dilate(inside, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _AROUND + 1,) * 2))
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    goes, rigid = _placed(movement, x + own.forward[..., 0], y + own.forward[..., 1]), _placed(movement, x, y)
    forward, stiff = np.dstack([goes[0] - x, goes[1] - y]), np.dstack([rigid[0] - x, rigid[1] - y])
    # As it is seen in the start: where it fits better than what does not move with it.
    _take((into.forward, into.kept, into.front), (one, other), forward, own.kept, stiff, near, inside)
    # And as it is seen in the tail, brought back to where the start shows it.
    back = _placed(np.asarray(np.linalg.inv(movement), np.float64), x, y)
    come, trust, near, inside = (
        np.asarray(cv2.remap(samples, *back, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)
        for samples in (own.backward, own.found, near.astype(np.float32), inside.astype(np.float32))
    )
    stiff = np.dstack([back[0] - x, back[1] - y])
    _take((into.backward, into.found, into.front_found), (other, one), stiff + come, trust, stiff, near, inside)


def _take(
    into: tuple[Samples, Samples, NDArray[np.bool_]],
    looks: tuple[Samples, Samples],
    flow: Samples,
    trust: Samples,
    stiff: Samples,
    near: NDArray[Any],
    inside: NDArray[Any],
) -> None:
    """Replace flow and trust by a thing's own where that fits better; where that is unsure, by its stiff movement."""
    before, sure, front = into
    rest = _unlike(*looks, before)
    own = np.where(trust > 0.3, _unlike(*looks, flow) - _PREFERRED * inside, np.inf)
    rigid = _unlike(*looks, stiff) + _PREFERRED
    better = _whole((near > 0) & (np.minimum(own, rigid) < np.minimum(rest, 0.9 * _ALIKE)))
    # One piece with its keypoints: what lies apart is like it by chance.
    _, pieces = cv2.connectedComponents(better.astype(np.uint8), connectivity=4)
    better &= np.isin(pieces, np.unique(pieces[inside > 0]))
    stiffly = better & (rigid < own)
    before[better], sure[better], front[better] = flow[better], np.maximum(trust[better], 0.5), True
    before[stiffly], sure[stiffly] = stiff[stiffly], 1


def _looks(colours: NDArray[np.uint8], others: NDArray[np.uint8], found: _Matched) -> tuple[Samples, Samples]:
    """float32 (rows, columns, 4) each: what places are compared by, structure and colour, both in the tail's light."""
    rows, columns, _ = colours.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    to = x + found.forward[..., 0], y + found.forward[..., 1]
    away = cv2.remap(others, *to, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32) - colours
    trust = found.kept[..., None] + np.float32(1e-3)
    light = cv2.GaussianBlur(away * trust, (0, 0), _SOFT) / cv2.GaussianBlur(trust, (0, 0), _SOFT)[..., None]
    return (
        np.dstack([_even(colours[..., 0]), colours + light]).astype(np.float32),
        np.dstack([_even(others[..., 0]), others]).astype(np.float32),
    )


def _whole(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask without specks and pinholes."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disc)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, disc) > 0)


def _unlike(one: Samples, other: Samples, flow: Samples) -> Samples:
    """How much the looks of each place differ from those where the flow leads, with what is around it."""
    rows, columns, _ = one.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    seen = cv2.remap(other, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(np.abs(one - seen).sum(axis=2), (0, 0), 1.5))


def _placed(m: Matrix, x: Samples, y: Samples) -> tuple[Samples, Samples]:
    across = m[0, 0] * x + m[0, 1] * y + m[0, 2]
    down = m[1, 0] * x + m[1, 1] * y + m[1, 2]
    return across.astype(np.float32), down.astype(np.float32)


def _through(picture: NDArray[Any], m: Matrix, edge: int = cv2.BORDER_REFLECT) -> NDArray[Any]:
    """The picture as it is seen when each pixel looks where `m` takes it."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = picture.shape[1], picture.shape[0]
    return np.asarray(cv2.warpAffine(picture, m[:2], size, flags=flags, borderMode=edge), picture.dtype)


def _small(picture: Picture) -> NDArray[np.uint8]:
    """uint8 (rows, columns, 3): luma and both chroma differences, full range."""
    height, width, _ = picture.shape
    scale = min(1.0, _SIDE / max(width, height))
    size = max(32, round(width * scale)), max(32, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb), np.uint8)


def _movements(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> list[_Movement]:
    """The similarities from one picture to the other that many keypoints agree on, the commonest (or none) first."""
    here, there = _keypoints(one, other)
    found: list[_Movement] = []
    total = len(here)
    while len(here) >= _FEWEST and len(found) < _MOST_MOVEMENTS:
        matrix, agree = cv2.estimateAffinePartial2D(
            here, there, method=cv2.RANSAC, ransacReprojThreshold=4.0, maxIters=4000, confidence=0.999, refineIters=20
        )
        fewest = _FEWEST if found else max(_FEWEST, _FEWEST_SHARE * total)
        if matrix is None or agree.sum() < fewest or not 0.2 < np.hypot(matrix[0, 0], matrix[1, 0]) < 5:
            break
        inside = agree.ravel() > 0
        found.append(_Movement(np.vstack([matrix, [0, 0, 1]]).astype(np.float64), here[inside]))
        here, there = here[~inside], there[~inside]
    return found or [_Movement(np.eye(3), here)]


def _keypoints(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """float32 (matches, 2) each: places in both pictures that look alike and like nothing else."""
    none = np.empty((0, 2), np.float32)
    sift = cv2.SIFT.create(nfeatures=1200, contrastThreshold=0.02)
    points, described = sift.detectAndCompute(one, None)
    others, others_described = sift.detectAndCompute(other, None)
    if described is None or others_described is None or len(others) < 2:
        return none, none
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(described, others_described, k=2)
    matches = [best for best, second in pairs if best.distance < _ALONE * second.distance]
    here = [points[match.queryIdx].pt for match in matches]
    there = [others[match.trainIdx].pt for match in matches]
    return np.array(here, np.float32).reshape(-1, 2), np.array(there, np.float32).reshape(-1, 2)


def _even(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture without its light: each place as it differs from those around it, in their contrast."""
    values = luma.astype(np.float32)
    away = values - cv2.GaussianBlur(values, (0, 0), _EVEN)
    contrast = np.sqrt(cv2.GaussianBlur(away * away, (0, 0), _EVEN))
    return np.clip(np.rint(128 + 45 * away / (contrast + _LEAST_CONTRAST)), 0, 255).astype(np.uint8)


def _contrast(luma: NDArray[np.uint8]) -> Samples:
    values = luma.astype(np.float32)
    away = values - cv2.GaussianBlur(values, (0, 0), 6.0)
    return np.asarray(np.sqrt(cv2.GaussianBlur(away * away, (0, 0), 6.0)))


def _dense(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Samples:
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    dis.setFinestScale(1)
    dis.setVariationalRefinementIterations(8)
    return np.asarray(dis.calc(one, other, np.zeros((*one.shape, 2), np.float32)), np.float32)


def _agreeing(there: Samples, back: Samples, overlap: NDArray[np.bool_]) -> Samples:
    """0..1: how well each point comes back to where it was, and whether it can be seen there."""
    rows, columns = overlap.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    to_x, to_y = x + there[..., 0], y + there[..., 1]
    returned = cv2.remap(back, to_x, to_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.remap(overlap.astype(np.float32), to_x, to_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    missed = np.linalg.norm(there + returned, axis=2)
    allowed = _MISS + _MISS_SHARE * np.linalg.norm(there, axis=2)
    return np.asarray(np.clip(2 - missed / allowed, 0, 1) * (seen > 0.5), np.float32)
