"""Videos that were filmed elsewhere, as the delivered film: 24 frames a second, exactly the frames and size asked for.

They come from a provider's server and are trusted as little as any source video.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oxreel.errors import BadReference, FilmingFailed
from oxreel.media.decode import sound, video_frames
from oxreel.media.encode import Encoder
from oxreel.media.join import join, sound_samples
from oxreel.media.probe import probe
from oxreel.units import FRAME_RATE

#: Seconds that a video may be shorter than asked for; its last frame is held for them.
MOST_MISSING = 0.5


@dataclass(frozen=True)
class Part:
    """A video as it came, and the frames that it is to fill."""

    path: Path
    frames: int


def deliver(
    parts: Sequence[Part], target: Path, width: int, height: int, *, audio: bool, metadata: Mapping[str, str]
) -> None:
    """Join the parts into the MP4 at `target`, with their sound, or silence for it, where there is to be `audio`.

    Raises FilmingFailed where one is no video, or too short.
    """
    segments = [target.with_name(f".{target.stem}-{index}.mp4") for index in range(len(parts))]
    try:
        for part, segment in zip(parts, segments, strict=True):
            conform(part, segment, width, height)
        join(segments, target, sound=sound_of(parts) if audio else None, metadata=metadata)
    finally:
        for segment in segments:
            segment.unlink(missing_ok=True)


def conform(part: Part, target: Path, width: int, height: int) -> None:
    """The picture of a part as a segment that joins with others. Raises FilmingFailed."""
    try:
        _check_length(part)
        with Encoder(target, width, height) as encoder:
            for planes in video_frames(part.path, width, height, first=0, count=part.frames):
                encoder.write(planes)
    except BadReference as error:
        raise _unusable(error) from error


def sound_of(parts: Sequence[Part]) -> NDArray[np.float32]:
    """The sound of all parts, each exactly as long as its frames: float32 (2, samples) at 48 kHz; silence for none."""
    whole = np.zeros((2, sound_samples(sum(part.frames for part in parts))), np.float32)
    before = 0
    for part in parts:
        first, last = sound_samples(before), sound_samples(before + part.frames)
        try:
            heard = sound(part.path, last - first)
        except BadReference as error:
            raise _unusable(error) from error
        if heard is not None:
            whole[:, first:last] = heard
        before += part.frames
    return whole


def _check_length(part: Part) -> None:
    asked, came = part.frames / float(FRAME_RATE), float(probe(part.path).seconds)
    # The closing frame of a film is one that many models do not make.
    if came + MOST_MISSING < asked:
        raise FilmingFailed(f"The video that was filmed lasts {came:.1f} s where {asked:.1f} s were asked for.")


def _unusable(error: BadReference) -> FilmingFailed:
    return FilmingFailed(f"What was filmed cannot be used: {error.message}")
