"""Delivery: what fal made as the film that was asked for. The picture stays as it came wherever it can."""

from collections.abc import Mapping
from pathlib import Path

from oxreel.engines.conform import Part, conform, sound_of
from oxreel.errors import BadReference, FilmingFailed
from oxreel.media.cut import copy_frames
from oxreel.media.join import join
from oxreel.media.kinds import seems
from oxreel.media.probe import probe
from oxreel.storyboard import Storyboard


def deliver(storyboard: Storyboard, came: Path, target: Path, metadata: Mapping[str, str]) -> None:
    """Make the film at `target`, in the size that it came. Raises FilmingFailed for a file that is none."""
    part = Part(came, storyboard.frames)
    picture = target.with_name(f".{target.stem}-picture.mp4")
    try:
        width, height = _size(came)
        if not copy_frames(came, picture, storyboard.frames):
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
