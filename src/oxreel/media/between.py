"""Frames between frames: a film of another rate as one of 24 frames a second.

Repeating frames makes movement stutter, and mixing two shows everything twice. So what moves is followed from one
frame to the next and shown on its way; where that cannot be trusted, the two are mixed.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Samples = NDArray[np.float32]


class Frames(Protocol):
    """Frames by their index, as an array of them is: each uint8 (height, width, 3), sRGB."""

    def __getitem__(self, index: int, /) -> Picture:
        """The frame there."""


#: Longer side in pixels at which movement is looked for.
_SIDE = 640
#: Pixels, of that size, by which the way there and the way back may differ before a place is not trusted.
_MISS = 1.0
#: Mean difference of luma, after following, from which two frames are of different scenes: neither is on its way.
_CUT = 28.0


def at(frames: Frames, positions: Iterable[Fraction]) -> Iterator[Picture]:
    """The picture at each position, in frames from 0, which ascend; where a frame stands it is the frame itself."""
    between: _Between | None = None
    for position in positions:
        index = int(position)
        share = float(position - index)
        if not share:
            yield frames[index]
            continue
        if between is None or between.index != index:
            between = _Between(index, frames[index], frames[index + 1])
        yield between.at(share)


class _Between:
    """Two frames that follow one another, and how what they show moves."""

    def __init__(self, index: int, first: Picture, second: Picture) -> None:
        self.index = index
        self._first, self._second = first, second
        threads = cv2.getNumThreads()
        # What the search finds depends on how many threads share it.
        cv2.setNumThreads(1)
        try:
            self._there, self._back = _flow(first, second), _flow(second, first)
            self._trusted = _agreement(self._there, self._back)
            self._related = self._differ() < _CUT
        finally:
            cv2.setNumThreads(threads)

    def at(self, share: float) -> Picture:
        """The picture at that share of the way."""
        if not self._related:
            return self._first if share < 0.5 else self._second
        mixed = cv2.addWeighted(self._first, 1 - share, self._second, share, 0)
        early = _moved(self._first, self._there, share)
        late = _moved(self._second, self._back, 1 - share)
        followed = cv2.addWeighted(early, 1 - share, late, share, 0)
        trusted: Samples = _looked_up(self._trusted, -share * self._there)[..., None]
        picture: Picture = np.rint(followed * trusted + mixed * (1 - trusted)).astype(np.uint8)
        return picture

    def _differ(self) -> float:
        small = (max(1, self._first.shape[1] // 8), max(1, self._first.shape[0] // 8))
        moved = cv2.resize(_moved(self._first, self._there, 1.0), small, interpolation=cv2.INTER_AREA)
        target = cv2.resize(self._second, small, interpolation=cv2.INTER_AREA)
        return float(np.abs(moved.astype(np.float32) - target.astype(np.float32)).mean())


def _flow(first: Picture, second: Picture) -> Samples:
    """float32 (height, width, 2): pixels that each point of the first frame moves to its place in the second."""
    height, width = first.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = max(16, round(width * scale)), max(16, round(height * scale))
    grey = [
        cv2.resize(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA) for one in (first, second)
    ]
    vision: Any = cv2
    search = vision.DISOpticalFlow_create(vision.DISOPTICAL_FLOW_PRESET_MEDIUM)
    small = search.calc(grey[0], grey[1], None)
    found: Samples = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    found *= np.array([width / size[0], height / size[1]], np.float32)
    return found


def _agreement(there: Samples, back: Samples) -> Samples:
    """float32 (height, width), 0..1: how far the way there and the way back are one."""
    height, width = there.shape[:2]
    returned: Samples = _looked_up(back, there)
    miss = np.linalg.norm(there + returned, axis=2) * min(1.0, _SIDE / max(height, width))
    agreed: Any = cv2.GaussianBlur(np.clip(2 - miss / _MISS, 0, 1).astype(np.float32), (0, 0), 2)
    return np.asarray(agreed, np.float32)


def _moved(picture: Picture, flow: Samples, share: float) -> Picture:
    """The picture with each point moved that share of its way: looked up backwards, which is near enough for a part."""
    moved: Picture = _looked_up(picture, -share * flow)
    return moved


def _looked_up(samples: Any, away: Samples) -> Any:
    """For each place the sample that lies so far away from it."""
    y, x = np.mgrid[0 : away.shape[0], 0 : away.shape[1]].astype(np.float32)
    places = x + away[..., 0], y + away[..., 1]
    return cv2.remap(samples, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
