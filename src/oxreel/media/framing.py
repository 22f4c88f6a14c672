"""Framing: pictures of references as what is filmed from them, cut to a size."""

from pathlib import Path

from PIL import Image

from oxreel.errors import BadReference
from oxreel.media.image import GROUND
from oxreel.storyboard import Reference


def opened(reference: Reference) -> Image.Image:
    """The picture of a reference as RGB. Raises BadReference, which names its field."""
    try:
        with Image.open(Path(reference.path), formats=("PNG",)) as picture:
            if picture.mode != "RGBA":
                return picture.convert("RGB")
            ground = Image.new("RGB", picture.size, GROUND)
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
