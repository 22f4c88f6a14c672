"""Prompts that directions are tested with."""

from dataclasses import dataclass, replace
from pathlib import Path

from oxreel.engines.animatic.direction import plan_of
from oxreel.engines.animatic.plan import FAST, Axis, Camera, Move, ShotPlan
from oxreel.storyboard import Reference, Shot, Storyboard

#: Moves in the words of a camera that cannot make them itself.
_PLAINLY: dict[Axis, Axis] = {"whip": "pan", "follow": "truck", "dolly": "zoom"}
PICTURE = Reference("start", "input_image", "image", "ox.png", 640, 360)


@dataclass(frozen=True)
class Example:
    """A prompt and what is to be understood of it."""

    prompt: str
    negative: str
    sound: bool
    picture: bool
    chips: tuple[str, ...]
    without_effect: tuple[str, ...]

    def __str__(self) -> str:
        return self.prompt[:60]


def examples(name: str) -> list[Example]:
    """The examples of a file beside the tests of the animatic engine."""
    text = (Path(__file__).parent / "animatic" / name).read_text(encoding="utf-8")
    found = []
    for block in text.split("\n\n")[1:]:
        prompt, chips, rest = block.strip("\n").split("\n")
        said, _, given = prompt.partition(" ## ")
        given, _, negative = given.partition("neg=")
        found.append(Example(said, negative, "sound" in given, "picture" in given, _listed(chips), _listed(rest)))
    return found


def _listed(line: str) -> tuple[str, ...]:
    return tuple(filter(None, line[1:].strip().split(" | ")))


def film(
    *prompts: str, negative: str = "", sound: bool = False, picture: bool = False, video: bool = False
) -> Storyboard:
    """A storyboard of those prompts, from no picture unless one is wanted."""
    shots = tuple(
        Shot(index, prompt, 5, index * 120, 120, start=PICTURE if picture and index == 0 else None)
        for index, prompt in enumerate(prompts)
    )
    source = Reference("Video1", "input_video", "video", "ox.mp4", 640, 360, seconds=5.0) if video else None
    return Storyboard("6f1d0c1e", "a-model", shots, 320, 180, 7, negative, audio=sound, video=source)


def planned(
    prompt: str, negative: str = "", *, sound: bool = False, picture: bool = False, video: bool = False
) -> ShotPlan:
    """The plan of one shot."""
    board = film(prompt, negative=negative, sound=sound, picture=picture, video=video)
    return plan_of(board, board.shots[0])


def direction_of(prompt: str, negative_prompt: str = "") -> Camera:
    """The camera of a prompt alone, in plain moves."""
    shot = Shot(0, prompt, 1, 0, 25)
    camera = plan_of(Storyboard("", "", (shot,), 64, 64, 0, negative_prompt), shot).camera
    phases = [tuple(_plainly(move) for move in moves if move.axis != "roll") for moves in camera.phases]
    return replace(camera, phases=tuple(moves or (Move("hold", 1),) for moves in phases))


def _plainly(move: Move) -> Move:
    if move.axis == "whip":
        return Move("pan", move.sign, FAST)
    return replace(move, axis=_PLAINLY.get(move.axis, move.axis))
