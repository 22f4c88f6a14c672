"""Settings: which places a shot is drawn in, where its horizon is, and what they look like together."""

from collections.abc import Callable

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, down_to, wave_line
from oxreel.engines.animatic.drawn.palette import Palette, colour, mix
from oxreel.engines.animatic.drawn.paper import Paper
from oxreel.engines.animatic.drawn.places import above_land, grounds, inside, town, water
from oxreel.engines.animatic.drawn.places.above_city import city
from oxreel.engines.animatic.drawn.places.above_shore import shore
from oxreel.engines.animatic.drawn.places.frontage import country_road, frontage, railway
from oxreel.engines.animatic.drawn.places.mountains import dunes, hills, mountains
from oxreel.engines.animatic.drawn.places.plants import wood
from oxreel.engines.animatic.drawn.places.sky import cloud, sky
from oxreel.engines.animatic.drawn.places.surroundings import dry, mesas, soil
from oxreel.engines.animatic.drawn.places.village import village
from oxreel.engines.animatic.drawn.rigs import catalogue
from oxreel.engines.animatic.drawn.shapes import ellipse
from oxreel.engines.animatic.plan import Place, ShotPlan

#: y of the horizon by the camera's angle, and what each framing adds to it.
_HORIZON = {None: 0.56, "low": 0.76, "high": 0.34, "aerial": 0.24, "overhead": 0.20}
_LIFT = {None: 0.0, "extreme_wide": 0.06, "wide": 0.03, "medium": -0.02, "close": -0.06, "extreme_close": -0.08}
#: What is seen from its side, and drives across the picture.
_WHEELED = {"car", "bus", "truck", "motorbike", "bicycle"}


def home_of(kind: str) -> Place | None:
    """The place that a thing suggests, or None for a studio."""
    return next((place for place, kinds in catalogue("names")["homes"].items() if kind in kinds), None)


def horizon_of(plan: ShotPlan, places: tuple[str, ...], random: np.random.Generator) -> float:
    """Where the horizon of a shot is."""
    y = _HORIZON[plan.angle] + _LIFT[plan.framing]
    if places and set(places) <= {"sky"}:
        y = max(y, 0.86)
    return float(np.clip(y + random.uniform(-0.025, 0.025), 0.16, 0.86))


def draw_setting(land: Land, places: tuple[str, ...], kinds: set[str]) -> str:
    """Draw the places from the back to the front; returns the ground: a place, "above", "table" or "studio"."""
    from_above = land.plan.angle in ("aerial", "overhead")
    whole = next((place for place in _WHOLE if place in places), None)
    if whole == "room" and "street" in places[: places.index("room")]:
        # "A market street with a shop" is outdoors.
        whole = None
    if not places:
        studio(land)
        return "studio"
    if whole in ("space", "underwater"):
        _WHOLE[whole](land)
        return whole
    if from_above and _above(land, places, kinds):
        return "above"
    if whole is not None:
        _WHOLE[whole](land)
        return whole
    sky(land)
    return _outdoors(land, places, kinds)


def _outdoors(land: Land, places: tuple[str, ...], kinds: set[str]) -> str:
    """What lies under the sky."""
    ground = next((place for place in _DRAWN if place in places and not (place == "road" and "train" in kinds)), "sky")
    if ground == "sky" and "road" in places:
        ground = "field"
    if ground == "beach" and "road" in places:
        # The road runs along the shore: the sea lies behind it.
        ground = "road"
    if ground == "street" and (_WHEELED & kinds or land.plan.framing in ("medium", "close")):
        frontage(land)
        return "frontage"
    if ground == "sky":
        _cloud_sea(land)
        return "sky"
    _backdrops(land, [place for place in places if place not in (ground, "sky")], ground)
    if ground == "road" and _WHEELED & kinds:
        grounds.lawn(land, land.horizon, soil(land))
        if land.has("desert"):
            dry(land, land.horizon, road=False)
        country_road(land)
        return "country road"
    _DRAWN[ground](land)
    if "train" in kinds and ground not in ("sea", "river", "city"):
        railway(land, 0.795)
    return ground


def _above(land: Land, places: tuple[str, ...], kinds: set[str]) -> bool:
    """Draw the view from the air where there is one."""
    if {"sea", "beach"} & set(places):
        shore(land, rocky="rock" in kinds or "lighthouse" in kinds or "beach" not in places or "mountains" in places)
    elif "forest" in places or ("river" in places and "mountains" not in places):
        above_land.forest(land)
    elif {"city", "street"} & set(places):
        city(land)
    elif land.plan.angle == "overhead" or {"field", "village", "park", "road"} & set(places):
        above_land.fields(land)
    else:
        return False
    return True


def _backdrops(land: Land, places: list[str], ground: str) -> None:
    base = land.horizon + 0.015
    if "mountains" in places:
        mountains(land, base)
    if "desert" in places and ground != "desert":
        mesas(land, base)
    if "city" in places:
        town.skyline(land, base)
    if {"sea", "beach"} & set(places) and ground not in ("sea", "beach"):
        water.sea(land, land.horizon - 0.03, land.horizon + 0.06, waves=False)
    if "forest" in places:
        wood(land, base + 0.01, 0.20, 0.8, 0.10)
        wood(land, base + 0.025, 0.15, 0.55, 0.14)
    if "snowfield" in places:
        hills(land, base, name="snow", height=0.12)
        wood(land, base + 0.01, 0.10, 0.7, 0.12, kinds=("pine",))
    if {"field", "village"} & set(places):
        hills(land, base, height=0.09)
    if places and set(places) <= {"sea"}:
        return
    if not places and ground in ("field", "river", "road", "snowfield", "village", "park"):
        name = "snow" if land.palette.season == "winter" else "leaf2"
        hills(land, base, name=name, height=0.15)


