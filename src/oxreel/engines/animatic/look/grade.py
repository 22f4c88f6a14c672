"""Grades: the time of day and the season of a shot, which may change while it runs."""

from typing import get_args

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.look import seasons, times
from oxreel.engines.animatic.look.field import Field, as_field, clouds, everywhere, places, shape_of, vignette
from oxreel.engines.animatic.look.sky import sky
from oxreel.engines.animatic.look.subject import standing_out, warm_things
from oxreel.engines.animatic.look.tone import code_of, lay_both, tone_of, veils
from oxreel.engines.animatic.plan import Change, Season, ShotPlan, TimeOfDay
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.weather.field import distance
from oxreel.media.encode import Planes

_MELTING, _FALLING, _SIDE = 0x6EA1, 0x6EA2, 0x6EA3
#: Mean luma of a picture that nobody has measured.
_USUAL_BRIGHTNESS = 0.52
#: Width of a front, in shares of the shot: light fades all over, snow melts in patches.
_SOFT_LIGHT, _SOFT_MELTING = 0.75, 0.26
#: How much of a warm thing the thaw spares, and how much of its daylight a subject keeps at night.
_KEPT, _DODGED = 0.92, 0.24


def grade_effects(plan: ShotPlan, canvas: Canvas, picture: Picture | None = None) -> tuple[Effect, ...]:
    """The season and the time of day of a shot.

    A change begins with what the picture shows and travels through the shot. With the picture, light is graded from how
    bright it is; without, from how bright pictures of its hour are.
    """
    effects: list[Effect] = []
    if plan.season is not None and plan.season.after in get_args(Season):
        thaw = plan.season.before == "winter" or (picture is not None and _snowy(picture))
        effects.append(SeasonGrade(plan.season, canvas, thaw=thaw))
    if plan.time is not None and plan.time.after in get_args(TimeOfDay):
        seen = (None, None) if picture is None else (_brightness(picture), _sunny(picture))
        effects.append(TimeGrade(plan.time, canvas, *seen))
    return tuple(effects)


class SeasonGrade:
    """The land and the sky of another season; where it changes, it does so in patches from the far to the near.

    With a `thaw`, snow becomes grass.
    """

    def __init__(self, change: Change, canvas: Canvas, *, thaw: bool = False) -> None:
        season: Season = change.after  # type: ignore[assignment]
        self._land, self._sky = (tone_of(formula) for formula in seasons.formulas_of(season, thaw=thaw))
        self._canvas, self._thaw = canvas, thaw
        self._front = None if change.before == change.after else _melting(canvas)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        if strength <= 0:
            return
        there = _reached(self._front, self._canvas, frame, _SOFT_MELTING)
        if there.max() <= 0:
            return
        open_ = sky(planes, shape_of(self._canvas))
        # Light changes before the snow is gone.
        above = everywhere(_eased(self._canvas, frame)) if self._front is not None else there
        land = (1 - open_) * there
        if self._thaw:
            # Snow melts on the ground; horns and roofs are as pale, and stay.
            land = land * (1 - _KEPT * warm_things(planes, open_.shape))
        lay_both(planes, (self._sky, as_field(open_ * above)), (self._land, as_field(land)), strength)


class TimeGrade:
    """The light of another hour; where it changes, it comes from one side."""

    def __init__(
        self, change: Change, canvas: Canvas, brightness: float | None = None, sunny: float | None = None
    ) -> None:
        """`brightness` is the picture's mean luma, `sunny` the side of it that is lit, -1 left to 1 right."""
        after: TimeOfDay = change.after  # type: ignore[assignment]
        if brightness is None:
            travels = change.before != change.after
            brightness = times.BRIGHTNESS.get(change.before, _USUAL_BRIGHTNESS) if travels else _USUAL_BRIGHTNESS  # type: ignore[call-overload]
        self._canvas = canvas
        land, above = times.formulas_of(after, brightness)
        self._land, self._sky = tone_of(land), None if above is land else tone_of(above)
        self._dodged = _DODGED if after == "night" else 0.0
        self._veils = [(code_of(*colour), field) for colour, field in _haze(after, canvas, sunny)]
        corners = {"night": 0.4, "dusk": 0.35, "golden_hour": 0.22}.get(after)
        if corners is not None:
            self._veils.append(((16, 130, 127), vignette(canvas, 0.35, corners)))
        self._front = None if change.before == change.after else _falling(canvas)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        if strength <= 0:
            return
        there = _reached(self._front, self._canvas, frame, _SOFT_LIGHT)
        if there.max() <= 0:
            return
        if self._sky is None:
            self._land.lay(planes, there, strength)
        else:
            open_ = sky(planes, shape_of(self._canvas))
            land = (1 - open_) * there * (1 - self._dodged * standing_out(planes, open_.shape))
            lay_both(planes, (self._sky, as_field(open_ * there)), (self._land, as_field(land)), strength)
        veils(planes, [(colour, as_field(field * there)) for colour, field in self._veils], strength)


