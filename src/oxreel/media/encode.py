"""H.264: frames become a segment, which `join` puts together with others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from oxreel.errors import FilmingFailed
from oxreel.units import FRAME_RATE

#: A frame as luma (height, width) and two chroma planes (height/2, width/2), BT.709 limited range, chroma sited left.
Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
_BT709 = 1
_LIMITED_RANGE = 1
#: Quantizer of the frames that must survive encoding nearly as they are (58 and 51 dB measured, 2026-11).
_SHARP_QUANTIZER = 6


@dataclass(frozen=True)
class Quality:
    """How x264 works. Segments join only when it is the same for all; bytes repeat only for the same threads."""

    preset: str = "veryfast"
    crf: int = 20
    #: As many as processors that OxReel asks for; each further one holds 20 MB of 1080p.
    threads: int = 2
    #: Frames between two keyframes at most.
    keyframe_distance: int = 96


class Encoder:
    """Writes one segment: an H.264 MP4 at 24 frames a second without sound, whole when the `with` block ends well.

    `sharp` are the positions of frames that are kept nearly lossless. A block that ends with an error leaves no file.
    """

    def __init__(
        self, path: Path, width: int, height: int, *, sharp: Iterable[int] = (), quality: Quality | None = None
    ) -> None:
        quality = quality or Quality()
        self.frames = 0
        self._path = path
        self._size = width, height
        self._container: OutputContainer = av.open(str(path), "w", format="mp4")
        zones = "/".join(f"{frame},{frame},q={_SHARP_QUANTIZER}" for frame in sorted(set(sharp)))
        # `stitchable` keeps the headers of all segments alike, whatever their zones. Macroblock trees make the bytes
        # depend on the threads' timing: on a busy machine every second encode differed (x264 of PyAV 18.1, 2026-11).
        # Two references and trellis make 0.2 to 0.7 dB of 1080p stills in motion for an eighth more time (2026-11).
        # Without trees nothing needs to be looked at far ahead; the frames kept for it are 30 MB of 1080p.
        x264 = "stitchable=1:no-mbtree=1:sync-lookahead=0:qcomp=1:ref=2:trellis=1"
        x264 += f":zones={zones}" if zones else ""
        options = {"preset": quality.preset, "crf": str(quality.crf), "x264-params": x264}
        stream: VideoStream = self._container.add_stream("libx264", rate=FRAME_RATE, options=options)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = 1 / FRAME_RATE
        context.gop_size = quality.keyframe_distance
        context.thread_count, context.thread_type = quality.threads, "FRAME"
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _LIMITED_RANGE
        self._stream = stream

    def write(self, planes: Planes) -> None:
        """Encode the next frame; the planes are the caller's again at once. Raises FilmingFailed on another size."""
        width, height = self._size
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane, samples, shape in zip(
            frame.planes, planes, ((height, width), (height // 2, width // 2), (height // 2, width // 2)), strict=True
        ):
            if samples.shape != shape:
                raise FilmingFailed(f"A frame has {samples.shape} samples where the video takes {shape}.")
            rows: NDArray[np.uint8] = np.frombuffer(plane, np.uint8).reshape(shape[0], plane.line_size)  # type: ignore[call-overload]
            rows[:, : shape[1]] = samples
        frame.colorspace = frame.color_primaries = frame.color_trc = _BT709
        frame.color_range = _LIMITED_RANGE
        frame.pts, frame.time_base = self.frames, 1 / FRAME_RATE
        self._encode(frame)
        self.frames += 1

    def _encode(self, frame: av.VideoFrame | None) -> None:
        try:
            self._container.mux(self._stream.encode(frame))
        except av.FFmpegError as error:
            raise FilmingFailed(f"The film could not be encoded ({error.strerror}).") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._encode(None)
        finally:
            self._container.close()
            if kind is not None:
                self._path.unlink(missing_ok=True)


def planes_of(frame: av.VideoFrame) -> Planes:
    """The samples of a yuv420p frame, copied."""
    return tuple(_rows(frame))  # type: ignore[return-value]


def _rows(frame: av.VideoFrame) -> Iterator[NDArray[np.uint8]]:
    for plane in frame.planes:
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)  # type: ignore[call-overload]
        yield np.ascontiguousarray(rows[:, : plane.width])
