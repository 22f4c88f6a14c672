"""Colours as video sees them."""

import av
import numpy as np
import pytest

from oxreel.media.colour import planes_from_rgb


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_the_primaries_are_those_of_bt709(rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    planes = planes_from_rgb(np.full((140, 6, 3), rgb, np.uint8))
    assert [plane.shape for plane in planes] == [(140, 6), (70, 3), (70, 3)]
    assert [np.unique(plane).tolist() for plane in planes] == [[part] for part in yuv]


def test_a_player_sees_the_colours_that_went_in() -> None:
    y, x = np.mgrid[0:128, 0:256].astype(float)
    picture = np.stack([x * 0.9, 40 + y * 1.3, 255 - x * 0.7], -1).astype(np.uint8)
    frame = av.VideoFrame(256, 128, "yuv420p")
    for plane, samples in zip(frame.planes, planes_from_rgb(picture), strict=True):
        plane.update(np.pad(samples, ((0, 0), (0, plane.line_size - samples.shape[1]))).tobytes())
    frame.colorspace, frame.color_range = 1, 1
    shown = frame.to_ndarray(format="rgb24").astype(int)
    assert np.abs(shown - picture).mean() < 1.5


def test_chroma_stands_on_the_left_column_of_its_pair() -> None:
    """A red line one pixel wide on an even column colours that sample alone; on an odd one, both beside it alike."""
    for column, coloured in ((8, [4]), (9, [4, 5])):
        picture = np.full((4, 20, 3), 100, np.uint8)
        picture[:, column] = (255, 100, 100)
        cr = planes_from_rgb(picture)[2][0]
        assert np.flatnonzero(cr != 128).tolist() == coloured
        assert len(set(cr[coloured].tolist())) == 1
