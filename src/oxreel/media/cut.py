"""The beginning of a film, copied frame by frame as it was encoded."""

from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet
from av.video.stream import VideoStream

from oxreel.errors import BadReference
from oxreel.media.probe import open_video
from oxreel.units import FRAME_RATE

#: What every player plays, and films of ours are made in.
_FORMATS = ("yuv420p", "yuvj420p")
#: By how much of a frame a file's clock may be coarse.
_CLOCK = Fraction(1, 20)


def copy_frames(source: Path, target: Path, frames: int) -> bool:
    """Whether `target` now holds the first `frames` of a film, not encoded again, and without sound.

    That cannot be done, and no file is left, where the film is not H.264 of 24 frames a second, is shorter, is
    damaged, or has a frame at its end that another one needs. Raises BadReference where it is no video.
    """
    with open_video(source) as container:
        stream = container.streams.video[0]
        if not _is_ours(stream) or not _plays_evenly(source, frames):
            return False
        packets = [packet for packet in container.demux(stream) if packet.pts is not None and packet.dts is not None]
        kept = _first(packets, frames)
        if kept is None:
            return False
        with av.open(str(target), "w", format="mp4", options={"fflags": "+bitexact"}) as output:
            copy = output.add_stream_from_template(stream)
            copy.time_base = stream.time_base
            for packet in kept:
                packet.stream = copy
                output.mux(packet)
    # What was cut is held against what was decoded: the tables of a file may say anything.
    if len(kept) < len(packets) and not _plays_evenly(target, frames, exactly=True):
        target.unlink()
        return False
    return True


def seconds_that_play(path: Path) -> float:
    """Seconds of a film until its last frame that can be decoded, whatever its tables say. Raises BadReference."""
    last = Fraction(0)
    with open_video(path) as container:
        stream = container.streams.video[0]
        try:
            for frame in container.decode(stream):
                if frame.pts is not None and frame.time_base is not None:
                    last = max(last, frame.pts * frame.time_base)
        except av.FFmpegError:
            pass  # what came before it plays
        return float(last + 1 / (stream.average_rate or FRAME_RATE))


def _is_ours(stream: VideoStream) -> bool:
    context = stream.codec_context
    return context.name == "h264" and context.pix_fmt in _FORMATS and stream.time_base is not None


def _plays_evenly(path: Path, frames: int, *, exactly: bool = False) -> bool:
    """Whether the first frames are all there, one each 24th of a second, upright and of one size."""
    sizes = set()
    count = 0
    try:
        with open_video(path) as container:
            for frame in container.decode(container.streams.video[0]):
                if count < frames:
                    if frame.pts is None or frame.time_base is None or frame.rotation or frame.is_corrupt:
                        return False
                    late = frame.pts * frame.time_base * FRAME_RATE - count
                    if abs(late) > _CLOCK:
                        return False
                    sizes.add((frame.width, frame.height))
                elif not exactly:
                    break
                count += 1
    except (av.FFmpegError, BadReference):
        return False
    return len(sizes) == 1 and (count == frames if exactly else count >= frames)


def _first(packets: "list[Packet[VideoStream]]", frames: int) -> "list[Packet[VideoStream]] | None":
    """The packets of the first frames, None where one of them may need a later one."""
    if len(packets) < frames:
        return None
    last = sorted(packet.pts or 0 for packet in packets)[frames - 1]
    # In the order of decoding: nothing that is kept comes behind something that is not.
    return packets[:frames] if all((packet.pts or 0) <= last for packet in packets[:frames]) else None
