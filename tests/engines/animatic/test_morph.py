"""Morphs: exact at both ends, and between them what a camera would have seen."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.moved import HEIGHT, WIDTH, closer, seen, textured
from oxreel.engines.animatic.camera import path
from oxreel.engines.animatic.flow import flow_between
from oxreel.engines.animatic.morph import Morph, part_of, returning
from oxreel.engines.animatic.plan import Camera, Move
from oxreel.engines.animatic.resampling import blank
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.views import Anchors
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes

FRAMES = 25
MIDDLE = FRAMES // 2


def filled(morph: Morph, frame: int) -> Planes:
    """The planes of one frame."""
    out = blank(WIDTH, HEIGHT)
    for plane in out:
        plane[:] = 99
    morph.fill(frame, out)
    return out


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Decibels between two planes."""
    error = float(((one.astype(np.float64) - other) ** 2).mean())
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def gained(start: Picture, tail: Picture, truth: Picture) -> tuple[float, float]:
    """Luma PSNR of the middle frame of a morph, and of a plain dissolve."""
    expected = planes_from_rgb(truth)[0]
    morph = filled(Morph(start, tail, FRAMES), MIDDLE)[0]
    mixed = (start.astype(np.uint16) + tail + 1) // 2
    return psnr(morph, expected), psnr(planes_from_rgb(mixed.astype(np.uint8))[0], expected)


def test_both_ends_are_the_pictures_to_the_sample() -> None:
    start, tail = textured(1), seen(textured(1), closer(0.85, 40, 20))
    morph = Morph(start, tail, FRAMES)
    for frame, picture in ((0, start), (FRAMES - 1, tail)):
        for one, other in zip(filled(morph, frame), planes_from_rgb(picture), strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_way_between_two_views_is_the_cameras_way() -> None:
    large = textured(2, 1280, 720)
    before, after = closer(1.5, 80, 60), closer(1.0, 300, 180, degrees=5)
    forth = np.linalg.inv(after) @ before
    # In the middle the frame's pixels are seen where the start's are that have come half of the way.
    halfway = before @ np.linalg.inv(part_of(forth / forth[2, 2], 0.5))
    morph, dissolve = gained(seen(large, before), seen(large, after), seen(large, halfway))
    assert morph >= 40
    assert morph >= dissolve + 3


def test_the_way_through_a_smooth_warp_is_half_of_it() -> None:
    picture = textured(3)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    shift = 14 * np.sin(y / 37)
    half, whole = (
        np.asarray(cv2.remap(picture, x - share * shift, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), np.uint8)
        for share in (0.5, 1.0)
    )
    morph, dissolve = gained(picture, whole, half)
    assert morph >= 40
    assert morph >= dissolve + 3


def test_an_object_travels_over_what_stands_still() -> None:
    scene, thing = textured(1), textured(9)[:100, :100]

    def placed(x: int, y: int) -> Picture:
        made = scene.copy()
        made[y : y + 100, x : x + 100] = thing
        return made

    morph, dissolve = gained(placed(120, 120), placed(260, 130), placed(190, 125))
    assert morph >= 37
    assert morph >= dissolve + 3


def test_what_both_pictures_show_alike_stays_as_it_is() -> None:
    picture = textured(4)
    morph = filled(Morph(picture, picture, FRAMES), MIDDLE)
    assert psnr(morph[0], planes_from_rgb(picture)[0]) > 45
    assert psnr(morph[1], planes_from_rgb(picture)[1]) > 45


def test_light_travels_evenly_also_where_only_one_picture_shows_the_place() -> None:
    large = np.full((720, 1280, 3), 128, np.uint8) // 2 + textured(5, 1280, 720) // 2
    start, tail = seen(large, closer(1.0, 200, 150)), seen(large, closer(1.7, 60, 40))
    dark = np.clip(tail * 0.5, 0, 255).astype(np.uint8)
    morph, means = Morph(start, dark, FRAMES), []
    for frame in range(1, FRAMES - 1):
        luma = filled(morph, frame)[0]
        # The border, which the start does not show, beside the middle, which both do.
        means.append(luma[:30].mean() - luma[150:210, 200:440].mean())
    assert np.abs(np.array(means)).max() < 18
    assert np.abs(np.diff(means)).max() < 4


def test_a_camera_moves_over_the_morph_and_rests_at_its_ends() -> None:
    whole = path(
        Camera(((Move("pan", 1),),), handheld=1.0),
        FRAMES,
        (WIDTH, HEIGHT),
        anchors=Anchors(start=True, end=True),
        seed=3,
    )
    camera = returning(whole)
    np.testing.assert_array_equal(camera[[0, -1]], [np.eye(3)] * 2)
    picture = textured(6)
    still, moved = Morph(picture, picture, FRAMES), Morph(picture, picture, FRAMES, camera=camera)
    np.testing.assert_array_equal(filled(moved, FRAMES - 1)[0], filled(still, FRAMES - 1)[0])
    expected = seen(picture, camera[MIDDLE])
    assert psnr(filled(moved, MIDDLE)[0][20:-20, 20:-20], planes_from_rgb(expected)[0][20:-20, 20:-20]) > 28


def test_a_morph_goes_on_steadily() -> None:
    start, tail = textured(2), np.clip(seen(textured(2), closer(0.8, 90, 40)) * 0.7, 0, 255).astype(np.uint8)
    morph = Morph(start, tail, FRAMES)
    lumas = [filled(morph, frame)[0].astype(np.float64) for frame in range(FRAMES)]
    # Flicker, as the study gates it: the second difference of the mean luma.
    assert np.abs(np.diff([luma.mean() for luma in lumas], 2)).max() < 1.5
    # No frame leaps: each is about as near to the next as its neighbours are.
    steps = np.array([np.abs(one - other).mean() for one, other in pairwise(lumas)])
    assert (steps[1:-1] < 1.6 * np.maximum(steps[:-2], steps[2:]) + 1).all()


def test_the_same_morph_has_the_same_frames() -> None:
    start, tail = textured(7), seen(textured(7), closer(0.9, 20, 10))
    first, second = (filled(Morph(start, tail, FRAMES), MIDDLE) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("size", [(64, 64), (64, 200), (322, 66), (1280, 720)])
def test_every_size_is_filled_to_its_last_sample(size: tuple[int, int]) -> None:
    width, height = size
    flow = flow_between(textured(1, width, height), textured(1, width, height))
    morph = Morph(textured(1, width, height), textured(1, width, height), 3, flow=flow)
    out = blank(width, height)
    for plane in out:
        plane[:] = 255
    morph.fill(1, out)
    for one, other in zip(out, planes_from_rgb(textured(1, width, height)), strict=True):
        away = np.abs(one.astype(int) - other)
        assert away.mean() < 0.5
        assert max(away[-1].mean(), away[:, -1].mean()) < 6