def _brightness(picture: Picture) -> float:
    """Mean luma of a picture, 0..1."""
    red, green, blue = picture[::4, ::4].reshape(-1, 3).mean(axis=0) / 255
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def _sunny(picture: Picture) -> float | None:
    """Where the light of a picture comes from, -1 left to 1 right; None where both sides are as bright."""
    upper = picture[: picture.shape[0] // 2 : 4, ::4, 1].mean(axis=0)
    bright = np.maximum(upper - np.median(upper), 0)
    if bright.max() < 6:
        return None
    return float(np.average(np.linspace(-1, 1, len(bright)), weights=bright**2))


def _snowy(picture: Picture) -> bool:
    """Whether most of a picture's lower half is bright and has little colour."""
    lower = picture[picture.shape[0] // 2 :: 4, ::4].astype(np.int16)
    pale = (lower.min(axis=2) > 150) & (lower.max(axis=2) - lower.min(axis=2) < 70)
    return float(pale.mean()) > 0.5


def _haze(time: TimeOfDay, canvas: Canvas, sunny: float | None) -> list[tuple[tuple[int, int, int], Field]]:
    """Light scattered around a low sun: at the sunny side of the picture, or at one that the seed chooses."""
    if time not in ("golden_hour", "sunrise", "dusk"):
        return []
    down, across = places(canvas)
    chosen = canvas.random(_SIDE).random() < 0.5
    if chosen if sunny is None else sunny > 0:
        across = 1 - across
    shape = canvas.width / canvas.height
    aside = (across + 0.05) * min(1.0, shape / 1.78)
    if time == "golden_hour":
        # Air glows before what is far; what is near keeps its contrast.
        far = cv2.resize(distance(canvas), down.shape[::-1], interpolation=cv2.INTER_LINEAR)
        glow = np.exp(-((aside / 0.5) ** 2) - ((down - 0.34) / 0.45) ** 2)
        return [((255, 208, 132), as_field((0.05 + 0.30 * far) * glow))]
    if time == "sunrise":
        low = np.exp(-(((down - 0.5) / 0.3) ** 2))
        return [((255, 206, 178), as_field(0.28 * low * (0.45 + 0.55 * np.exp(-((aside / 0.7) ** 2)))))]
    low = np.exp(-(((down - 0.47) / 0.2) ** 2))
    return [((214, 120, 128), as_field(0.2 * low * (0.5 + 0.5 * np.exp(-(aside**2)))))]


def _melting(canvas: Canvas) -> Field:
    """When the change reaches each place, 0..1: far before near, in patches."""
    down, _ = places(canvas)
    near = down
    if canvas.nearness is not None:
        rows, columns = shape_of(canvas)
        depth = cv2.resize(as_field(canvas.nearness), (columns, rows), interpolation=cv2.INTER_AREA)
        near = as_field(0.5 * down + 0.5 * depth.clip(0, 1))
    return as_field((0.5 * near + 0.5 * clouds(canvas, _MELTING, 9.0, octaves=5)).clip(0, 1))


def _falling(canvas: Canvas) -> Field:
    """When a change of light reaches each place, 0..1: from one side, a little cloudy."""
    down, across = places(canvas)
    if canvas.random(_SIDE).random() < 0.5:
        across = 1 - across
    return as_field(0.55 * across + 0.15 * (1 - down) + 0.3 * clouds(canvas, _FALLING, 3.0))


def _eased(canvas: Canvas, frame: int) -> float:
    """How far the shot has come, 0..1: slow at both ends."""
    share = min(1.0, max(0.0, frame / max(1, canvas.frames - 1)))
    return share * share * (3 - 2 * share)


def _reached(front: Field | None, canvas: Canvas, frame: int, soft: float) -> Field:
    """How far the change has come at each place, 0 everywhere on the first frame and 1 everywhere on the last."""
    if front is None:
        return everywhere()
    share = np.clip((_eased(canvas, frame) * (1 + soft) - front) / soft, 0, 1)
    return as_field(share * share * (3 - 2 * share))
