"""What a video server cannot film as asked, and what it films a little differently."""

from collections.abc import Iterator

from oxreel.engines.diffusers.sizing import clip_size
from oxreel.engines.diffusers.timing import model_frames
from oxreel.engines.video_server.served import Served
from oxreel.errors import InvalidParams
from oxreel.storyboard import Shot, Storyboard
from oxreel.units import FRAME_RATE


def check(served: Served, storyboard: Storyboard) -> None:
    """Nothing for what can be filmed as asked. Raises InvalidParams with the reason for anything else."""
    if storyboard.route.lower() not in ("", served.name.lower()):
        raise InvalidParams(f"The video server of this hub runs {served.name}, not {storyboard.route}.")
    if storyboard.video is not None:
        raise InvalidParams("The video server takes no source video; choose another engine for this model.")
    for shot in storyboard.shots:
        reason = _why_not(served, shot)
        if reason:
            where = f" (shot {shot.index + 1})" if len(storyboard.shots) > 1 else ""
            raise InvalidParams(f"{served.name} on the video server {reason}{where}; it cannot film this as asked.")


def _why_not(served: Served, shot: Shot) -> str:
    """Why it would film something else than asked; empty where it would not."""
    can, rules = served.can, served.rules
    begins, shows = shot.start is not None, len(shot.references)
    reasons = {
        "cannot be sent a last frame": shot.tail is not None or "tail" in rules.needs,
        "takes no first frame": begins and "start" not in can,
        "cannot be sent reference pictures": shows and "references" not in can,
        "takes a first frame or reference pictures, not both": begins and shows,
        f"takes at most {rules.most_references} reference pictures, not {shows}": shows > rules.most_references,
        "needs reference pictures": not shows and "references" in rules.needs,
        "needs a first frame": not begins and ("start" in rules.needs or not (shows or "text" in can)),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def warnings(served: Served, storyboard: Storyboard) -> Iterator[str]:
    """What is done differently than asked, one sentence each; reads no file."""
    rules, name = served.rules, f"On the video server {served.name}"
    width, height = clip_size(storyboard.width, storyboard.height, rules)
    if width * height < 0.9 * storyboard.width * storyboard.height:
        yield (
            f"{name} films {width}x{height} at best: the video is enlarged to {storyboard.width}x{storyboard.height}, "
            "so that it has the size but not the detail."
        )
    if rules.rate != FRAME_RATE:
        yield f"{name} films {float(rules.rate):g} frames a second: those between them are computed to deliver 24."
    if storyboard.negative_prompt and "negative" not in served.can:
        yield f"{name} takes no negative prompt: it is left out."
    if storyboard.audio and "audio" not in served.can:
        yield f"{name} makes no sound: the video is silent."
    if any(model_frames(shot, rules) > rules.most_frames for shot in storyboard.shots):
        most = float(rules.most_frames / rules.rate)
        yield f"{name} was made for shots of {most:.0f} s: longer ones may repeat themselves."
    if len(storyboard.shots) > 1:
        yield "Each shot is filmed by itself: what no picture shows may look different from shot to shot."
    ignored = " and ".join(option for option, value in storyboard.options if value is not None)
    if ignored:
        yield f"On the video server there is no place for {ignored}, which is left out."
