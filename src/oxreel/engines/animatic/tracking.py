"""Tracking: how the camera of a source video moves, and its subject, so that a still can move alike."""

from dataclasses import dataclass
from pathlib import Path as File
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.camera import Path, reach
from oxreel.media.decode import video_frames

#: Whose orientation a character keeps: "image" lends it neither roll nor much zoom of the video.
Orientation = Literal["image", "video"]
Points = NDArray[np.float32]
Luma = NDArray[np.uint8]
Matrix = NDArray[np.float64]

#: Longer side of the pictures that are tracked, in pixels.
_SIDE = 480
#: Corners that are followed, the pixels between them, and the fewest that must agree on a movement.
_CORNERS, _APART, _FEWEST = 240, 9, 10
#: Pixels around a corner by which it is known again.
_WINDOW = 17, 17
#: Pixels by which a corner may miss: followed there and back, and against the movement of all.
_MISS, _ASTRAY = 0.4, 0.8
#: Share of the corners that must be left; else, or after so much zoom or way (of the width), new ones are followed.
_LEFT, _ZOOMED, _WAY = 0.55, 0.12, 0.15
#: Movement below this many tracked pixels, everywhere and all along, is the noise of the encoding.
_STILL = 0.25
#: Standard deviation, in frames, of what is smoothed away, and of what counts as the slow part of a movement.
_TREMBLE, _SLOW = 1.0, 14.0
#: Furthest that a lent path may look beyond the picture, as a share of its shorter side: pulling out, and else.
_FURTHEST, _ASIDE = 0.18, 0.04
#: Logarithm of the magnification that may make room for a way aside; the frames by which it is made sooner, and those
#: in which it begins.
_MOST_ROOM, _SOON, _BEGINS = float(np.log(1.35)), 16, 30
#: Most that "image" zooms, as a logarithm.
_MOST_ZOOM = 0.1
#: A subject is in the middle of the frame: shares of its width and height to each side.
_MIDDLE = 0.3, 0.38
#: Furthest that a subject sways, as a share of the height, and the least movement in tracked pixels that is one.
_MOST_SWAY, _LEAST_SWAY = 0.02, 0.15


@dataclass(frozen=True)
class Motion:
    """What a video's camera and its subject do, in pixels of a canvas that the video covers."""

    #: float64 (frames, 3, 3): where in the first frame each frame looks; the first is the identity.
    camera: Path
    #: float64 (frames, 2): how far the subject is, right and down, from where it is on average around that frame.
    sway: NDArray[np.float64]
    #: Share of frames in which the camera could be followed; it stands still in the others.
    sure: float


def motion_of(video: File, size: tuple[int, int], frames: int, *, first: int = 0) -> Motion:
    """The motion in `frames` frames of a video from frame `first` on. Raises BadReference where none can be decoded."""
    # Its results depend on how many threads share the work.
    cv2.setNumThreads(1)
    width, height = size
    scale = min(1.0, _SIDE / max(size))
    small = max(32, round(width * scale / 2) * 2), max(32, round(height * scale / 2) * 2)
    tracker = _Tracker()
    for luma, _, _ in video_frames(video, *small, first=first, count=frames):
        tracker.see(luma)
    found, sway = np.array(tracker.path), np.array(tracker.sway)
    # From tracked pixels to the canvas's: each stands in the middle of what it stands for.
    across, down = width / small[0], height / small[1]
    up = np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]])
    if _furthest(found, small) < _STILL:
        camera = np.tile(np.eye(3), (frames, 1, 1))
    else:
        camera = up @ _smoothed(found, small) @ np.linalg.inv(up)
    swaying = np.cumsum(sway, axis=0) * (width / small[0])
    swaying -= _gaussian(swaying, _SLOW)
    most = _MOST_SWAY * height
    swaying = most * np.tanh(_gaussian(swaying, _TREMBLE) / most)
    return Motion(camera, swaying - swaying[0], tracker.followed / max(1, frames - 1))


