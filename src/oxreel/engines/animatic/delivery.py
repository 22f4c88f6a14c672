"""Delivery: the filmed shots and the sound as one MP4."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.sound import ambience
from oxreel.media.decode import sound
from oxreel.media.join import join, sound_samples
from oxreel.storyboard import Storyboard


def deliver(storyboard: Storyboard, segments: list[Path], target: Path, metadata: dict[str, str]) -> None:
    """Join the shots and the sound into `target`. Raises FilmingFailed where they do not fit."""
    join(segments, target, sound=soundtrack(storyboard), metadata=metadata)


def soundtrack(storyboard: Storyboard) -> NDArray[np.float32] | None:
    """The sound of a film, exactly as long as it: the source's own, an ambience, or None for a silent film."""
    samples = sound_samples(storyboard.frames)
    if storyboard.video is not None and storyboard.keep_audio:
        heard = sound(Path(storyboard.video.path), samples)
        if heard is not None:
            return heard
    return ambience(samples, storyboard.seed) if storyboard.audio else None
