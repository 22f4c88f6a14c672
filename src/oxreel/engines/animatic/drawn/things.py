"""Things: everything that can be drawn, by the lexicon's names, as parts ready to be cut out."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from oxreel.engines.animatic.drawn.palette import Colour, Palette, colour
from oxreel.engines.animatic.drawn.people import Look, person
from oxreel.engines.animatic.drawn.rigs import Part, catalogue, part, quadruped
from oxreel.engines.animatic.drawn.shapes import Outline, bounds, ellipse

#: Where a thing is: on the ground, in the water, in the air, on a table if there is one, or far up in the sky.
Element = Literal["ground", "water", "air", "table", "sky"]

_PEOPLE = ("person", "woman", "man", "child", "couple", "crowd", "astronaut")
_NAMES = catalogue("names")
_FILES = ("quadrupeds", "creatures", "vehicles", "objects")


def _kinds() -> tuple[str, ...]:
    drawn = [kind for name in _FILES for kind in catalogue(name)]
    return tuple(dict.fromkeys([*_PEOPLE, *drawn, *_NAMES["alike"]]))


_DRAWN = frozenset([*_PEOPLE, *(kind for name in _FILES for kind in catalogue(name))])


#: Every kind that can be drawn.
KINDS: tuple[str, ...] = _kinds()


@dataclass(frozen=True)
class Drawing:
    """A thing's parts in hundredths of its own height, its colours, and what it is like."""

    kind: str
    parts: list[Part]
    colours: dict[str, Colour]
    #: Its height in metres.
    metres: float
    element: Element
    #: Whether it may move: people, animals, vehicles, and what flies.
    mobile: bool
    #: Of a person.
    look: Look | None = None

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, foot, right and head in hundredths of its height."""
        return bounds([shape for one in self.parts for shape in one.shapes])


def known(kind: str, word: str = "") -> str | None:
    """The drawing that shows that kind, if any does; the prompt's own word may name a closer one."""
    for piece in word.lower().replace("-", " ").split():
        for name in (piece, piece.removesuffix("s"), piece.removesuffix("es")):
            if name in _NAMES["closer"]:
                return str(_NAMES["closer"][name])
            if name in _DRAWN and name not in ("person", "light"):
                return name
    kind = kind.replace(" ", "_").replace("-", "_")
    kind = _NAMES["alike"].get(kind, kind)
    return str(kind) if kind in _DRAWN else None


def drawing(kind: str, word: str, named: str, pose: str, palette: Palette, random: np.random.Generator) -> Drawing:
    """One thing, drawn in its pose; `named` is the colour that the prompt gives it, or ""."""
    if kind in _PEOPLE:
        parts, colours, metres, look = person("person" if kind in ("couple", "crowd") else kind, word, pose, random)
        if named:
            colours["body"] = colour(named)
        return Drawing(kind, parts, colours, metres, "ground", True, look)
    source, data = next((name, catalogue(name)[kind]) for name in _FILES if kind in catalogue(name))
    colours = _colours(data, named, palette, random)
    if source == "quadrupeds":
        young = any(one in word.lower() for one in _NAMES["young"])
        own = pose if pose != "run" or data["moves"] == "run" else "walk"
        scale = 0.7 if young else 1.0
        return Drawing(kind, quadruped(data, own, young=young), colours, data["metres"] * scale, "ground", True)
    entries = data.get("poses", {}).get(pose, data["parts"])
    parts = [ring for entry in data.get("rings", []) for ring in _wheel(*entry)] + [part(entry) for entry in entries]
    element: Element = "air" if pose == "fly" and source == "creatures" else data["lives"]
    return Drawing(kind, _settled(parts), colours, data["metres"], element, source in ("creatures", "vehicles"))


def _colours(data: dict[str, Any], named: str, palette: Palette, random: np.random.Generator) -> dict[str, Colour]:
    choice = str(random.choice(data["colours"]))
    body = colour(named) if named else palette.raw(choice)
    dark = np.asarray(body * np.float32(0.45), np.float32)
    return {
        "body": body, "mane": palette.raw(data["manes"]) if "manes" in data else dark, "ink": colour("#2a2430"),
        "patch": colour("#3a3236"), "accent": colour(("#d9483b", "#2f7f8c", "#e0a63a")[int(random.integers(3))]),
    }  # fmt: skip


def _wheel(x: float, y: float, radius: float, tyre: float) -> list[Part]:
    """A wheel with spokes one can look through."""
    outer, inner = ellipse(x, y, radius, radius), ellipse(x, y, radius - tyre, radius - tyre)
    ring = np.concatenate([outer, outer[:1], inner[::-1], inner[-1:]])
    spokes: list[Outline] = []
    for angle in np.linspace(0, np.pi, 7)[:-1]:
        ahead, aside = (
            np.array([np.cos(angle), np.sin(angle)]) * radius,
            np.array([-np.sin(angle), np.cos(angle)]) * 0.45,
        )
        spokes.append(np.array([ahead + aside, -ahead + aside, -ahead - aside, ahead - aside]) + np.array((x, y)))
    return [Part("#b8bcc4", spokes, 0), Part("#2c2a32", [ring], 0)]


def _settled(parts: list[Part]) -> list[Part]:
    """Parts scaled to a hundred in height and set on the ground."""
    if not parts:
        return parts
    left, low, right, high = bounds([shape for one in parts for shape in one.shapes])
    scale = 100 / (high - low)
    return [
        Part(one.role, [(shape - ((left + right) / 2, low)) * scale for shape in one.shapes], one.shade * scale)
        for one in parts
    ]
