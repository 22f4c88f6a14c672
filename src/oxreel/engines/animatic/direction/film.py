"""The direction of a film: the plan of each shot, and what a shot takes over from the one before it."""

from dataclasses import replace
from functools import lru_cache
from typing import Literal, cast

from oxreel.catalogue.mentions import mentions
from oxreel.engines.animatic.direction.camera import camera_of, framing_of, reframed
from oxreel.engines.animatic.direction.cast import cast_of
from oxreel.engines.animatic.direction.heard import Heard
from oxreel.engines.animatic.direction.leftover import without_effect
from oxreel.engines.animatic.direction.lexicon import Lexicon, lexicon
from oxreel.engines.animatic.direction.mood import (
    amounts_of,
    change_of,
    first_of,
    focus_of,
    is_said,
    tempo_of,
    weather_of,
)
from oxreel.engines.animatic.direction.negative import Forbidden, forbidden_by, negate
from oxreel.engines.animatic.direction.quotes import Said, quotations
from oxreel.engines.animatic.direction.senses import settle
from oxreel.engines.animatic.direction.sounds import makes_sound, sounds_of
from oxreel.engines.animatic.plan import Action, Angle, Change, ShotPlan, Style, Transition
from oxreel.storyboard import Shot, Storyboard

#: Words before and after a reference by which it is one of style.
_STYLE_REACH = 6


def plan_of(storyboard: Storyboard, shot: Shot) -> ShotPlan:
    """What a shot's words ask for, less what the negative prompt rules out. Any text gives a plan."""
    return _Reading(storyboard, shot).plan(None)


def directions_of(storyboard: Storyboard) -> tuple[ShotPlan, ...]:
    """The plans of all shots: a later one stays in the time, season, style and place that it does not change."""
    plans: list[ShotPlan] = []
    for shot in storyboard.shots:
        before = plans[-1] if plans else None
        plan = _Reading(storyboard, shot).plan(before)
        if before is not None and before.ending is not None:
            # Only a film ends so; within one it is how the next shot comes.
            plans[-1] = replace(before, ending=None)
            if plan.transition == "cut":
                plan = replace(plan, transition=before.ending)
        plans.append(plan)
    return tuple(plans)


