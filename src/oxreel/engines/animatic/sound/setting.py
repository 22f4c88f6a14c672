"""The setting of a sound: what of its shot changes how it sounds."""

from dataclasses import dataclass
from typing import Literal

#: What feet walk on.
Ground = Literal["hard", "soft", "gravel", "snow"]


@dataclass(frozen=True)
class Setting:
    """Facts of the shots in which a sound is heard without a break."""

    #: 0.5 is light, 1 ordinary, 1.5 heavy.
    strength: float = 1.0
    #: Steps a second, and what they fall on.
    cadence: float = 1.9
    ground: Ground = "hard"
    #: Whether walls are around.
    indoors: bool = False
