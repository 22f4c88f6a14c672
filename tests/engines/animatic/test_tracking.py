"""The motion of a source video, against cameras that are known."""

from pathlib import Path as File
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.moved import HEIGHT, WIDTH, camera_over, filmed, textured
from oxreel.engines.animatic.camera import Path, reach
from oxreel.engines.animatic.scene import Picture
from oxreel.engines.animatic.tracking import lent, motion_of
from oxreel.errors import BadReference

SIZE = WIDTH, HEIGHT
FRAMES = 48
CORNERS = np.array([[x, y, 1.0] for x in (0, WIDTH - 1) for y in (0, HEIGHT - 1)]).T


def missed(found: Path, expected: Path) -> NDArray[np.float64]:
    """Pixels by which the corners of each frame are beside their place."""
    return np.asarray(np.abs(((found - expected) @ CORNERS)[:, :2]).max(axis=(1, 2)))


def still(frames: int = FRAMES) -> Path:
    """A camera that stays where it is."""
    return np.tile(np.eye(3), (frames, 1, 1))


@pytest.mark.parametrize(
    "way",
    [{"zoom": 1.3}, {"zoom": 0.85}, {"x": 150, "y": -40}, {"roll": 6}, {"hand": 5}, {"zoom": 1.2, "x": 70, "hand": 3}],
)
def test_the_path_of_a_camera_is_recovered(tmp_path: File, way: dict[str, Any]) -> None:
    camera = camera_over(FRAMES, **way)
    motion = motion_of(filmed(tmp_path / "video.mp4", camera), SIZE, FRAMES)
    assert motion.sure == 1
    # A hand is smoothed a little; the furthest way may be 1 % astray.
    furthest = float(missed(camera, still()).max())
    assert missed(motion.camera, camera).max() < max(0.5, 0.01 * furthest)


def test_the_path_is_that_of_the_canvas_whatever_its_size(tmp_path: File) -> None:
    camera = camera_over(FRAMES, zoom=1.2, x=60)
    motion = motion_of(filmed(tmp_path / "video.mp4", camera), (1920, 1080), FRAMES)
    up = np.array([[3, 0, 1], [0, 3, 1], [0, 0, 1.0]])
    assert missed(np.linalg.inv(up) @ motion.camera @ up, camera).max() < 0.5


def test_a_static_video_has_a_camera_that_rests_exactly(tmp_path: File) -> None:
    motion = motion_of(filmed(tmp_path / "video.mp4", still()), SIZE, FRAMES)
    np.testing.assert_array_equal(motion.camera, still())
    assert np.abs(motion.sway).max() < 0.01


def test_a_subject_does_not_move_the_camera_but_sways(tmp_path: File) -> None:
    thing = textured(9)[:130, :110]
    bob = 6 * np.sin(np.arange(FRAMES) * 2 * np.pi / 16)

    def subject(picture: Picture, frame: int) -> None:
        top = 115 + round(bob[frame])
        picture[top : top + 130, 265:375] = thing

    motion = motion_of(filmed(tmp_path / "video.mp4", still(), draw=subject), SIZE, FRAMES)
    np.testing.assert_array_equal(motion.camera, still())
    assert np.corrcoef(motion.sway[4:-4, 1], bob[4:-4])[0, 1] > 0.9
    assert 2 < np.ptp(motion.sway[:, 1]) < 0.05 * HEIGHT
    assert np.ptp(motion.sway[:, 0]) < 1


def test_a_video_of_twelve_frames_a_second_moves_without_a_stutter(tmp_path: File) -> None:
    camera = camera_over(FRAMES, x=120)
    motion = motion_of(filmed(tmp_path / "video.mp4", camera, rate=12), SIZE, FRAMES)
    steps = np.diff(motion.camera[8:-8, 0, 2])
    # It stands still in every second frame, which would be changes of more than two pixels.
    assert np.abs(np.diff(steps)).max() < 0.5


def test_across_a_cut_the_camera_stands_and_moves_on(tmp_path: File) -> None:
    camera = camera_over(FRAMES, x=96)
    other = textured(7)

    def cut(picture: Picture, frame: int) -> None:
        if frame >= 24:
            picture[:] = other

    motion = motion_of(filmed(tmp_path / "video.mp4", camera, draw=cut), SIZE, FRAMES)
    assert motion.sure < 1
    assert missed(motion.camera, camera)[:20].max() < 1
    assert missed(motion.camera, np.repeat(camera[23:24], FRAMES, axis=0))[28:].max() < 3


