"""Actors: cut-outs that stand in a scene and move in it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Nearness
from oxreel.engines.animatic.plan import Action
from oxreel.engines.animatic.scene import Picture

#: uint8 (height, width, 4): sRGB and straight alpha.
Cutout = NDArray[np.uint8]


@dataclass(frozen=True)
class Actor:
    """A cut-out in a scene; its place is the middle of its foot, in shares of the canvas."""

    #: The first is the front; further angles are its turns.
    angles: tuple[Cutout, ...]
    x: float
    y: float
    height: float
    #: 0 is far away, 1 is near: actors are drawn in this order, and parallax moves them by it.
    nearness: float
    action: Action | None = None
    #: Whether it stands on something that takes a contact shadow.
    shadow: bool = True
    #: Whether it is a framed card rather than a cut-out.
    card: bool = False
    #: Whether its light is matched to the scene; a drawn thing is lit already.
    relight: bool = True
    #: As plans call it: "Element1", or a drawn thing's noun.
    name: str = ""
    #: What it leaves free at both sides of the canvas when it travels, as a share of its width.
    free: float = 0.015


@dataclass(frozen=True)
class Set:
    """A scene that is ready to be filmed: its picture, its depth and who is in it."""

    picture: Picture
    nearness: Nearness | None = None
    actors: tuple[Actor, ...] = ()
    #: How far what is seen in the picture moves by itself at a frame, as sheets take it; None is not at all.
    sway: Callable[[int], NDArray[np.float32] | None] | None = None
