"""The catalogue of sounds: what makes each, and how loud it is beside the others."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from oxreel.engines.animatic.sound.animal_sounds import birds, insects
from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.near_sounds import fire, footsteps
from oxreel.engines.animatic.sound.setting import Setting
from oxreel.engines.animatic.sound.town_sounds import city, crowd, engine, room
from oxreel.engines.animatic.sound.water_sounds import river, sea, underwater
from oxreel.engines.animatic.sound.weather_sounds import air, rain, thunder, wind

#: Makes that many samples, float32 (2, samples) at 48 kHz.
Maker = Callable[[np.random.Generator, int, Setting], Samples]


@dataclass(frozen=True)
class Entry:
    """A sound of the catalogue."""

    make: Maker
    #: LUFS that it has as it is made, at strength 1 (measured over 10 s and several seeds).
    made: float
    #: LU that it is heard with, beside an ambience that fills the scene (0).
    level: float

    def gain(self, strength: float) -> float:
        """The factor that brings it to its level; half the strength is 5 dB softer."""
        return float(10 ** ((self.level - self.made) / 20) * strength**0.8)


#: The sounds that a plan may name, and three that only places have: "air", "underwater", and "room" for space.
CATALOGUE: dict[str, Entry] = {
    "air": Entry(air, -0.6, -16),
    "wind": Entry(wind, 0.0, -3),
    "rain": Entry(rain, 7.0, -2),
    "thunder": Entry(thunder, -5.0, 2),
    "sea": Entry(sea, -0.5, -1),
    "river": Entry(river, 1.0, -3),
    "underwater": Entry(underwater, -1.0, -4),
    "birds": Entry(birds, -3.8, -7),
    "insects": Entry(insects, -13.6, -9),
    "city": Entry(city, 2.1, -3),
    "crowd": Entry(crowd, 5.0, -2),
    "room": Entry(room, 0.3, -10),
    "engine": Entry(engine, -5.0, -1),
    "fire": Entry(fire, -2.6, -4),
    "footsteps": Entry(footsteps, -13.5, -6),
}