def test_a_video_that_ends_early_or_is_one_frame_holds(tmp_path: File) -> None:
    short = motion_of(filmed(tmp_path / "short.mp4", camera_over(12, x=40)), SIZE, FRAMES)
    assert short.camera.shape == (FRAMES, 3, 3)
    assert missed(short.camera[20:], np.repeat(short.camera[-1:], FRAMES - 20, axis=0)).max() < 0.3
    single = motion_of(filmed(tmp_path / "single.mp4", still(1)), SIZE, FRAMES)
    np.testing.assert_array_equal(single.camera, still())


def test_a_plain_video_has_no_motion(tmp_path: File) -> None:
    def plain(picture: Picture, frame: int) -> None:
        picture[:] = 40 + 3 * frame

    motion = motion_of(filmed(tmp_path / "video.mp4", still(), draw=plain), SIZE, FRAMES)
    np.testing.assert_array_equal(motion.camera, still())
    assert motion.sure == 0


def test_a_damaged_end_holds_and_a_broken_file_is_refused(tmp_path: File) -> None:
    whole = filmed(tmp_path / "whole.mp4", camera_over(FRAMES, x=80)).read_bytes()
    moov = whole.index(b"moov") - 4
    torn = tmp_path / "torn.mp4"
    # The packets of the second half are wiped out.
    data = whole.index(b"mdat") + 4
    middle = data + (moov - data) // 2 if moov > data else (data + len(whole)) // 2
    end = moov if moov > data else len(whole)
    torn.write_bytes(whole[:middle] + bytes(end - middle) + whole[end:])
    assert np.isfinite(motion_of(torn, SIZE, FRAMES).camera).all()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(whole[:200])
    with pytest.raises(BadReference):
        motion_of(broken, SIZE, FRAMES)


def test_the_same_video_has_the_same_motion(tmp_path: File) -> None:
    video = filmed(tmp_path / "video.mp4", camera_over(24, zoom=1.2, hand=4))
    first, second = motion_of(video, SIZE, 24), motion_of(video, SIZE, 24)
    assert first.camera.tobytes() == second.camera.tobytes()
    assert first.sway.tobytes() == second.sway.tobytes()


def test_a_still_keeps_its_orientation_where_it_should() -> None:
    camera = camera_over(FRAMES, zoom=1.5, roll=10, x=30)
    kept, followed = lent(camera, SIZE, "image"), lent(camera, SIZE, "video")
    np.testing.assert_allclose(kept[:, 0, 1], 0, atol=1e-12)
    assert kept[-1, 0, 0] > 0.85
    assert np.arctan2(followed[-1, 1, 0], followed[-1, 0, 0]) == pytest.approx(np.deg2rad(10), abs=0.01)
    assert np.hypot(followed[-1, 0, 0], followed[-1, 1, 0]) == pytest.approx(1 / 1.5, abs=0.02)


def test_a_small_movement_is_lent_as_it_is() -> None:
    camera = camera_over(FRAMES, zoom=1.2, hand=2)
    assert missed(lent(camera, SIZE), camera).max() < 1


def test_a_way_aside_stays_inside_the_still() -> None:
    camera = camera_over(FRAMES, x=90, y=20)
    path = lent(camera, SIZE)
    assert reach(path, SIZE) <= 0.05 * HEIGHT
    middle = np.array([WIDTH / 2, HEIGHT / 2, 1])
    assert (path[-1] @ middle)[0] - middle[0] > 70


@given(
    zoom=st.floats(0.2, 5),
    x=st.floats(-3000, 3000),
    y=st.floats(-3000, 3000),
    roll=st.floats(-170, 170),
    hand=st.floats(0, 60),
    orientation=st.sampled_from(["image", "video"]),
    frames=st.sampled_from([1, 2, 25, 121]),
)
def test_a_lent_path_begins_at_rest_and_stays_near_the_still(
    zoom: float, x: float, y: float, roll: float, hand: float, orientation: Any, frames: int
) -> None:
    path = lent(camera_over(frames, zoom=zoom, x=x, y=y, roll=roll, hand=hand), SIZE, orientation)
    assert path.shape == (frames, 3, 3)
    np.testing.assert_allclose(path[0], np.eye(3), atol=1e-9)
    assert reach(path, SIZE) <= 0.19 * HEIGHT
