"""Palettes: the light of an hour, the colours of a season, and the family that a seed chooses."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from oxreel.engines.animatic.plan import ShotPlan

#: float32 (3,): sRGB, 0..255.
Colour = NDArray[np.float32]

#: Skies from the top down to the horizon, then the light and the shade as shares of a colour's own, by hour.
_SKIES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "day": (("#4f9fc8", "#9fd0dc", "#f3ecd8"), ("#5fb0b8", "#b5dcd2", "#f8eed6"), ("#4a86bf", "#a4c9e4", "#f6e8d8")),
    "sunrise": (
        ("#6f86b8", "#e3aaa6", "#fde3b6"), ("#7fa0bd", "#f0bfa6", "#fdeac6"), ("#8a7fb4", "#eea59a", "#fdd9a8"),
    ),
    "golden_hour": (
        ("#5f8fa8", "#f0bd80", "#ffe3a6"), ("#c4774f", "#f3ab62", "#ffdf9c"), ("#6d7fa6", "#eda57c", "#ffd89a"),
    ),
    "dusk": (("#2c2f60", "#8a5c90", "#f3a27c"), ("#1f3b62", "#776f9f", "#f0b392"), ("#38295c", "#a8577f", "#f6a66b")),
    "night": (("#0a1230", "#16284f", "#3d5f86"), ("#0f1233", "#262a5c", "#57507f"), ("#081a2b", "#123a4e", "#3f7480")),
}  # fmt: skip
_LIGHT = {
    "day": ((1.0, 1.0, 0.97), (0.74, 0.80, 0.90)),
    "sunrise": ((1.04, 0.92, 0.82), (0.68, 0.66, 0.82)),
    "golden_hour": ((1.06, 0.90, 0.68), (0.66, 0.58, 0.66)),
    "dusk": ((0.66, 0.56, 0.70), (0.42, 0.38, 0.58)),
    "night": ((0.30, 0.40, 0.60), (0.18, 0.25, 0.44)),
}
#: Where the sun or the moon hangs: share of the sky's height above the horizon.
_ALTITUDE = {"day": 0.78, "sunrise": 0.16, "golden_hour": 0.2, "dusk": 0.05, "night": 0.72}
_MATERIALS: dict[str, dict[str, str]] = {
    "summer": {
        "leaf": "#5c9a58", "leaf2": "#3f7f5a", "leaf3": "#86b25c", "grass": "#8fbd62", "meadow": "#a9c96c",
        "pine": "#2f6b5c", "blossom": "#f2c14e",
    },
    "spring": {
        "leaf": "#8cbf62", "leaf2": "#e9a9b8", "leaf3": "#f3c9cf", "grass": "#9fcb69", "meadow": "#bcd97c",
        "pine": "#3f7f62", "blossom": "#f4a6b7",
    },
    "autumn": {
        "leaf": "#d9822f", "leaf2": "#b9502f", "leaf3": "#e9b044", "grass": "#c2a556", "meadow": "#d6b965",
        "pine": "#54694a", "blossom": "#d96a3a",
    },
    "winter": {
        "leaf": "#dfe8ee", "leaf2": "#c6d5df", "leaf3": "#f1f5f7", "grass": "#eaf0f4", "meadow": "#f3f6f8",
        "pine": "#3d625f", "blossom": "#dfe8ee",
    },
}  # fmt: skip
_LASTING = {
    "snow": "#eef3f7", "sand": "#ecd3a2", "dune": "#e6b980", "dune2": "#cf8f5c", "rock": "#7f8489", "rock2": "#5d656e",
    "far_rock": "#6f88a3", "earth": "#b08a60", "path": "#e3cfa6", "road": "#5f6672", "wood": "#8a6244",
    "bark": "#6d5140", "wall": "#efe4d2", "roof": "#c4614a", "deep": "#1f5f86", "sea": "#2f87a6", "shallow": "#63bfc0",
    "foam": "#f6fbf8", "stone": "#a8a39a", "ink": "#2c3140", "glass": "#9cc3d3", "metal": "#9aa6b2",
}  # fmt: skip
#: Greys of a covered sky, by how much light is left.
_COVERED = ("#9fb0bb", "#bccad0", "#dfe5e4")
_WET = {"rain", "storm", "fog", "smoke"}


@dataclass(frozen=True)
class Palette:
    """The colours of a shot."""

    hour: str
    season: str
    family: int
    top: Colour
    middle: Colour
    low: Colour
    #: Shares of a colour that lit and shaded sides show.
    key: Colour
    shade: Colour
    #: What far things fade into, and how much: 0 is clear air.
    haze: Colour
    air: float
    #: How much of the sky is covered, 0..1.
    covered: float
    materials: dict[str, Colour]

    @property
    def night(self) -> bool:
        """Whether windows are lit."""
        return self.hour in ("night", "dusk")

    def for_figures(self) -> "Palette":
        """The same light, with enough of it on who matters to be seen in the dark."""
        share = {"night": 0.52, "dusk": 0.42}.get(self.hour, 0.0)
        if not share:
            return self
        white = np.full(3, 0.98, np.float32)
        return replace(self, key=mix(self.key, white, share), shade=mix(self.shade, white * np.float32(0.6), share))

    @property
    def altitude(self) -> float:
        """Where the sun or the moon hangs, as a share of the sky."""
        return _ALTITUDE[self.hour]

    def raw(self, name: str) -> Colour:
        """A material, a colour of the sky or a CSS colour, unlit."""
        if name in self.materials:
            return self.materials[name]
        return colour(name)

    def lit(self, name: str | Colour, far: float = 0.0, shade: float = 0.0) -> Colour:
        """A material as it is seen: lit (`shade` 0) or turned away (1), and `far` (0..1) into the haze."""
        own = self.raw(name) if isinstance(name, str) else name
        seen = own * (self.key * (1 - shade) + self.shade * shade)
        veil = np.float32(min(1.0, self.air * far))
        return np.asarray(np.clip(seen * (1 - veil) + self.haze * veil, 0, 255), np.float32)


def colour(name: str) -> Colour:
    """A CSS colour name or "#rrggbb"; grey where there is no such colour."""
    try:
        return np.array(ImageColor.getrgb(name)[:3], np.float32)
    except ValueError:
        return np.array((150, 150, 150), np.float32)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other."""
    return np.asarray(one * (1 - share) + other * share, np.float32)


