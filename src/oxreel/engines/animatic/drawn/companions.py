"""Companions: what is carried, ridden or hangs in the sky beside the rest."""

from dataclasses import replace

import numpy as np

from oxreel.engines.animatic.drawn.land import Land
from oxreel.engines.animatic.drawn.palette import colour, mix
from oxreel.engines.animatic.drawn.people import figure, hand_of, hip_of
from oxreel.engines.animatic.drawn.places.inside import planet
from oxreel.engines.animatic.drawn.rigs import Part
from oxreel.engines.animatic.drawn.shapes import ellipse
from oxreel.engines.animatic.drawn.spots import PEOPLE, Placed
from oxreel.engines.animatic.drawn.things import known
from oxreel.engines.animatic.plan import ShotPlan

#: Where a rider's hip is on a mount, in hundredths of the mount's height, and the rider's height in the same.
_MOUNTS = {
    "horse": (-4.0, 70.0, 88.0),
    "bicycle": (-33.0, 93.0, 165.0),
    "motorbike": (-34.0, 78.0, 150.0),
    "boat": (-10.0, 66.0, 128.0),
}
#: What a hand can hold: where the hand is on it (x, y) in hundredths of its height, and its height beside the holder's.
_HELD = {"umbrella": (2.0, 12.0, 0.62), "lantern": (0.0, 98.0, 0.24), "kite": (0.0, 0.0, 0.0)}


def joined(figures: list[Placed]) -> list[Placed]:
    """The same figures, a single person mounted on what is ridden and holding what is held."""
    people = [one for one in figures if one.drawing.kind in PEOPLE]
    mounts = [one for one in figures if one.drawing.kind in _MOUNTS]
    held = [one for one in figures if one.drawing.kind in _HELD and one.drawing.kind != "kite"]
    if len(people) == 1 and len(mounts) == 1:
        rider, mount = people[0], mounts[0]
        figures = [one for one in figures if one is not rider]
        figures[figures.index(mount)] = _mounted(rider, mount)
    elif len(people) == 1 and len(held) == 1:
        holder, item = people[0], held[0]
        figures = [one for one in figures if one is not item]
        figures[figures.index(holder)] = _holding(holder, item)
    return figures


def _mounted(rider: Placed, mount: Placed) -> Placed:
    """One figure of both, as large as the mount's place allows."""
    x, y, tall = _MOUNTS[mount.drawing.kind]
    look = rider.drawing.look
    if look is None:
        return mount
    pose = "pedal" if mount.drawing.kind in ("bicycle", "motorbike") else "sit"
    parts, hip = figure(look, pose, grounded_=False), hip_of(look)
    scale = tall / 100
    seated = [
        Part(
            f"rider.{one.role}",
            [(shape - (0, hip)) * scale + np.array((x, y)) for shape in one.shapes],
            one.shade * scale,
        )
        for one in parts
    ]
    colours = {**mount.drawing.colours, **{f"rider.{name}": tone for name, tone in rider.drawing.colours.items()}}
    far = [one for one in seated if one.role.endswith("-") and mount.drawing.kind != "boat"]
    near = [one for one in seated if not any(one is other for other in far)]
    own = mount.drawing.parts
    whole = [*far, *near, *own] if mount.drawing.kind == "boat" else [*far, *own, *near]
    action = rider.action or mount.action
    first = replace(mount.drawing, parts=whole, colours=colours)
    height = max(mount.height, rider.height * 0.62)
    facing = rider.flip if rider.action is not None else mount.flip
    return replace(
        mount, drawing=first, action=action, height=height, x=(mount.x + rider.x) / 2, flip=facing, actor=True
    )


