"""The sheet: pictures with depth under every move, without tears, borders or a tremble."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.pictures import landscape
from oxreel.engines.animatic.camera import CameraPath, camera_path, crop_of
from oxreel.engines.animatic.depth import nearness_of
from oxreel.engines.animatic.plan import FAST, SLOW, USUAL, Angle, Axis, Camera, Framing, Move
from oxreel.engines.animatic.resampling import Field, blank
from oxreel.engines.animatic.scene import Scene, scene_of
from oxreel.engines.animatic.sheet import Sheet, gentle
from oxreel.engines.animatic.views import Anchors

AXES: tuple[Axis, ...] = (
    "zoom", "pan", "tilt", "truck", "crane", "orbit", "dolly", "roll", "whip", "follow", "hold",
)  # fmt: skip
SHAPES = ((320, 180), (180, 320), (240, 240), (318, 134))
FRAMES = 49
moves = st.builds(Move, st.sampled_from(AXES), st.sampled_from([-1, 1]), st.sampled_from([SLOW, USUAL, FAST]))
phases = st.lists(st.lists(moves, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3).map(tuple)
cameras = st.builds(Camera, phases, st.sampled_from([0.0, 0.0, 1.0, 1.6]))
ends = st.builds(Anchors, st.booleans(), st.booleans())
framings = st.sampled_from([None, "wide", "medium", "close", "extreme_close"])
angles = st.sampled_from([None, "low", "high", "aerial", "overhead"])


def steep(width: int, height: int) -> NDArray[np.float32]:
    """A nearness with hard edges, which no real picture's has."""
    near = np.zeros((-(-height // 8), -(-width // 8)), np.float32)
    near[len(near) // 2 :] = 0.6
    near[len(near) // 3 :, near.shape[1] // 3 : near.shape[1] // 2] = 1
    return near


def filmed(
    camera: Camera, size: tuple[int, int], anchors: Anchors, framing: Framing | None = None, angle: Angle | None = None
) -> tuple[CameraPath, Sheet, Scene]:
    path = camera_path(camera, FRAMES, size, anchors=anchors, seed=5, crop=crop_of(framing, angle))
    scene = scene_of(np.asarray(landscape(*size)), 4 * -(-int(path.reach() + 4) // 4))
    return path, Sheet(scene, steep(*size), path), scene


def stretch(field: Field, matrix: NDArray[np.float64], step: int) -> tuple[float, float]:
    """Least and most that the field draws areas apart, against the reference plane's."""
    rows, columns, _ = field.shape
    y, x = np.mgrid[0:rows, 0:columns] * float(step)
    flat = np.asarray(cv2.perspectiveTransform(np.stack([x, y], axis=-1), matrix), np.float64)

    def area(nodes: NDArray[np.float64]) -> NDArray[np.float64]:
        across, down = np.diff(nodes, axis=1)[:-1], np.diff(nodes, axis=0)[:, :-1]
        return np.asarray(across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0])

    share = area(field.astype(float)) / area(flat)
    return float(share.min()), float(share.max())


@settings(deadline=None, max_examples=60)
@given(cameras, st.sampled_from(SHAPES), ends, framings, angles)
def test_no_move_tears_the_picture_or_shows_a_border(
    camera: Camera, size: tuple[int, int], anchors: Anchors, framing: Framing | None, angle: Angle | None
) -> None:
    path, sheet, scene = filmed(camera, size, anchors, framing, angle)
    width, height = size
    for frame in range(0, FRAMES, 6):
        field = sheet.field(frame)
        least, most = stretch(field, path.matrices[frame], sheet.step)
        assert least > 0.5
        assert most < 2
        # The last nodes may lie beyond the frame.
        inside = field[: (height - 1) // sheet.step + 1, : (width - 1) // sheet.step + 1]
        assert inside.min() > -scene.margin + 2.5
        assert (inside[..., 0].max(), inside[..., 1].max()) < (width + scene.margin - 3.5, 1e9)
        assert inside[..., 1].max() < height + scene.margin - 3.5
        if not anchors.start and not anchors.end:
            assert path.reach() < 2


@settings(deadline=None, max_examples=40)
@given(cameras, st.sampled_from(SHAPES), framings, angles)
def test_anchored_ends_are_the_picture_to_the_sample(
    camera: Camera, size: tuple[int, int], framing: Framing | None, angle: Angle | None
) -> None:
    out = blank(*size)
    path, sheet, scene = filmed(camera, size, Anchors(start=True), framing, angle)
    sheet.fill(0, out)
    for plane, fitted in zip(out, scene.fitted, strict=True):
        assert np.array_equal(plane, fitted)
    path = camera_path(camera, FRAMES, size, anchors=Anchors(start=True, end=True), seed=5).arriving()
    scene = scene_of(np.asarray(landscape(*size)), 4 * -(-int(path.reach() + 4) // 4))
    Sheet(scene, steep(*size), path).fill(FRAMES - 1, out)
    for plane, fitted in zip(out, scene.fitted, strict=True):
        assert np.array_equal(plane, fitted)


@pytest.mark.parametrize("axis", ["zoom", "truck", "crane", "orbit", "roll", "dolly", "follow", "tilt"])
def test_everything_is_seen_where_its_nearness_puts_it(axis: Axis) -> None:
    """The gate is half a pixel beside the path."""
    size = 640, 360
    path = camera_path(Camera(((Move(axis, 1),),)), 121, size, anchors=Anchors(start=True), seed=1)
    nearness = np.tile(np.linspace(0, 1, 80, dtype=np.float32)[None], (45, 1))
    sheet = Sheet(scene_of(np.asarray(landscape(*size))), nearness, path)
    soft = nearness if path.flat else gentle(nearness, path)
    for frame in range(0, 121, 20):
        field = sheet.field(frame)
        for i in range(2, field.shape[0] - 2, 5):
            for j in range(2, field.shape[1] - 2, 3):
                u, v = field[i, j]
                at = np.array([[[(u + 0.5) / 8 - 0.5, (v + 0.5) / 8 - 0.5]]], np.float32)
                near = float(
                    cv2.remap(soft, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0, 0]
                )
                seen = path.view(frame, near) @ (j * sheet.step, i * sheet.step, 1.0)
                assert np.abs(seen[:2] / seen[2] - (u, v)).max() < 0.5


@pytest.mark.parametrize("axis", ["zoom", "truck", "crane", "orbit", "roll", "dolly"])
def test_a_slow_move_does_not_tremble(axis: Axis) -> None:
    """The gate is 0.02 px of jitter, registered as a viewer sees it."""
    size = 640, 360
    path = camera_path(Camera(((Move(axis, 1, SLOW),),)), 121, size, anchors=Anchors(start=True), seed=1)
    picture = np.asarray(landscape(*size))
    scene = scene_of(picture, 4 * -(-int(path.reach() + 4) // 4))
    sheet, out = Sheet(scene, nearness_of(picture), path), blank(*size)
    y, x = np.mgrid[0:360, 0:640].astype(np.float32)
    errors = []
    for frame in range(30, 55):
        sheet.fill(frame, out)
        places = x / sheet.step, y / sheet.step
        at = cv2.remap(sheet.field(frame), *places, cv2.INTER_LINEAR)
        wide = at + np.float32(scene.margin)
        expected = cv2.remap(scene.planes[0], wide[..., 0], wide[..., 1], cv2.INTER_CUBIC)
        inner = np.s_[30:-30, 30:-30]
        slopes = [np.asarray(np.gradient(expected.astype(float), axis=axis))[inner].ravel() for axis in (1, 0)]
        change = (out[0].astype(float) - expected)[inner].ravel()
        errors.append(np.linalg.lstsq(np.stack(slopes, axis=1), change, rcond=None)[0])
    found = np.array(errors)
    assert np.abs(found).max() < 0.1
    assert float(np.sqrt(np.mean((found[1:-1] - (found[:-2] + found[2:]) / 2) ** 2))) < 0.02


def test_a_dolly_zoom_holds_the_subject_while_the_distance_grows() -> None:
    path = camera_path(Camera(((Move("dolly", 1),),)), 121, (640, 360), anchors=Anchors(start=True), seed=1)

    def size_of(nearness: float) -> float:
        return path.project(120, 320, 180, nearness)[2]

    assert size_of(path.level) == pytest.approx(1, abs=1e-9)
    assert size_of(1.0) == pytest.approx(1, abs=1e-9)
    assert size_of(0.0) > 1.04


def test_what_is_near_passes_what_is_far() -> None:
    path = camera_path(Camera(((Move("truck", 1),),)), 121, (640, 360), anchors=Anchors(), seed=1)

    def passed(nearness: float) -> float:
        return path.project(0, 320, 180, nearness)[0] - path.project(120, 320, 180, nearness)[0]

    assert passed(1.0) > 1.3 * passed(0.0) > 0


def test_a_following_camera_keeps_its_subject() -> None:
    path = camera_path(Camera(((Move("follow", 1),),)), 121, (640, 360), anchors=Anchors(), seed=1)

    def passed(nearness: float) -> float:
        return path.project(0, 320, 180, nearness)[0] - path.project(120, 320, 180, nearness)[0]

    assert abs(passed(0.5)) < 0.05 * 640
    assert passed(1.0) > passed(0.5) > passed(0.0)
    assert passed(0.0) < 0


@given(st.floats(0, 1), st.floats(0, 639), st.floats(0, 359), st.integers(0, 120))
def test_a_projected_point_is_seen_where_it_came_from(nearness: float, x: float, y: float, frame: int) -> None:
    path = camera_path(Camera(((Move("orbit", 1), Move("zoom", 1)),)), 121, (640, 360), anchors=Anchors(), seed=1)
    u, v, scale = path.project(frame, x, y, nearness)
    back = path.view(frame, nearness) @ (u, v, 1)
    assert np.allclose(back[:2] / back[2], (x, y), atol=1e-6)
    assert 0.5 < scale < 3


def test_a_free_pull_out_ends_exactly_on_the_whole_picture() -> None:
    path, sheet, scene = filmed(Camera(((Move("zoom", -1),),)), (320, 180), Anchors())
    out = blank(320, 180)
    sheet.fill(FRAMES - 1, out)
    for plane, fitted in zip(out, scene.fitted, strict=True):
        assert np.array_equal(plane, fitted)
    assert path.project(0, 160, 90, 0.5)[2] > 1.1


def test_a_whip_pan_is_smeared_while_it_is_fast_and_sharp_at_rest() -> None:
    path, sheet, _ = filmed(Camera(((Move("whip", 1),),)), (320, 180), Anchors())
    out = blank(320, 180)

    def detail(frame: int) -> float:
        sheet.fill(frame, out)
        return float(np.abs(np.diff(out[0].astype(int), axis=1)).mean())

    assert detail(FRAMES // 2) < 0.6 * detail(0)
    assert detail(FRAMES - 1) > 0.7 * detail(0)
    assert abs(path.speed(FRAMES // 2)[0]) > 0.03 * 320


def test_a_subject_sways_by_as_much_as_it_is_told_and_the_rest_stands_still() -> None:
    size = 320, 180
    path = camera_path(Camera(((Move("hold", 1),),)), FRAMES, size, anchors=Anchors(), seed=1)
    scene = scene_of(np.asarray(landscape(*size)), 8)
    moved = np.zeros((20, 36, 2), np.float32)
    moved[..., 0] = 4 * np.exp(-((np.arange(36) - 18) ** 2) / 20)[None]
    sheet = Sheet(scene, None, path, sway=lambda frame: moved * np.float32(frame > 0))
    out = blank(*size)
    sheet.fill(0, out)
    assert np.array_equal(out[0], scene.fitted[0])
    field = sheet.field(1)
    x = np.arange(field.shape[1]) * sheet.step
    shift = (field[..., 0] - x).mean(axis=0)
    assert shift[len(shift) // 2] == pytest.approx(-4, abs=0.6)
    assert np.abs(shift[[0, -2]]).max() < 0.1


def test_depth_is_guessed_near_below_and_far_above_and_is_smooth() -> None:
    picture = np.asarray(landscape(640, 360))
    near = nearness_of(picture)
    assert near.dtype == np.float32
    assert near.shape == (45, 80)
    assert (near.min(), near.max()) == (0, 1)
    assert near[-8:].mean() > near[:8].mean() + 0.4
    assert np.abs(np.diff(near, axis=0)).max() < 0.15
    assert np.abs(np.diff(near, axis=1)).max() < 0.15
    assert np.array_equal(near, nearness_of(picture))


def test_a_striking_thing_is_nearer_than_what_is_beside_it() -> None:
    picture = np.full((360, 640, 3), (150, 170, 200), np.uint8)
    picture[140:240, 280:350] = (190, 60, 30)
    near = nearness_of(picture)
    assert near[24, 39] > near[24, 8] + 0.15


@pytest.mark.parametrize("size", [(64, 64), (66, 300), (1000, 64)])
def test_any_shape_and_a_picture_of_one_colour_have_a_depth(size: tuple[int, int]) -> None:
    near = nearness_of(np.full((size[1], size[0], 3), 90, np.uint8))
    assert np.isfinite(near).all()
    assert near.min() >= 0
    assert near.max() <= 1
