"""The choice: which checkpoint films a storyboard, and why none can.

Pure: the settings and the listing of the weights' folder are all that is read.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oxreel.engines.diffusers.family import Ability, Rules
from oxreel.engines.diffusers.timing import goes_on, is_long
from oxreel.engines.diffusers.together import parts_of
from oxreel.engines.diffusers.weights import Checkpoint, checkpoints, confirmed, offered
from oxreel.errors import InvalidParams
from oxreel.storyboard import Shot, Storyboard, VideoUse

if TYPE_CHECKING:
    from oxreel.settings import Settings

#: What none of this engine's checkpoints does with a source video.
_NO_VIDEO: dict[VideoUse, str] = {
    "edit": "cannot change a source video",
    "reference": "cannot take the camera of a source video",
    "motion": "cannot give a source video's movement to a picture",
}


def choose(storyboard: Storyboard, settings: "Settings") -> Checkpoint:
    """The checkpoint that films it. Raises InvalidParams, with each one's reason, where none films what is asked."""
    if storyboard.video is not None:
        raise InvalidParams(
            f"The engine diffusers {_NO_VIDEO[storyboard.video_use]}; choose another engine for this model."
        )
    if storyboard.route:
        return _named(storyboard, settings)
    found = offered(settings)
    reasons = {one.name: _why_not(one, storyboard, settings) for one in found}
    able = [one for one in found if reasons[one.name] is None]
    if not able:
        said = "; ".join(f"{name} {reason}" for name, reason in reasons.items())
        raise InvalidParams(f"No checkpoint of the engine diffusers can film this as asked: {said or 'it has none'}.")
    return min(able, key=lambda one: _misfit(one, storyboard))


def _named(storyboard: Storyboard, settings: "Settings") -> Checkpoint:
    known = {name.lower(): one for name, one in checkpoints(settings).items()}
    checkpoint = known.get(storyboard.route.lower())
    if checkpoint is None:
        names = ", ".join(one.name for one in known.values())
        raise InvalidParams(f"The engine diffusers knows no checkpoint {storyboard.route!r}; it knows {names}.")
    if not confirmed(settings, checkpoint):
        terms = checkpoint.terms and f", {checkpoint.terms}"
        raise InvalidParams(
            f"{checkpoint.name} is under the {checkpoint.licence}{terms}. "
            f"Whoever runs this hub must name {checkpoint.confirm} in OXREEL_DIFFUSERS_LICENCES before it films here."
        )
    reason = _why_not(checkpoint, storyboard, settings)
    if reason is not None:
        raise InvalidParams(f"{checkpoint.name} {reason}; it cannot film this as asked.")
    return checkpoint


def _why_not(checkpoint: Checkpoint, storyboard: Storyboard, settings: "Settings") -> str | None:
    """Why it would film something else than asked, to follow its name; None where it would not."""
    return next(_reasons(checkpoint, storyboard, settings.diffusers_memory_gigabytes), None)


def _reasons(checkpoint: Checkpoint, storyboard: Storyboard, memory: float) -> Iterator[str]:
    rules, asked = checkpoint.rules, _asked(storyboard)
    most = max(len(shot.references) for shot in storyboard.shots)
    if "references" in asked - rules.can:
        yield "takes no reference pictures"
    if "references" in rules.needs and not all(shot.references for shot in parts_of(storyboard, rules)):
        yield "films from reference pictures"
    if most > rules.most_references:
        yield f"takes at most {rules.most_references} reference pictures, not {most}"
    if "tail" in asked - rules.can:
        yield "ignores a last frame"
    if "start" in asked - rules.can:
        yield "ignores a first frame" if "references" in rules.can else "films from words alone"
    for shot in parts_of(storyboard, rules):
        missing = _missing(rules, shot)
        if missing:
            yield f"needs a {missing} frame" + (f" for shot {shot.index + 1}" if len(storyboard.shots) > 1 else "")
    if memory and checkpoint.least_memory > memory:
        yield f"needs {checkpoint.least_memory} GB of GPU memory, and {memory:g} are allowed"


def _asked(storyboard: Storyboard) -> set[Ability]:
    asked: set[Ability] = set()
    for shot in storyboard.shots:
        if shot.start is not None:
            asked.add("start")
        if shot.tail is not None:
            asked.add("tail")
        if shot.references:
            asked.add("references")
    return asked or {"text"}


def _missing(rules: Rules, shot: Shot) -> str:
    """The frame, "first" or "last", that a shot lacks by these rules; empty where nothing is missing."""
    from_nothing = shot.start is None and not goes_on(shot, rules)
    if from_nothing and ("start" in rules.needs or (not shot.references and "text" not in rules.can)):
        return "first"
    return "last" if "tail" in rules.needs and shot.tail is None else ""


def _misfit(checkpoint: Checkpoint, storyboard: Storyboard) -> tuple[bool, bool, bool, int]:
    """How badly it suits, the least first; among equals the order of the table holds."""
    rules = checkpoint.rules
    shots = parts_of(storyboard, rules)
    too_long = rules.opening == 0 and any(is_long(shot, rules) for shot in shots)
    silent = storyboard.audio and "audio" not in rules.can
    # Without pictures nothing else holds several shots together.
    falls_apart = len(shots) > 1 and _asked(storyboard) == {"text"} and rules.opening == 0
    # What needs more of a request was made for requests that have it.
    return too_long, silent, falls_apart, -len(rules.needs)
