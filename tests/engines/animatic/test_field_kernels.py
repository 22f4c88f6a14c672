"""A scene seen through a field, against what the picture is known to be there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.waves import HEIGHT, WIDTH, Samples, assert_close_to, detailed, lanczos3, wave, waves
from oxreel.engines.animatic.field_kernels import CUBIC_EVEN, CUBIC_ODD, EVEN, ODD, WEIGHTS, bend
from oxreel.engines.animatic.resampling import Field, blank, see, see_field
from oxreel.engines.animatic.scene import Scene, scene_of


def nodes(step: int, width: int = WIDTH, height: int = HEIGHT) -> tuple[Samples, Samples]:
    """Where the nodes of a grid lie, the last ones at the far edge or beyond."""
    y, x = np.mgrid[0 : -(-(height - 1) // step) + 1, 0 : -(-(width - 1) // step) + 1] * float(step)
    return x, y


def field_of(x: Samples, y: Samples) -> Field:
    return np.asarray(np.stack([x, y], axis=-1), np.float32)


def curved(x: Samples, y: Samples) -> tuple[Samples, Samples]:
    """A smooth displacement that no matrix gives."""
    return (
        x * 0.9 + 14 + 5 * np.sin(x / 120 + y / 140),
        y * 0.92 + 7 + 4 * np.sin(x / 110 - y / 130),
    )


@pytest.mark.parametrize("step", [4, 8, 16])
def test_a_field_at_rest_shows_the_fitted_picture_bit_for_bit(step: int) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    for scene in (scene_of(picture), scene_of(picture, margin=24)):
        for still in (0.0, 1e-5):
            out = blank(WIDTH, HEIGHT)
            see_field(scene, field_of(*nodes(step)) + np.float32(still), step, out)
            for plane, fitted in zip(out, scene.fitted, strict=True):
                assert np.array_equal(plane, fitted)


@pytest.mark.parametrize("step", [8, 16])
def test_what_is_seen_through_a_curved_field_is_what_the_picture_is_there(step: int) -> None:
    """Luma and chroma agree, so that colours never leave their shapes."""
    out = blank(WIDTH, HEIGHT)
    see_field(Scene(waves(), WIDTH, HEIGHT), field_of(*curved(*nodes(step))), step, out)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    cy, cx = np.mgrid[0 : HEIGHT // 2, 0 : WIDTH // 2].astype(float)
    luma, chroma = wave(*curved(x, y)), wave(*curved(2 * cx, 2 * cy + 0.5))
    for plane, true in zip(out, (luma, chroma, chroma), strict=True):
        error = np.abs(plane.astype(float) - true)[6:-6, 6:-6]
        assert error.mean() < 1.2
        assert np.percentile(error, 99) < 4


@pytest.mark.parametrize(
    "matrix",
    [
        [[0.8, 0, 31.3], [0, 0.8, 20.7], [0, 0, 1]],
        [[1, 0, 0.37], [0, 1, -0.21], [0, 0, 1]],
        [[0.93, 0.1, 9.1], [-0.1, 0.93, 28.3], [0, 0, 1]],
        [[0.93, -0.1, 30.1], [0.1, 0.93, -18.3], [0, 0, 1]],
    ],
    ids=["push", "less than a pixel", "roll", "roll back"],
)
def test_a_field_of_a_matrix_is_seen_as_through_the_matrix(matrix: list[list[float]]) -> None:
    m = np.array(matrix)
    x, y = nodes(16)
    plane, seen = detailed(), np.empty((HEIGHT, WIDTH), np.uint8)
    field = field_of(m[0, 0] * x + m[0, 1] * y + m[0, 2], m[1, 0] * x + m[1, 1] * y + m[1, 2])
    bend(WEIGHTS, plane, plane, seen, seen, 1, field, 16.0)
    assert_close_to(plane, seen, m)


def test_each_hundredth_of_a_pixel_shows_through_a_field() -> None:
    """A slow camera does not step: the study's gate for jitter is 0.02 px."""
    scene = Scene(waves(), WIDTH, HEIGHT)
    y, x = np.mgrid[20 : HEIGHT - 20, 20 : WIDTH - 20].astype(float)
    out = blank(WIDTH, HEIGHT)
    for shift in np.arange(0.3, 0.5, 0.01):
        across, down = nodes(16)
        see_field(scene, field_of(across + shift, down), 16, out)
        true, further = wave(x + shift, y), wave(x + shift + 0.01, y) - wave(x + shift - 0.01, y)
        error = float(np.sum((out[0][20:-20, 20:-20] - true) * further) / np.sum(further**2)) * 0.02
        assert abs(error) < 0.004


