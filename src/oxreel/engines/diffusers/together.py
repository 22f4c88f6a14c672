"""Together: several shots in one clip, for weights that cut by themselves where their prompt says so."""

from dataclasses import replace

from oxreel.engines.diffusers.family import Rules
from oxreel.engines.diffusers.timing import is_long
from oxreel.storyboard import Shot, Storyboard
from oxreel.units import FRAME_RATE


def parts_of(storyboard: Storyboard, rules: Rules) -> tuple[Shot, ...]:
    """What is filmed at a time: each shot, or one that stands for all of them where a clip can hold them all."""
    whole = _whole(storyboard, rules)
    one_clip = rules.cut and not is_long(whole, rules) and len(whole.references) <= rules.most_references
    return (whole,) if one_clip and len(storyboard.shots) > 1 else storyboard.shots


def _whole(storyboard: Storyboard, rules: Rules) -> Shot:
    first, *others = storyboard.shots
    references = {reference.name: reference for shot in storyboard.shots for reference in shot.references}
    return replace(
        first,
        prompt=first.prompt + "".join(_cut(shot, rules) + shot.prompt for shot in others),
        seconds=storyboard.seconds,
        frames=storyboard.frames,
        tail=storyboard.shots[-1].tail,
        references=tuple(references.values()),
    )


def _cut(shot: Shot, rules: Rules) -> str:
    minutes, seconds = divmod(shot.first_frame / float(FRAME_RATE), 60)
    return rules.cut.format(number=shot.index + 1, minutes=int(minutes), seconds=seconds)
