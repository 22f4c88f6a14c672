"""Drawing a set: the picture of a shot that nobody gave a picture, and the figures that move in it."""

from dataclasses import replace
from zlib import crc32

import numpy as np

from oxreel.engines.animatic.actor import Actor, Cutout, Set
from oxreel.engines.animatic.drawn.companions import in_the_sky, joined
from oxreel.engines.animatic.drawn.cutouts import Figure, cut_out
from oxreel.engines.animatic.drawn.land import Land
from oxreel.engines.animatic.drawn.palette import colour, mix, palette_of
from oxreel.engines.animatic.drawn.paper import Paper
from oxreel.engines.animatic.drawn.places.inside import room, tabletop
from oxreel.engines.animatic.drawn.placing import placed
from oxreel.engines.animatic.drawn.setting import draw_setting, home_of, horizon_of, paper_land
from oxreel.engines.animatic.drawn.shapes import closed, ellipse
from oxreel.engines.animatic.drawn.spots import Placed
from oxreel.engines.animatic.drawn.swell import swell_of
from oxreel.engines.animatic.drawn.things import known
from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.plan import ShotPlan

#: Figures that move by themselves; more are painted into the picture.
_MOST_ACTORS = 8
_PURPOSE = 0xD4A
#: Share of the aspect that a thing's haze grows by towards the horizon.
_HAZE = 0.35
_TABLE = ("cup", "book", "candle", "lantern", "bottle", "clock", "apple", "cake", "phone", "camera", "guitar")


