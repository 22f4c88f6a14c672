"""Source videos: their frames as a source, and what may be known of them before they are shown."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np

from oxreel.engines.animatic.scene import Picture
from oxreel.errors import BadReference
from oxreel.media.decode import video_frames
from oxreel.media.encode import Planes

#: Frames asked for beyond any shot: a video that ends early holds its last one.
_ENDLESS = 1 << 30
#: Luma of black and of white in limited range (ITU-R BT.709-6).
_BLACK, _WHITE = 16, 235


class SourceVideo:
    """A source: a video from its frame `first` on, covering the canvas, at 24 frames a second.

    It holds its last frame where it ends early. `fill` raises BadReference where not even one frame can be decoded.
    """

    def __init__(self, path: Path, width: int, height: int, first: int = 0) -> None:
        self._path, self._size, self._first = path, (width, height), first
        self._coming: Iterator[Planes] | None = None
        self._shown: Planes | None = None
        self._at = -1

    def fill(self, frame: int, out: Planes) -> None:
        """That frame of the shot. Going back begins anew, which is slow."""
        if self._coming is None or frame < self._at:
            self.close()
            self._coming = video_frames(self._path, *self._size, first=self._first, count=_ENDLESS)
            self._at = -1
        while self._at < frame:
            self._shown = next(self._coming, self._shown)
            self._at += 1
        if self._shown is None:
            raise BadReference("The video holds no frame that can be decoded.")
        for to, plane in zip(out, self._shown, strict=True):
            to[:] = plane

    def close(self) -> None:
        """Let go of the file; the next `fill` opens it again."""
        if self._coming is not None:
            self._coming.close()  # type: ignore[attr-defined]  # a generator
            self._coming = None


def first_picture(path: Path, width: int, height: int, frame: int = 0) -> Picture:
    """A frame of a video as a fitted picture, the first one as a rule: for its depth, its light and its cast."""
    with closing(video_frames(path, width, height, first=frame, count=1)) as frames:  # type: ignore[type-var]
        planes = next(frames, None)
    if planes is None:
        raise BadReference("The video holds no frame that can be decoded.")
    return picture_of(planes)


def light_of(path: Path, frames: int, *, first: int = 0) -> float:
    """How bright a video is on average in those frames: 0 is black, 1 is white."""
    total = count = 0.0
    with closing(video_frames(path, 64, 64, first=first, count=frames)) as seen:  # type: ignore[type-var]
        for luma, _, _ in seen:
            total, count = total + float(luma.mean()), count + 1
    return float(np.clip((total / max(1, count) - _BLACK) / (_WHITE - _BLACK), 0, 1))


def picture_of(planes: Planes) -> Picture:
    """The picture of BT.709 limited-range planes: `colour.planes_from_rgb` the other way round."""
    luma, cb, cr = planes
    height, width = luma.shape
    # Chroma stands on the even columns, between the rows: so it is spread over the pixels around it.
    x = np.broadcast_to(np.arange(width, dtype=np.float32) / 2, luma.shape)
    y = np.broadcast_to((np.arange(height, dtype=np.float32)[:, None] - 0.5) / 2, luma.shape)
    blue, red = (
        (cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32) - 128) / 224
        for plane in (cb, cr)
    )
    bright = (luma.astype(np.float32) - _BLACK) / (_WHITE - _BLACK)
    rgb = np.dstack([bright + 1.5748 * red, bright - 0.187324 * blue - 0.468124 * red, bright + 1.8556 * blue])
    return np.clip(np.rint(rgb * 255), 0, 255).astype(np.uint8)
