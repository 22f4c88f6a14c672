"""Delivery: what fal made as the film that was asked for. The picture stays as it came wherever it can."""

from collections.abc import Mapping
from pathlib import Path

from oxreel.engines.conform import MOST_MISSING, Part, conform, sound_of
from oxreel.engines.fal.sizes import is_far_below
from oxreel.errors import BadReference, FilmingFailed
from oxreel.log import Log
from oxreel.media.cut import copy_frames, seconds_that_play
from oxreel.media.join import join
from oxreel.media.kinds import seems
from oxreel.media.probe import probe
from oxreel.storyboard import Storyboard
from oxreel.units import FRAME_RATE

log = Log(__name__)


def deliver(storyboard: Storyboard, came: Path, target: Path, metadata: Mapping[str, str], size: str) -> None:
    """Make the film at `target`, in the size that it came. Raises FilmingFailed for a file that is none.

    One that is far below the endpoint's `size` is paid and delivered all the same, and told to the operator.
    """
    part = Part(came, storyboard.frames)
    picture = target.with_name(f".{target.stem}-picture.mp4")
    try:
        width, height = _size(came)
        if is_far_below(width, height, size):
            log.warning("fal_film_is_small", width=width, height=height, expected=size)
        if not copy_frames(came, picture, storyboard.frames):
            _check_length(part)
            conform(part, picture, width, height)
        wanted = storyboard.audio or storyboard.keep_audio
        join([picture], target, sound=sound_of([part]) if wanted else None, metadata=metadata)
    finally:
        picture.unlink(missing_ok=True)


def _size(came: Path) -> tuple[int, int]:
    """Pixels of the film, both even. Raises FilmingFailed where it is no video."""
    kind = seems(came)
    if kind not in ("an MP4 video", "a MOV video"):
        raise FilmingFailed(f"What fal sent is no MP4 video, it is {kind}.")
    try:
        facts = probe(came)
    except BadReference as error:
        raise FilmingFailed(f"What fal sent cannot be used. {error.message}") from error
    return facts.width // 2 * 2, facts.height // 2 * 2


def _check_length(part: Part) -> None:
    """Nothing for a film that plays as long as it is to. Raises FilmingFailed."""
    try:
        plays = seconds_that_play(part.path)
    except BadReference as error:
        raise FilmingFailed(f"What fal sent cannot be used. {error.message}") from error
    asked = part.frames / float(FRAME_RATE)
    if plays + MOST_MISSING < asked:
        raise FilmingFailed(
            f"What fal sent cannot be used: {plays:.1f} s of it play, and {asked:.1f} s were asked for."
        )