def test_beyond_the_edge_the_outermost_samples_repeat() -> None:
    scene = Scene(waves(), WIDTH, HEIGHT)
    x, y = nodes(16)
    out = blank(WIDTH, HEIGHT)
    see_field(scene, field_of(x - 20, y), 16, out)
    assert np.array_equal(out[0][:, :21], np.repeat(scene.planes[0][:, :1], 21, axis=1))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.floats(0.1, 1e6))
def test_no_field_however_wild_reads_past_the_picture(seed: int, size: float) -> None:
    x, y = nodes(16)
    wild = field_of(x, y) + np.random.default_rng(seed).normal(0, size, (*x.shape, 2)).astype(np.float32)
    scene, out = Scene(blank(WIDTH, HEIGHT), WIDTH, HEIGHT), blank(WIDTH, HEIGHT)
    for plane in scene.planes:
        plane.fill(90)
    see_field(scene, wild, 16, out)
    assert all(np.all(plane == 90) for plane in out)


def test_a_field_and_the_separable_way_agree() -> None:
    scene, plain, bent = Scene(waves(), WIDTH, HEIGHT), blank(WIDTH, HEIGHT), blank(WIDTH, HEIGHT)
    x, y = nodes(16)
    see(scene, np.array([[0.85, 0, 21.3], [0, 0.85, 10.7], [0, 0, 1.0]]), plain)
    see_field(scene, field_of(0.85 * x + 21.3, 0.85 * y + 10.7), 16, bent)
    # Chroma is seen by four samples rather than six: fine detail in it is a little softer.
    for one, other, apart in zip(plain, bent, (1, 12, 12), strict=True):
        assert np.abs(one.astype(int) - other).max() <= apart


@pytest.mark.parametrize(("width", "height"), [(32, 32), (34, 48), (290, 34)])
def test_planes_of_any_size_are_filled(width: int, height: int) -> None:
    plane, out = np.full((height, width), 90, np.uint8), np.zeros((height, width), np.uint8)
    bend(WEIGHTS, plane, plane, out, out, 1, field_of(*nodes(16, width, height)), 16.0)
    assert np.all(out == 90)


def test_the_polynomials_are_the_weights() -> None:
    q = np.linspace(-0.5, 0.5, 101)
    weights = lanczos3(np.arange(6) - 2.5 - q[:, None])
    for pair, (even, odd) in enumerate(zip(EVEN, ODD, strict=True)):
        shared, apart = np.polyval(even[::-1], q**2), q * np.polyval(odd[::-1], q**2)
        assert np.abs(shared + apart - weights[:, pair]).max() < 7e-4
        assert np.abs(shared - apart - weights[:, 5 - pair]).max() < 7e-4
    assert np.abs(2 * np.sum(EVEN, axis=0) - (1, 0)).max() < 1e-6
    assert np.abs(2 * np.array([-2.5, -1.5, -0.5]) @ np.array(ODD) - (1, 0, 0)).max() < 1e-6


def test_the_cubic_weights_are_those_of_catmull_and_rom() -> None:
    q = np.linspace(-0.5, 0.5, 101)
    for pair, (even, odd) in enumerate(zip(CUBIC_EVEN, CUBIC_ODD, strict=True)):
        shared, apart = np.polyval(even[::-1], q**2), q * np.polyval(odd[::-1], q**2)
        for side, weight in ((1.5 - pair + q, shared + apart), (1.5 - pair - q, shared - apart)):
            far = np.abs(side)
            near = 1.5 * far**3 - 2.5 * far**2 + 1
            away = -0.5 * far**3 + 2.5 * far**2 - 4 * far + 2
            assert np.abs(np.where(far < 1, near, away) - weight).max() < 1e-9
