"""Flow between two pictures, against movements that are known."""

import numpy as np
import pytest

from engines.moved import closer, seen, textured
from oxreel.engines.animatic.flow import flow_between


def test_a_moved_camera_is_found_to_a_fraction_of_a_pixel() -> None:
    large = textured(2, 1280, 720)
    before, after = closer(1.4, 60, 40), closer(1.1, 170, 120, degrees=4)
    flow = flow_between(seen(large, before), seen(large, after))
    expected = np.linalg.inv(after) @ before
    y, x = np.mgrid[40:320:20, 60:580:20].astype(np.float64)
    at = np.stack([x, y, np.ones_like(x)])
    columns, rows = ((x + 0.5) / flow.spacing[0] - 0.5).astype(int), ((y + 0.5) / flow.spacing[1] - 0.5).astype(int)
    moved = np.stack([x + flow.forward[rows, columns, 0], y + flow.forward[rows, columns, 1], np.ones_like(x)])
    away = np.einsum("ij,jkl->ikl", flow.camera, moved) - np.einsum("ij,jkl->ikl", expected, at)
    missed = np.hypot(away[0], away[1])[flow.kept[rows, columns] > 0.9]
    assert missed.size > 100
    assert np.median(missed) < 0.3
    assert np.percentile(missed, 95) < 1.0


def test_pictures_of_one_scene_are_related_in_any_light() -> None:
    picture = textured()
    night = np.clip(picture * np.array([0.3, 0.4, 0.7]) + (0, 4, 20), 0, 255).astype(np.uint8)
    assert flow_between(picture, night).relatedness > 0.7


def test_a_moved_camera_is_found_at_night_too() -> None:
    large = textured(5, 1280, 720)
    night = np.clip(seen(large, closer(1.7, 60, 40)) * 0.2 + 6, 0, 255).astype(np.uint8)
    flow = flow_between(seen(large, closer(1.0, 200, 150)), night)
    assert flow.camera[0, 0] == pytest.approx(1 / 1.7, abs=0.01)
    assert flow.relatedness > 0.7


@pytest.mark.parametrize("seeds", [(1, 2), (3, 4), (5, 6)])
def test_pictures_of_different_scenes_are_not_related(seeds: tuple[int, int]) -> None:
    flow = flow_between(textured(seeds[0]), textured(seeds[1]))
    assert flow.relatedness < 0.15
    assert not flow.related


@pytest.mark.parametrize("shape", [(64, 64), (360, 64), (2, 640), (1080, 1920)])
def test_plain_pictures_of_any_shape_are_compared_without_a_result(shape: tuple[int, int]) -> None:
    plain = np.full((*shape, 3), 90, np.uint8)
    assert flow_between(plain, plain + 40).relatedness == 0


def test_what_an_object_leaves_and_covers_is_not_found_in_the_other_picture() -> None:
    scene, thing = textured(1), textured(9)[:100, :100]
    before, after = scene.copy(), scene.copy()
    before[120:220, 120:220], after[130:230, 260:360] = thing, thing
    flow = flow_between(before, after)
    assert flow.front[170, 170]
    np.testing.assert_allclose(flow.forward[140:200, 140:200].reshape(-1, 2).mean(axis=0), (140, 10), atol=1)
    # The start does not show what the object leaves, nor the tail what it covers.
    assert flow.found[135:205, 135:205].mean() < 0.2
    assert flow.kept[145:215, 275:345].mean() < 0.2
    assert flow.kept[20:100].mean() > 0.9


def test_the_same_pictures_have_the_same_flow() -> None:
    one, other = textured(1), seen(textured(1), closer(0.9, 20, 10))
    first, second = flow_between(one, other), flow_between(one, other)
    assert first.forward.tobytes() == second.forward.tobytes()
    assert first.camera.tobytes() == second.camera.tobytes()
