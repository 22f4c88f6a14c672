"""Decoding a stranger's file in a process of its own, within seconds and bytes: thumbnails and measures.

What a broken or hostile file does to a decoder ends that process and nothing else.
"""

import json
import os
import resource
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oxreel.errors import BadReference, RateLimited
from oxreel.media.environment import chosen_environment
from oxreel.media.kinds import seems

#: Seconds of wall clock, seconds of processor time and bytes of address space that one file may cost.
_SECONDS = 20
_MEMORY = 3 * 1024**3
#: Files that one process of the hub has decoded at a time, and seconds that further ones wait for their turn.
_slots = threading.BoundedSemaphore(2)
_WAIT = 10

_PICTURES = ("a JPEG", "a PNG", "a GIF", "a WebP", "a BMP picture", "a TIFF picture", "an AVIF picture")


@dataclass(frozen=True)
class Measures:
    """Pixels of an upright picture or video, seconds of a video; None where there is no such thing."""

    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def measure(path: Path) -> Measures:
    """How large and how long a picture or video is; nothing for a file that is neither, or damaged."""
    try:
        said, _ = _decode({"task": "measure", "path": str(path)})
    except BadReference:
        return Measures()
    return Measures(**said)


def thumbnail(
    path: Path, *, width: int | None = None, height: int | None = None, at_seconds: float = 0.0
) -> tuple[bytes, str]:
    """A small picture of a picture, or of a video at that second, with its content type.

    It keeps its shape within `width` x `height` and is never enlarged. Raises BadReference for what cannot
    be decoded, RateLimited while too many others are at work.
    """
    said, data = _decode(
        {"task": "thumbnail", "path": str(path), "width": width, "height": height, "at_seconds": at_seconds}
    )
    return data, said["content_type"]


def _decode(task: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if not _slots.acquire(timeout=_WAIT):
        raise RateLimited("Too many pictures are being made at the moment.", retry_after=5)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "oxreel.media.decoding"],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=chosen_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise BadReference(f"The file took longer than {_SECONDS} s to decode.") from error
    finally:
        _slots.release()
    head, _, data = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        raise BadReference("The file cannot be decoded within the limits of this hub.")
    said: dict[str, Any] = json.loads(head)
    if "refused" in said:
        raise BadReference(said["refused"])
    return said, data


def _main() -> None:
    """Do the task on standard input: a line of JSON comes back, then the picture's bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # codecs that print must not spoil the answer
    task = json.loads(sys.stdin.buffer.read())
    data = b""
    try:
        if task["task"] == "measure":
            said = asdict(_measured(Path(task["path"])))
        else:
            data, content_type = _small(task)
            said = {"content_type": content_type}
    except BadReference as error:
        said = {"refused": error.message}
    answers.write(json.dumps(said).encode() + b"\n" + data)
    answers.close()


def _measured(path: Path) -> Measures:
    if seems(path) in _PICTURES:
        from PIL import Image  # noqa: PLC0415 - a video needs no Pillow, a picture no codecs

        try:
            with Image.open(path) as picture:
                turned = picture.getexif().get(0x0112, 1) >= 5  # orientations that lie on a side
                width, height = picture.size
        except Exception as error:  # a decoder fed with garbage raises whatever it likes
            raise BadReference("The file is not a picture that can be read.") from error
        return Measures(height, width) if turned else Measures(width, height)
    from oxreel.media.probe import probe  # noqa: PLC0415

    facts = probe(path)
    return Measures(facts.width, facts.height, facts.seconds)


def _small(task: dict[str, Any]) -> tuple[bytes, str]:
    from oxreel.media.thumbnail import image_thumbnail, video_thumbnail  # noqa: PLC0415

    path, width, height = Path(task["path"]), task["width"], task["height"]
    if seems(path) in _PICTURES:
        return image_thumbnail(path, width, height)
    return video_thumbnail(path, task["at_seconds"], width, height)


if __name__ == "__main__":
    _main()
