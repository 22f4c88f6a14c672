"""Caveats: what an animatic does differently than its request asks, in sentences."""

from collections.abc import Sequence

from oxreel.engines.animatic.casting import cast_of
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.sound.dialogue import lines_too_long
from oxreel.engines.animatic.sound.spoken_text import in_another_script
from oxreel.storyboard import Shot, Storyboard


def warnings_about(storyboard: Storyboard, plans: Sequence[ShotPlan]) -> list[str]:
    """One sentence for each thing that differs; what the plan itself shows is not said again."""
    casts = [cast_of(storyboard, shot, plan) for shot, plan in zip(storyboard.shots, plans, strict=True)]
    said = [
        "This is an animatic: it shows framing, camera, timing and sound, and invents nothing beside your pictures."
    ]
    if storyboard.video is not None:
        said.append(_VIDEO[storyboard.video_use])
    else:
        said += _about_sets(
            storyboard, plans, [shot for shot, cast in zip(storyboard.shots, casts, strict=True) if not cast.sets]
        )
    if any(cast.roles for cast in casts):
        said.append("Elements are cut out of their pictures and moved as paper is: they take no new poses.")
    if any(shot.start is not None and shot.tail is not None for shot in storyboard.shots):
        said.append(
            "The way to the end picture is a morph where the pictures are alike, a dissolve where they are not."
        )
    if storyboard.audio and any(plan.lines for plan in plans):
        said.append("Lines are spoken by a synthetic voice.")
        if any(in_another_script(line) for plan in plans for line in plan.lines):
            said.append("The voices speak English and Mandarin: words in other scripts are read out as English would.")
        late = [storyboard.shots[index] for index in lines_too_long(storyboard, plans)]
        if late:
            which = _shots(late) if len(storyboard.shots) > 1 else "The shot is"
            said.append(f"{which} too short for its lines: the end of them is cut.")
    return said


_VIDEO = {
    "edit": "The source video keeps what it shows: light, season, weather, style and elements are laid over it.",
    "reference": "The source video lends its camera movement to your pictures; without pictures it is shown itself.",
    "motion": "The source video lends its camera movement and its subject's sway; the figure takes no new poses.",
}


def _about_sets(storyboard: Storyboard, plans: Sequence[ShotPlan], unseen: list[Shot]) -> list[str]:
    """About shots that no picture was given for."""
    unseen = [shot for shot in unseen if shot.tail is None]
    cards = [shot for shot in unseen if not plans[shot.index].places and not plans[shot.index].things]
    drawn = [shot for shot in unseen if shot not in cards]
    said = []
    if len(storyboard.shots) == 1:
        if drawn:
            said.append("No picture was given: the shot is drawn as a flat scene from the words.")
        if cards:
            said.append("No picture was given, and no word that can be drawn: a title card stands for the shot.")
        return said
    if drawn:
        who = (
            "No picture was given: the shots are"
            if len(drawn) == len(storyboard.shots)
            else f"{_shots(drawn)} without a picture, and"
        )
        said.append(f"{who} drawn as flat scenes from the words.")
    if cards:
        said.append(f"{_shots(cards)} without a picture or a word that can be drawn: a title card stands for it.")
    return said


def _shots(shots: list[Shot]) -> str:
    numbers = [str(shot.index + 1) for shot in shots]
    if len(numbers) == 1:
        return f"Shot {numbers[0]} is"
    return f"Shots {', '.join(numbers[:-1])} and {numbers[-1]} are"
