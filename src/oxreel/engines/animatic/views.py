"""Views: which pictures a shot shows, when, and how the camera treats each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from oxreel.storyboard import Reference, Shot, Storyboard

#: Frames of a dissolve between two references.
_DISSOLVE = 12
#: Share of a shot by which its tail begins to show, and by which it is all that shows.
_TAIL_FROM, _TAIL_DONE = 0.35, 0.88
#: Magnification of a picture that is shown again after a cut.
_CLOSER = 1.22

#: How a picture becomes a scene: covering the canvas, as a reference is best seen, or drawn from the words.
Treatment = Literal["frame", "reference", "drawn"]


@dataclass(frozen=True)
class Anchors:
    """Which ends of a path must rest exactly on the fitted picture."""

    start: bool = False
    end: bool = False


@dataclass(frozen=True)
class View:
    """One picture on screen for a stretch of a shot, all in frames of the shot."""

    #: None is drawn from the words.
    reference: Reference | None
    treatment: Treatment
    #: Seen from `first` to before `end`; it dissolves in during its first `fade` frames.
    first: int
    end: int
    fade: int
    #: The camera's path runs from `path_first` for `path_frames`, seen or not.
    path_first: int
    path_frames: int
    anchors: Anchors = Anchors()
    #: The tail: placed so that the movement ends on it.
    arrives: bool = False
    #: Frame of the path from which a tail is seen through the same camera.
    tail_from: int | None = None
    #: Magnification and centre to start from, see `camera.path`.
    framing: tuple[float, float, float] = (1.0, 0.0, 0.0)


def views_of(storyboard: Storyboard, shot: Shot, sets: Sequence[Reference]) -> tuple[View, ...]:
    """The views of a shot whose sets are these, in order, each beginning before the one before it ends."""
    pictures, tail = list(sets), shot.tail
    if not pictures and tail is not None and storyboard.shots[0].start is None:
        pictures = [tail]
    if len(pictures) > 1 and tail is not None:
        return _in_turn([*pictures, tail], shot, anchored_end=True)
    if len(pictures) > 1:
        return _in_turn(pictures, shot, anchored_end=False)
    return _single(storyboard, shot, pictures[0] if pictures else None)


def _single(storyboard: Storyboard, shot: Shot, picture: Reference | None) -> tuple[View, ...]:
    frames = shot.frames
    anchors = Anchors(start=shot.start is not None, end=shot.tail is not None)
    treatment: Treatment = "drawn" if picture is None else "frame" if picture.name in ("start", "tail") else "reference"
    # The film's start picture again, after a cut: closer, and elsewhere in it, so that the cut is seen.
    again = shot.start is None and picture is not None and picture.name == "start"
    framing = _closer(storyboard.seed, shot.index) if again else (1.0, 0.0, 0.0)
    if shot.tail is None:
        return (View(picture, treatment, 0, frames, 0, 0, frames, anchors, framing=framing),)
    begins = int(frames * _TAIL_FROM)
    fade = max(1, int(frames * _TAIL_DONE) - begins)
    return (
        View(picture, treatment, 0, begins + fade, 0, 0, frames, anchors, tail_from=begins, framing=framing),
        View(
            shot.tail,
            "frame",
            begins,
            frames,
            fade,
            0,
            frames,
            anchors,
            arrives=True,
            tail_from=begins,
            framing=framing,
        ),
    )


def _in_turn(pictures: list[Reference], shot: Shot, *, anchored_end: bool) -> tuple[View, ...]:
    views = []
    for index, picture in enumerate(pictures):
        first = index * shot.frames // len(pictures) - (_DISSOLVE // 2 if index else 0)
        last = index == len(pictures) - 1
        end = shot.frames if last else (index + 1) * shot.frames // len(pictures) + _DISSOLVE // 2
        anchored = last and anchored_end
        views.append(
            View(
                picture,
                "frame" if anchored else "reference",
                first,
                end,
                _DISSOLVE if index else 0,
                first,
                end - first,
                Anchors(end=anchored),
                arrives=anchored,
                tail_from=0 if anchored else None,
            )
        )
    return tuple(views)


def _closer(seed: int, shot: int) -> tuple[float, float, float]:
    draw = crc32(f"{seed}/{shot}".encode())
    across, down = (draw & 0xFFFF) / 0xFFFF, (draw >> 16) / 0xFFFF
    side = 1 if shot % 2 else -1
    return _CLOSER, side * (0.025 + 0.03 * across), -0.04 + 0.05 * down
