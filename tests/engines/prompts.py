"""Prompts that directions are tested with."""

from dataclasses import dataclass
from pathlib import Path

from oxreel.engines.animatic.direction import plan_of
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.storyboard import Reference, Shot, Storyboard

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
    return Storyboard("6f1d0c1e", "a-model", shots, 320, 180, 7, negative, sound, source)


def planned(
    prompt: str, negative: str = "", *, sound: bool = False, picture: bool = False, video: bool = False
) -> ShotPlan:
    """The plan of one shot."""
    board = film(prompt, negative=negative, sound=sound, picture=picture, video=video)
    return plan_of(board, board.shots[0])
