"""Videos that were filmed elsewhere, as the delivered film: 24 frames a second, exactly the frames and size asked for.

They come from a provider's server and are trusted as little as any source video.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from oxreel.errors import BadReference, FilmingFailed
from oxreel.media.colour import planes_from_rgb
from oxreel.media.decode import every_picture, sound, video_frames
from oxreel.media.encode import Encoder, Planes
from oxreel.media.framing import covering
from oxreel.media.join import join, sound_samples
from oxreel.media.probe import probe
from oxreel.units import FRAME_RATE

#: Frames a second from which frames between are not made: those of 24, as televisions count them, and more.
_FAST_ENOUGH = Fraction(23)
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
        rate = _checked_rate(part)
        with Encoder(target, width, height) as encoder:
            for planes in (
                video_frames(part.path, width, height, first=0, count=part.frames)
                if rate >= _FAST_ENOUGH
                else _with_frames_between(part, rate, width, height)
            ):
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


def _checked_rate(part: Part) -> Fraction:
    """Frames a second of a video that is long enough. Raises FilmingFailed."""
    facts, asked = probe(part.path), part.frames / float(FRAME_RATE)
    # The closing frame of a film is one that many models do not make.
    if facts.seconds + MOST_MISSING < asked:
        raise FilmingFailed(
            f"The video that was filmed lasts {facts.seconds:.1f} s where {asked:.1f} s were asked for."
        )
    return facts.rate


def _with_frames_between(part: Part, rate: Fraction, width: int, height: int) -> Iterator[Planes]:
    """The frames of a video of fewer than 24 a second, with those between them on their way."""
    from oxreel.media.between import at  # noqa: PLC0415 - few videos need it

    pace = rate / FRAME_RATE
    frames = _Window(every_picture(part.path))
    for picture in at(frames, (index * pace for index in range(part.frames))):
        yield planes_from_rgb(np.asarray(covering(Image.fromarray(picture), width, height)))


class _Window:
    """Frames by their index, which ascends: only the latest two are kept, and the last one holds."""

    def __init__(self, frames: Iterator[NDArray[np.uint8]]) -> None:
        self._frames = frames
        self._kept: deque[NDArray[np.uint8]] = deque(maxlen=2)
        self._first = 0

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        while index >= self._first + len(self._kept):
            coming = next(self._frames, None)
            if coming is None and not self._kept:
                raise BadReference("The video holds no frame that can be decoded.")
            if len(self._kept) == self._kept.maxlen:
                self._first += 1
            self._kept.append(self._kept[-1] if coming is None else coming)
        return self._kept[index - self._first]


def _unusable(error: BadReference) -> FilmingFailed:
    return FilmingFailed(f"What was filmed cannot be used: {error.message}")
