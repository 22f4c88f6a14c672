"""The diffusers engine faces what every engine must do, with tiny weights of Wan, and what it alone promises."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from engines.pictures import landscape, reference, storyboard
from engines.suite import EngineSuite
from oxreel.engines.diffusers import DiffusersEngine
from oxreel.engines.engine import Engine, Stopped
from oxreel.errors import FilmingFailed
from oxreel.settings import Settings
from oxreel.storyboard import Reference


class TestDiffusersEngine(EngineSuite):
    """What every engine must do."""

    makes_sound = False

    @pytest.fixture
    def engine(self, tiny_wan: DiffusersEngine) -> Engine:
        return tiny_wan


@pytest.fixture
def start(tmp_path: Path) -> Reference:
    return reference(tmp_path, "start", landscape(640, 360))


def silently(_: int) -> None:
    """Wanted all the time."""


@pytest.mark.parametrize("name", ["wan-i2v", "wan-flf2v", "wan-ti2v", "wan-t2v", "wan-vace"])
def test_each_checkpoint_films_what_a_route_sends_it(
    tiny_wan: DiffusersEngine, tmp_path: Path, start: Reference, name: str
) -> None:
    tail = reference(tmp_path, "tail", landscape(640, 360, seed=3), "tail_image_url")
    every: dict[str, dict[str, Any]] = {
        "wan-i2v": {"start": start},
        "wan-flf2v": {"start": start, "tail": tail},
        "wan-vace": {"start": start, "tail": tail, "references": [reference(tmp_path, "Image1", landscape(300, 300))]},
    }
    board = storyboard([every.get(name, {})], route=f"tiny-{name}")
    tiny_wan.check(board)
    segment = tiny_wan.film(board, board.shots[0], tmp_path, silently)
    target = tmp_path / "film.mp4"
    tiny_wan.finish(board, [segment], target)
    with av.open(str(target)) as delivered:
        assert delivered.metadata["checkpoint"] == f"tiny-{name}"
        assert sum(1 for _ in delivered.decode(video=0)) == 25


def test_a_shot_without_a_picture_films_the_same_where_the_one_before_is_gone(
    tiny_wan: DiffusersEngine, tmp_path: Path, start: Reference
) -> None:
    """Another machine filmed the first shot, and died: this one has nothing of it."""
    board = storyboard([{"start": start}, {"prompt": "He walks on"}, {"prompt": "And on"}], route="tiny-wan-i2v")
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    for shot in board.shots:
        last = tiny_wan.film(board, shot, here, silently)
    told: list[int] = []
    again = tiny_wan.film(board, board.shots[2], there, told.append)
    assert again.path.read_bytes() == last.path.read_bytes()
    assert told == sorted(told)


@pytest.mark.parametrize("change", [{"seed": 8}, {"negative_prompt": "fog"}])
def test_another_seed_or_negative_prompt_films_something_else(
    tiny_wan: DiffusersEngine, tmp_path: Path, change: dict[str, Any]
) -> None:
    films, unchanged = [], dict[str, Any]()
    for index, more in enumerate((unchanged, change)):
        folder = tmp_path / str(index)
        folder.mkdir()
        board = storyboard([{}], route="tiny-wan-t2v", **more)
        films.append(tiny_wan.film(board, board.shots[0], folder, silently).path.read_bytes())
    assert films[0] != films[1]


def test_two_takes_of_one_prompt_in_a_film_are_not_the_same(tiny_wan: DiffusersEngine, tmp_path: Path) -> None:
    board = storyboard([{"seconds": 1}, {"seconds": 1}], route="tiny-wan-t2v")
    first, second = (tiny_wan.film(board, shot, tmp_path, silently).path.read_bytes() for shot in board.shots)
    assert first != second


def until(count: int) -> Callable[[int], None]:
    """Wanted until it was asked so many times."""
    left = [count]

    def on_frame(_: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Stopped

    return on_frame


@pytest.mark.parametrize("asked", [1, 2, 4])
def test_a_film_that_is_called_off_leaves_no_segment_and_the_weights_warm(
    tiny_weights: dict[str, dict[str, Any]], tmp_path: Path, asked: int
) -> None:
    engine = DiffusersEngine(Settings(diffusers_checkpoints=tiny_weights))
    board = storyboard([{}], route="tiny-wan-t2v")
    engine.film(board, board.shots[0], tmp_path, silently).path.unlink()
    with pytest.raises(Stopped):
        engine.film(board, board.shots[0], tmp_path, until(asked))
    assert not list(tmp_path.glob("*.mp4"))
    assert list(engine.warm.placements) == ["tiny-wan-t2v"]


def test_steps_of_the_settings_go_before_those_of_the_checkpoint(
    tiny_weights: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    board = storyboard([{}], route="tiny-wan-t2v")
    films = []
    for steps in (2, 3):
        engine = DiffusersEngine(Settings(diffusers_checkpoints=tiny_weights, diffusers_steps=steps))
        films.append(engine.film(board, board.shots[0], tmp_path, silently).path.read_bytes())
    assert films[0] != films[1]


def test_weights_that_are_not_there_fail_the_film_and_say_how_to_fetch_them(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    engine = DiffusersEngine(Settings(diffusers_weights=str(tmp_path)))
    board = storyboard([{}])
    with pytest.raises(FilmingFailed, match=r"oxreel models download Wan2.2-T2V-A14B"):
        engine.film(board, board.shots[0], tmp_path, silently)
