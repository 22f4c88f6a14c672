"""What a video file holds, told without trusting it."""

import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from oxreel.errors import BadReference
from oxreel.units import FRAME_RATE

#: Demuxers and decoders that untrusted files may reach: no playlists, nothing that opens other files.
_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg"
_CODECS = (
    "h264,hevc,libdav1d,av1,vp8,vp9,libvpx-vp9,mpeg4,mpeg2video,mpeg1video,mjpeg,prores,h263,"
    "aac,mp3,mp3float,opus,libopus,vorbis,ac3,eac3,flac,alac,pcm_s16le,pcm_s16be,pcm_s24le,pcm_f32le"
)
#: Seconds that looking at one file may take.
_PATIENCE = 10.0
#: Longest side of a picture, in pixels (8K), and packets counted where the file does not say how many there are.
_LONGEST_SIDE = 8192
_MOST_PACKETS = 200_000


@dataclass(frozen=True)
class VideoFacts:
    """A video as it plays: upright, from its first frame to its last."""

    #: Pixels of the upright picture.
    width: int
    height: int
    seconds: float
    frames: int
    #: Frames per second, on average.
    rate: Fraction
    has_audio: bool
    #: Name of the picture's codec: "h264".
    codec: str
    #: Degrees, clockwise, by which players turn the stored picture: 0, 90, 180 or 270.
    rotation: int = 0


def probe(path: Path) -> VideoFacts:
    """The facts of a video file. Raises BadReference, with the reason, for whatever is not one that can be played."""
    deadline = time.monotonic() + _PATIENCE
    try:
        with open_video(path) as container:
            stream = container.streams.video[0]
            frame = next(container.decode(stream), None)
            if frame is None:
                raise BadReference("The video holds no frame that can be decoded.")
            rotation = -frame.rotation % 360
            width, height = frame.width, frame.height
            frames = stream.frames or 0
            seconds = _stated_seconds(container, stream)
            if not frames or seconds <= 0:
                frames, seconds = _count(container, stream, deadline)
            return VideoFacts(
                width=height if rotation in (90, 270) else width,
                height=width if rotation in (90, 270) else height,
                seconds=seconds,
                frames=frames,
                rate=Fraction(stream.average_rate or Fraction(frames) / Fraction(seconds).limit_denominator(90_000)),
                has_audio=bool(container.streams.audio),
                codec=stream.codec_context.name,
                rotation=rotation,
            )
    except (av.FFmpegError, OSError, ValueError, OverflowError) as error:
        raise _unreadable(error) from error


def open_video(path: Path) -> InputContainer:
    """An untrusted video file, opened with the limits of this room, its first video stream surely there.

    Raises BadReference for what is not a video, or too large a one.
    """
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": _FORMATS,
        "codec_whitelist": _CODECS,
        "probesize": "5000000",
        "analyzeduration": "5000000",
    }
    try:
        container = av.open(str(path), options=options, timeout=_PATIENCE, metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise _unreadable(error) from error
    if not container.streams.video:
        container.close()
        raise BadReference("The file holds no picture: it is not a video.")
    # None where a damaged file names a codec that is not among those allowed, which the types do not tell.
    context: VideoCodecContext | None = container.streams.video[0].codec_context
    if context is None:
        container.close()
        raise BadReference("The video is of a kind that cannot be decoded.")
    if max(context.width, context.height) > _LONGEST_SIDE:
        size = f"{context.width}x{context.height}"
        container.close()
        raise BadReference(f"The video is {size}; at most {_LONGEST_SIDE} pixels a side can be read.")
    # Frame threads would hold a frame each; untrusted video gets a small, fixed number of slices.
    context.thread_count, context.thread_type = 2, "SLICE"
    return container


def _stated_seconds(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / av.time_base


def _count(container: InputContainer, stream: VideoStream, deadline: float) -> tuple[int, float]:
    """Frames and seconds, by walking over the packets of a file that does not tell."""
    container.seek(0)
    usual = 1 / (stream.average_rate or FRAME_RATE)
    spans: list[tuple[Fraction, Fraction]] = []
    for packet in container.demux(stream):
        if packet.pts is None:
            continue
        shown = packet.pts * packet.time_base
        spans.append((shown, shown + (packet.duration * packet.time_base if packet.duration else usual)))
        if len(spans) > _MOST_PACKETS or time.monotonic() > deadline:
            raise BadReference(f"The video is too long to be looked through: more than {len(spans):,} frames.")
    if not spans:
        raise BadReference("The video holds no frame.")
    return len(spans), float(max(end for _, end in spans) - min(start for start, _ in spans))


def _unreadable(error: Exception) -> BadReference:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return BadReference(f"The file is not a video that can be read ({reason}).")
