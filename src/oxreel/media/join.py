"""Segments and a soundtrack become the delivered MP4: the picture is copied, the sound is encoded to AAC."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from oxreel.errors import FilmingFailed
from oxreel.units import FRAME_RATE

#: Samples a second of every soundtrack.
SOUND_RATE = 48_000
#: Samples of one AAC frame.
_AAC_FRAME = 1024
_AAC_BITS_PER_SECOND = 160_000
#: The quicker of its two coders, which is the better one at this rate too; and no noise that each decoder would make
#: up by itself, so that the peaks of a film are the same in every player.
_AAC_OPTIONS = {"aac_coder": "fast", "aac_pns": "0"}
#: Seconds that the soundtrack is written ahead of the picture.
_AHEAD = 0.5


def sound_samples(frames: int) -> int:
    """Samples of a soundtrack that is exactly as long as that many frames."""
    return int(frames / FRAME_RATE * SOUND_RATE)


def join(
    segments: Sequence[Path],
    target: Path,
    *,
    sound: NDArray[np.float32] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> int:
    """Frames of the MP4 that `target` has become: the segments in order, a cut at each seam, ready to stream.

    `sound` is float32 (2, samples) at 48 kHz. Raises FilmingFailed, and leaves no file, where segments do not fit.
    """
    partial = target.with_name(f".{target.name}.partial")
    # A movie clock of 48 kHz holds the lengths of picture and sound exactly; milliseconds would round them.
    options = {"movflags": "+faststart+use_metadata_tags", "movie_timescale": str(SOUND_RATE), "fflags": "+bitexact"}
    try:
        with av.open(str(segments[0])) as first, av.open(str(partial), "w", format="mp4", options=options) as output:
            output.metadata.update(metadata or {})
            picture = _Picture(output, first)
            soundtrack = None if sound is None else _Soundtrack(output, sound)
            for segment in segments:
                picture.append(segment, soundtrack)
            if soundtrack is not None:
                soundtrack.finish()
        partial.replace(target)
    except av.FFmpegError as error:
        raise FilmingFailed(f"The filmed shots could not be joined ({error.strerror}).") from error
    finally:
        partial.unlink(missing_ok=True)
    return picture.frames


class _Picture:
    """Copies packets of one segment after another into one stream."""

    def __init__(self, output: OutputContainer, first: InputContainer) -> None:
        template = _picture_of(first)
        self.frames = 0
        self._output = output
        self._looks = _looks(template)
        self._stream = output.add_stream_from_template(template)
        self._stream.time_base = template.time_base

    def append(self, segment: Path, soundtrack: "_Soundtrack | None") -> None:
        """Copy a segment behind the frames that are there."""
        with av.open(str(segment)) as source:
            stream = _picture_of(source)
            if _looks(stream) != self._looks:
                raise FilmingFailed(f"Segment {segment.name} was encoded differently from the first: they cannot join.")
            shift = int(self.frames / FRAME_RATE / (stream.time_base or 1))
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue  # the empty packet that ends a file
                packet.pts += shift
                packet.dts += shift
                packet.stream = self._stream
                if soundtrack is not None:
                    soundtrack.write_until(float(packet.dts * packet.time_base) + _AHEAD)
                self._output.mux(packet)
                self.frames += 1


def _picture_of(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise FilmingFailed(f"Segment {Path(container.name).name} holds no picture.")
    return container.streams.video[0]


def _looks(stream: VideoStream) -> tuple[Any, ...]:
    """What must be equal for packets of two segments to follow one another in one stream."""
    context = stream.codec_context
    return context.name, context.width, context.height, stream.time_base, bytes(context.extradata or b"")


class _Soundtrack:
    """Encodes samples to AAC just ahead of the picture, so that the muxer never holds a long queue."""

    def __init__(self, output: OutputContainer, samples: NDArray[np.float32]) -> None:
        self._output = output
        self._samples = samples
        self._written = 0
        self._stream: AudioStream = output.add_stream("aac", rate=SOUND_RATE, layout="stereo", options=_AAC_OPTIONS)
        self._stream.codec_context.bit_rate = _AAC_BITS_PER_SECOND

    def write_until(self, seconds: float) -> None:
        """Encode what is heard before that time."""
        while self._written < self._samples.shape[1] and self._written < seconds * SOUND_RATE:
            self._write_frame()

    def finish(self) -> None:
        """Encode what is left."""
        self.write_until(float("inf"))
        self._output.mux(self._stream.encode(None))

    def _write_frame(self) -> None:
        chunk = np.ascontiguousarray(self._samples[:, self._written : self._written + _AAC_FRAME])
        frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout="stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts, frame.time_base = self._written, Fraction(1, SOUND_RATE)
        self._output.mux(self._stream.encode(frame))
        self._written += chunk.shape[1]