def draw_set(plan: ShotPlan, canvas: Canvas) -> Set | None:
    """The set of a shot from its places and things, or None where its words name nothing that can be drawn."""
    kinds = [kind for kind in (known(thing.kind, thing.word) for thing in plan.things) if kind is not None]
    if not kinds and not plan.places:
        return None
    on_table = bool(kinds) and kinds[0] in _TABLE and set(plan.places) <= {"room"}
    places = plan.places
    if not places and not on_table:
        home = home_of(kinds[0])
        places = (home,) if home is not None else ()
    plan = replace(plan, places=places)
    # What is asked for chooses the composition too, so that two films of one seed do not look alike.
    random = canvas.random(_PURPOSE ^ crc32(",".join([*places, *kinds]).encode()))
    palette = palette_of(plan, canvas.seed)
    paper = Paper(canvas.width, canvas.height)
    light = 1.0 if (canvas.seed // 3) % 2 else -1.0
    horizon = horizon_of(plan, places, random)
    land = paper_land(plan, palette, paper, random, horizon, light)
    if on_table:
        tabletop(land, room(land))
        ground = "table"
    else:
        ground = draw_setting(land, places, set(kinds))
    in_the_sky(land, plan, ground)
    figures = joined(placed(plan, palette, ground, horizon, land.aspect, canvas.seed, random))
    actors = _stand(land, figures, ground)
    _finish(land, ground)
    return Set(paper.picture, paper.near, tuple(actors), swell_of(paper, horizon))


def _stand(land: Land, figures: list[Placed], ground: str) -> list[Actor]:
    """Paint what stands still into the picture; what moves becomes an actor."""
    moving = [one for one in figures if one.actor][-_MOST_ACTORS:]
    actors: list[Actor] = []
    for one in figures:
        near = _nearness(land, one, ground)
        figure = _figure(land, one, ground)
        height = figure.cutout.shape[0]
        # Where the cut-out's own middle stands, so that the figure's does stand at x.
        aside = (figure.cutout.shape[1] / 2 - figure.middle) / land.paper.height
        foot = one.y + figure.ground / land.paper.height
        if one.draught:
            _wake(land, one, near)
        if any(one is other for other in moving):
            actors.append(
                Actor(
                    angles=_angles(figure, one),
                    x=(one.x + aside) / land.aspect,
                    y=foot,
                    height=height / land.paper.height,
                    nearness=near,
                    action=one.action,
                    shadow=one.grounded and ground not in ("space", "underwater"),
                    relight=False,
                    name=_name(one.drawing.kind, actors),
                )
            )
            continue
        if one.drawing.kind in ("lighthouse", "castle", "temple", "house") and ground in ("sea", "beach"):
            _islet(land, one)
        if one.grounded:
            land.paper.shadow_under(one.x - land.light * one.height * 0.08, one.y, one.height * 0.42, 0.28, 0.14)
        land.paper.stand(figure.cutout, one.x + aside, foot, near)
        _light_up(land, one)
    return actors


def _figure(land: Land, one: Placed, ground: str) -> Figure:
    far = _HAZE * (1 - _nearness(land, one, ground)) if ground not in ("studio", "table", "room") else 0.0
    figure = cut_out(
        one.drawing.parts, one.height * land.paper.height, land.palette.for_figures(), one.drawing.colours,
        light=land.light, far=far, flip=one.flip,
    )  # fmt: skip
    if not one.draught:
        return figure
    # What is under water is not seen: the cut-out ends at the surface, a little softly.
    cutout = figure.cutout
    kept = max(4, round(cutout.shape[0] * (1 - one.draught)))
    return Figure(np.ascontiguousarray(cutout[:kept]), figure.middle, 0.0)


def _name(kind: str, others: list[Actor]) -> str:
    """A thing's noun; with a number where several are alike, so that they do not breathe together."""
    alike = sum(1 for other in others if other.name.rstrip("0123456789") == kind)
    return f"{kind}{alike + 1}" if alike else kind


def _angles(figure: Figure, one: Placed) -> tuple[Cutout, ...]:
    if one.action is not None and one.action.kind == "turn":
        return figure.cutout, np.ascontiguousarray(figure.cutout[:, ::-1])
    return (figure.cutout,)


def _nearness(land: Land, one: Placed, ground: str) -> float:
    if ground in ("studio", "table", "room"):
        return 0.8
    if ground in ("space", "underwater", "sky", "above"):
        return float(np.clip(0.45 + one.height * 0.6, 0.4, 0.9))
    if not one.grounded and not one.draught:
        return float(np.clip(0.25 + one.height, 0.25, 0.9))
    return land.nearness(one.y)


def _wake(land: Land, one: Placed, near: float) -> None:
    """Foam and a reflection where something lies in the water."""
    left, _, right, _ = one.drawing.box
    half = (right - left) / 200 * one.height
    paper, palette = land.paper, land.palette
    dark = palette.lit("deep", 0.2, 0.6)
    paper.fill([ellipse(one.x, one.y + 0.010, half * 0.95, 0.012)], dark, opacity=0.4)
    paper.fill(
        [ellipse(one.x - half * 0.1, one.y + 0.003, half * 1.06, 0.0055)], palette.lit("foam"), opacity=0.85, near=near
    )
    streaks = [
        ellipse(one.x + half * dx, one.y + dy, half * w, 0.0022)
        for dx, dy, w in ((-0.5, 0.018, 0.5), (0.4, 0.024, 0.42), (-0.1, 0.034, 0.3))
    ]
    paper.fill(streaks, mix(palette.lit("foam"), palette.lit("sea"), 0.3), opacity=0.6)


def _islet(land: Land, one: Placed) -> None:
    """Rock under a building that stands in the sea."""
    left, _, right, _ = one.drawing.box
    half = max((right - left) / 200 * one.height * 1.7, 0.13)
    y, palette = one.y, land.palette
    rock = closed(
        np.array(
            [
                (one.x - half, y + 0.055),
                (one.x - half * 0.82, y + 0.018),
                (one.x - half * 0.45, y - 0.002),
                (one.x - half * 0.2, y - 0.012),
                (one.x + half * 0.3, y - 0.010),
                (one.x + half * 0.6, y + 0.012),
                (one.x + half * 0.9, y + 0.03),
                (one.x + half * 1.05, y + 0.055),
            ]
        ),
        [True] * 8,
    )
    near = land.nearness(y)
    tone = palette.lit("rock2", 0.25, 0.2)
    land.paper.fill([ellipse(one.x, y + 0.056, half * 1.22, 0.014)], palette.lit("foam"), opacity=0.85)
    land.paper.fill([rock], tone, palette.lit("rock2", 0.0, 0.8), near=near, shadow=0.1)
    lit = np.array(
        [
            (one.x - half * 0.2, y - 0.012),
            (one.x + land.light * half * 0.45, y - 0.004),
            (one.x + land.light * half * 0.85, y + 0.05),
            (one.x + land.light * half * 0.2, y + 0.05),
        ]
    )
    land.paper.fill([lit], palette.lit("rock", 0.15), clip=[rock], opacity=0.8)


def _light_up(land: Land, one: Placed) -> None:
    """What shines lights what is around it."""
    top = one.y - one.height
    spots = {
        "lamp": (0.09, 0.9), "lantern": (0.5, 1.3), "candle": (0.1, 1.5), "campfire": (0.6, 1.6), "tent": (0.7, 0.8),
        "lighthouse": (0.18, 0.5),
    }.get(one.drawing.kind)  # fmt: skip
    if spots is None:
        return
    strength = 0.6 if land.palette.night else 0.28
    y = top + one.height * spots[0]
    land.paper.glow(one.x, y, max(0.08, one.height * spots[1]), colour("#ffbe68"), strength)
    if one.drawing.kind == "lighthouse" and land.palette.night:
        for side in (-1, 1):
            beam = np.array([(one.x, y), (one.x + side * 1.6, y - 0.16), (one.x + side * 1.6, y + 0.05)])
            land.paper.fill([beam], colour("#fff0c0"), opacity=0.22)


def _finish(land: Land, ground: str) -> None:
    """Weather that stands in the air, and the corners drawn in a little."""
    palette, paper = land.palette, land.paper
    if any(one.kind in ("fog", "smoke") for one in land.plan.weather) and ground not in (
        "space",
        "underwater",
        "table",
        "room",
        "studio",
    ):
        rows = np.linspace(0, 1, 40, dtype=np.float32)
        fall = np.exp(-(((rows - land.horizon - 0.06) / 0.20) ** 2)).astype(np.float32)
        density = np.ascontiguousarray(np.broadcast_to(fall[:, None], (40, 4)), np.float32)
        paper.veil(density, mix(palette.haze, colour("#ffffff"), 0.15), 0.7)
    coarse = 30, max(8, int(30 * land.aspect))
    y, x = np.mgrid[0 : coarse[0], 0 : coarse[1]].astype(np.float32)
    distance = np.hypot((x + 0.5) / coarse[1] - 0.5, (y + 0.5) / coarse[0] - 0.5) / 0.7071
    corner = np.clip((distance - 0.55) / 0.45, 0, 1).astype(np.float32) ** 2
    paper.veil(np.ascontiguousarray(corner), colour("#141830"), 0.20)
