"""Planes through a moved camera, against what the picture is known to be there."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.prompts import direction_of
from engines.waves import HEIGHT, WIDTH, Samples, assert_close_to, detailed, lanczos3, wave, waves
from oxreel.engines.animatic.camera import Path, path
from oxreel.engines.animatic.kernels import EVEN, ODD, warp
from oxreel.engines.animatic.resampling import blank, dissolve, see
from oxreel.engines.animatic.scene import Scene, scene_of
from oxreel.engines.animatic.views import Anchors
from oxreel.media.encode import Planes


def expected(matrix: NDArray[np.float64]) -> tuple[Samples, Samples]:
    """Luma and chroma of the wave through the matrix, computed, not resampled."""

    def at(x: Samples, y: Samples) -> Samples:
        w = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
        u = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / w
        return wave(u, (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / w)

    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    cy, cx = np.mgrid[0 : HEIGHT // 2, 0 : WIDTH // 2].astype(float)
    return at(x, y), at(2 * cx, 2 * cy + 0.5)


def through(scene: Scene, matrix: NDArray[np.float64]) -> Planes:
    out = blank(WIDTH, HEIGHT)
    see(scene, matrix, out)
    return out


def assert_as_direct(plane: NDArray[np.uint8], matrix: NDArray[np.float64]) -> None:
    """The general warp is as good as the definition."""
    seen = np.empty((HEIGHT, WIDTH), np.uint8)
    warp(plane, seen, np.ascontiguousarray(matrix))
    assert_close_to(plane, seen, matrix)


def strongest(prompt: str, ends: bool) -> Path:
    return path(direction_of(prompt), 360, (WIDTH, HEIGHT), anchors=Anchors(start=True, end=ends), seed=5)[::24]


@pytest.mark.parametrize(
    "matrix",
    [
        [[0.8, 0, 31.3], [0, 0.8, 20.7], [0, 0, 1]],
        [[1, 0, 0.37], [0, 1, -0.21], [0, 0, 1]],
        [[0.93, 0.02, 9.1], [-0.02, 0.93, 8.3], [0, 0, 1]],
        [[0.85, 0, 20], [0.01, 0.86, 13], [1.2e-4, 2e-5, 1]],
    ],
    ids=["push", "less than a pixel", "roll", "perspective"],
)
def test_what_is_seen_is_what_the_picture_is_there(matrix: list[list[float]]) -> None:
    """Luma and chroma agree, so that colours never leave their shapes."""
    m = np.array(matrix, float)
    seen = through(Scene(waves(), WIDTH, HEIGHT), m)
    inner = slice(6, -6)
    for plane, true in zip(seen, (*expected(m), expected(m)[1]), strict=True):
        error = np.abs(plane.astype(float) - true)[inner, inner]
        assert error.max() < 2.5
        assert error.mean() < 0.5


def test_a_camera_at_rest_sees_the_fitted_picture_bit_for_bit() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    plain, surrounded = scene_of(picture), scene_of(picture, margin=24)
    for scene in (plain, surrounded):
        for plane, fitted in zip(through(scene, np.eye(3)), plain.planes, strict=True):
            # Chroma beside the edge sees a sample of the surroundings.
            assert np.array_equal(plane[:, 1:], fitted[:, 1:])


def test_a_shift_by_whole_pixels_copies_samples() -> None:
    scene = Scene(waves(), WIDTH, HEIGHT)
    seen = through(scene, np.array([[1.0, 0, 8], [0, 1, 4], [0, 0, 1]]))
    assert np.array_equal(seen[0][:-4, :-8], scene.planes[0][4:, 8:])
    assert np.array_equal(seen[1][:-2, :-4], scene.planes[1][2:, 4:])


def test_both_ways_of_resampling_agree() -> None:
    """A trace of rotation sends the same view through the general warp."""
    scene = Scene(waves(), WIDTH, HEIGHT)
    plain = np.array([[0.8, 0, 31.3], [0, 0.8, 20.7], [0, 0, 1.0]])
    traced = plain.copy()
    traced[0, 1] = 1e-12
    for one, other in zip(through(scene, plain), through(scene, traced), strict=True):
        assert np.abs(one.astype(int) - other)[4:-4, 4:-4].max() <= 1


@pytest.mark.parametrize("seed", range(12))
def test_the_general_warp_loses_nothing_against_the_direct_way(seed: int) -> None:
    random = np.random.default_rng(seed)
    turn, zoom = random.uniform(-0.06, 0.06), random.uniform(0.6, 1.05)
    matrix = np.eye(3)
    matrix[:2, :2] = zoom * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix[:2, :2] += random.uniform(-0.02, 0.02, (2, 2))
    matrix[:2, 2] = random.uniform(-12, 40, 2)
    matrix[2, :2] = random.uniform(-6e-4, 6e-4), random.uniform(-1e-4, 1e-4)
    assert_as_direct(detailed(), matrix)


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize(
    "prompt",
    ["fast orbit left", "handheld, fast orbit around it", "shaky handheld camera, fast push in", "handheld, pull out"],
)
def test_the_strongest_moves_lose_nothing_either(prompt: str, ends: bool) -> None:
    """All that the camera does, its longest and fastest moves included, is little enough a turn for the two ways."""
    plane = detailed()
    for matrix in strongest(prompt, ends):
        assert_as_direct(plane, matrix)


def test_the_polynomials_are_the_weights() -> None:
    q = np.linspace(-0.5, 0.5, 101)
    weights = lanczos3(np.arange(6) - 2.5 - q[:, None])
    for pair, (even, odd) in enumerate(zip(EVEN, ODD, strict=True)):
        shared, apart = np.polyval(even[::-1], q**2), q * np.polyval(odd[::-1], q**2)
        assert np.abs(shared + apart - weights[:, pair]).max() < 1e-4
        assert np.abs(shared - apart - weights[:, 5 - pair]).max() < 1e-4
    assert np.abs(2 * np.sum(EVEN, axis=0) - (1, 0, 0)).max() < 1e-6
    assert np.abs(2 * np.array([-2.5, -1.5, -0.5]) @ np.array(ODD) - (1, 0, 0)).max() < 1e-6


@pytest.mark.parametrize(("width", "height"), [(32, 32), (33, 47), (290, 34)])
def test_planes_of_any_size_are_filled(width: int, height: int) -> None:
    """Tiles and runs that do not fit into them overlap."""
    plane, out = np.full((height, width), 90, np.uint8), np.zeros((height, width), np.uint8)
    warp(plane, out, np.array([[0.9, 0.02, 1.0], [-0.03, 0.9, 2.0], [1e-4, 0, 1]]))
    assert np.all(out == 90)


@pytest.mark.parametrize("trace", [0.0, 1e-12], ids=["separable", "general"])
def test_beyond_the_edge_the_outermost_samples_repeat(trace: float) -> None:
    scene = Scene(waves(), WIDTH, HEIGHT)
    seen = through(scene, np.array([[1.0, trace, -20], [0, 1, 0], [0, 0, 1]]))
    assert np.array_equal(seen[0][:, :21], np.repeat(scene.planes[0][:, :1], 21, axis=1))


@pytest.mark.parametrize("trace", [0.0, 1e-12], ids=["separable", "general"])
def test_each_hundredth_of_a_pixel_shows(trace: float) -> None:
    """A slow camera does not step: the study's gate for jitter is 0.02 px."""
    scene = Scene(waves(), WIDTH, HEIGHT)
    y, x = np.mgrid[20 : HEIGHT - 20, 20 : WIDTH - 20].astype(float)
    for shift in np.arange(0.3, 0.5, 0.01):
        seen = through(scene, np.array([[1.0, trace, shift], [0, 1, 0], [0, 0, 1]]))[0][20:-20, 20:-20]
        true, further = wave(x + shift, y), wave(x + shift + 0.01, y) - wave(x + shift - 0.01, y)
        error = float(np.sum((seen - true) * further) / np.sum(further**2)) * 0.02
        assert abs(error) < 0.004


def test_a_dissolve_goes_from_one_picture_to_the_other() -> None:
    one, other, out = blank(64, 64), blank(64, 64), blank(64, 64)
    for plane, others in zip(one, other, strict=True):
        plane.fill(40)
        others.fill(200)
    for share, level in ((0.0, 40), (0.5, 120), (1.0, 200)):
        dissolve(one, other, share, out)
        assert all(np.all(plane == level) for plane in out)
