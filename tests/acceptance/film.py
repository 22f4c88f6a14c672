"""A finished video as its user gets it: downloaded from its URL, and looked into."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import httpx
import numpy as np
from PIL import Image, ImageOps

from oxreel.media.probe import VideoFacts, probe

#: Pictures are compared at this size: what they show counts, not how they were resampled.
_SMALL = (48, 27)


@dataclass(frozen=True)
class Film:
    """A video file: its facts, what it says about itself, its first and last frame."""

    facts: VideoFacts
    metadata: dict[str, str]
    first: Image.Image
    last: Image.Image

    def assert_lasts(self, seconds: int) -> None:
        """As real clips do: 24 frames a second, and one to close."""
        assert self.facts.frames == 24 * seconds + 1
        assert self.facts.rate == 24
        assert self.facts.seconds == float(Fraction(24 * seconds + 1, 24))
        assert self.facts.codec == "h264"


def download(url: str) -> Film:
    """The film at a signed URL, which needs no key."""
    answer = httpx.get(url, timeout=60, trust_env=False)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "video/mp4"
    return read(answer.content)


def from_base64(text: str) -> Film:
    """The film in a `b64_json`."""
    return read(base64.b64decode(text, validate=True))


def read(content: bytes) -> Film:
    """The film in the bytes of an MP4, each frame of it decoded."""
    with _as_file(content) as path:
        facts = probe(path)
        with av.open(str(path)) as container:
            metadata = dict(container.metadata)
            frames = container.decode(video=0)
            first = last = next(frames)
            decoded = 1
            for last in frames:  # noqa: B007 - the last one is what is wanted
                decoded += 1
            assert decoded == facts.frames
            return Film(facts, metadata, _image(first), _image(last))


def picture(url: str) -> Image.Image:
    """The picture at a public URL."""
    answer = httpx.get(url, timeout=60, trust_env=False)
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """How different two pictures are, 0 to 255, the second cut to the shape of the first."""
    fitted = ImageOps.fit(other, one.size)
    small = [np.asarray(image.convert("RGB").resize(_SMALL), dtype=float) for image in (one, fitted)]
    return float(np.abs(small[0] - small[1]).mean())


def _image(frame: av.VideoFrame) -> Image.Image:
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


@contextmanager
def _as_file(content: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        path.write_bytes(content)
        yield path
