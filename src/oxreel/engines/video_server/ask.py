"""What a video server is asked for: one shot as the fields and files of its request."""

import json
from dataclasses import dataclass
from pathlib import Path

from oxreel.engines.diffusers.sizing import clip_size
from oxreel.engines.diffusers.timing import model_frames
from oxreel.engines.diffusers.words import words_of
from oxreel.engines.video_server.served import Served
from oxreel.storyboard import Shot, Storyboard


@dataclass(frozen=True)
class Ask:
    """One request: a form with files, or JSON, which SGLang wants where there is no picture."""

    fields: dict[str, str | int | bool]
    #: Each with the form's field that it goes to.
    files: tuple[tuple[str, Path], ...]
    as_json: bool


def ask_of(served: Served, storyboard: Storyboard, shot: Shot) -> Ask:
    """The request for a shot that `check` let pass."""
    rules = served.rules
    width, height = clip_size(storyboard.width, storyboard.height, rules)
    fields: dict[str, str | int | bool] = {
        "prompt": words_of(shot, rules),
        "size": f"{width}x{height}",
        "num_frames": rules.frames_for(model_frames(shot, rules)),
        "fps": round(rules.rate),
        "seed": storyboard.seed,
    }
    negative = storyboard.negative_prompt or rules.usual_negative
    if negative and "negative" in served.can:
        fields["negative_prompt"] = negative
    if storyboard.audio and "audio" in served.can:
        fields["generate_sound"] = True
    if served.by_task and served.dialect == "vllm-omni":
        fields["extra_params"] = json.dumps({"task": _task(shot)})
    if shot.start is not None:
        files: tuple[tuple[str, Path], ...] = (("input_reference", Path(shot.start.path)),)
    else:
        files = tuple(("input_references", Path(reference.path)) for reference in shot.references)
    return Ask(fields, files, as_json=served.dialect == "sglang" and not files)


def _task(shot: Shot) -> str:
    if shot.start is not None:
        return "fl2va"
    return "ref2va" if shot.references else "t2va"
