"""Shots become clips, and clips segments of exactly their frames, whatever films them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from engines.pictures import landscape, reference, storyboard
from oxreel.engines.diffusers.families import FAMILIES
from oxreel.engines.diffusers.family import Clip, Footage, OnStep, Rules
from oxreel.engines.diffusers.filming import Means, film
from oxreel.engines.diffusers.sizing import clip_size
from oxreel.engines.engine import Segment
from oxreel.errors import BadReference, FilmingFailed
from oxreel.media.sound import read_wave
from oxreel.storyboard import Reference, Storyboard

#: Films quickly, and can do all that a family can.
RULES = Rules(
    can=frozenset({"text", "start", "tail", "references", "audio", "negative"}),
    rate=Fraction(16),
    frame_step=4,
    frame_rest=1,
    most_frames=33,
    size_multiple=16,
    pixels=64 * 48,
    most_references=2,
    opening=5,
    steps=3,
    usual_negative="ugly",
)


@dataclass
class Camera:
    """Films grey that becomes brighter by `step` with each frame; a tone where sound is asked for."""

    step: int = 2
    clips: list[Clip] = field(default_factory=list)

    def film(self, clip: Clip, on_step: OnStep) -> Footage:
        first = 0 if clip.opening is None else int(clip.opening[0].mean())
        self.clips.append(clip)
        for done in range(clip.steps):
            on_step(done + 1, clip.steps)
        levels = np.clip(first + self.step * np.arange(clip.frames), 0, 255).astype(np.uint8)
        frames = np.broadcast_to(levels[:, None, None, None], (clip.frames, clip.height, clip.width, 3))
        sound = None
        if clip.audio:
            # As loud as the picture is bright.
            sound = np.repeat(levels.astype(np.float32) / np.float32(255), 1000)[None]
        return Footage(np.ascontiguousarray(frames), clip.rate, sound, 16_000)


def shoot(board: Storyboard, folder: Path, camera: Camera, rules: Rules = RULES, before: Path | None = None) -> Segment:
    """The last shot of a storyboard."""
    means = Means(rules, 0, camera.film)
    return film(board, board.shots[-1], folder, before, means, lambda _: None)


def levels(segment: Segment) -> list[float]:
    """The brightness of each frame."""
    with av.open(str(segment.path)) as filmed:
        return [float(frame.to_ndarray(format="rgb24").mean()) for frame in filmed.decode(video=0)]


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Reference]:
    def made(name: str, seed: int = 1) -> Reference:
        return reference(tmp_path, name, landscape(640, 360, seed), name)

    return made


def test_sixteen_frames_a_second_become_24_at_the_right_moments(tmp_path: Path) -> None:
    segment = shoot(storyboard([{"seconds": 2}]), tmp_path, Camera())
    assert segment.frames == 49
    # Two brighter each sixteenth of a second.
    assert levels(segment) == pytest.approx([2 * frame * 16 / 24 for frame in range(49)], abs=2)


def test_a_clip_has_what_the_request_and_the_makers_say(tmp_path: Path, picture: Callable[..., Reference]) -> None:
    camera = Camera()
    one, two = picture("Image1"), picture("Element1", 2)
    shot = {"start": picture("start", 3), "references": [one, two], "prompt": "@Element1 meets @image1, @Image2 stays"}
    shoot(storyboard([shot]), tmp_path, camera, replace(RULES, mention="<{number}>"))
    clip = camera.clips[0]
    assert clip.prompt == "<2> meets <1>, the last frame stays"
    assert (clip.negative_prompt, clip.steps, clip.width, clip.height, clip.frames) == ("ugly", 3, 80, 48, 17)
    assert clip.start is not None
    assert clip.start.size == (80, 48)
    assert [one.size for one in clip.references] == [(640, 360), (640, 360)]
    assert not clip.audio
    shoot(storyboard([shot], negative_prompt="fog", audio=True), tmp_path, camera)
    assert (camera.clips[1].negative_prompt, camera.clips[1].audio) == ("fog", True)


def test_a_picture_fills_the_frame_undistorted(tmp_path: Path) -> None:
    wide = Image.new("RGB", (400, 100), (255, 0, 0))
    wide.paste((0, 0, 255), (150, 0, 250, 100))
    camera = Camera()
    shot = {"start": reference(tmp_path, "start", wide)}
    shoot(storyboard([shot], width=96, height=96), tmp_path, camera, replace(RULES, pixels=96 * 96))
    seen = camera.clips[0].start
    assert seen is not None
    blue = np.asarray(seen)[..., 2] > 128
    assert blue.all()


def test_what_is_transparent_lies_on_white(tmp_path: Path) -> None:
    cut_out = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    camera = Camera()
    shoot(storyboard([{"references": [reference(tmp_path, "Element1", cut_out)]}]), tmp_path, camera)
    assert np.asarray(camera.clips[0].references[0]).min() == 255


def test_a_long_shot_is_filmed_in_pieces_each_from_the_end_of_the_one_before(tmp_path: Path) -> None:
    camera = Camera(step=1)
    board = storyboard([{"seconds": 5}])
    segment = shoot(board, tmp_path, camera)
    assert len(camera.clips) == 3
    assert [None if clip.opening is None else len(clip.opening) for clip in camera.clips] == [None, 5, 5]
    assert len({clip.seed for clip in camera.clips}) == 3
    # No moment is shown twice, and none is left out.
    assert levels(segment) == pytest.approx([frame * 16 / 24 for frame in range(121)], abs=2)


def test_only_the_ends_of_a_long_shot_are_anchored(tmp_path: Path, picture: Callable[..., Reference]) -> None:
    camera = Camera()
    shoot(storyboard([{"seconds": 5, "start": picture("start"), "tail": picture("tail", 2)}]), tmp_path, camera)
    assert [clip.start is not None for clip in camera.clips] == [True, False, False]
    assert [clip.tail is not None for clip in camera.clips] == [False, False, True]


def test_a_shot_goes_on_exactly_where_the_one_before_ended(tmp_path: Path) -> None:
    board = storyboard([{}, {}])
    first = film(board, board.shots[0], tmp_path, None, Means(RULES, 0, Camera(step=6).film), lambda _: None)
    camera = Camera(step=6)
    second = shoot(board, tmp_path, camera, before=first.path)
    opening = camera.clips[0].opening
    assert opening is not None
    assert opening.shape == (5, 48, 80, 3)
    # 96 brighter each second; the sixteenths of a second before the end, as near as there are frames.
    assert [float(frame.mean()) for frame in opening] == pytest.approx([68, 76, 80, 84, 92], abs=1.5)
    assert (levels(first)[-1], *levels(second)[:3]) == pytest.approx((92, 96, 100, 104), abs=2.5)


def test_sound_is_as_long_as_the_shot_and_goes_with_the_picture(tmp_path: Path) -> None:
    segment = shoot(storyboard([{"seconds": 5}], audio=True), tmp_path, Camera(step=1))
    assert segment.sound is not None
    heard = read_wave(segment.sound)
    assert heard.shape == (2, 121 * 2000)
    seen = levels(segment)
    for second in range(1, 5):
        assert 255 * heard[0, second * 48_000] == pytest.approx(seen[second * 24], abs=4)


@pytest.mark.parametrize("audio", [False, True])
def test_silent_weights_leave_no_sound(tmp_path: Path, audio: bool) -> None:
    silent = replace(RULES, can=RULES.can - {"audio"})
    assert shoot(storyboard([{}], audio=audio), tmp_path, Camera(), silent).sound is None


def test_the_video_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    segment = shoot(storyboard([{}], width=540, height=960), tmp_path, Camera())
    with av.open(str(segment.path)) as filmed:
        assert (filmed.streams.video[0].width, filmed.streams.video[0].height) == (540, 960)


def test_progress_counts_steps_and_never_goes_back(tmp_path: Path) -> None:
    board, told = storyboard([{"seconds": 5}]), list[int]()
    film(board, board.shots[0], tmp_path, None, Means(RULES, 7, Camera().film), told.append)
    assert told == sorted(told)
    assert told[-1] == 121
    assert len({frames for frames in told if 0 < frames < 121 * 0.9}) >= 3 * 7 - 1


def test_weights_that_film_another_length_deliver_nothing(tmp_path: Path) -> None:
    def short(clip: Clip, on_step: OnStep) -> Footage:
        footage = Camera().film(clip, on_step)
        return replace(footage, frames=footage.frames[:-1])

    board = storyboard([{}])
    with pytest.raises(FilmingFailed, match="17 frames were to be filmed; 16 came"):
        film(board, board.shots[0], tmp_path, None, Means(RULES, 0, short), lambda _: None)


def test_a_picture_that_cannot_be_read_is_named_before_anything_is_filmed(
    tmp_path: Path, picture: Callable[..., Reference]
) -> None:
    broken, camera = picture("Image1"), Camera()
    Path(broken.path).write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(BadReference, match="Image1"):
        shoot(storyboard([{"references": [broken]}]), tmp_path, camera)
    assert camera.clips == []


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("size", [(3840, 2160), (1920, 1080), (720, 1280), (1440, 1440), (320, 180), (1518, 606)])
def test_every_size_is_filmed_at_one_that_the_weights_take(name: str, size: tuple[int, int]) -> None:
    rules = FAMILIES[name].rules
    width, height = clip_size(*size, rules)
    assert width % rules.size_multiple == height % rules.size_multiple == 0
    assert width * height <= max(rules.pixels, size[0] * size[1]) * 1.06
    if width > 4 * rules.size_multiple and height > 4 * rules.size_multiple:
        assert width / height == pytest.approx(size[0] / size[1], rel=0.09)