class _Reading:
    """One shot's words while they are understood."""

    def __init__(self, storyboard: Storyboard, shot: Shot) -> None:
        self._storyboard, self._shot = storyboard, shot
        self._lexicon: Lexicon = lexicon()
        self._said: Said
        self._heard: Heard
        self._said, self._heard = quotations(shot.prompt, self._lexicon)
        settle(self._heard, self._lexicon)
        self._forbidden = _forbidden(storyboard.negative_prompt)

    def plan(self, before: ShotPlan | None) -> ShotPlan:
        """The plan, with what it keeps of the shot before it."""
        heard, edits = self._heard, self._storyboard.video is not None
        negated = negate(heard)
        forbidden = self._forbidden
        # What the text negates once and asks for elsewhere is asked for; only whole facets are ruled out by it.
        everything = forbidden | Forbidden(frozenset(pair for pair in negated.things if pair[1] == "*"))
        if ("camera", "*") in negated.things:
            heard.used.update(index for match in heard.matches if match.of("all") for index in match.path)
        styles = self._style_references()
        drawn = self._is_drawn(styles)
        time, season = (change_of(heard, facet, everything, self._lexicon, edits) for facet in ("time", "season"))
        cast_ = cast_of(heard, everything, self._lexicon, drawn)
        camera = camera_of(heard, everything)
        plan = ShotPlan(
            camera=reframed(heard, camera, everything),
            framing=framing_of(heard, everything),
            angle=cast(Angle | None, first_of(heard, "angle", everything)),
            focus=cast(Literal["near", "far"] | None, focus_of(heard, everything)),
            shallow=is_said(heard, "shallow", everything),
            tempo=tempo_of(heard, everything),
            actions=tuple(one for one in cast_.actions if not (one.who and everything.has("things", one.who))),
            time=time,
            season=season,
            weather=weather_of(heard, everything),
            light=amounts_of(heard, "light", everything),
            water=self._water(everything, cast_.places),
            style=cast(Style | None, first_of(heard, "style", everything)),
            style_references=styles,
            transition=cast(Transition, first_of(heard, "transition", everything) or "cut"),
            ending=cast(Literal["fade_black", "fade_white"] | None, first_of(heard, "ending", everything)),
            words=() if forbidden.has("words") else self._said.words,
            lines=() if forbidden.has("lines") else self._said.lines,
            places=cast_.places,
            things=cast_.things,
            references=tuple(mentions(self._shot.prompt)),
        )
        if before is not None:
            plan = _carried(plan, before, everything)
        if self._storyboard.audio:
            plan = replace(plan, sounds=sounds_of(heard, plan, everything | negated))
            self._use_heard_nouns()
        return replace(plan, without_effect=without_effect(heard, self._lexicon))

    def _water(self, forbidden: Forbidden, places: tuple[str, ...]) -> bool:
        said = is_said(self._heard, "water", forbidden)
        wet = any(place in ("sea", "beach", "river", "underwater") for place in places)
        return said or (wet and not forbidden.has("water"))

    def _style_references(self) -> tuple[str, ...]:
        """References that a phrase of style belongs to, in order."""
        heard, found = self._heard, []
        for match in heard.matches:
            if match.of("styled") is None or match.negated:
                continue
            for index in match.path:
                token = heard.tokens[index]
                if token.kind == "mention":
                    found += mentions(heard.text[token.start : token.end])
                    heard.use(match)
        return tuple(dict.fromkeys(found))

    def _is_drawn(self, styles: tuple[str, ...]) -> bool:
        """Whether no picture at all shows this shot."""
        shot, storyboard = self._shot, self._storyboard
        if shot.start or shot.tail or storyboard.video or storyboard.shots[0].start:
            return False
        return all(one.name in styles for one in shot.references)

    def _use_heard_nouns(self) -> None:
        """Nouns of places and things that are heard changed something, pictures or not."""
        for facet in ("places", "things"):
            for match, meaning in self._heard.of(facet):
                if makes_sound(meaning.kind):
                    self._heard.use(match)


# The shots of a film share one negative prompt.
@lru_cache(maxsize=16)
def _forbidden(negative_prompt: str) -> Forbidden:
    return forbidden_by(negative_prompt, lexicon())


def _carried(plan: ShotPlan, before: ShotPlan, forbidden: Forbidden) -> ShotPlan:
    """The plan in the time, season, style and place of the shot before it, where it names none."""
    time, season = _lasting(before.time), _lasting(before.season)
    keeps_time = plan.time is None and time is not None and not forbidden.has("time", time.after)
    keeps_season = plan.season is None and season is not None and not forbidden.has("season", season.after)
    keeps_style = plan.style is None and before.style is not None and not forbidden.has("style", before.style)
    places = plan.places or tuple(place for place in before.places if not forbidden.has("places", place))
    known = {one.kind: one.colour for one in before.things}
    things = tuple(replace(one, colour=one.colour or known.get(one.kind, "")) for one in plan.things)
    return replace(
        plan,
        time=time if keeps_time else plan.time,
        season=season if keeps_season else plan.season,
        style=before.style if keeps_style else plan.style,
        style_references=plan.style_references or before.style_references,
        places=places,
        things=things,
        actions=tuple(_same_actor(one, plan, before) for one in plan.actions),
    )


def _lasting(change: Change | None) -> Change | None:
    """A change after it has happened."""
    return None if change is None else Change(change.after, change.after)


def _same_actor(action: Action, plan: ShotPlan, before: ShotPlan) -> Action:
    """Who acts without a name is who acted before, unless the shot shows someone else."""
    if action.who or plan.things or plan.references:
        return action
    names = [one.who for one in before.actions if one.who] or [one.kind for one in before.things]
    return replace(action, who=names[0]) if names else action
