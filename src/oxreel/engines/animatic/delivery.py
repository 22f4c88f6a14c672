"""Delivery: the filmed shots and the sound as one MP4."""

from pathlib import Path

from oxreel.engines.animatic.direction import directions_of
from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.mastering import CEILING, limited, true_peak
from oxreel.engines.animatic.sound.soundtrack import soundtrack_of
from oxreel.media.decode import sound
from oxreel.media.join import join, sound_samples
from oxreel.storyboard import Storyboard

#: dBTP that a delivered film keeps below, and what is left below it when a film that does not is mastered again.
HIGHEST_PEAK = -1.0
_SPARE = 0.3
#: Times that a film is joined until it does: what the encoder adds to a peak changes with every sample.
_ROUNDS = 4


def deliver(storyboard: Storyboard, segments: list[Path], target: Path, metadata: dict[str, str]) -> None:
    """Join the shots and the sound into `target`. Raises FilmingFailed where they do not fit."""
    kept = _kept(storyboard)
    if kept is not None:
        join(segments, target, sound=kept, metadata=metadata)
        return
    made = soundtrack_of(storyboard, directions_of(storyboard))
    join(segments, target, sound=made, metadata=metadata)
    if made is not None:
        _lower_peaks(segments, target, made, metadata)


def _kept(storyboard: Storyboard) -> Samples | None:
    """The source video's own sound as it is, exactly as long as the film; None where it has none or is not kept."""
    if storyboard.video is None or not storyboard.keep_audio:
        return None
    return sound(Path(storyboard.video.path), sound_samples(storyboard.frames))


def _lower_peaks(segments: list[Path], target: Path, made: Samples, metadata: dict[str, str]) -> None:
    """Join again with softer peaks where encoding them took the film over the highest that is allowed."""
    ceiling = CEILING
    for _ in range(_ROUNDS):
        heard = sound(target, made.shape[1])
        if heard is None or (over := true_peak(heard) - HIGHEST_PEAK) < 0:
            return
        ceiling -= over + _SPARE
        made = limited(made, ceiling)
        join(segments, target, sound=made, metadata=metadata)