def lent(camera: Path, size: tuple[int, int], orientation: Orientation = "video") -> Path:
    """The path of a video's camera for a still: the identity at first, and hardly ever beyond the still's edges.

    It comes closer where it needs room aside. Where it would go too far its slow part is toned down, so that its hand
    and its steps stay; a pull-out looks a little beyond the edges.
    """
    curves = _curves(camera, size)
    if orientation == "image":
        curves[:, 1] = 0
        curves[:, 0] = _MOST_ZOOM * np.tanh(curves[:, 0] / _MOST_ZOOM)
    slow = _gaussian(curves, _SLOW)
    quick = curves - slow
    share = 1.0
    while True:
        made = slow * share + quick * min(1.0, 2 * share)
        made -= made[0]
        room = _room(made, size)
        made[:, 0] -= room
        found = _matrices(made, size)
        out = max(0.0, float(np.expm1(made[:, 0].max()))) * max(size) / 2
        within = reach(found, size) <= min(_ASIDE * min(size) + out, _FURTHEST * min(size))
        if (within and room.max() <= _MOST_ROOM) or share < 0.02:
            return found
        share *= 0.9


def _room(curves: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    """Logarithm of the magnification, frame by frame, that keeps those curves inside the picture; none at first."""
    half = np.array(size) / 2
    closer = np.exp(np.minimum(curves[:, 0], 0))[:, None]
    cos, sin = np.abs(np.cos(curves[:, 1])), np.abs(np.sin(curves[:, 1]))
    seen = closer * np.column_stack([half[0] * cos + half[1] * sin, half[0] * sin + half[1] * cos])
    left = np.maximum(half - np.abs(curves[:, 2:]), 0.2 * half)
    missing = np.maximum(np.log(seen / left).max(axis=1), 0)
    # Made before it is needed, and as calmly as a dolly.
    around = np.pad(missing, (_SOON, _SOON), mode="edge")
    most = np.lib.stride_tricks.sliding_window_view(around, 2 * _SOON + 1).max(axis=1)
    calm = np.maximum(_gaussian(most[:, None], _SLOW)[:, 0], 0)
    begun = np.clip(np.arange(len(calm)) / _BEGINS, 0, 1)
    return np.asarray(calm * begun * begun * (3 - 2 * begun))


class _Tracker:
    """Follows corners from a frame that is kept, so that errors do not add up, and takes another where it must."""

    def __init__(self) -> None:
        #: Where in the first frame each frame so far looks.
        self.path: list[Matrix] = []
        #: Pixels that the subject moved in each frame beside what the camera did.
        self.sway: list[tuple[float, float]] = []
        self.followed = 0
        self._kept: Luma | None = None
        self._before: Luma | None = None
        self._base = np.eye(3)
        self._corners = np.empty((0, 2), np.float32)

    def see(self, luma: Luma) -> None:
        """Take the next frame."""
        if self._kept is None or self._before is None:
            self.path.append(np.eye(3))
            self.sway.append((0.0, 0.0))
            self._keep(luma, np.eye(3))
        else:
            relative = self._against(luma)
            if relative is None and self._kept is not self._before:
                self._keep(self._before, self.path[-1])
                relative = self._against(luma)
            last = self.path[-1]
            now = last if relative is None else self._base @ relative
            self.followed += relative is not None
            self.sway.append((0.0, 0.0) if relative is None else self._swayed(luma, np.linalg.inv(now) @ last))
            self.path.append(now)
            if relative is None or _far(relative, luma):
                self._keep(luma, now)  # far enough; or a cut, across which the camera stands where it was
        self._before = luma.copy()

    def _keep(self, luma: Luma, base: Matrix) -> None:
        self._kept, self._base = luma.copy(), base
        found = cv2.goodFeaturesToTrack(luma, _CORNERS, 0.005, _APART)
        self._corners = np.empty((0, 2), np.float32) if found is None else found.reshape(-1, 2).astype(np.float32)

    def _against(self, luma: Luma) -> Matrix | None:
        """Where in the kept frame this one looks; None where too few corners tell."""
        if self._kept is None or len(self._corners) < _FEWEST:
            return None
        guess = np.linalg.inv(self.path[-1]) @ self._base
        here, there = _followed(self._kept, luma, self._corners, guess)
        if len(here) < max(_FEWEST, _LEFT * len(self._corners)):
            return None
        matrix, agree = cv2.estimateAffinePartial2D(
            there, here, method=cv2.RANSAC, ransacReprojThreshold=_ASTRAY, maxIters=1000, confidence=0.999
        )
        if matrix is None or agree.sum() < max(_FEWEST, 0.4 * len(here)):
            return None
        return np.asarray(np.vstack([matrix, [0, 0, 1]]), np.float64)

    def _swayed(self, luma: Luma, camera: Matrix) -> tuple[float, float]:
        """Pixels that the middle of the frame moved beside the camera's own movement, from before to now."""
        if self._before is None:
            return 0.0, 0.0
        height, width = luma.shape
        mask = np.zeros_like(luma)
        x, y = round(width * _MIDDLE[0]), round(height * _MIDDLE[1])
        mask[height // 2 - y : height // 2 + y, width // 2 - x : width // 2 + x] = 255
        found = cv2.goodFeaturesToTrack(self._before, 80, 0.01, 6, mask=mask)
        if found is None:
            return 0.0, 0.0
        here, there = _followed(self._before, luma, found.reshape(-1, 2).astype(np.float32), camera)
        away = there - _moved(here, camera)
        own = away[np.hypot(away[:, 0], away[:, 1]) > _LEAST_SWAY]
        if len(own) < max(6, 0.2 * len(here)):
            return 0.0, 0.0
        return float(np.median(own[:, 0])), float(np.median(own[:, 1]))


def _followed(one: Luma, other: Luma, points: Points, guess: Matrix) -> tuple[Points, Points]:
    """The points that are found again in another frame, and found back from there."""
    start = _moved(points, guess)
    there, ok, _ = cv2.calcOpticalFlowPyrLK(
        one, other, points, start, winSize=_WINDOW, maxLevel=3, flags=cv2.OPTFLOW_USE_INITIAL_FLOW
    )
    back, returned, _ = cv2.calcOpticalFlowPyrLK(
        other, one, there, points.copy(), winSize=_WINDOW, maxLevel=3, flags=cv2.OPTFLOW_USE_INITIAL_FLOW
    )
    missed = np.hypot(*(back - points).T)
    good = (ok.ravel() > 0) & (returned.ravel() > 0) & (missed < _MISS)
    return points[good], there[good]


def _far(relative: Matrix, luma: Luma) -> bool:
    """Whether a frame has come so far from the kept one that another should be kept."""
    height, width = luma.shape
    middle = np.array([width / 2, height / 2, 1])
    zoom = abs(np.log(np.hypot(relative[0, 0], relative[1, 0])))
    return bool(zoom > _ZOOMED or np.hypot(*(relative @ middle - middle)[:2]) > _WAY * width)


def _moved(points: Points, m: Matrix) -> Points:
    return np.asarray(points @ m[:2, :2].T + m[:2, 2], np.float32)


def _furthest(path: Path, size: tuple[int, int]) -> float:
    """Pixels that a corner of the frame moves at most."""
    corners = np.array([[x, y, 1.0] for x in (0, size[0] - 1) for y in (0, size[1] - 1)]).T
    return float(np.abs((path @ corners - corners)[:, :2]).max())


def _smoothed(path: Path, size: tuple[int, int]) -> Path:
    curves = _gaussian(_curves(path, size), _TREMBLE)
    return _matrices(curves - curves[0], size)


def _curves(path: Path, size: tuple[int, int]) -> NDArray[np.float64]:
    """float64 (frames, 4): logarithm of the scale, radians, and the way of the frame's middle, across and down."""
    middle = np.array([(size[0] - 1) / 2, (size[1] - 1) / 2, 1.0])
    away = path @ middle - middle
    scale, angle = np.hypot(path[:, 0, 0], path[:, 1, 0]), np.unwrap(np.arctan2(path[:, 1, 0], path[:, 0, 0]))
    return np.column_stack([np.log(scale), angle, away[:, 0], away[:, 1]])


def _matrices(curves: NDArray[np.float64], size: tuple[int, int]) -> Path:
    """The path that has those curves."""
    scale, angle = np.exp(curves[:, 0]), curves[:, 1]
    found = np.tile(np.eye(3), (len(curves), 1, 1))
    found[:, 0, 0] = found[:, 1, 1] = scale * np.cos(angle)
    found[:, 1, 0] = scale * np.sin(angle)
    found[:, 0, 1] = -found[:, 1, 0]
    middle = np.array([(size[0] - 1) / 2, (size[1] - 1) / 2])
    found[:, :2, 2] = middle + curves[:, 2:] - found[:, :2, :2] @ middle
    return found


def _gaussian(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """The columns without what is quicker than `sigma` rows; at both ends they go on as they were going."""
    far = min(int(4 * sigma), len(values) - 1)
    if far < 1:
        return values.copy()
    kernel = np.exp(-0.5 * (np.arange(-far, far + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    # Reflected through the end points, so that a steady way stays steady.
    before, after = 2 * values[0] - values[far:0:-1], 2 * values[-1] - values[-2 : -far - 2 : -1]
    padded = np.concatenate([before, values, after])
    return np.column_stack([np.convolve(padded[:, one], kernel, "valid") for one in range(values.shape[1])])
