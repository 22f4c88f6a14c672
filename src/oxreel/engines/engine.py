"""The contract of an engine: what films a storyboard, and what it says beforehand."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from oxreel.storyboard import Shot, Storyboard

#: Called with the frames of the shot that are filmed so far.
OnFrame = Callable[[int], None]


@dataclass(frozen=True)
class Segment:
    """One filmed shot: an H.264 MP4 without sound, its first frame a keyframe, that joins without re-encoding."""

    path: Path
    frames: int


class Engine(Protocol):
    """Something that films. It runs in a process of its own and knows nothing of accounts or queues."""

    @property
    def name(self) -> str:
        """What requests, rows and the MP4's metadata call it."""

    @property
    def version(self) -> str:
        """Changes whenever the same storyboard would film different bytes."""

    def warnings(self, storyboard: Storyboard) -> list[str]:
        """What this engine will do differently than asked, one sentence each; reads no file."""

    def plan(self, storyboard: Storyboard) -> dict[str, Any] | None:
        """What this engine understood of the words, `{"shots": [...]}` as JSON; None where it does not tell."""

    def film(self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame) -> Segment:
        """Film one shot into `folder`. Raises FilmingFailed, or BadReference where a picture is at fault."""

    def finish(self, storyboard: Storyboard, segments: list[Segment], target: Path) -> None:
        """Join the segments and the sound into the delivered MP4 at `target`."""
