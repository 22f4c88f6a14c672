"""Framing: the size that a model films at for a video of another size, and pictures cut to a size."""

from math import sqrt
from pathlib import Path

import numpy as np
from PIL import Image

from oxreel.engines.diffusers.family import Frames, Rules
from oxreel.errors import BadReference
from oxreel.storyboard import Reference

#: What shows through where a cut-out is transparent: white, as on a page.
_GROUND = (255, 255, 255)


def clip_size(width: int, height: int, rules: Rules) -> tuple[int, int]:
    """(width, height) that the model films: the video's own size where it can, else the best of that shape."""
    step = rules.size_multiple
    scale = min(1.0, sqrt(rules.pixels / (width * height)))
    wide, high = (max(step, round(side * scale / step) * step) for side in (width, height))
    if scale == 1.0:
        # Nothing of a small video is to be enlarged.
        wide, high = -(-width // step) * step, -(-height // step) * step
    return wide, high


def opened(reference: Reference) -> Image.Image:
    """The picture of a reference as RGB. Raises BadReference, which names its field."""
    try:
        with Image.open(Path(reference.path), formats=("PNG",)) as picture:
            if picture.mode != "RGBA":
                return picture.convert("RGB")
            ground = Image.new("RGB", picture.size, _GROUND)
            ground.paste(picture, mask=picture.getchannel("A"))
            return ground
    except (OSError, ValueError, SyntaxError) as error:
        raise BadReference(f"{reference.field}: the picture cannot be read ({error}).") from error


def covering(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of a picture that fills that size, nothing of it distorted."""
    scale = max(width / picture.width, height / picture.height)
    wide, high = width / scale, height / scale
    left, top = (picture.width - wide) / 2, (picture.height - high) / 2
    box = (left, top, left + wide, top + high)
    return picture.resize((width, height), Image.Resampling.LANCZOS, box=box)


def fitted(frames: Frames, width: int, height: int) -> Frames:
    """Frames of another size, by the same rule as pictures; the same frames where the size is theirs."""
    if frames.shape[1:3] == (height, width):
        return frames
    return np.stack([np.asarray(covering(Image.fromarray(frame), width, height)) for frame in frames])