def _river(land: Land) -> None:
    if not land.has("mountains", "forest", "desert", "city"):
        wood(land, land.horizon + 0.02, 0.10, 0.6, 0.13, shadow=0.05)
    grounds.lawn(land, land.horizon, soil(land), rolls=2)
    water.river(land, land.horizon + 0.01)
    if land.has("desert"):
        dry(land, land.horizon)
    else:
        grounds.close(land)


def _snowfield(land: Land) -> None:
    wood(land, land.horizon + 0.015, 0.12, 0.7, 0.12, kinds=("pine",))
    grounds.snowfield(land, land.horizon)


def _alps(land: Land) -> None:
    top = land.horizon
    mountains(land, top + 0.02)
    wood(land, top + 0.06, 0.10, 0.45, 0.24, kinds=("pine",))
    grounds.lawn(land, top + 0.05, "grass", rolls=2)
    grounds.flowers(land, top, 30)
    grounds.firs(land, top + 0.04)
    grounds.close(land)


def _city(land: Land) -> None:
    town.skyline(land, land.horizon + 0.05)
    town.plaza(land, land.horizon + 0.03)


def _cloud_sea(land: Land) -> None:
    """Banks of cloud along the foot of a sky."""
    palette = land.palette
    for row in range(4):
        share = row / 3
        y = 0.80 + 0.09 * row
        tone = mix(mix(palette.low, palette.middle, 0.85 - 0.65 * share), palette.key * 255, 0.12 + 0.2 * share)
        puffs = [
            shape
            for x in np.arange(-0.1, land.aspect + 0.3, 0.26)
            for shape in cloud(land, x + land.uniform(-0.08, 0.08), y + 0.05, 0.12 + 0.07 * share)
        ]
        line = wave_line(land.random, land.aspect, y + 0.035, 0.02, 2, 0.2)
        land.paper.fill(
            [*puffs, down_to(line)],
            mix(tone, palette.key * 255, 0.35),
            tone,
            span=(y - 0.1, y + 0.12),
            near=0.1 + 0.2 * share,
            shadow=0.06,
            opacity=0.95,
        )


def studio(land: Land) -> None:
    """A paper backdrop: a wall, a large disc behind the subject, a floor."""
    paper, palette = land.paper, land.palette
    wall, disc, floor = _STUDIOS[palette.family]
    dark = np.float32(0.45 if palette.hour == "night" else 1.0)
    one, two, three = (colour(name) * dark for name in (wall, disc, floor))
    paper.fill(
        [np.array([(-1, -1), (land.aspect + 1, -1), (land.aspect + 1, 2), (-1, 2)], float)],
        mix(one, colour("#ffffff") * dark, 0.18),
        one,
        span=(0, 0.8),
        near=0.05,
    )
    x = land.aspect * 0.5
    radius = 0.34 * min(1.0, land.aspect / 1.1)
    paper.glow(x, 0.44, radius * 1.9, mix(two, colour("#ffffff"), 0.4), 0.35)
    paper.fill([ellipse(x, 0.46, radius, radius)], mix(two, colour("#fff4e0") * dark, 0.25), two, near=0.1, shadow=0.10)
    for index, share in enumerate((0.0, 0.5)):
        y = 0.72 + 0.10 * share
        line = wave_line(land.random, land.aspect, y, 0.045, 0.8, 0.0)
        tone = mix(three, one, 0.45 * (1 - share * 2))
        paper.fill(
            [down_to(line)], tone, tone * np.float32(0.82), span=(y, 1), near=(0.3 + 0.3 * index, 0.95), shadow=0.10
        )


#: Wall, disc and floor.
_STUDIOS = (
    ("#d8e2dc", "#f2b880", "#7fa99b"),
    ("#e6dccb", "#8fb8c0", "#c98a6a"),
    ("#dcd6e4", "#f0c48a", "#8a86b0"),
)


def paper_land(
    plan: ShotPlan, palette: Palette, paper: Paper, random: np.random.Generator, horizon: float, light: float
) -> Land:
    """The land of a shot."""
    scale = {"extreme_wide": 0.75, "wide": 0.9, "medium": 1.1, "close": 1.25, "extreme_close": 1.4}.get(
        plan.framing or "", 1.0
    )
    return Land(paper, palette, plan, random, horizon, light, scale)


#: Settings that fill the picture by themselves.
_WHOLE: dict[str, Callable[[Land], object]] = {
    "space": inside.space, "underwater": water.underwater, "room": inside.room,
}  # fmt: skip
#: The ground of several places is the first of these that is named; the others stand behind it.
_DRAWN: dict[str, Callable[[Land], None]] = {
    "street": lambda land: town.street(land, land.horizon),
    "beach": lambda land: water.beach(land, land.horizon),
    "river": _river,
    "road": lambda land: grounds.road(land, land.horizon),
    "park": lambda land: grounds.park(land, land.horizon),
    "snowfield": _snowfield,
    "desert": lambda land: dunes(land, land.horizon),
    "village": lambda land: village(land, land.horizon),
    "field": lambda land: grounds.field(land, land.horizon),
    "forest": lambda land: grounds.forest(land, land.horizon),
    "sea": lambda land: water.sea(land, land.horizon),
    "mountains": _alps,
    "city": _city,
}
