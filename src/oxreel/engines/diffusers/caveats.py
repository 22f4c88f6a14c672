"""Caveats: what a checkpoint does differently than a request asks, in sentences."""

from collections.abc import Iterator

from oxreel.engines.diffusers.family import Rules
from oxreel.engines.diffusers.sizing import clip_size
from oxreel.engines.diffusers.timing import clips_of, filmed_frames, goes_on, is_long
from oxreel.engines.diffusers.together import parts_of
from oxreel.engines.diffusers.weights import Checkpoint
from oxreel.storyboard import Shot, Storyboard
from oxreel.units import FRAME_RATE

#: Share of the asked pixels below which a video counts as enlarged.
_ENLARGED = 0.9
#: How much faster than filmed a shot may run to its last frame unsaid.
_SEEN_FASTER = 1.1


def warnings_about(storyboard: Storyboard, checkpoint: Checkpoint) -> list[str]:
    """What it does differently than asked, one sentence each."""
    return [
        *_about_the_picture(storyboard, checkpoint.rules, checkpoint.name),
        *_left_out(storyboard, checkpoint.rules, checkpoint.name),
        *_about_shots(storyboard, checkpoint.rules, checkpoint.name),
    ]


def _about_the_picture(storyboard: Storyboard, rules: Rules, name: str) -> Iterator[str]:
    width, height = clip_size(storyboard.width, storyboard.height, rules)
    if width * height < _ENLARGED * storyboard.width * storyboard.height:
        asked = f"{storyboard.width}x{storyboard.height}"
        yield f"The video is enlarged to {asked}: {name} films {width}x{height} at best, and so it lacks that detail."
    if rules.rate != FRAME_RATE:
        yield f"Frames between frames are computed: {name} films {float(rules.rate):g} a second, and 24 are delivered."


def _left_out(storyboard: Storyboard, rules: Rules, name: str) -> Iterator[str]:
    if storyboard.audio and "audio" not in rules.can:
        yield f"The video is silent: {name} makes no sound."
    if storyboard.negative_prompt and "negative" not in rules.can:
        yield f"The negative prompt is left out: {name} takes none."
    for option, value in storyboard.options:
        if value is not None:
            yield f"The parameter {option} is left out: {name} takes none."


def _about_shots(storyboard: Storyboard, rules: Rules, name: str) -> Iterator[str]:
    most = float(rules.most_frames / rules.rate)
    shots = parts_of(storyboard, rules)
    if len(shots) < len(storyboard.shots):
        yield f"Cuts fall about where they were asked for: {name} films all shots in one go and cuts by itself."
    long = [shot for shot in shots if is_long(shot, rules)]
    if any(len(clips_of(shot, rules)) > 1 for shot in long):
        yield f"Long shots are filmed in pieces, each from the last one's end: {name} films {most:.0f} s at a time."
    elif long:
        yield f"Long shots may repeat themselves: {name} was made for {most:.0f} s."
    for shot in shots:
        filmed = float((filmed_frames(shot, rules) - 1) / rules.rate)
        if shot.tail is not None and filmed > _SEEN_FASTER * (shot.frames - 1) / FRAME_RATE:
            yield f"Up to its last frame the shot runs faster than filmed: {name} films {filmed:.1f} s at least."
    on = [shot for shot in shots if goes_on(shot, rules)]
    if len(on) == 1:
        yield f"Shot {on[0].index + 1} has no picture: it goes on where the one before ended."
    elif on:
        yield f"Shots {_listed(on)} have no picture: each goes on where the one before ended."


def _listed(shots: list[Shot]) -> str:
    numbers = [str(shot.index + 1) for shot in shots]
    return f"{', '.join(numbers[:-1])} and {numbers[-1]}"
