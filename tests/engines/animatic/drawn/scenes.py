"""Plans and pictures that drawn scenes are tested with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.actor import Set
from oxreel.engines.animatic.drawn import draw_set
from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.plan import Action, Change, ShotPlan, Thing

PUPPY = ShotPlan(places=("park",), things=(Thing("dog", "puppy"),), actions=(Action("run", "dog"),))
SHORE = ShotPlan(angle="aerial", places=("sea", "beach"), things=(Thing("rock", "rocks"),))


def canvas(width: int = 320, height: int = 180, seed: int = 7, shot: int = 0) -> Canvas:
    return Canvas(width, height, 121, seed, shot)


def hour(name: str) -> Change:
    return Change(name, name)


def drawn(plan: ShotPlan, **where: Any) -> Set:
    """The set of a plan that has one."""
    found = draw_set(plan, canvas(**where))
    assert found is not None
    return found


def luma(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(picture @ np.array([0.2126, 0.7152, 0.0722], np.float32), np.float32)
