"""Rigs: jointed figures put into a pose, as a paper puppet is."""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from oxreel.engines.animatic.drawn.shapes import Outline, limb, outlines

#: How far a young animal's head grows and its legs shrink.
_YOUNG_HEAD, _YOUNG_LEGS = 1.24, 0.78


@dataclass
class Part:
    """Outlines of one colour, in units of a hundredth of the figure's height, y up from the ground."""

    role: str
    shapes: list[Outline]
    #: Width of the shaded edge in the same units; 0 is flat.
    shade: float = 2.4


@cache
def catalogue(name: str) -> dict[str, Any]:
    """One file of drawings."""
    text = (files("oxreel.engines.animatic.drawn") / "catalogue" / f"{name}.json").read_text("utf-8")
    return {key: value for key, value in json.loads(text).items() if key != "about"}


def part(entry: list[str]) -> Part:
    """A part as the catalogue writes it: "role" or "role/shade", then its shapes."""
    role, _, shade = entry[0].partition("/")
    return Part(role, [outline for shape in entry[1:] for outline in outlines(shape)], float(shade) if shade else 2.4)


def bones(at: tuple[float, float], lengths: list[float], degrees: list[float]) -> list[tuple[float, float]]:
    """The joints of a limb that hangs from `at`."""
    joints = [at]
    for length, angle in zip(lengths, degrees, strict=True):
        x, y = joints[-1]
        joints.append((x + length * np.sin(np.radians(angle)), y - length * np.cos(np.radians(angle))))
    return joints


def quadruped(drawing: dict[str, Any], pose: str, *, young: bool = False) -> list[Part]:
    """An animal on four legs, standing, walking or running to the right."""
    angles = catalogue("poses")["quadruped"].get(pose) or catalogue("poses")["quadruped"]["stand"]
    near = [_leg(drawing, which, angles[which], (0.0, 0.0), young=young) for which in ("hind", "front")]
    far = [
        _leg(drawing, which, angles[f"{which}_far"], tuple(drawing[which]["far"]), young=young)
        for which in ("front", "hind")
    ]
    neck = np.array(drawing["neck"], float)
    grow = _YOUNG_HEAD if young else 1.0

    def grown(shapes: list[Outline], limit: float = 0.0) -> list[Outline]:
        return [
            (shape - neck) * grow + neck
            if young and shape[:, 0].mean() > neck[0] - 4 and shape[:, 1].mean() > neck[1]
            else shape
            for shape in shapes
        ]

    def pieces(entries: list[str]) -> list[Outline]:
        return grown([outline for shape in entries for outline in outlines(shape)])

    parts = [part(entry) for entry in drawing["behind"]]
    for one in parts:
        one.shapes = grown(one.shapes)
    parts += [piece for leg in far for piece in leg.parts("-")]
    parts.append(Part(drawing.get("tail_role", "body"), pieces(drawing["tail"])))
    parts += [part(entry) for entry in drawing.get("tip", [])]
    own = [leg for leg in near if leg.role == "body"]
    parts += [piece for leg in near if leg.role != "body" for piece in leg.parts("")]
    trunk = pieces([*drawing["trunk"], *([] if "mane" in drawing else drawing["head"])])
    parts.append(Part("body", trunk + [shape for leg in own for shape in leg.shapes]))
    parts += [piece for leg in own for piece in leg.ends]
    if "mane" in drawing:
        parts.append(Part("mane", pieces(drawing["mane"])))
    for entry in drawing["details"]:
        one = part(entry)
        one.shapes = grown(one.shapes)
        parts.append(one)
    return grounded(parts, angles.get("lift", 0.0))


@dataclass
class _Leg:
    role: str
    shapes: list[Outline]
    ends: list[Part] = field(default_factory=list)

    def parts(self, dim: str) -> list[Part]:
        return [Part(self.role + dim, self.shapes, 1.4), *(Part(one.role, one.shapes, 0) for one in self.ends)]


def _leg(drawing: dict[str, Any], which: str, degrees: list[float], aside: Any, *, young: bool) -> _Leg:
    data = drawing[which]
    shrink = _YOUNG_LEGS if young else 1.0
    joints = bones(
        (data["at"][0] + aside[0], data["at"][1] + aside[1]), [length * shrink for length in data["bones"]], degrees
    )
    chain = np.array([(*joint, radius) for joint, radius in zip(joints, data["radii"], strict=True)])
    shapes = list(limb(chain))
    long, thick = drawing["foot"]
    # A foot in the air trails its leg; on the ground it lies flat.
    turn = np.radians(degrees[-1] * (0.9 if abs(degrees[-1]) > 25 else 0.0))
    ahead = np.array([np.cos(turn), np.sin(turn)])
    x, y = joints[-1]
    toe = np.array([[x, y, thick], [x + long * 0.5 * ahead[0], y + long * 0.5 * ahead[1], thick * 0.92]])
    foot = list(limb(toe))
    ends: list[Part] = []
    if "hoof" in data:
        ends.append(Part(data["hoof"], foot, 0))
    else:
        shapes += foot
    if "socks" in data:
        low = np.array([(*joints[-2], data["radii"][-2]), (*joints[-1], data["radii"][-1])])
        ends.append(Part(data["socks"], list(limb(low)) + foot, 0))
    return _Leg(data.get("role", "body"), shapes, ends)


def grounded(parts: list[Part], lift: float) -> list[Part]:
    """The same parts with the lowest point `lift` above the ground."""
    lowest = min(float(shape[:, 1].min()) for one in parts for shape in one.shapes)
    for one in parts:
        one.shapes = [shape + np.array((0.0, lift - lowest)) for shape in one.shapes]
    return parts
