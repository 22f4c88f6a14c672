from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from PIL import Image, ImageDraw

from oxreel.engines.animatic.acting import half_width
from oxreel.engines.animatic.actor import Actor
from oxreel.engines.animatic.camera import camera_path
from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.placing import Player, horizon_of, place, salience_of
from oxreel.engines.animatic.plan import Action, Axis, Camera, Framing, Move, ShotPlan
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.views import Anchors

_SIZES = [(640, 360), (360, 640), (480, 480)]


def _player(name: str, width: int = 120, height: int = 200, *, card: bool = False) -> Player:
    return Player(name, (np.full((height, width, 4), 255, np.uint8),), card=card)


def _players(count: int) -> list[Player]:
    return [_player(f"Element{index + 1}") for index in range(count)]


def _canvas(size: tuple[int, int]) -> Canvas:
    return Canvas(*size, 121, 7, 0)


def _box(actor: Actor, canvas: Canvas) -> tuple[float, float, float, float]:
    half = half_width(actor, canvas)
    return actor.x - half, actor.y - actor.height, actor.x + half, actor.y


def _snow(subject: float | None) -> Picture:
    """Sky over snow, a dark thing standing at that share of the width."""
    picture = Image.new("RGB", (640, 360), (150, 190, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 190, 640, 360), fill=(235, 238, 245))
    if subject is not None:
        x = round(subject * 640)
        draw.ellipse((x - 45, 150, x + 45, 260), fill=(90, 50, 30))
    return np.asarray(picture)


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("count", range(1, 8))
def test_any_number_of_actors_is_inside_the_canvas_with_their_faces_free(size: tuple[int, int], count: int) -> None:
    canvas = _canvas(size)
    actors = place(_players(count), None, ShotPlan(), canvas)
    assert len(actors) == count
    for index, actor in enumerate(actors):
        left, top, right, bottom = _box(actor, canvas)
        assert left >= 0
        assert right <= 1
        assert top >= 0.02
        assert 0.5 < bottom <= 0.97
        # The upper third of each, at its middle, is hidden by nobody who is drawn later.
        face = top + actor.height / 4
        for other in actors[index + 1 :]:
            box = _box(other, canvas)
            assert not (box[0] < actor.x < box[2] and box[1] < face < box[3])
    # They are drawn from the back to the front.
    assert [actor.y for actor in actors] == sorted(actor.y for actor in actors)


@pytest.mark.parametrize("size", _SIZES)
def test_closer_framings_are_larger(size: tuple[int, int]) -> None:
    order: list[Framing | None] = ["extreme_wide", "wide", None, "close", "extreme_close"]
    heights = [place(_players(1), None, ShotPlan(framing=one), _canvas(size))[0].height for one in order]
    assert heights == sorted(heights)
    assert heights[-1] > 2 * heights[0]
    assert set(order) | {"medium"} == {None, *get_args(Framing)}


def test_who_stands_beside_the_pictures_subject_does_not_hide_it() -> None:
    canvas = _canvas((640, 360))
    for subject in (0.25, 0.5, 0.75):
        (actor,) = place(_players(1), _snow(subject), ShotPlan(), canvas)
        left, _, right, _ = _box(actor, canvas)
        assert not left < subject < right
    (actor,) = place(_players(1), None, ShotPlan(), canvas)
    assert actor.x == pytest.approx(0.5)


def test_an_actor_keeps_its_side_from_shot_to_shot() -> None:
    canvas = _canvas((640, 360))
    order = ("Element1", "Element2")
    both = {one.name: one.x for one in place(_players(2), None, ShotPlan(), canvas, order)}
    for player in _players(2):
        (alone,) = place([player], None, ShotPlan(), canvas, order)
        assert (alone.x < 0.5) == (both[player.name] < 0.5)


def test_actors_are_as_near_as_the_ground_they_stand_on() -> None:
    ramp = np.repeat(np.linspace(0, 1, 45, dtype=np.float32)[:, None], 80, axis=1)
    canvas = replace(_canvas((640, 360)), nearness=ramp)
    (actor,) = place(_players(1), _snow(None), ShotPlan(), canvas)
    assert actor.nearness == pytest.approx(actor.y, abs=0.04)


