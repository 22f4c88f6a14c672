"""Videos that the media tests look at."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oxreel.media.encode import Encoder
from oxreel.media.join import join, sound_samples

#: Makes a video: `make_video("name.mp4", frames=24, width=320, height=180, tone=False)`.
MakeVideo = Callable[..., Path]


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """Each frame n of the video is a plain grey of 40 + 2n, nearly lossless; `tone` adds a sine of 440 Hz."""

    def make(name: str, *, frames: int = 24, width: int = 320, height: int = 180, tone: bool = False) -> Path:
        silent = tmp_path / f"silent-{name}"
        chroma = np.full((height // 2, width // 2), 128, np.uint8)
        with Encoder(silent, width, height, sharp=range(frames)) as encoder:
            for index in range(frames):
                encoder.write((np.full((height, width), min(40 + 2 * index, 235), np.uint8), chroma, chroma))
        if not tone:
            return silent.rename(tmp_path / name)
        sine = 0.3 * np.sin(2 * np.pi * 440 * np.arange(sound_samples(frames)) / 48_000)
        join([silent], tmp_path / name, sound=np.stack([sine, sine]).astype(np.float32))
        return tmp_path / name

    return make