def _holding(holder: Placed, item: Placed) -> Placed:
    """The person with the thing in the raised hand."""
    kind = item.drawing.kind
    look = holder.drawing.look
    if look is None:
        return holder
    pose = ("hold" if kind == "umbrella" else "carry") + ("_walk" if look.pose in ("walk", "run") else "")
    parts, hand = figure(look, pose, grounded_=False), hand_of(look, pose)
    grip_x, grip_y, size = _HELD[kind]
    at = np.array(hand)
    carried = [
        Part(f"item.{one.role}", [(shape - (grip_x, grip_y)) * size + at for shape in one.shapes], one.shade * size)
        for one in item.drawing.parts
    ]
    for one in carried:
        # What shines does so in anybody's hand.
        one.role = one.role.removeprefix("item.") if one.role.startswith(("item.glow:", "item.halo:")) else one.role
    if kind == "lantern":
        middle = at - (0, 0.5 * size * 100)
        carried.insert(0, Part("halo:#ffc468", [ellipse(float(middle[0]), float(middle[1]), 46, 46)], 0))
    colours = {**holder.drawing.colours, **{f"item.{name}": tone for name, tone in item.drawing.colours.items()}}
    return replace(holder, drawing=replace(holder.drawing, parts=_ordered(carried, parts, kind), colours=colours))


def _ordered(carried: list[Part], parts: list[Part], kind: str) -> list[Part]:
    """An umbrella is behind the head, a lantern before the coat; its halo is behind both."""
    if kind == "umbrella":
        return [*carried, *parts]
    return [*carried[:1], *parts, *carried[1:]]


def _aurora(land: Land) -> None:
    """Curtains of green and violet light."""
    columns, rows = 96, 40
    x = np.linspace(0, land.aspect, columns)
    y = np.linspace(0, 1, rows)[:, None]
    for name, shift, strength in (("#6fe8b0", 0.0, 0.62), ("#8f7fe8", 1.7, 0.4), ("#4fd0d8", 3.1, 0.42)):
        foot = 0.62 + 0.16 * np.sin(x * 2.3 + shift) + 0.06 * np.sin(x * 6.1 + shift * 2)
        folds = 0.6 + 0.4 * np.sin(x * 17 + 3 * np.sin(x * 2.3 + shift))
        up = (foot[None] - y) / 0.6
        density = np.where(up > 0, np.exp(-up * 2.2), np.exp(up * 22)) * folds[None]
        land.paper.veil(np.ascontiguousarray(density, np.float32), colour(name), strength, (0.0, land.horizon))


def in_the_sky(land: Land, plan: ShotPlan, ground: str) -> None:
    """Draw the moon, the sun, a planet, a rainbow or clouds where they are named."""
    named = {known(thing.kind, thing.word) for thing in plan.things}
    if ground in ("above", "underwater", "room", "table", "studio"):
        return
    paper, palette = land.paper, land.palette
    x, y = land.aspect * (0.5 - land.light * 0.2), max(0.16, land.horizon * 0.34)
    if "moon" in named and (palette.hour != "night" or ground == "space"):
        x = land.aspect * (0.5 - land.light * 0.22)
        paper.glow(x, y, 0.34, colour("#f4ecd2"), 0.4)
        paper.fill([ellipse(x, y, 0.085, 0.085)], colour("#f9f2dc"), mix(colour("#e6dcc0"), palette.middle, 0.2))
        paper.fill(
            [
                ellipse(x + dx, y + dy, r, r)
                for dx, dy, r in ((-0.03, -0.02, 0.02), (0.03, 0.015, 0.015), (-0.008, 0.04, 0.012))
            ],
            colour("#dcd0b0"),
            opacity=0.6,
        )
    if "planet" in named and ground != "space":
        planet(land, x, y, 0.12, "#d08a5a", ring=True)
    if "aurora" in named:
        _aurora(land)
    if "rainbow" in named:
        for index, name in enumerate(("#e0604c", "#eb9a48", "#f0d060", "#7fb868", "#5f9fd0", "#8a6fb8")):
            outer, inner = 0.62 - 0.022 * index, 0.62 - 0.022 * (index + 1)
            centre = land.aspect * 0.5, land.horizon + 0.05
            steps = np.linspace(np.pi, 2 * np.pi, 60)
            arc = np.concatenate([
                np.stack([centre[0] + np.cos(steps) * outer, centre[1] + np.sin(steps) * outer], axis=1),
                np.stack([centre[0] + np.cos(steps[::-1]) * inner, centre[1] + np.sin(steps[::-1]) * inner], axis=1),
            ])  # fmt: skip
            land.paper.fill([arc], palette.lit(colour(name)), opacity=0.42)