def test_a_camera_that_pushes_in_leaves_them_more_room_at_the_edges() -> None:
    canvas = _canvas((640, 360))
    push = ShotPlan(camera=Camera(((Move("zoom", 1, 1.0),),)))
    hold = ShotPlan(camera=Camera(((Move("hold", 1),),)))
    near = min(_box(one, canvas)[0] for one in place(_players(4), None, push, canvas))
    far = min(_box(one, canvas)[0] for one in place(_players(4), None, hold, canvas))
    assert near > 0.1
    assert near > far


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("axis", ["zoom", "truck", "orbit", "hold"])
def test_nobody_is_cut_off_by_the_camera(size: tuple[int, int], count: int, axis: Axis) -> None:
    canvas, camera = _canvas(size), Camera(((Move(axis, 1),),))
    path = camera_path(camera, canvas.frames, size, anchors=Anchors(), seed=7)
    for actor in place(_players(count), None, ShotPlan(camera=camera), canvas):
        left, top, right, bottom = _box(actor, canvas)
        for frame in range(0, canvas.frames, 12):
            for x, y in ((left, bottom), (right, bottom), (left, top), (right, top)):
                across, down, _ = path.project(frame, x * size[0], y * size[1], actor.nearness)
                assert -0.02 * size[0] < across < 1.02 * size[0]
                assert 0 < down < 1.02 * size[1]


def test_a_print_hangs_and_throws_no_shadow_on_the_ground() -> None:
    for size in _SIZES:
        canvas = _canvas(size)
        (actor,) = place([_player("Element1", 300, 200, card=True)], None, ShotPlan(), canvas)
        left, top, right, bottom = _box(actor, canvas)
        assert actor.card
        assert not actor.shadow
        assert not actor.relight
        assert 0.02 < left < right < 0.98
        assert 0.08 < top < bottom < 0.92


@pytest.mark.parametrize("size", _SIZES)
def test_lettering_hangs_above_the_others(size: tuple[int, int]) -> None:
    canvas = _canvas(size)
    actors = {one.name: one for one in place([*_players(2), _player("Element3", 600, 130)], None, ShotPlan(), canvas)}
    sign = _box(actors["Element3"], canvas)
    assert sign[3] < min(_box(actors[name], canvas)[1] + 0.1 for name in ("Element1", "Element2"))
    assert sign[2] - sign[0] > 0.4
    assert not actors["Element3"].shadow


def test_each_does_what_the_words_say_of_it() -> None:
    canvas = _canvas((640, 360))
    walk, wave = Action("walk", "Element1"), Action("wave", "Element2")
    plan = ShotPlan(actions=(walk, wave), references=("Element1", "Element2"))
    assert {one.name: one.action for one in place(_players(3), None, plan, canvas)} == {
        "Element1": walk,
        "Element2": wave,
        "Element3": None,
    }
    jump = Action("jump", "robot")
    assert place(_players(1), None, ShotPlan(actions=(jump,)), canvas)[0].action == jump


def test_the_horizon_is_found_and_the_eye_goes_to_the_subject() -> None:
    assert horizon_of(_snow(None), None) == pytest.approx(190 / 360, abs=0.06)
    salience = salience_of(_snow(0.7))
    row, column = np.unravel_index(int(salience.argmax()), salience.shape)
    assert column / salience.shape[1] == pytest.approx(0.7, abs=0.08)
    assert row / salience.shape[0] == pytest.approx(205 / 360, abs=0.15)


def test_nobody_is_placed_where_nobody_plays() -> None:
    assert place([], None, ShotPlan(), _canvas((640, 360))) == ()


def test_who_is_given_from_several_sides_shows_them_unless_the_words_say_otherwise() -> None:
    one = _player("Element1")
    several = replace(one, angles=one.angles * 2)
    [still], [shown] = (place([player], None, ShotPlan(), _canvas(_SIZES[0])) for player in (one, several))
    walks = ShotPlan(actions=(Action("walk", "Element1"),))
    [walking] = place([several], None, walks, _canvas(_SIZES[0]))
    assert still.action is None
    assert shown.action == Action("turn", "Element1")
    assert walking.action == Action("walk", "Element1")
