"""Timing: how many frames a model films for a shot, in which clips, and which of them each delivered frame shows."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from oxreel.engines.diffusers.family import Rules
from oxreel.storyboard import Shot
from oxreel.units import FRAME_RATE


def goes_on(shot: Shot, rules: Rules) -> bool:
    """Whether a shot begins where the one before it ended.

    It does where it has no picture of its own: then whoever was on screen stays. With a picture it is a cut.
    """
    own_picture = shot.start is not None or bool(shot.references)
    return shot.index > 0 and not own_picture and rules.opening > 0


def model_frames(shot: Shot, rules: Rules) -> int:
    """The least frames at the model's rate whose first and last moment hold the shot's first and last frame.

    One that goes on also begins with the frame before its first, from which it moves.
    """
    intervals = shot.frames - 1 + int(goes_on(shot, rules))
    return ceil(intervals * rules.rate / FRAME_RATE) + 1


def is_long(shot: Shot, rules: Rules) -> bool:
    """Whether it is longer than what the model was trained on."""
    return model_frames(shot, rules) > rules.most_frames


def lead(shot: Shot, rules: Rules) -> int:
    """The frames of its opening that lie before the one that it moves from."""
    return rules.opening - 1 if goes_on(shot, rules) else 0


def clips_of(shot: Shot, rules: Rules) -> tuple[int, ...]:
    """The frames of each clip that a shot is filmed in.

    Each but the first begins with the `opening` last frames of the one before, which are dropped; clips are about
    as long as one another, and no longer than the model was trained on where it can go on from frames.
    """
    wanted = model_frames(shot, rules) + lead(shot, rules)
    longest = rules.most_frames
    if wanted <= longest or not rules.opening:
        return (rules.frames_for(wanted),)
    count = ceil(Fraction(wanted - rules.opening, longest - rules.opening))
    each = rules.frames_for(ceil(Fraction(wanted - rules.opening, count)) + rules.opening)
    return (min(each, longest),) * count


def filmed_frames(shot: Shot, rules: Rules) -> int:
    """The frames of all its clips together, from the first that counts, without what is filmed twice."""
    clips = clips_of(shot, rules)
    return sum(clips) - rules.opening * (len(clips) - 1) - lead(shot, rules)


def positions(shot: Shot, rules: Rules) -> Iterator[Fraction]:
    """Where among the filmed frames each frame of the shot lies, in frames from 0.

    As filmed, and what is too long is cut off; a tail frame is the last one filmed, so with one all of it is shown.
    """
    filmed, before = filmed_frames(shot, rules), int(goes_on(shot, rules))
    pace = rules.rate / FRAME_RATE
    if shot.tail is not None and shot.frames + before > 1:
        pace = Fraction(filmed - 1, shot.frames - 1 + before)
    for frame in range(shot.frames):
        yield min((frame + before) * pace, Fraction(filmed - 1))
