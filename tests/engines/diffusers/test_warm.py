"""Weights in memory: kept, let go, and tried with less when memory runs out."""

import threading
from pathlib import Path
from typing import Any

import pytest

from engines.diffusers.staged import CLIP, staged
from oxreel.engines.diffusers.family import Footage, OnStep
from oxreel.engines.diffusers.weights import Checkpoint
from oxreel.engines.engine import Stopped
from oxreel.errors import FilmingFailed

pytest.importorskip("torch", reason="needs what films with weights: oxreel[gpu]")

from oxreel.engines.diffusers.warm import Warm

#: The plans of a processor, the fastest first.
FAST, SMALL = "everything in memory", "everything in memory, decoded in tiles"


def film(warm: Warm, checkpoint: Checkpoint, tell: OnStep = lambda *_: None) -> Footage:
    assert checkpoint.folder is not None
    return warm.film(checkpoint, checkpoint.folder, CLIP, tell)


def test_weights_are_loaded_when_they_are_first_needed_and_kept(tmp_path: Path) -> None:
    checkpoint, stage = staged(tmp_path, "one")
    warm = Warm()
    assert stage.events == []
    for _ in range(3):
        assert len(film(warm, checkpoint).frames) == CLIP.frames
    assert stage.events == [f"load {FAST}", *[f"film {FAST}"] * 3]


def test_other_weights_stay_where_there_is_room_for_both(tmp_path: Path) -> None:
    (one, first), (two, second) = staged(tmp_path, "one"), staged(tmp_path, "two")
    warm = Warm(gigabytes=2)
    for checkpoint in (one, two, one, two):
        film(warm, checkpoint)
    assert list(warm.placements) == ["one", "two"]
    assert [event for event in first.events + second.events if "load" in event] == [f"load {FAST}"] * 2


def test_the_weights_that_were_not_used_for_longest_make_room(tmp_path: Path) -> None:
    made = [staged(tmp_path, name, megabytes=400) for name in ("one", "two", "three")]
    # A gigabyte is for the work, and two of the three fit beside it.
    warm = Warm(gigabytes=2.2)
    (one, first), (two, second), (three, third) = made
    for checkpoint in (one, two, one, three):
        film(warm, checkpoint)
    assert list(warm.placements) == ["one", "three"]
    assert second.events[-1] == f"unload {FAST}"
    assert third.events == [f"load {FAST}", f"film {FAST}"]
    film(warm, one)
    assert first.events.count(f"load {FAST}") == 1


def test_where_memory_runs_out_the_film_is_made_with_less(tmp_path: Path) -> None:
    (other, kept), (checkpoint, stage) = staged(tmp_path, "other"), staged(tmp_path, "one")
    warm = Warm()
    film(warm, other)
    stage.too_small = (FAST,)
    assert len(film(warm, checkpoint).frames) == CLIP.frames
    assert stage.events == [f"load {FAST}", f"film {FAST}", f"unload {FAST}", f"load {SMALL}", f"film {SMALL}"]
    # Whatever else held memory made room first.
    assert kept.events[-1] == f"unload {FAST}"
    # What was learnt is not tried again with the next film.
    film(warm, checkpoint)
    assert stage.events[-1] == f"film {SMALL}"
    assert len(stage.events) == 6


def test_weights_that_do_not_fit_while_they_are_loaded_are_loaded_with_less(tmp_path: Path) -> None:
    checkpoint, stage = staged(tmp_path, "one")
    stage.too_small_to_load = (FAST,)
    film(Warm(), checkpoint)
    assert stage.events == [f"load {FAST}", f"load {SMALL}", f"film {SMALL}"]


def test_a_film_that_fits_in_no_way_fails_and_says_what_was_tried(tmp_path: Path) -> None:
    (checkpoint, stage), (other, _) = staged(tmp_path, "one"), staged(tmp_path, "other")
    stage.too_small = ("all",)
    warm = Warm()
    with pytest.raises(FilmingFailed, match=r"one ran out of memory for 5 frames of 64x48, .* decoded in tiles"):
        film(warm, checkpoint)
    assert warm.placements == {}
    # And the next film finds the machine as it was.
    film(warm, other)
    stage.too_small = ()
    film(warm, checkpoint)
    assert stage.events[-2:] == [f"load {FAST}", f"film {FAST}"]


def test_other_errors_of_a_film_are_not_tried_again(tmp_path: Path) -> None:
    checkpoint, stage = staged(tmp_path, "one")

    def tell(done: int, _: int) -> None:
        if done == 2:
            raise Stopped

    warm = Warm()
    with pytest.raises(Stopped):
        film(warm, checkpoint, tell)
    assert stage.events == [f"load {FAST}", f"film {FAST}"]
    film(warm, checkpoint)
    assert stage.events[2:] == [f"film {FAST}"]


def test_loading_that_nobody_waits_for_is_there_for_the_next_film(tmp_path: Path) -> None:
    checkpoint, stage = staged(tmp_path, "one")
    stage.gate = threading.Event()
    warm = Warm()

    def stop(*_: Any) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        film(warm, checkpoint, stop)
    stage.gate.set()
    film(warm, checkpoint)
    assert stage.events == [f"load {FAST}", f"film {FAST}"]


def test_loading_that_failed_for_nobody_fails_no_other_film(tmp_path: Path) -> None:
    (checkpoint, stage), (other, _) = staged(tmp_path, "one"), staged(tmp_path, "other")
    stage.gate, stage.broken = threading.Event(), OSError("no such file")
    warm = Warm()

    def stop(*_: Any) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        film(warm, checkpoint, stop)
    stage.gate.set()
    assert len(film(warm, other).frames) == CLIP.frames


@pytest.mark.parametrize("error", [OSError("model.safetensors is not there"), ValueError("size mismatch")])
def test_broken_weights_are_named_without_the_machine_s_paths(tmp_path: Path, error: Exception) -> None:
    checkpoint, stage = staged(tmp_path, "one")
    stage.broken = error
    with pytest.raises(FilmingFailed, match="oxreel models download one") as failed:
        film(Warm(), checkpoint)
    assert str(tmp_path) not in failed.value.message


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    checkpoint, _ = staged(tmp_path, "one")
    with pytest.raises(
        FilmingFailed, match=r"weights of one are not on the machine that films; .* models download one"
    ):
        Warm().film(checkpoint, tmp_path / "elsewhere", CLIP, lambda *_: None)


def test_it_gives_signs_of_life_while_nothing_is_to_be_seen(tmp_path: Path) -> None:
    checkpoint, stage = staged(tmp_path, "one")
    stage.gate = threading.Event()
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 2:
            assert stage.gate is not None
            stage.gate.set()

    film(Warm(), checkpoint, tell)
    assert told[:2] == [(0, 1), (0, 1)]
    assert told[-4:] == [(1, 4), (2, 4), (3, 4), (4, 4)]
