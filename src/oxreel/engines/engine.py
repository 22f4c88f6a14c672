"""The contract of an engine: what films a storyboard, and what it says beforehand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from oxreel.storyboard import Shot, Storyboard

#: Called with the frames of the shot that are filmed so far, also as a sign of life; raises Stopped.
OnFrame = Callable[[int], None]


class Stopped(Exception):
    """Nobody waits for the shot any more: let it go at once, and let this pass."""


@dataclass(frozen=True)
class Segment:
    """One filmed part: an H.264 MP4 without sound, its first frame a keyframe, that joins without re-encoding."""

    path: Path
    frames: int
    #: The sound that was filmed with it, a file of its own; None where the engine makes the sound at the end, or none.
    sound: Path | None = None


class Memo(Protocol):
    """What an engine must still know after a crash, kept on the generation's row."""

    def read(self) -> Mapping[str, Any]:
        """All that was written so far, by whichever worker; empty at first."""

    def write(self, **entries: Any) -> None:
        """Add plain values; they are safe once this returns. Raises Stopped once another worker films."""


class Engine(Protocol):
    """Something that films. It knows nothing of accounts or queues."""

    @property
    def name(self) -> str:
        """What requests, rows and the MP4's metadata call it."""

    @property
    def version(self) -> str:
        """Changes whenever the same storyboard would film different bytes."""

    def check(self, storyboard: Storyboard) -> None:
        """Nothing for what it can film as asked. Raises InvalidParams where it would film something else.

        Reads no file; what is only done a little differently is a warning.
        """

    def warnings(self, storyboard: Storyboard) -> list[str]:
        """What this engine will do differently than asked, one sentence each; reads no file."""

    def plan(self, storyboard: Storyboard) -> dict[str, Any] | None:
        """What this engine understood of the words, `{"shots": [...]}` as JSON; None where it does not tell."""

    def parts(self, storyboard: Storyboard) -> tuple[Shot, ...]:
        """What is filmed at a time, in order: each shot, or one that stands for all of them."""

    def film(
        self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """Film one part into `folder`. Raises FilmingFailed, or BadReference where a picture is at fault."""

    def finish(self, storyboard: Storyboard, segments: list[Segment], target: Path) -> None:
        """Join the segments and the sound into the delivered MP4 at `target`."""

    def abandon(self, memo: Mapping[str, Any]) -> dict[str, Any]:
        """Call off what is still made elsewhere for a film that nobody wants; what is to be added to its memo.

        May be asked again, and for what has ended by then. Raises FilmingFailed to be asked later.
        """
