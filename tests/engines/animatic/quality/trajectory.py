"""Trajectories: how far the pictures of a film lie beside the path that its camera was to take."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.animatic.quality.screening import Luma
from oxreel.engines.animatic.camera import CameraPath
from oxreel.engines.animatic.depth import nearness_of
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.sheet import gentle

Samples = NDArray[np.float32]
Mask = NDArray[np.bool_]
#: Nearness around that of the reference plane, within which a part of the picture is measured.
_PLANE = 0.15
#: Pixels at the edges that are not measured.
_EDGE = 10


class Trajectory:
    """What a camera on that path sees of a still, against what was filmed."""

    def __init__(self, picture: Picture, still: Luma, path: CameraPath) -> None:
        self._still, self._path = still.astype(np.float32), path
        height, width = still.shape
        self._nearness = cv2.resize(gentle(nearness_of(picture), path), (width, height))
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        self._sites = np.stack([x, y, np.ones_like(x)])
        #: About the middle and in shares of the width: what an affine map is measured by.
        self._about = (x - (width - 1) / 2) / width, (y - (height - 1) / 2) / width

    def measure(self, frame: Luma, number: int) -> tuple[float, NDArray[np.float64]]:
        """Pixels that the reference plane lies beside its place in that frame.

        On average, by corners (LK + RANSAC: finds large errors); and its middle, right and down, by all of its samples.
        """
        expected, plane = self._expected(number)
        return _by_corners(expected, frame, plane), self._by_samples(expected, frame, plane)

    def jitter(self, residuals: NDArray[np.float64], numbers: Sequence[int]) -> float:
        """Pixels (rms) by which the middle trembles: what an affine fit to the ideal path leaves of it."""
        height, width = self._still.shape
        middle = self._path.matrices[list(numbers)] @ ((width - 1) / 2, (height - 1) / 2, 1.0)
        left = []
        for ideal, measured in zip((middle[:, :2] / middle[:, 2:]).T, residuals.T, strict=True):
            known = np.stack([ideal - ideal.mean(), np.ones_like(ideal)], axis=1)
            left.append(measured - known @ np.linalg.lstsq(known, measured, rcond=1e-6)[0])
        return float(np.sqrt(np.mean(np.square(left))))

    def _expected(self, number: int) -> tuple[Samples, Mask]:
        """The still as it should be seen in that frame, and which of its pixels show the reference plane."""
        path, (height, width) = self._path, self._still.shape
        base, near, far = (one[number].astype(np.float32) for one in (path.matrices, path.near, path.far))

        def seen(matrix: Samples) -> Samples:
            return np.tensordot(matrix, self._sites, 1)

        x, y, w = seen(base)
        nearness = cv2.remap(self._nearness, x / w, y / w, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        apart = nearness - np.float32(path.level)
        x, y, w = seen(base) + np.where(apart > 0, seen(near - base), seen(far - base)) * (np.abs(apart) * 2)
        x, y = x / w, y / w
        expected = cv2.remap(self._still, x, y, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
        plane = (np.abs(apart) < _PLANE) & (np.minimum(x, y) > _EDGE) & (x < width - _EDGE) & (y < height - _EDGE)
        plane[:_EDGE] = plane[-_EDGE:] = plane[:, :_EDGE] = plane[:, -_EDGE:] = False
        return np.asarray(expected, np.float32), np.asarray(plane, np.bool_)

    def _by_samples(self, expected: Samples, frame: Luma, plane: Mask) -> NDArray[np.float64]:
        """One step of Lucas and Kanade for an affine map, over everything: the residual is far below a pixel."""
        one, other = (cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1.2) for luma in (expected, frame))
        down, right = (np.asarray(slope)[plane] for slope in np.gradient(one))
        x, y = (part[plane] for part in self._about)
        change = (one - other)[plane]
        alike = np.abs(change) < 3 * float(np.median(np.abs(change))) + 1
        slopes = np.stack([right, right * x, right * y, down, down * x, down * y], axis=1)[alike].astype(np.float64)
        found = np.linalg.solve(slopes.T @ slopes, slopes.T @ change[alike].astype(np.float64))
        return np.asarray(found[[0, 3]])


def _by_corners(expected: Samples, frame: Luma, plane: Mask) -> float:
    seen = np.clip(np.rint(expected), 0, 255).astype(np.uint8)
    here, there = followed(seen, frame, 600, plane)
    affine, _ = cv2.estimateAffine2D(here, there, ransacReprojThreshold=0.5)
    return float(np.linalg.norm(here @ affine[:, :2].T + affine[:, 2] - here, axis=1).mean())


def followed(
    one: Luma, other: Luma, most: int = 200, where: Mask | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(corners, 2) twice: where up to `most` corners of one frame are, and where they are in the other."""
    mask = None if where is None else where.astype(np.uint8) * 255
    points = np.asarray(cv2.goodFeaturesToTrack(one, most, 0.002, 4, mask=mask), np.float32)
    there, ok, _ = cv2.calcOpticalFlowPyrLK(one, other, points, points.copy(), winSize=(21, 21), maxLevel=3)
    found = np.asarray(ok)[:, 0] == 1
    return points[found, 0].astype(np.float64), np.asarray(there, np.float64)[found, 0]
