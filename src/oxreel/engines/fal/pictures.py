"""References as fal takes them: jpg or png of its sizes, within a request or uploaded before it."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from oxreel.engines.fal.limits import LEAST_SIDE
from oxreel.errors import BadReference
from oxreel.media.kinds import seems
from oxreel.media.limits import MEGABYTE
from oxreel.storyboard import Reference

#: Bytes of a picture that Kling takes, and of a PNG that is sent as it is.
_MOST_BYTES = 10 * MEGABYTE
_MOST_PNG = 3 * MEGABYTE
#: A JPEG that nobody can tell from its original, with its colours as fine as its light.
_QUALITY = 95
#: How much smaller a picture becomes that is still too many bytes.
_SHRINK = 0.8


@dataclass(frozen=True)
class Sent:
    """A file as it leaves."""

    data: bytes
    content_type: str
    name: str

    @property
    def data_uri(self) -> str:
        """Itself as a URL."""
        return f"data:{self.content_type};base64,{base64.b64encode(self.data).decode()}"


def sent(reference: Reference) -> Sent:
    """A reference as fal takes it. Raises BadReference where its file cannot be read."""
    path = Path(reference.path)
    if reference.kind == "video":
        kind = "quicktime" if seems(path) == "a MOV video" else "mp4"
        return Sent(path.read_bytes(), f"video/{kind}", f"{reference.name}.{'mov' if kind == 'quicktime' else 'mp4'}")
    try:
        return _picture(reference, path)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadReference(f"{reference.field}: the picture cannot be read.") from error


def _picture(reference: Reference, path: Path) -> Sent:
    # Ours: what somebody sent was read and written anew by the filming process.
    with Image.open(path, formats=("PNG",)) as picture:
        small = min(picture.size) < LEAST_SIDE
        if not small and path.stat().st_size <= _MOST_PNG:
            picture.load()
            return Sent(path.read_bytes(), "image/png", f"{reference.name}.png")
        whole = _flat(picture)
    if small:
        scale = LEAST_SIDE / min(whole.size)
        whole = whole.resize(_scaled(whole.size, scale), Image.Resampling.LANCZOS)
    while len(data := _jpeg(whole)) > _MOST_BYTES:
        whole = whole.resize(_scaled(whole.size, _SHRINK), Image.Resampling.LANCZOS)
    return Sent(data, "image/jpeg", f"{reference.name}.jpg")


def _flat(picture: Image.Image) -> Image.Image:
    """The picture without transparency, cut-outs on white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    # Up, so that no side falls below its least.
    return -int(-size[0] * scale // 1), -int(-size[1] * scale // 1)


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY, subsampling=0)
    return written.getvalue()
