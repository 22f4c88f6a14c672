"""Pictures and sound of a source video, in the shape that films are made of."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from oxreel.errors import BadReference
from oxreel.media.encode import Planes, planes_of
from oxreel.media.join import SOUND_RATE
from oxreel.media.probe import open_video
from oxreel.units import FRAME_RATE

_BT709, _UNSPECIFIED, _BT601 = 1, 2, 6
#: Frames that a file may hold between two that are wanted, before it counts as broken.
_MOST_SKIPPED = 5_000


def video_frames(path: Path, width: int, height: int, *, first: int, count: int) -> Iterator[Planes]:
    """`count` frames at 24 a second, from frame `first` on, upright and cropped to fill `width` x `height`.

    A video that ends early holds its last frame. Raises BadReference where it cannot be decoded.
    """
    fit = _Fit(width, height)
    shown: Planes | None = None
    with open_video(path) as container:
        decoded = _timed(container)
        coming = next(decoded, None)
        if coming is None:
            raise BadReference("The video holds no frame that can be decoded.")
        for index in range(first, first + count):
            # Half a frame of grace: a source of 24 frames a second must give each of its frames once.
            until = (index + Fraction(1, 2)) / FRAME_RATE
            latest: av.VideoFrame | None = None
            skipped = 0
            while coming is not None and (coming[0] < until or (shown is None and latest is None)):
                latest = coming[1]
                coming = next(decoded, None)
                skipped += 1
                if skipped > _MOST_SKIPPED + first:
                    raise BadReference(f"The video holds more than {_MOST_SKIPPED} frames at one moment.")
            if latest is not None:
                shown = fit(latest)
            if shown is not None:
                yield shown


def pictures(path: Path, positions: Sequence[int]) -> list[NDArray[np.uint8]]:
    """The frames of a video at those positions, counted from the end where negative: uint8 (height, width, 3) sRGB.

    A position outside the video is its nearest frame. Raises BadReference where it cannot be decoded.
    """
    with open_video(path) as container:
        count = sum(1 for packet in container.demux(container.streams.video[0]) if packet.pts is not None)
    wanted = [min(max(one if one >= 0 else count + one, 0), max(count - 1, 0)) for one in positions]
    found: dict[int, NDArray[np.uint8]] = {}
    with open_video(path) as container:
        for index, (_, frame) in enumerate(_timed(container)):
            if index in wanted:
                found[index] = _rgb(frame)
    if not found:
        raise BadReference("The video holds no frame that can be decoded.")
    return [found[min(found, key=lambda index, one=one: abs(index - one))] for one in wanted]  # type: ignore[misc]


def every_picture(path: Path) -> Iterator[NDArray[np.uint8]]:
    """All frames of a video in order: uint8 (height, width, 3) sRGB. Raises BadReference where none can be decoded."""
    with open_video(path) as container:
        for _, frame in _timed(container):
            yield _rgb(frame)


def sound(path: Path, samples: int) -> NDArray[np.float32] | None:
    """The first `samples` of a video's sound: float32 (2, samples) at 48 kHz, silence where it ends early.

    None where the video has no sound. Raises BadReference where nothing of it can be decoded.
    """
    heard = np.zeros((2, samples), np.float32)
    filled = 0
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
    with open_video(path) as container:
        if not container.streams.audio:
            return None
        try:
            for frame in container.decode(container.streams.audio[0]):
                for piece in resampler.resample(frame):
                    chunk = piece.to_ndarray()[:, : samples - filled]
                    heard[:, filled : filled + chunk.shape[1]] = chunk
                    filled += chunk.shape[1]
                if filled >= samples:
                    break
        except av.FFmpegError as error:
            if not filled:
                raise BadReference(f"The sound of the video cannot be decoded ({error.strerror}).") from error
    return heard


def _rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    rgb = name_colours(frame).reformat(format="rgb24", dst_color_range="JPEG", threads=1)
    return np.asarray(rgb.to_ndarray(), np.uint8)


def name_colours(frame: av.VideoFrame) -> av.VideoFrame:
    """The same frame; where its file does not name the colours it follows the custom: HD is BT.709, else BT.601."""
    if frame.colorspace == _UNSPECIFIED:
        frame.colorspace = _BT709 if max(frame.width, frame.height) >= 1280 else _BT601
    return frame


def _timed(container: InputContainer) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    """Frames with their seconds since the first one."""
    origin: Fraction | None = None
    count = 0
    stream = container.streams.video[0]
    step = 1 / (stream.average_rate or FRAME_RATE)
    try:
        for frame in container.decode(stream):
            at = count * step if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
            origin = at if origin is None else origin
            count += 1
            yield at - origin, frame
    except av.FFmpegError as error:
        # A damaged end is no reason to throw away a beginning that plays.
        if not count:
            raise BadReference(f"The video cannot be decoded ({error.strerror}).") from error


class _Fit:
    """Turns frames upright, scales them to cover the canvas and crops what stands over."""

    def __init__(self, width: int, height: int) -> None:
        self._canvas = width, height
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> Planes:
        width, height = self._canvas
        turns = (frame.rotation // 90) % 4
        if turns % 2:
            width, height = height, width
        scale = max(width / frame.width, height / frame.height)
        wide, high = max(width, _even(frame.width * scale)), max(height, _even(frame.height * scale))
        scaled = self._reformatter.reformat(
            name_colours(frame),
            wide,
            high,
            "yuv420p",
            dst_colorspace=_BT709,
            interpolation=Interpolation.LANCZOS,
            dst_color_range="MPEG",
            threads=1,
        )
        left, top = (wide - width) // 4 * 2, (high - height) // 4 * 2
        luma, cb, cr = planes_of(scaled)
        cropped = (
            luma[top : top + height, left : left + width],
            cb[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2],
            cr[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2],
        )
        a, b, c = (np.ascontiguousarray(np.rot90(plane, turns)) for plane in cropped)
        return a, b, c


def _even(length: float) -> int:
    return -(-round(length) // 2) * 2
