"""Overlay: everything that is laid over the frames of a shot, in its order."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.light import light_effects
from oxreel.engines.animatic.look import (
    Palette,
    Slate,
    fade_effects,
    grade_effects,
    grain_effects,
    palette_effects,
    palette_of,
    slate_effects,
    style_effects,
    title_effects,
)
from oxreel.engines.animatic.plan import Change, ShotPlan
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.water import water_effects
from oxreel.engines.animatic.weather import weather_effects
from oxreel.storyboard import Shot, Storyboard

#: Which slate films show: off, counter (shot and frame) or full (also the timecode and the first words).
SLATE = "OXREEL_ANIMATIC_SLATE"


def under_actors(plan: ShotPlan, canvas: Canvas) -> tuple[Effect, ...]:
    """What changes the set before the actors stand in it."""
    return water_effects(plan, canvas)


def over_actors(
    storyboard: Storyboard,
    shot: Shot,
    plans: Sequence[ShotPlan],
    canvas: Canvas,
    *,
    picture: Picture,
    palettes: Sequence[Palette],
    drawn: bool,
    anchored: frozenset[int],
) -> tuple[Effect, ...]:
    """What lies over set and actors: light and season, weather, style, grain, type, fades, slate.

    `picture` is the set at rest; a `drawn` set has the season and the hour that it is drawn in already.
    """
    plan = plans[shot.index]
    last = shot.index == len(storyboard.shots) - 1
    follows = "cut" if last else plans[shot.index + 1].transition
    graded = plan
    if shot.tail is not None:
        # The tail shows what it comes to.
        graded = replace(plan, time=None, season=None)
    elif drawn:
        graded = replace(plan, time=_changing(plan.time), season=_changing(plan.season))
    return (
        *grade_effects(graded, canvas, picture),
        *palette_effects(palettes, canvas, palette_of(picture) if palettes else None),
        *light_effects(plan, canvas),
        *weather_effects(plan, canvas),
        *style_effects(plan, canvas),
        *grain_effects(plan, canvas),
        *title_effects(plan, canvas),
        *slate_effects(canvas, shot, shot.first_frame, slate()),
        *fade_effects(plan, canvas, shot.index == 0, last, follows=follows, anchored=anchored),
    )


def slate() -> Slate:
    """The slate that the operator asks for."""
    asked = os.environ.get(SLATE, "off")
    return next((kind for kind in get_args(Slate) if kind == asked), "off")


def _changing(change: Change | None) -> Change | None:
    return change if change is not None and change.before != change.after else None
