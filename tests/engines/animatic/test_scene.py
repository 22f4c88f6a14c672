"""Pictures fitted to the canvas."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from engines.pictures import landscape, reference
from oxreel.engines.animatic.scene import fitted_frame, fitted_reference, scene_of
from oxreel.errors import BadReference


def test_a_frame_covers_the_canvas_and_is_cropped_evenly(tmp_path: Path) -> None:
    picture = landscape(500, 400)
    expected = ImageOps.fit(picture, (320, 180), Image.Resampling.LANCZOS)
    assert np.array_equal(fitted_frame(reference(tmp_path, "start", picture), 320, 180), np.asarray(expected))


def test_a_reference_of_another_shape_is_shown_whole_on_a_backdrop(tmp_path: Path) -> None:
    portrait = Image.new("RGB", (300, 600), (200, 40, 40))
    ImageDraw.Draw(portrait).rectangle((0, 0, 299, 20), fill=(40, 200, 40))
    fitted = fitted_reference(reference(tmp_path, "Image1", portrait), 320, 180)
    assert fitted.shape == (180, 320, 3)
    assert fitted[1, 160, 1] > 150  # its top is in the picture, which a crop would have lost
    assert fitted[90, 160].tolist() == [200, 40, 40]
    assert fitted[90, 10].sum() < fitted[90, 160].sum()  # the backdrop is darker, and not black
    assert fitted[90, 10, 0] > 30


def test_a_reference_of_nearly_the_same_shape_fills_the_canvas(tmp_path: Path) -> None:
    picture = landscape(400, 300)
    expected = ImageOps.fit(picture, (320, 180), Image.Resampling.LANCZOS)
    assert np.array_equal(fitted_reference(reference(tmp_path, "Image1", picture), 320, 180), np.asarray(expected))


def test_a_cut_out_stands_before_a_neutral_wall(tmp_path: Path) -> None:
    cut_out = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    ImageDraw.Draw(cut_out).ellipse((50, 50, 150, 150), fill=(200, 30, 30, 255))
    fitted = fitted_reference(reference(tmp_path, "Element1", cut_out), 320, 180).astype(int)
    assert fitted[90, 160].tolist() == [200, 30, 30]
    wall = fitted[10, 160]  # transparent black in the PNG
    assert wall.min() > 120
    assert np.ptp(wall) < 12


@pytest.mark.parametrize("margin", [4, 64])
def test_surroundings_leave_the_picture_itself_alone(margin: int) -> None:
    picture = np.asarray(landscape(320, 180))
    scene = scene_of(picture, margin)
    assert scene.planes[0].shape == (180 + 2 * margin, 320 + 2 * margin)
    assert np.array_equal(scene.fitted[0], scene_of(picture).planes[0])


def test_surroundings_continue_the_picture_softly() -> None:
    picture = np.asarray(landscape(320, 180))
    luma = scene_of(picture, 64).planes[0].astype(int)
    assert np.abs(luma[:, 64] - luma[:, 63]).mean() < 12  # no seam
    assert luma.min() > 30  # nothing black

    def roughness(part: np.ndarray) -> float:
        return float(np.abs(np.diff(part, axis=0)).mean())

    assert roughness(luma[64:-64, 8:24]) < roughness(luma[64:-64, 64:128]) / 2


def test_a_picture_that_is_gone_is_named_by_its_field(tmp_path: Path) -> None:
    lost = reference(tmp_path, "Image1", landscape(64, 64), "input_image[3]")
    Path(lost.path).unlink()
    with pytest.raises(BadReference, match=r"input_image\[3\]"):
        fitted_frame(lost, 320, 180)
