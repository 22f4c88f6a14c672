"""Figures: that an animal has its own silhouette, and a person a person's."""

import numpy as np
import pytest
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.cutouts import cut_out
from oxreel.engines.animatic.drawn.palette import palette_of
from oxreel.engines.animatic.drawn.things import KINDS, drawing, known
from oxreel.engines.animatic.plan import ShotPlan

DAY = palette_of(ShotPlan(), 0)


def shape(kind: str, pose: str = "stand", word: str = "") -> NDArray[np.bool_]:
    """The silhouette of a figure that is 200 pixels for a hundred of its units."""
    one = drawing(kind, word or kind, "", pose, DAY, np.random.default_rng(1))
    return np.asarray(cut_out(one.parts, 200, DAY, one.colours).cutout[:, :, 3] > 127)


def long(kind: str) -> float:
    """Width over height."""
    rows, columns = shape(kind).nonzero()
    return float((np.ptp(columns) + 1) / (np.ptp(rows) + 1))


def test_proportions_tell_kinds_apart() -> None:
    assert long("giraffe") < long("horse") < long("fox")
    assert long("man") < 0.45
    assert long("tower") < 0.75 < long("car") < long("train")
    assert long("lighthouse") < 0.5
    assert long("whale") > 1.6


def test_a_tall_thing_is_tall_in_metres_beside_a_small_one() -> None:
    metres = [drawing(kind, kind, "", "stand", DAY, np.random.default_rng(1)).metres for kind in
              ("butterfly", "cat", "dog", "child", "man", "horse", "elephant", "tree", "castle")]  # fmt: skip
    assert metres == sorted(metres)


@pytest.mark.parametrize("kind", ["dog", "horse", "wolf", "deer", "cat"])
def test_four_legs_are_seen_where_an_animal_stands(kind: str) -> None:
    rows = shape(kind)[-30:-14]
    legs = [int((np.diff(np.concatenate([[0], row.astype(int)])) == 1).sum()) for row in rows]
    assert max(legs) >= 3


@pytest.mark.parametrize("kind", ["dog", "horse", "wolf", "deer", "cat"])
def test_who_runs_stretches(kind: str) -> None:
    standing, running = shape(kind), shape(kind, "run")
    assert running.shape[1] > standing.shape[1] * 1.08


def test_a_head_is_a_seventh_of_a_grown_person_and_more_of_a_child() -> None:
    for kind, least, most in (("man", 0.10, 0.17), ("child", 0.16, 0.24)):
        silhouette = shape(kind)
        widths = silhouette.sum(axis=1)
        top = int(np.argmax(widths > 0))
        neck = top + 20 + int(np.argmin(widths[top + 20 : top + 70]))
        assert least < (neck - top) / silhouette.shape[0] < most


def test_a_young_animal_has_the_larger_head() -> None:
    dog, puppy = shape("dog"), shape("dog", word="puppy")
    # Share of the silhouette in the upper front, which is the head's.
    heads = [one[: round(one.shape[0] * 0.45), one.shape[1] // 2 :].sum() / one.sum() for one in (dog, puppy)]
    assert heads[1] > heads[0]


def test_no_two_kinds_of_animal_have_the_same_silhouette() -> None:
    kinds = ["dog", "wolf", "fox", "cat", "rabbit", "horse", "deer", "ox", "bear", "elephant", "lion", "sheep", "pig"]
    small = {}
    for kind in kinds:
        found = shape(kind)
        square = np.zeros((max(found.shape),) * 2, bool)
        square[: found.shape[0], : found.shape[1]] = found
        step = square.shape[0] / 24
        at = (np.arange(24) * step).astype(int)
        small[kind] = square[np.ix_(at, at)]
    for index, one in enumerate(kinds):
        for other in kinds[:index]:
            both, either = (small[one] & small[other]).sum(), (small[one] | small[other]).sum()
            assert both / either < 0.9, (one, other)


def test_light_falls_from_the_side_that_is_said() -> None:
    one = drawing("ball", "ball", "white", "stand", DAY, np.random.default_rng(1))
    left, right = (cut_out(one.parts, 200, DAY, one.colours, light=side).cutout for side in (-1.0, 1.0))
    half = left.shape[1] // 2
    assert left[:, :half, :3].mean() > left[:, half:, :3].mean()
    assert right[:, :half, :3].mean() < right[:, half:, :3].mean()


def test_words_say_more_than_kinds() -> None:
    assert known("boat", "sailboat") == "sailboat"
    assert known("person", "astronaut") == "astronaut"
    assert known("dog", "puppy") == "dog"
    assert known("motorcycle", "motorcycle") == "motorbike"
    assert known("philosophy", "philosophy") is None


def test_the_lexicons_kinds_are_drawn() -> None:
    wanted = (
        "woman man child person dog cat horse ox cow sheep pig wolf fox lion tiger elephant bear deer rabbit "
        "monkey bird eagle owl duck chicken penguin fish whale dolphin jellyfish turtle snake lizard dinosaur "
        "dragon butterfly bee robot car truck bus bicycle motorcycle train plane helicopter boat ship rocket "
        "spaceship balloon kite tree house castle temple church tower lighthouse bridge tent fire candle lamp "
        "cup book flower rocks moon sun clock umbrella guitar ball"
    )
    assert set(wanted.split()) <= set(KINDS)
