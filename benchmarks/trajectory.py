"""How true a filmed camera move is: decoded frames registered against the path that they ought to follow."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
#: Where in the picture the frame's points (n, 2) are seen, at a frame.
Seen = Callable[[int, NDArray[np.float64]], NDArray[np.float64]]

#: Points that are looked at, and their distance from the edge.
_POINTS, _EDGE = 600, 40


def errors_of(film: Path, still: Luma, seen: Seen, every: int = 1) -> NDArray[np.float64]:
    """float64 (frames, 2): how far each frame lies from where it ought to, in pixels, to the right and down."""
    found = []
    with av.open(str(film)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % every == 0:
                rows = np.frombuffer(frame.planes[0], np.uint8).reshape(frame.height, -1)[:, : frame.width]  # type: ignore[call-overload]
                found.append(_error(np.ascontiguousarray(rows), still, partial(seen, number)))
    return np.array(found)


def steps_of(errors: NDArray[np.float64]) -> float:
    """The jitter: root mean square, in pixels, of what changes from frame to frame."""
    return float(np.sqrt(np.mean(np.sum((errors[1:-1] - (errors[:-2] + errors[2:]) / 2) ** 2, axis=1) * 2 / 3)))


def _error(frame: Luma, still: Luma, seen: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float64]:
    """The middle of many small registrations of the frame with the still as it ought to be seen."""
    height, width = frame.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    at = seen(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(height, width, 2)
    # OpenCV's remap rounds to 1/32 of a pixel, each point another way: over hundreds of points it evens out.
    at32 = at.astype(np.float32)
    expected = cv2.remap(still, at32[..., 0], at32[..., 1], cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
    inside = np.zeros(frame.shape, np.uint8)
    inside[_EDGE:-_EDGE, _EDGE:-_EDGE] = 255
    corners = cv2.goodFeaturesToTrack(expected, _POINTS, 0.01, 12, mask=inside)
    moved, good, _ = cv2.calcOpticalFlowPyrLK(
        expected, frame, corners, corners.copy(), winSize=(31, 31), maxLevel=2,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-4),
    )  # fmt: skip
    away = (moved - corners)[good.ravel() == 1, 0]
    return np.asarray(np.median(away, axis=0), np.float64)
