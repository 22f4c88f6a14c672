from typing import Any

from engines.pictures import storyboard
from oxreel.engines.animatic.casting import Cast, cast_of, order_of, settled
from oxreel.engines.animatic.plan import ShotPlan
from oxreel.storyboard import Reference


def _one(name: str) -> Reference:
    return Reference(name, "input_image", "image", f"/nowhere/{name}.png", 640, 360)


def _cast(*shots: dict[str, Any], plan: ShotPlan | None = None, shot: int = 0) -> Cast:
    board = storyboard(list(shots))
    return cast_of(board, board.shots[shot], plan or ShotPlan())


def _names(references: tuple[Reference, ...]) -> list[str]:
    return [one.name for one in references]


def test_elements_act_before_the_start_picture() -> None:
    cast = _cast({"start": _one("start"), "references": [_one("Element1"), _one("Element2")]})
    assert _names(cast.sets) == ["start"]
    assert [role.name for role in cast.roles] == ["Element1", "Element2"]


def test_further_angles_belong_to_their_element_in_order() -> None:
    given = [_one(name) for name in ("Element1", "Element1.10", "Element1.2", "Element10", "Element10.2")]
    one, ten = _cast({"references": given}).roles
    assert _names(one.angles) == ["Element1", "Element1.2", "Element1.10"]
    assert _names(ten.angles) == ["Element10", "Element10.2"]


def test_pictures_are_sets_in_turn_as_far_as_there_is_time() -> None:
    given = [_one("Image1"), _one("Image2"), _one("Image3")]
    assert _names(_cast({"references": given, "seconds": 2}).sets) == ["Image1", "Image2"]


def test_a_shot_without_pictures_shows_the_films_start_again() -> None:
    cast = _cast({"start": _one("start")}, {"references": [_one("Element1")]}, shot=1)
    assert _names(cast.sets) == ["start"]


def test_a_shot_without_any_picture_has_a_drawn_set() -> None:
    assert _cast({"references": [_one("Element1")]}).sets == ()


def test_a_style_reference_is_not_seen() -> None:
    cast = _cast(
        {"references": [_one("Image1"), _one("Image2")], "seconds": 5}, plan=ShotPlan(style_references=("Image2",))
    )
    assert _names(cast.sets) == ["Image1"]
    assert _names(cast.styles) == ["Image2"]


def test_a_picture_that_the_words_name_is_in_a_shot_with_a_start_picture() -> None:
    given = {"start": _one("start"), "references": [_one("Image1")], "seconds": 5}
    assert _names(_cast(given, plan=ShotPlan(references=("Image1",))).sets) == ["start", "Image1"]
    assert _names(_cast(given).sets) == ["start"]


def test_a_named_cut_out_acts_even_where_there_was_no_time_to_show_it() -> None:
    given = {"start": _one("start"), "references": [_one("Image1")], "seconds": 1}
    cast = settled(_cast(given, plan=ShotPlan(references=("Image1",))), {"Image1"})
    assert _names(cast.sets) == ["start"]
    assert [role.name for role in cast.roles] == ["Image1"]


def test_a_picture_that_is_a_cut_out_acts_in_the_other_one() -> None:
    cast = _cast({"references": [_one("Image1"), _one("Image2")], "seconds": 5})
    assert _names(cast.undecided) == ["Image1", "Image2"]
    done = settled(cast, {"Image2"})
    assert _names(done.sets) == ["Image1"]
    assert [role.name for role in done.roles] == ["Image2"]
    assert done.undecided == ()


def test_a_cut_out_acts_in_a_place_that_the_words_name() -> None:
    done = settled(_cast({"references": [_one("Image1")]}, plan=ShotPlan(places=("forest",))), {"Image1"})
    assert done.sets == ()
    assert [role.name for role in done.roles] == ["Image1"]


def test_a_cut_out_with_nowhere_to_go_stays_before_its_own_background() -> None:
    done = settled(_cast({"references": [_one("Image1")]}), {"Image1"})
    assert _names(done.sets) == ["Image1"]
    assert done.roles == ()


def test_a_cut_out_of_a_later_shot_acts_in_the_films_start_picture() -> None:
    done = settled(_cast({"start": _one("start")}, {"references": [_one("Image1")]}, shot=1), {"Image1"})
    assert _names(done.sets) == ["start"]
    assert [role.name for role in done.roles] == ["Image1"]


def test_everyone_has_a_fixed_place_in_the_films_order() -> None:
    board = storyboard(
        [{"references": [_one("Image1"), _one("Element2")]}, {"references": [_one("Element1"), _one("Element1.2")]}]
    )
    assert order_of(board) == ("Element1", "Element2", "Image1")


def test_who_is_named_beside_a_video_acts_in_it() -> None:
    video = Reference("Video1", "input_video", "video", "/nowhere/video.mp4", 640, 360, seconds=5.0)
    board = storyboard([{"references": [_one("Image1"), _one("Image2"), _one("Element1")]}], video=video)
    cast = cast_of(board, board.shots[0], ShotPlan(references=("Image2",)))
    assert cast.sets == ()
    assert [role.name for role in cast.roles] == ["Element1", "Image2"]
