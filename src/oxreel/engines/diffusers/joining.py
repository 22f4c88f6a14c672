"""Joining: the filmed shots, and the sound that came with them, as one MP4."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from oxreel.engines.engine import Segment
from oxreel.media.join import join, sound_samples
from oxreel.media.sound import Samples, read_wave


def deliver(segments: Sequence[Segment], target: Path, metadata: Mapping[str, str]) -> None:
    """Join the segments into `target`. Raises FilmingFailed where they do not fit."""
    join([segment.path for segment in segments], target, sound=_sound_of(segments), metadata=metadata)


def _sound_of(segments: Sequence[Segment]) -> Samples | None:
    """The sound of all of them, silence for one without; None where none has any."""
    if all(segment.sound is None for segment in segments):
        return None
    whole = np.zeros((2, sound_samples(sum(segment.frames for segment in segments))), np.float32)
    before = 0
    for segment in segments:
        first, last = sound_samples(before), sound_samples(before + segment.frames)
        if segment.sound is not None:
            heard = read_wave(segment.sound)[:, : last - first]
            whole[:, first : first + heard.shape[1]] = heard
        before += segment.frames
    return whole