def palette_of(plan: ShotPlan, seed: int) -> Palette:
    """The palette of a shot; a seed keeps its family through all shots."""
    hour = plan.time.before if plan.time is not None else "day"
    hour = hour if hour in _SKIES else "day"
    weather = {one.kind: one.strength for one in plan.weather}
    season = plan.season.before if plan.season is not None else ""
    if season not in _MATERIALS:
        season = "winter" if "snow" in weather or "snowfield" in plan.places else (
            "autumn" if "leaves" in weather else "spring" if "petals" in weather else "summer"
        )  # fmt: skip
    family = seed % 3
    top, middle, low = (colour(name) for name in _SKIES[hour][family])
    key, shade = (np.array(share, np.float32) for share in _LIGHT[hour])
    covered = 0.0
    if _WET & weather.keys():
        covered = 0.9 if "storm" in weather else 0.75
    elif "snow" in weather:
        covered = 0.6
    if hour != "day":
        # The light of the hour still shows through.
        covered *= 0.5
    if covered:
        light = float(np.mean(low) / 235)
        greys = [
            colour(name) * np.float32(min(1.0, light) * (0.62 if "storm" in weather else 0.95)) for name in _COVERED
        ]
        top, middle, low = (mix(one, grey, covered) for one, grey in zip((top, middle, low), greys, strict=True))
        key = mix(key, np.full(3, float(key.mean()) * (0.74 if "storm" in weather else 0.92), np.float32), 0.6)
        shade = mix(shade, key, 0.3)
    haze = mix(low, middle, 0.4)
    air = 0.92 if "fog" in weather else 0.85 if covered > 0.6 else 0.72
    materials = {name: colour(code) for name, code in {**_LASTING, **_MATERIALS[season]}.items()}
    if season == "winter":
        materials["path"], materials["roof"] = colour("#d8e0e6"), colour("#e6edf2")
    return Palette(hour, season, family, top, middle, low, key, shade, haze, air, covered, materials)
