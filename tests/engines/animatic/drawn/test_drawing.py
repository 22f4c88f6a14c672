"""Drawn sets."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engines.animatic.drawn.scenes import PUPPY, SHORE, canvas, drawn, hour, luma
from oxreel.engines.animatic.drawn import KINDS, draw_set
from oxreel.engines.animatic.plan import Action, Amount, Angle, Framing, Place, ShotPlan, Thing, TimeOfDay

SIZES = [(320, 180), (180, 320), (192, 192)]
PLACES: tuple[Place, ...] = get_args(Place)
GOLDEN = {
    "puppy": PUPPY,
    "shore": SHORE,
    "street": ShotPlan(
        places=("street",), time=hour("night"), weather=(Amount("rain"),),
        things=(Thing("woman", "woman"), Thing("umbrella", "umbrella", 1, "red")), actions=(Action("walk", "woman"),),
    ),
    "valley": ShotPlan(places=("mountains", "river"), season=hour("autumn"), things=(Thing("deer", "deer"),)),
}  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_drawn_at_every_shape(place: Place, size: tuple[int, int]) -> None:
    found = drawn(ShotPlan(places=(place,)), width=size[0], height=size[1])
    assert found.picture.shape == (size[1], size[0], 3)
    assert found.picture.dtype == np.uint8
    assert luma(found.picture).std() > 5  # there is something to see
    assert found.nearness is not None
    assert found.nearness.dtype == np.float32
    assert found.nearness.shape == (size[1] // 8, size[0] // 8)
    assert found.nearness.min() >= 0
    assert found.nearness.max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_with_and_without_a_place(kind: str) -> None:
    for plan in (ShotPlan(things=(Thing(kind, kind),)), ShotPlan(places=("field",), things=(Thing(kind, kind),))):
        without = drawn(ShotPlan(places=plan.places), width=160, height=90) if plan.places else None
        found = drawn(plan, width=160, height=90)
        assert found.actors or without is None or (found.picture != without.picture).any()
        for actor in found.actors:
            assert not actor.relight
            assert actor.angles[0].dtype == np.uint8
            assert (actor.angles[0][:, :, 3] > 200).sum() > 10


def test_a_plan_without_places_and_things_has_no_set() -> None:
    assert draw_set(ShotPlan(), canvas()) is None
    assert draw_set(ShotPlan(things=(Thing("nothing of the kind", "whatsit"),)), canvas()) is None


def test_an_unknown_thing_is_left_out_of_its_place() -> None:
    plan = ShotPlan(places=("park",), things=(Thing("whatsit", "whatsit"),))
    assert drawn(plan).actors == ()
    assert np.array_equal(drawn(plan).picture, drawn(ShotPlan(places=("park",))).picture)


def test_the_same_seed_and_shot_draw_the_same() -> None:
    one, other = drawn(PUPPY), drawn(PUPPY)
    assert np.array_equal(one.picture, other.picture)
    assert one.nearness is not None
    assert other.nearness is not None
    assert np.array_equal(one.nearness, other.nearness)
    assert np.array_equal(one.actors[0].angles[0], other.actors[0].angles[0])


def test_shots_of_a_film_differ_in_composition_but_not_in_who_is_seen() -> None:
    first, second = drawn(PUPPY), drawn(PUPPY, shot=1)
    assert np.abs(first.picture.astype(int) - second.picture).mean() > 4
    # The dog is the same dog: its opaque parts have the same colours.
    pixels = [one.actors[0].angles[0].reshape(-1, 4) for one in (first, second)]
    fur = [np.median(one[one[:, 3] == 255], axis=0) for one in pixels]
    assert np.abs(fur[0] - fur[1]).max() <= 6
    assert fur[0].max() > 100
    # The sky is of the same palette.
    corners = [np.median(one.picture[3, :16], axis=0) for one in (first, second)]
    assert np.abs(corners[0] - corners[1]).max() < 15


def test_seeds_vary_palette_and_composition() -> None:
    pictures = [drawn(PUPPY, seed=seed).picture.astype(int) for seed in range(4)]
    for index, one in enumerate(pictures):
        for other in pictures[:index]:
            assert np.abs(one - other).mean() > 5


@pytest.mark.parametrize("place", ["park", "sea", "city", "street", "mountains", "desert", "village", "room"])
def test_night_is_darker_than_dusk_and_dusk_than_day(place: Place) -> None:
    hours: tuple[TimeOfDay, ...] = ("night", "dusk", "day")
    means = [luma(drawn(ShotPlan(places=(place,), time=hour(one))).picture).mean() for one in hours]
    assert means[0] < means[1] < means[2]
    assert means[0] < (0.7 if place == "room" else 0.6) * means[2]


def test_a_winter_field_is_white_and_an_autumn_wood_is_warm() -> None:
    summer, winter = (drawn(ShotPlan(places=("field",), season=hour(one))).picture for one in ("summer", "winter"))
    ground = slice(125, 165)
    assert np.ptp(winter[ground].reshape(-1, 3).mean(axis=0)) < 25
    assert summer[ground, :, 1].mean() > summer[ground, :, 2].mean() + 40
    autumn, green = (drawn(ShotPlan(places=("forest",), season=hour(one))).picture for one in ("autumn", "summer"))
    warm = [one[:, :, 0].mean() - one[:, :, 1].mean() for one in (autumn, green)]
    assert warm[0] > 10 > warm[1]


def _horizon(angle: Angle | None, framing: Framing | None = None) -> float:
    """The row with the greatest step of mean colour between sky and sea."""
    found = drawn(ShotPlan(places=("sea",), angle=angle, framing=framing), height=360, width=640, seed=2)
    rows = found.picture[:, :, 0].astype(float).mean(axis=1)
    return float(np.argmin(rows[4:] - rows[:-4]) + 2) / 360


def test_the_angle_of_the_camera_sets_the_horizon() -> None:
    assert _horizon("high") < 0.42 < _horizon(None) < 0.65 < _horizon("low")


def test_a_closer_framing_draws_the_subject_larger() -> None:
    framings: tuple[Framing, ...] = ("extreme_wide", "wide", "medium", "close", "extreme_close")
    for thing in (Thing("dog", "dog"), Thing("woman", "woman")):
        plan = ShotPlan(places=("park",), things=(thing,))
        heights = [drawn(replace(plan, framing=framing)).actors[0].height for framing in framings]
        assert heights == sorted(heights)
        assert heights[0] < 0.2
        assert heights[3] > 0.7


def test_the_sea_from_above_has_no_sky_but_water_foam_and_rock() -> None:
    picture = drawn(SHORE, width=640, height=360).picture.reshape(-1, 3).astype(int)
    blue = (picture[:, 2] > picture[:, 0] + 40).mean()
    foam = (picture.min(axis=1) > 200).mean()
    grey = ((np.ptp(picture, axis=1) < 30) & (picture.max(axis=1) < 170)).mean()
    assert 0.3 < blue < 0.85
    assert 0.01 < foam < 0.3
    assert grey > 0.05


@pytest.mark.parametrize("place", ["beach", "desert", "field", "sea", "snowfield", "street", "road"])
def test_the_ground_comes_nearer_towards_the_camera(place: Place) -> None:
    found = drawn(ShotPlan(places=(place,)), width=640, height=360)
    assert found.nearness is not None
    rows = np.median(found.nearness[:, 34:46], axis=1)  # away from what stands at the sides
    below = rows[round(0.62 * len(rows)) :]
    assert (np.diff(below) >= -0.02).all()
    assert below[-1] > below[0] + 0.25
    assert rows[0] < 0.15


def test_a_ridge_behind_a_ridge_is_farther() -> None:
    found = drawn(ShotPlan(places=("mountains",)), width=640, height=360)
    assert found.nearness is not None
    sky, peaks, meadow = (float(np.median(found.nearness[row])) for row in (0, 20, 38))
    assert sky < peaks < meadow


def test_what_moves_is_an_actor_and_what_stands_is_painted() -> None:
    plan = ShotPlan(places=("sea",), things=(Thing("boat", "sailboat"), Thing("lighthouse", "lighthouse")))
    found = drawn(plan)
    assert len(found.actors) == 1
    without = drawn(replace(plan, things=plan.things[:1]))
    assert (found.picture != without.picture).any()


def test_actors_have_their_own_actions_and_face_where_they_go() -> None:
    plan = ShotPlan(
        places=("field",),
        things=(Thing("dog", "dog"), Thing("horse", "horse")),
        actions=(Action("run", "dog", sign=-1), Action("walk", "horse", sign=1)),
    )
    acting = {actor.action.who: actor for actor in drawn(plan).actors if actor.action is not None}
    assert acting["dog"].action == plan.actions[0]
    assert acting["horse"].action == plan.actions[1]
    right = drawn(replace(plan, actions=(Action("run", "dog", sign=1), plan.actions[1]))).actors
    other = next(actor for actor in right if actor.action is not None and actor.action.who == "dog")
    alpha, mirrored = (actor.angles[0][:, :, 3].astype(int) for actor in (other, acting["dog"]))
    assert np.abs(alpha - mirrored[:, ::-1]).mean() < 0.3 * np.abs(alpha - mirrored).mean()


def test_an_actor_stands_in_the_picture_with_room_around_it() -> None:
    for seed in range(6):
        for actor in drawn(PUPPY, seed=seed).actors:
            rows, columns = actor.angles[0].shape[:2]
            half = actor.height * columns / rows * 180 / 320 / 2
            assert actor.x - half > 0.03
            assert actor.x + half < 0.97
            assert actor.height == pytest.approx(rows / 180)
            assert 0.6 < actor.y < 1


def test_a_count_is_drawn_and_its_members_vary() -> None:
    found = drawn(ShotPlan(places=("sky",), things=(Thing("bird", "birds", 5),), actions=(Action("fly", "bird"),)))
    assert len(found.actors) == 5
    assert len({round(actor.height, 3) for actor in found.actors}) >= 4


def test_the_prompts_colour_is_the_things_colour() -> None:
    def paint(name: str) -> Any:
        found = drawn(ShotPlan(places=("road",), things=(Thing("car", "car", 1, name),)))
        pixels = found.actors[0].angles[0].reshape(-1, 4).astype(int)
        return pixels[pixels[:, 3] == 255][:, :3].mean(axis=0)

    red, blue = paint("red"), paint("blue")
    assert red[0] > red[2] + 30
    assert blue[2] > blue[0] + 30


def test_an_umbrella_is_held_and_a_horse_is_ridden() -> None:
    held = drawn(
        ShotPlan(places=("street",), things=(Thing("woman", "woman"), Thing("umbrella", "umbrella", 1, "red")))
    )
    assert len(held.actors) == 1
    ridden = drawn(ShotPlan(places=("field",), things=(Thing("man", "man"), Thing("horse", "horse"))))
    assert len(ridden.actors) == 1


def test_a_road_runs_through_the_place_that_is_named_with_it() -> None:
    car = (Thing("car", "car"),)
    for things in ((), car):
        green = drawn(ShotPlan(places=("road", "field"), things=things)).picture
        sand = drawn(ShotPlan(places=("road", "desert"), things=things)).picture
        snow = drawn(ShotPlan(places=("road", "snowfield"), things=things)).picture
        low = np.s_[110:130]
        excess = [float((one[low, :, 1].astype(float) - one[low, :, 0]).mean()) for one in (green, sand)]
        assert excess[0] > 0 > excess[1]  # grass is greener than red, sand is redder than green
        assert luma(snow)[low].mean() > luma(green)[low].mean() + 15


def test_small_creatures_are_small_beside_houses_unless_the_camera_is_close() -> None:
    for kind, most in (("bird", 0.13), ("cat", 0.17), ("rabbit", 0.17), ("dog", 0.30)):
        plan = ShotPlan(places=("village",), things=(Thing(kind, kind),))
        assert drawn(plan).actors[0].height < most
        assert drawn(replace(plan, framing="close")).actors[0].height > 0.4


def test_birds_of_which_nothing_is_said_fly_as_a_flock() -> None:
    flock = drawn(ShotPlan(places=("village",), things=(Thing("bird", "birds sing"),))).actors
    assert len(flock) >= 4
    assert all(one.action is not None and one.action.kind == "fly" and one.y < 0.6 for one in flock)


def test_a_rocket_leans_the_way_it_flies() -> None:
    still = drawn(ShotPlan(places=("space",), things=(Thing("rocket", "rocket"),))).actors[0].angles[0]
    flies = ShotPlan(places=("space",), things=(Thing("rocket", "rocket"),), actions=(Action("fly", "rocket"),))
    shape = drawn(flies).actors[0].angles[0].shape
    assert still.shape[0] > still.shape[1]
    assert shape[1] > shape[0]


def test_signs_hang_on_the_fronts_of_a_street() -> None:
    night = ShotPlan(places=("street",), time=hour("night"))
    signed = drawn(replace(night, things=(Thing("sign", "neon signs", 3),)))
    assert not signed.actors
    apart = signed.picture.astype(int) - drawn(night).picture
    assert (np.abs(apart).max(axis=2) > 40).mean() > 0.005


@pytest.mark.parametrize("plan", [SHORE, *(ShotPlan(places=(place,)) for place in ("sea", "beach", "river"))])
def test_drawn_water_moves_smoothly_and_land_keeps_still(plan: ShotPlan) -> None:
    found = drawn(plan, width=640, height=360)
    assert found.sway is not None
    fields = [found.sway(frame) for frame in range(0, 96, 4)]
    moved = np.stack([one for one in fields if one is not None])
    assert np.abs(moved).max() > 3  # pixels of 360: it is seen
    down, across = (np.abs(np.gradient(moved, axis=axis)) for axis in (1, 2))
    assert down.max() / (360 / moved.shape[1]) < 0.6  # never folded: that begins at 1
    assert across.max() / (640 / moved.shape[2]) < 0.6
    still = np.abs(moved).max(axis=(0, 3)) < 0.05
    assert still.mean() > 0.15
    at = found.sway(30)
    assert at is not None
    assert (at == found.sway(30)).all()
    assert np.abs(np.asarray(found.sway(31)) - at).max() < 1.5  # pixels from frame to frame


def test_nothing_sways_where_there_is_no_water() -> None:
    assert drawn(PUPPY).sway is None


def test_who_is_in_a_room_stands_on_its_floor() -> None:
    for seed in range(4):
        plan = ShotPlan(places=("room",), things=(Thing("man", "man"), Thing("cat", "cat")))
        assert all(one.y > 0.77 for one in drawn(plan, seed=seed).actors)


@pytest.mark.parametrize("name", GOLDEN)
def test_scenes_look_as_they_did(name: str) -> None:
    """Against pictures that were looked at; a drawing that changes on purpose is saved anew."""
    found = drawn(GOLDEN[name], width=192, height=108)
    picture = Image.fromarray(found.picture)
    for actor in found.actors:
        cutout = Image.fromarray(actor.angles[0])
        at = round(actor.x * 192 - cutout.width / 2), round(actor.y * 108 - cutout.height)
        picture.paste(cutout, at, cutout)
    path = Path(__file__).with_name("golden") / f"{name}.png"
    with Image.open(path) as kept:
        difference = np.abs(np.asarray(kept.convert("RGB")).astype(int) - np.asarray(picture))
    assert difference.mean() < 2
    assert np.percentile(difference, 99) < 24


@settings(deadline=None, max_examples=40)
@given(
    st.builds(
        ShotPlan,
        framing=st.sampled_from([None, *get_args(Framing)]),
        angle=st.sampled_from([None, *get_args(Angle)]),
        time=st.sampled_from([None, *map(hour, get_args(TimeOfDay))]),
        season=st.sampled_from([None, *map(hour, ("spring", "summer", "autumn", "winter"))]),
        weather=st.lists(
            st.sampled_from([Amount("fog"), Amount("rain"), Amount("storm"), Amount("snow")]), max_size=2
        ).map(tuple),
        places=st.lists(st.sampled_from(PLACES), max_size=3, unique=True).map(tuple),
        things=st.lists(
            st.builds(
                Thing,
                st.sampled_from(KINDS),
                st.just("x"),
                st.integers(1, 40),
                st.sampled_from(["", "red", "no colour"]),
            ),
            max_size=3,
        ).map(tuple),
    ),
    st.integers(0, 2**63),
)
def test_any_plan_can_be_drawn(plan: ShotPlan, seed: int) -> None:
    found = draw_set(plan, canvas(96, 54, seed=seed))
    assert (found is None) == (not plan.places and not plan.things)
