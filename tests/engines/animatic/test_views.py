"""What is seen when."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from oxreel.engines.animatic.views import Anchors, views_of
from oxreel.storyboard import Reference, Shot, Storyboard


def picture(name: str) -> Reference:
    return Reference(name, "input_image", "image", f"/{name}.png", 640, 360)


START, TAIL = picture("start"), picture("tail")


def board(*shots: Shot) -> Storyboard:
    return Storyboard("g", "m", shots, 1920, 1080, seed=1)


def shot(index: int = 0, frames: int = 121, **more: object) -> Shot:
    return Shot(index, "x", frames // 24, 0, frames, **more)  # type: ignore[arg-type]


@given(st.integers(24, 361), st.integers(0, 7), st.booleans())
def test_every_frame_shows_something_and_never_more_than_two_pictures(frames: int, count: int, tail: bool) -> None:
    sets = [picture(f"Image{n}") for n in range(1, min(count, frames // 24) + 1)]
    one = shot(frames=frames, tail=TAIL if tail else None)
    views = views_of(board(one), one, sets)
    for frame in range(frames):
        assert 1 <= sum(view.first <= frame < view.end for view in views) <= 2
    for before, after in pairwise(views):
        assert after.first + after.fade <= before.end
    assert views[-1].end == frames


def test_a_start_picture_is_anchored_and_shown_alone() -> None:
    one = shot(start=START)
    (view,) = views_of(board(one), one, [START])
    assert (view.reference, view.treatment, view.anchors) == (START, "frame", Anchors(start=True))


def test_sets_are_shown_in_turn() -> None:
    one, sets = shot(), [picture("Image1"), picture("Image2")]
    assert [view.reference for view in views_of(board(one), one, sets)] == sets


def test_a_later_shot_goes_on_with_the_start_picture_closer() -> None:
    film = board(shot(start=START), shot(index=1))
    (view,) = views_of(film, film.shots[1], [START])
    assert view.reference == START
    assert view.framing[0] > 1.1
    assert view.anchors == Anchors()


def test_the_tail_is_reached_through_a_dissolve_under_one_camera() -> None:
    one = shot(start=START, tail=TAIL)
    first, last = views_of(board(one), one, [START])
    assert last.arrives
    assert last.anchors == first.anchors == Anchors(start=True, end=True)
    assert (first.path_first, first.path_frames) == (last.path_first, last.path_frames) == (0, 121)
    assert last.first + last.fade == first.end < 121


def test_a_shot_without_a_set_is_drawn_from_its_words() -> None:
    one = shot()
    (view,) = views_of(board(one), one, [])
    assert (view.reference, view.treatment) == (None, "drawn")
