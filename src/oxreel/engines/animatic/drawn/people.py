"""People: jointed figures with a build, hair and clothes of their own, the same for the same seed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from oxreel.engines.animatic.drawn.palette import Colour, colour, mix
from oxreel.engines.animatic.drawn.rigs import Part, bones, catalogue, grounded
from oxreel.engines.animatic.drawn.shapes import Outline, ellipse, limb, outlines

#: Words that say more about a person than the kind does.
_GIRLS = ("girl", "daughter", "princess", "queen", "lady", "bride", "女")
_BOYS = ("boy", "son", "prince", "king", "男")
_FORMAL = ("businessman", "detective", "groom", "gentleman", "old man", "spy")


def person(
    kind: str, word: str, pose: str, random: np.random.Generator
) -> tuple[list[Part], dict[str, Colour], float, "Look"]:
    """The parts of one person, the colours that they wear, their height in metres and their look."""
    data = catalogue("people")
    girl, boy = any(one in word for one in _GIRLS), any(one in word for one in _BOYS)
    build_name = kind if kind in data["builds"] else ("woman" if girl or (not boy and random.random() < 0.5) else "man")
    build = data["builds"][build_name]
    worn = {name: colour(str(random.choice(data[name]))) for name in ("skins", "hairs", "clothes", "legs")}
    accent = colour(str(random.choice(data["clothes"])))
    dressed = (build_name == "woman" and random.random() < 0.6) or (build_name == "child" and girl)
    coat = not dressed and build_name in ("man", "woman") and (random.random() < 0.4 or word in _FORMAL)
    hair = build["hair"]
    if build_name == "woman":
        hair = ("long", "bun", "bob")[int(random.integers(3))]
    if build_name == "child" and not girl:
        hair = "short"
    colours = {
        "skin": worn["skins"], "hair": worn["hairs"], "body": worn["clothes"], "legs": worn["legs"], "accent": accent,
        "blush": mix(worn["skins"], colour("#d9604f"), 0.24), "shoe": colour("#3a3238"), "ink": colour("#2a2430"),
    }  # fmt: skip
    if kind == "astronaut":
        colours |= {
            "body": colour("#eceef0"),
            "legs": colour("#e2e5ea"),
            "shoe": colour("#9aa3b0"),
            "skin": colour("#c9ced6"),
        }
    look = Look(build_name, hair, pose, dressed, coat)
    return figure(look), colours, float(build["metres"]), look


@dataclass(frozen=True)
class Look:
    """How a person is built, dressed and posed."""

    build: str
    hair: str
    pose: str
    dressed: bool
    coat: bool


def figure(look: Look, pose: str | None = None, *, grounded_: bool = True) -> list[Part]:
    """The parts of somebody, in their own pose or in another; set on the ground, or hanging from their hip."""
    data = catalogue("people")
    hair = data["hair"].get(look.hair)
    suit = look.build == "astronaut"
    build = data["builds"][look.build]
    parts = _figure(build, hair, pose or look.pose, dressed=look.dressed, coat=look.coat, suit=suit)
    lift = float(catalogue("poses")["person"].get(pose or look.pose, {}).get("lift", 0.0))
    return grounded(parts, lift) if grounded_ else parts


def hand_of(look: Look, pose: str) -> tuple[float, float]:
    """Where the far hand is in that pose."""
    build = catalogue("people")["builds"][look.build]
    angles = catalogue("poses")["person"][pose]
    reach = build["shoulder"] - build["hip"]
    start = (2.2 * build["wide"], build["shoulder"] - 2.4 * build["wide"])
    joints = bones(start, [reach * 0.56, reach * 0.53], angles["arm_far"])
    return float(joints[-1][0]), float(joints[-1][1])


def hip_of(look: Look) -> float:
    """The height of somebody's hip in hundredths of their own, standing."""
    return float(catalogue("people")["builds"][look.build]["hip"])


