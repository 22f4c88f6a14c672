"""Segments: exact, sharp where asked, the same on a busy machine."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from oxreel.errors import FilmingFailed
from oxreel.media.encode import Encoder, Planes, planes_of

WIDTH, HEIGHT = 320, 180


def moving_frames(count: int) -> list[Planes]:
    """Noise with soft edges that slides to the left."""
    random = np.random.default_rng(4)
    wide = np.repeat(np.repeat(random.integers(30, 220, (23, 60), np.uint8), 8, axis=0), 8, axis=1)
    wide = ((wide.astype(np.uint16) + np.roll(wide, 3, 1) + np.roll(wide, 2, 0) + np.roll(wide, -4, 1)) // 4).astype(
        np.uint8
    )
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 120, np.uint8)
    return [(np.ascontiguousarray(wide[:HEIGHT, 2 * n : 2 * n + WIDTH]), chroma, chroma) for n in range(count)]


def encode(path: Path, frames: list[Planes], sharp: tuple[int, ...] = ()) -> Path:
    with Encoder(path, WIDTH, HEIGHT, sharp=sharp) as encoder:
        for planes in frames:
            encoder.write(planes)
    return path


def lumas(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as video:
        return [planes_of(frame)[0] for frame in video.decode(video=0)]


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return 10 * float(np.log10(255**2 / max(1e-9, float(np.mean((one.astype(float) - other) ** 2)))))


def test_every_frame_is_written_once_at_24_a_second(tmp_path: Path) -> None:
    with av.open(str(encode(tmp_path / "a.mp4", moving_frames(30)))) as video:
        frames = list(video.decode(video=0))
    assert [frame.time for frame in frames] == pytest.approx([n / 24 for n in range(30)])
    assert frames[0].key_frame


def test_the_colours_are_named_bt709_of_limited_range(tmp_path: Path) -> None:
    with av.open(str(encode(tmp_path / "a.mp4", moving_frames(2)))) as video:
        context = video.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)


@pytest.mark.parametrize("sharp", [(0,), (29,), (0, 29)])
def test_sharp_frames_survive_encoding(tmp_path: Path, sharp: tuple[int, ...]) -> None:
    frames = moving_frames(30)
    plain, kept = lumas(encode(tmp_path / "a.mp4", frames)), lumas(encode(tmp_path / "b.mp4", frames, sharp))
    for index in sharp:
        assert psnr(kept[index], frames[index][0]) > 50
        assert psnr(plain[index], frames[index][0]) < 50


def test_segments_with_and_without_sharp_frames_have_the_same_headers(tmp_path: Path) -> None:
    headers = set()
    for sharp in ((), (0,), (0, 9)):
        with av.open(str(encode(tmp_path / "a.mp4", moving_frames(10), sharp))) as video:
            headers.add(bytes(video.streams.video[0].codec_context.extradata or b""))
    assert len(headers) == 1


def test_the_same_frames_give_the_same_bytes_on_a_busy_machine(tmp_path: Path) -> None:
    """Forty encodes at once, eight at a time: with x264's macroblock trees most of them differed."""
    frames = moving_frames(25)

    def digest(number: int) -> str:
        return hashlib.sha256(encode(tmp_path / f"{number}.mp4", frames, (0, 24)).read_bytes()).hexdigest()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(digest, range(40)))) == 1


def test_the_planes_may_be_used_again_at_once(tmp_path: Path) -> None:
    """The frames come from a few buffers that are drawn over again."""
    frames = moving_frames(20)
    apart = encode(tmp_path / "apart.mp4", frames).read_bytes()
    buffer = tuple(np.empty_like(plane) for plane in frames[0])
    with Encoder(tmp_path / "reused.mp4", WIDTH, HEIGHT) as encoder:
        for planes in frames:
            for to, plane in zip(buffer, planes, strict=True):
                to[:] = plane
            encoder.write((buffer[0], buffer[1], buffer[2]))
            for plane in buffer:
                plane.fill(0)
    assert (tmp_path / "reused.mp4").read_bytes() == apart


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> None:
        with Encoder(tmp_path / "a.mp4", WIDTH, HEIGHT) as encoder:
            encoder.write(moving_frames(1)[0])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not list(tmp_path.iterdir())


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FilmingFailed, match="180, 320"), Encoder(tmp_path / "a.mp4", 640, 360) as encoder:
        encoder.write(moving_frames(1)[0])
