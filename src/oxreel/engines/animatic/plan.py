"""The plan of a shot: what was understood of its words, as plain values that everything in the engine reads."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

#: "hold" is a camera that stays where it is; "follow" keeps level with a subject that moves; "whip" is a pan too fast
#: to see; "dolly" is a dolly zoom: the subject keeps its size while the room behind it grows or shrinks.
Axis = Literal["zoom", "pan", "tilt", "truck", "crane", "orbit", "dolly", "roll", "whip", "follow", "hold"]
Framing = Literal["extreme_wide", "wide", "medium", "close", "extreme_close"]
Angle = Literal["low", "high", "aerial", "overhead"]
ActionKind = Literal["walk", "run", "fly", "float", "turn", "nod", "wave", "drive", "swim", "jump", "dance"]
TimeOfDay = Literal["sunrise", "day", "golden_hour", "dusk", "night"]
Season = Literal["spring", "summer", "autumn", "winter"]
WeatherKind = Literal[
    "rain", "snow", "fog", "wind", "leaves", "petals", "dust", "sparks", "embers", "fireflies", "bubbles", "smoke",
    "storm",
]  # fmt: skip
LightKind = Literal["flicker", "god_rays", "neon", "lens_flare"]
Style = Literal["noir", "vintage", "vhs", "watercolour", "pencil", "comic", "anime", "cyberpunk"]
#: How a shot begins: a match cut begins on the framing that the shot before it ended on.
Transition = Literal["cut", "dissolve", "fade_black", "fade_white", "match_cut"]
Place = Literal[
    "sky", "sea", "beach", "forest", "mountains", "city", "street", "desert", "room", "space", "field", "park", "road",
    "river", "snowfield", "village", "underwater",
]  # fmt: skip
Sound = Literal[
    "wind", "rain", "thunder", "sea", "river", "birds", "insects", "city", "crowd", "room", "engine", "fire",
    "footsteps",
]  # fmt: skip
Language = Literal["en", "zh"]

SLOW, USUAL, FAST = 0.55, 1.0, 1.5
#: Pace of the push that a shot gets when nobody asked for anything.
UNASKED = 0.45
#: How much slower or faster than they are actions can be shown.
_SLOWEST, _FASTEST = 0.4, 2.0


@dataclass(frozen=True)
class Move:
    """One movement of the camera: +1 is in, right, down or clockwise; -1 is out, left, up or counter-clockwise."""

    axis: Axis
    sign: int
    #: How much, and how soon it is done: 1 is ordinary.
    pace: float = USUAL


@dataclass(frozen=True)
class Camera:
    """The phases of a shot, one after the other, each with the moves that happen together."""

    phases: tuple[tuple[Move, ...], ...]
    #: Strength of an unsteady camera during the whole shot: 0 is a tripod.
    handheld: float = 0.0
    #: False for the gentle push that a shot gets whose words ask for no movement.
    asked: bool = True

    def has(self, axis: Axis, sign: int = 0) -> bool:
        """Whether a move of that axis (and sign) is asked for."""
        return any(move.axis == axis and sign in (0, move.sign) for moves in self.phases for move in moves)


GENTLE_PUSH = Camera(((Move("zoom", 1, UNASKED),),), asked=False)
HOLD = Camera(((Move("hold", 1),),))


@dataclass(frozen=True)
class Action:
    """What a subject does. `who` is a reference ("Element1"), a drawn thing's noun ("dog"), or "" for the subject."""

    kind: ActionKind
    who: str = ""
    #: +1 to the right, -1 to the left, 0 where no side is named.
    sign: int = 0
    pace: float = USUAL
    #: +1 towards the camera, -1 away from it, 0 where neither is said.
    depth: int = 0


@dataclass(frozen=True)
class Amount:
    """One effect and how strong it is: 0.5 is light, 1 ordinary, 1.5 heavy."""

    kind: str
    strength: float = 1.0


@dataclass(frozen=True)
class Change:
    """A time of day or a season; where both ends differ, the change travels through the shot."""

    before: str
    after: str


@dataclass(frozen=True)
class Words:
    """Text to be shown: across the picture, below it, or as a sign in the scene."""

    text: str
    kind: Literal["title", "caption", "sign"] = "title"


@dataclass(frozen=True)
class Line:
    """A line of dialogue: one voice for each speaker ("" is one unnamed speaker)."""

    text: str
    speaker: str = ""
    language: Language = "en"
    #: "woman", "man", "child" or "" where the words do not tell.
    voice: str = ""


@dataclass(frozen=True)
class Thing:
    """Something to draw where no picture shows it."""

    #: The lexicon's name for it ("dog"), and the prompt's own word ("puppy").
    kind: str
    word: str
    count: int = 1
    #: A CSS colour name, or "".
    colour: str = ""


@dataclass(frozen=True)
class ShotPlan:
    """One shot as it was understood. Everything is empty or None where the words say nothing about it."""

    camera: Camera = GENTLE_PUSH
    framing: Framing | None = None
    angle: Angle | None = None
    #: Focus goes from the near to the far ("far") or the other way ("near").
    focus: Literal["near", "far"] | None = None
    #: Only the near is sharp during the whole shot: "shallow depth of field", "soft focus background".
    shallow: bool = False
    #: How fast time passes: 0.5 is slow motion, 4 a timelapse.
    tempo: float = 1.0
    actions: tuple[Action, ...] = ()
    time: Change | None = None
    season: Change | None = None
    weather: tuple[Amount, ...] = ()
    light: tuple[Amount, ...] = ()
    water: bool = False
    style: Style | None = None
    #: References that lend palette and grain only: "in the style of @Image2".
    style_references: tuple[str, ...] = ()
    transition: Transition = "cut"
    #: How the film's last shot may end.
    ending: Literal["fade_black", "fade_white"] | None = None
    words: tuple[Words, ...] = ()
    lines: tuple[Line, ...] = ()
    sounds: tuple[Amount, ...] = ()
    places: tuple[Place, ...] = ()
    things: tuple[Thing, ...] = ()
    #: Names of the references that the shot's words mention, in order: "Image1", "Element2".
    references: tuple[str, ...] = ()
    #: Words of the prompt that change nothing in the animatic, in order, each once.
    without_effect: tuple[str, ...] = ()

    def in_tempo(self) -> "ShotPlan":
        """The plan with its actions as fast as time passes; the camera keeps its own pace."""
        pace = min(max(self.tempo, _SLOWEST), _FASTEST)
        return replace(self, actions=tuple(replace(one, pace=one.pace * pace) for one in self.actions))

    def to_json(self) -> dict[str, Any]:
        """Plain values, as rows and estimates show them."""
        return asdict(self)