def _figure(
    build: dict[str, Any], hair: dict[str, list[str]] | None, pose: str, *, dressed: bool, coat: bool, suit: bool
) -> list[Part]:
    poses = catalogue("poses")["person"]
    angles = poses.get(pose) or poses["stand"]
    middle, across, down = (float(number) for number in build["head"])
    hip, shoulder, wide = float(build["hip"]), float(build["shoulder"]), float(build["wide"])
    lean = np.radians(angles["lean"])
    turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])

    def leant(shapes: list[Outline]) -> list[Outline]:
        return [(shape - (0, hip)) @ turn + np.array((0, hip)) for shape in shapes]

    def joint(x: float, y: float) -> tuple[float, float]:
        moved = (np.array([x, y]) - (0, hip)) @ turn + np.array((0, hip))
        return float(moved[0]), float(moved[1])

    thigh, shin = hip * 0.47, hip * 0.455
    reach = shoulder - hip

    def leg(which: str, aside: float, dim: str) -> list[Part]:
        joints = bones((aside, hip), [thigh, shin], angles[which])
        radii = np.array([5.6, 4.2, 2.8]) * wide
        chain = np.array([(*at, radius) for at, radius in zip(joints, radii, strict=True)])
        tilt = np.radians(angles[which][1] * (0.8 if abs(angles[which][1]) > 18 else 0.0))
        x, y = joints[-1]
        y -= 0.4 * wide
        toe = np.array([
            (x - 0.6, y, 2.7 * wide),
            (x + 5.6 * wide * np.cos(tilt), y + 5.6 * wide * np.sin(tilt) - 0.6 * wide * np.cos(tilt), 1.9 * wide),
        ])  # fmt: skip
        bare = dressed and not suit
        trousers = Part(("skin" if bare else "legs") + dim, list(limb(chain, straight=True)), 1.6 * wide)
        return [Part("shoe" + dim, list(limb(toe)), 0.8), trousers]

    def arm(which: str, aside: float, dim: str) -> list[Part]:
        joints = bones(joint(aside, shoulder - 2.4 * wide), [reach * 0.56, reach * 0.5], angles[which])
        radii = np.array([3.9, 3.0, 2.4]) * wide
        chain = np.array([(*at, radius) for at, radius in zip(joints, radii, strict=True)])
        (x0, y0), (x1, y1) = joints[-2:]
        hand = np.array([(x1, y1, 2.2 * wide), (x1 + (x1 - x0) * 0.14, y1 + (y1 - y0) * 0.14, 2.1 * wide)])
        return [
            Part("skin" + dim, list(limb(hand)), 0.6),
            Part("body" + dim, list(limb(chain, straight=True)), 1.4 * wide),
        ]

    trunk = list(
        limb(
            np.array(
                [
                    (0, hip + 1, 6.6 * wide),
                    (0, hip + reach * 0.36, 6.1 * wide),
                    (0.4, hip + reach * 0.72, 7.6 * wide),
                    (0.2, shoulder - 2.2 * wide, 5.6 * wide),
                ]
            )
        )
    )
    parts = [*arm("arm_far", 2.2 * wide, "-"), *leg("leg_far", 1.4 * wide, "-"), *leg("leg", -1.0 * wide, "")]
    if suit:
        parts.append(Part("#b9c0ca", leant(list(limb(np.array([(-8.5, hip + 8, 6.5), (-9, shoulder - 4, 6.5)])))), 1.6))
    parts.append(Part("body", leant(trunk), 2.2 * wide))
    stride = abs(angles["leg"][0] - angles["leg_far"][0])
    if dressed:
        parts.append(Part("body", leant(_skirt(hip, reach, wide, 0.56, stride)), 2.2))
        parts.append(Part("accent", leant(list(limb(np.array([(-5.4, hip + 9, 1.1), (5.6, hip + 9, 1.1)])))), 0))
    elif coat:
        parts.append(Part("body", leant(_skirt(hip, reach, wide, 0.34, stride)), 2.2))
    parts += [
        Part(
            "skin-", leant(list(limb(np.array([(0.2, shoulder - 1, 2.7 * wide), (0.9, middle - down * 0.6, 2.5)])))), 0
        ),
    ]
    if not dressed and not suit:
        collar = np.array(
            [(-3.6 * wide, shoulder + 1.2, 1.5), (0.6, shoulder + 0.2, 1.6), (3.8 * wide, shoulder + 1.0, 1.4)]
        )
        parts.append(Part("accent" if coat else "body-", leant(list(limb(collar))), 0))
    parts += [Part(one.role, leant(one.shapes), one.shade) for one in _head(middle, across, down, hair, suit=suit)]
    parts += arm("arm", -1.4 * wide, "")
    return parts


def _skirt(hip: float, reach: float, wide: float, long: float, stride: float) -> list[Outline]:
    waist, hem = hip + reach * 0.34, hip * (1 - long)
    flare = (1 + 0.010 * stride) * wide
    return list(
        outlines(
            f"b {-6.0 * wide:.2f},{waist:.2f} {-7.6 * wide:.2f},{hip:.2f} {-11.0 * flare:.2f},{hem:.2f}! "
            f"{0.5:.2f},{hem - 1.4:.2f} {11.4 * flare:.2f},{hem + 0.8:.2f}! {7.8 * wide:.2f},{hip:.2f} "
            f"{6.2 * wide:.2f},{waist:.2f}"
        )
    )


def _head(middle: float, across: float, down: float, hair: dict[str, list[str]] | None, *, suit: bool) -> list[Part]:
    x = 1.2
    if suit:
        return [
            Part("body", [ellipse(x, middle, across, down)], 2.4),
            Part("#27364f", [ellipse(x + 2.6, middle, across * 0.7, down * 0.66)], 1.2),
            Part("#8fb4cf", [ellipse(x + 0.2, middle + 2.6, across * 0.2, down * 0.26, -20)], 0),
        ]
    face = [ellipse(x, middle, across, down)]
    # A nose and a chin tell which way the head looks.
    face += outlines(
        f"b {x + across * 0.9},{middle + 1.2} {x + across * 1.22},{middle - 0.9} {x + across * 0.86},{middle - 1.9}"
    )
    face += [ellipse(x + across * 0.3, middle - down * 0.62, across * 0.6, down * 0.42)]
    parts = [Part("skin", face, 1.2)]
    parts += [
        Part("hair", [outline * down + np.array((x, middle)) for outline in outlines(shape)], 1.2)
        for shape in (hair or {}).get("back", [])
    ]
    eye = x + across * 0.66
    parts.append(Part("ink", [ellipse(eye, middle + down * 0.03, across * 0.075, down * 0.085)], 0))
    brow = np.array([
        (eye - across * 0.17, middle + down * 0.25, across * 0.03),
        (eye, middle + down * 0.31, across * 0.032),
        (eye + across * 0.15, middle + down * 0.30, across * 0.026),
    ])  # fmt: skip
    mouth = np.array([
        (x + across * 0.48, middle - down * 0.46, across * 0.03),
        (x + across * 0.64, middle - down * 0.55, across * 0.036),
        (x + across * 0.84, middle - down * 0.46, across * 0.026),
    ])  # fmt: skip
    cheek = ellipse(x + across * 0.46, middle - down * 0.26, across * 0.2, down * 0.13)
    parts += [Part("blush", [cheek], 0), Part("hair", list(limb(brow)), 0), Part("skin--", list(limb(mouth)), 0)]
    if hair is not None:
        parts.append(Part("skin-", [ellipse(x - across * 0.12, middle - down * 0.12, across * 0.17, down * 0.2)], 0))
    return parts
