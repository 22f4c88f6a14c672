"""Frames that no model filmed, between those that one did."""

from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.pictures import landscape
from oxreel.media.between import at

WIDTH, HEIGHT = 320, 180
SCENE = np.asarray(landscape(WIDTH + 100, HEIGHT + 60))


def seen(seconds: float) -> NDArray[np.uint8]:
    """What a camera sees that pans over the scene."""
    moved = np.array([[1, 0, -10 - 60 * seconds], [0, 1, -10 - 25 * seconds]], np.float32)
    return cv2.warpAffine(SCENE, moved, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC).astype(np.uint8)


FILMED = np.stack([seen(frame / 16) for frame in range(9)])
POSITIONS = [frame * Fraction(16, 24) for frame in range(13)]


def error(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    inside = np.s_[16:-16, 16:-16]
    return float(np.mean((one[inside].astype(float) - other[inside]) ** 2))


def test_movement_goes_on_between_the_frames() -> None:
    made = list(at(FILMED, POSITIONS))
    for index, position in enumerate(POSITIONS):
        if position.denominator == 1:
            continue
        truth, share = seen(index / 24), float(position % 1)
        first, second = FILMED[int(position)], FILMED[int(position) + 1]
        mixed = (first * (1 - share) + second * share).astype(np.uint8)
        assert error(made[index], truth) < min(error(mixed, truth), error(first, truth), error(second, truth)) / 2


def test_where_a_frame_stands_it_is_that_frame() -> None:
    made = list(at(FILMED, POSITIONS))
    for index in range(0, 13, 3):
        assert np.array_equal(made[index], FILMED[index * 2 // 3])


def test_a_cut_stays_a_cut() -> None:
    other = np.asarray(landscape(WIDTH, HEIGHT, seed=9))
    frames = np.stack([FILMED[0], other])
    early, late = at(frames, [Fraction(1, 3), Fraction(2, 3)])
    assert np.array_equal(early, frames[0])
    assert np.array_equal(late, frames[1])


def test_the_same_frames_make_the_same_pictures_whatever_the_threads() -> None:
    threads = cv2.getNumThreads()
    made = []
    try:
        for count in (1, 3):
            cv2.setNumThreads(count)
            made.append(np.stack(list(at(FILMED[:3], POSITIONS[:3]))))
            assert cv2.getNumThreads() == count
    finally:
        cv2.setNumThreads(threads)
    assert np.array_equal(made[0], made[1])


def test_noise_makes_no_picture_that_was_in_neither() -> None:
    frames = np.random.default_rng(1).integers(0, 255, (2, 48, 64, 3), np.uint8)
    (made,) = at(frames, [Fraction(1, 2)])
    assert made.shape == (48, 64, 3)
