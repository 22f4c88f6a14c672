"""The animatic engine: films a storyboard from its own pictures, without weights, a GPU or a network."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oxreel.engines.animatic.direction import direction_of
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.views import pictures_of
from oxreel.engines.engine import OnFrame, Segment
from oxreel.errors import FilmingFailed
from oxreel.storyboard import Shot, Storyboard

if TYPE_CHECKING:
    from oxreel.engines.animatic.stage import Stage

#: Least pixels of a side: less than this the resampler cannot work on.
_SMALLEST_SIDE = 64


class AnimaticEngine:
    """Camera, timing, framing and cuts of a film, true to the frame; the pictures stay the stills they are."""

    def __init__(self) -> None:
        self._stage: Stage | None = None

    @property
    def name(self) -> str:
        """What requests, rows and the MP4's metadata call it."""
        return "animatic"

    @property
    def version(self) -> str:
        """Changes whenever the same storyboard would film different bytes."""
        return "1"

    def warnings(self, storyboard: Storyboard) -> list[str]:
        """What an animatic does differently than asked, one sentence each; reads no file."""
        if storyboard.video is not None:
            said = [
                "This is an animatic: the source video is shown as it is, without the changes that the prompt asks."
            ]
        else:
            said = ["This is an animatic: the camera moves over still pictures, and nothing in them moves by itself."]
            said += _about_shots(storyboard)
        if storyboard.audio and not (storyboard.video is not None and storyboard.keep_audio):
            said.append("The sound is a quiet ambience: no speech, music or effects.")
        return said

    def plan(self, storyboard: Storyboard) -> dict[str, Any]:
        """What was understood of each shot's words, `{"shots": [...]}`; reads no file."""
        plans = (ShotPlan(direction_of(shot.prompt, storyboard.negative_prompt)) for shot in storyboard.shots)
        return {"shots": [plan.to_json() for plan in plans]}

    def film(self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame) -> Segment:
        """Film one shot into `folder`. Raises FilmingFailed, or BadReference where a picture is at fault."""
        # Heavy, and the API asks this class for warnings only.
        from oxreel.engines.animatic.stage import Stage  # noqa: PLC0415

        width, height = storyboard.width, storyboard.height
        if width % 2 or height % 2 or min(width, height) < _SMALLEST_SIDE:
            raise FilmingFailed(f"A video of {width}x{height} cannot be filmed: both must be even and at least 64.")
        self._stage = self._stage or Stage()
        return self._stage.film(storyboard, shot, folder, on_frame)

    def finish(self, storyboard: Storyboard, segments: list[Segment], target: Path) -> None:
        """Join the segments and the sound into the delivered MP4 at `target`."""
        from oxreel.engines.animatic.delivery import deliver  # noqa: PLC0415  # heavy, as above

        filmed = sum(segment.frames for segment in segments)
        if filmed != storyboard.frames:
            raise FilmingFailed(f"{filmed} frames were filmed where the storyboard has {storyboard.frames}.")
        deliver(storyboard, [segment.path for segment in segments], target, self._metadata(storyboard))

    def _metadata(self, storyboard: Storyboard) -> dict[str, str]:
        """What the file says about itself: each fact by its own key, and all of them as JSON in the comment."""
        facts = {
            "engine": self.name,
            "engine_version": self.version,
            "model": storyboard.model,
            "seed": str(storyboard.seed),
            "generation_id": storyboard.generation_id,
        }
        about = "An OxReel animatic: it shows camera, timing and framing, and is not the work of the model it names."
        return {**facts, "description": about, "comment": json.dumps({**facts, "seed": storyboard.seed})}


def _about_shots(storyboard: Storyboard) -> list[str]:
    said = []
    drawn = [shot for shot in storyboard.shots if shot.tail is None and not pictures_of(storyboard, shot)]
    if len(drawn) == len(storyboard.shots):
        said.append("No picture was given: title cards with the prompt's words stand for the shots.")
    elif drawn:
        said.append(f"{_shots(drawn)} {_has(drawn)} no picture: a title card with the prompt's words stands for it.")
    for shot in storyboard.shots:
        named = [one for one in shot.references if one.kind == "image" and "." not in one.name]
        shown = pictures_of(storyboard, shot)
        if shot.start is not None and named:
            said.append(f"Shot {shot.index + 1} is filmed from its start picture: its references are not shown.")
        elif 0 < len(shown) < len(named):
            said.append(f"Shot {shot.index + 1} is too short for its {len(named)} references: it shows {len(shown)}.")
    if any(one.name.startswith("Element") for shot in storyboard.shots for one in shot.references):
        said.append("Elements are shown as still pictures of their front, in turn with the other references.")
    beyond = [shot for shot in storyboard.shots if shot.start is not None and _leaves(shot, storyboard.negative_prompt)]
    if beyond:
        said.append(
            f"{_shots(beyond)} moves past the edges of its start picture: its own soft reflection lies beyond them."
        )
    if any(shot.tail is not None for shot in storyboard.shots):
        said.append("The way to the end picture is a dissolve while the camera moves.")
    return said


def _leaves(shot: Shot, negative_prompt: str) -> bool:
    """Whether the camera is asked to look past the edges of the picture that it starts on."""
    direction = direction_of(shot.prompt, negative_prompt)
    return direction.has("zoom", -1) or any(direction.has(axis) for axis in ("pan", "tilt", "truck", "crane"))


def _shots(shots: list[Shot]) -> str:
    numbers = [str(shot.index + 1) for shot in shots]
    return f"Shot {numbers[0]}" if len(numbers) == 1 else f"Shots {', '.join(numbers[:-1])} and {numbers[-1]}"


def _has(shots: list[Shot]) -> str:
    return "has" if len(shots) == 1 else "have"
