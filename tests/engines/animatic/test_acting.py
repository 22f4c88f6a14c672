from dataclasses import astuple, replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oxreel.engines.animatic.acting import Stance, half_width, stance, sway_field
from oxreel.engines.animatic.actor import Actor
from oxreel.engines.animatic.effect import Canvas, Nearness
from oxreel.engines.animatic.plan import Action, ActionKind

_KINDS: tuple[ActionKind, ...] = get_args(ActionKind)
_CANVAS = Canvas(640, 360, 121, seed=7, shot=0)


def _actor(action: Action | None, *, x: float = 0.4, angles: int = 1, card: bool = False) -> Actor:
    cutout = np.full((200, 120, 4), 255, np.uint8)
    return Actor((cutout,) * angles, x, 0.88, 0.5, 0.8, action=action, card=card, name="Element1")


def _all(actor: Actor, *, enters: bool = False, canvas: Canvas = _CANVAS) -> list[Stance]:
    return [stance(actor, frame, canvas, enters=enters) for frame in range(canvas.frames)]


@pytest.mark.parametrize("kind", [None, *_KINDS])
def test_everyone_moves_smoothly_and_begins_from_rest(kind: ActionKind | None) -> None:
    actor = _actor(None if kind is None else Action(kind), angles=3)
    path = np.array([astuple(one) for one in _all(actor)])
    assert np.isfinite(path).all()
    steps = np.abs(np.diff(path, axis=0))
    # No share of the canvas's size, no angle, jumps between two frames.
    assert steps[:, :-1].max() < 0.045
    assert steps[:, -1].max() < 0.12
    assert steps[0].max() < 0.012
    assert path.std(axis=0).max() > 0.0005


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(_KINDS),
    sign=st.sampled_from([-1, 0, 1]),
    x=st.floats(0.15, 0.85),
    pace=st.floats(0.5, 1.6),
    frames=st.integers(24, 361),
    enters=st.booleans(),
    wide=st.booleans(),
)
def test_nobody_leaves_the_canvas_and_who_enters_is_there_at_the_end(
    kind: ActionKind, sign: int, x: float, pace: float, frames: int, enters: bool, wide: bool
) -> None:
    canvas = Canvas(640, 360, frames, 7, 0) if wide else Canvas(360, 640, frames, 7, 0)
    actor = _actor(Action(kind, "Element1", sign, pace), x=x)
    half = half_width(actor, canvas)
    travels = kind in ("walk", "run", "drive", "swim", "fly")
    actor = replace(actor, x=min(max(x, half + 0.015), 1 - half - 0.015))
    stances = _all(actor, enters=enters, canvas=canvas)
    at = [actor.x + one.dx for one in stances]
    if enters and travels:
        assert at[0] <= -half or at[0] >= 1 + half
    else:
        assert min(at) >= half - 1e-9
        assert max(at) <= 1 - half + 1e-9
    assert half - 1e-9 <= at[-1] <= 1 - half + 1e-9
    assert all(actor.y - one.lift - actor.height * one.scale_y > -0.03 for one in stances), "above the canvas"


def test_who_walks_to_the_left_goes_left_with_a_bob() -> None:
    stances = _all(_actor(Action("walk", sign=-1), x=0.6))
    assert stances[-1].dx < stances[0].dx - 0.1
    lifts = np.array([one.lift for one in stances])
    peaks = np.flatnonzero((lifts[1:-1] > lifts[:-2]) & (lifts[1:-1] >= lifts[2:]))
    # Nine steps in five seconds, and their rests at both ends.
    assert 7 <= len(peaks) <= 10


def test_who_comes_towards_the_camera_grows_down_the_ground_to_its_place() -> None:
    coming = _all(_actor(Action("walk", depth=1)))
    assert coming[0].scale < 0.75
    assert coming[-1].scale == pytest.approx(1)
    assert coming[0].dy < -0.05
    assert coming[-1].dy == pytest.approx(0, abs=1e-9)
    assert (np.diff([one.scale for one in coming]) >= 0).all()
    assert {one.dx for one in coming} == {0.0}
    going = _all(_actor(Action("walk", depth=-1)))
    assert going[0].scale == 1
    assert going[-1].scale < 0.75


def test_who_runs_is_faster_than_who_walks() -> None:
    way = {}
    for kind in ("walk", "run"):
        dx = np.array([one.dx for one in _all(_actor(Action(kind, sign=1)))])
        way[kind] = np.diff(dx).max()
    assert way["run"] > 1.5 * way["walk"]


def test_who_flies_leaves_the_ground() -> None:
    lifts = [one.lift for one in _all(_actor(Action("fly")))]
    assert lifts[0] == 0
    assert min(lifts[30:]) > 0.1


def test_a_turn_goes_through_every_angle_and_is_narrow_between_them() -> None:
    stances = _all(_actor(Action("turn"), angles=3))
    assert stances[0].angle == 0
    assert stances[-1].angle == pytest.approx(2)
    halfway = min(stances, key=lambda one: abs(one.angle - 0.5))
    assert halfway.scale_x < 0.75
    whole = min(stances, key=lambda one: abs(one.angle - 1))
    assert whole.scale_x > 0.97


def test_a_turn_with_a_front_alone_comes_back_to_it() -> None:
    stances = _all(_actor(Action("turn")))
    assert {one.angle for one in stances} == {0.0}
    assert min(one.scale_x for one in stances) == pytest.approx(0.8, abs=0.01)
    assert stances[-1].scale_x == pytest.approx(1, abs=0.01)


def test_a_print_neither_bends_nor_bobs() -> None:
    for kind in _KINDS:
        for one in _all(_actor(Action(kind, sign=1), card=True)):
            assert abs(one.bend) < 0.013
            assert one.dip == 0
            assert abs(one.lift) < 0.005


def test_breathing_is_hardly_seen() -> None:
    for one in _all(_actor(None)):
        assert abs(one.bend) < 0.005
        assert (one.dx, one.lift, one.scale) == (0, 0, 1)


def _subject() -> Nearness:
    y, x = np.mgrid[0:45, 0:80]
    return np.asarray(((x - 40) / 10) ** 2 + ((y - 25) / 12) ** 2 < 1, np.float32)


@pytest.mark.parametrize("kind", [None, *_KINDS])
def test_a_picture_sways_with_its_subject_without_a_fold(kind: ActionKind | None) -> None:
    action = None if kind is None else Action(kind)
    canvas = Canvas(1280, 720, 121, 7, 0)
    moved = 0.0
    for frame in range(0, 121, 3):
        field = sway_field(action, _subject(), frame, canvas)
        assert field.shape == (45, 80, 2)
        assert field.dtype == np.float32
        # Pixels moved for each pixel of way: at 1 the picture would fold.
        for axis in (0, 1):
            assert np.abs(np.diff(field, axis=axis)).max() / 16 < 0.3
        assert np.abs(field[:, :6]).max() < 0.2 * max(1e-6, np.abs(field).max()) + 1e-6
        moved = max(moved, float(np.abs(field).max()))
    assert 0.5 < moved < 16


def test_an_anchored_picture_does_not_sway() -> None:
    assert not sway_field(Action("walk"), _subject(), 60, _CANVAS, 0.0).any()
    assert not sway_field(Action("walk"), _subject(), 0, _CANVAS).any()
    assert not sway_field(Action("walk"), np.zeros((45, 80), np.float32), 60, _CANVAS).any()
