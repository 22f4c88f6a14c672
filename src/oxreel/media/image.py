"""An untrusted picture as one that every engine can film: upright, sRGB, 8 bits, an RGB (or RGBA) PNG."""

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from oxreel.errors import BadReference
from oxreel.media.kinds import seems
from oxreel.media.limits import Limits, megabytes

#: What may be sent (S4). Some JPEGs of cameras open as MPO: further views lie behind the first.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_ASK = "send a JPEG, PNG, GIF or WebP picture"

#: Limits of the real Kling models (their public reference, 2026-11): pixels of each side, and width / height.
LEAST_SIDE = 300
ASPECTS = (0.40, 2.50)

#: What shows through where a picture is transparent: white, as on a page.
GROUND = (255, 255, 255)

#: Scans of a progressive JPEG; honest ones have about ten, each costs the time of a whole picture.
_MOST_SCANS = 100


@dataclass(frozen=True)
class Picture:
    """A normalised picture."""

    #: Pixels.
    width: int
    height: int
    has_alpha: bool


def open_picture(source: Path, target: Path, field: str, limits: Limits, *, keep_alpha: bool = False) -> Picture:
    """Write the picture at `source` as a normalised PNG to `target`: its first frame, upright, in sRGB.

    Transparency is laid on white unless `keep_alpha`. Raises BadReference, whose sentence begins with
    `field`, for what is not a picture, is broken, or lies outside the limits.
    """
    try:
        picture = _normalised(source, limits, keep_alpha=keep_alpha)
    except BadReference as error:
        raise BadReference(f"{field}: {error.message}") from error
    # What its metadata says is done by now, and is nobody's business further on.
    picture.info.clear()
    # The fastest compression: it is read once or twice on this machine and then thrown away.
    picture.save(target, "PNG", compress_level=1)
    return Picture(picture.width, picture.height, picture.mode == "RGBA")


def _normalised(source: Path, limits: Limits, *, keep_alpha: bool) -> Image.Image:
    size = source.stat().st_size
    if size > limits.image_bytes:
        raise BadReference(f"the picture has {megabytes(size)}; at most {megabytes(limits.image_bytes)} are allowed.")
    with warnings.catch_warnings():
        # Pillow warns of bombs by measures of its own and of odd metadata; both are decided here.
        warnings.simplefilter("ignore")
        with _opened(source, limits) as raw:
            pixels = raw.width * raw.height
            if pixels > limits.image_pixels:
                raise BadReference(
                    f"the picture is {raw.width}x{raw.height} px, {pixels / 1e6:.1f} million pixels; "
                    f"at most {limits.image_pixels / 1e6:g} million are allowed."
                )
            if raw.format in ("JPEG", "MPO") and _scans(source) > _MOST_SCANS:
                raise BadReference(f"the JPEG has more than {_MOST_SCANS} scans; save it again as an ordinary JPEG.")
            try:
                raw.load()
                upright = _upright(raw)
                _check_shape(upright.width, upright.height)
                return _srgb(upright, raw.info.get("icc_profile"), keep_alpha=keep_alpha)
            except (BadReference, MemoryError):
                raise
            except Exception as error:  # a decoder fed with garbage raises whatever it likes
                raise BadReference(
                    f"the picture, {seems(source)}, is damaged or incomplete and cannot be decoded ({error})."
                ) from error


def _opened(source: Path, limits: Limits) -> Image.Image:
    try:
        return Image.open(source, formats=_FORMATS)
    except Image.DecompressionBombError as error:
        most = f"{limits.image_pixels / 1e6:g} million"
        raise BadReference(f"the picture has far too many pixels; at most {most} are allowed.") from error
    except UnidentifiedImageError as error:
        kind = seems(source)
        if kind in ("a JPEG", "a PNG", "a GIF", "a WebP"):
            raise BadReference(f"the picture starts like {kind} but is damaged and cannot be decoded.") from error
        raise BadReference(f"the file is not a picture that can be used, it is {kind}; {_ASK}.") from error
    except Exception as error:  # as above: the header is garbage too
        raise BadReference(f"the file cannot be read as a picture ({error}); {_ASK}.") from error


def _scans(source: Path) -> int:
    # Entropy-coded data holds no such bytes; a thumbnail or text in the metadata adds a few at most.
    return source.read_bytes().count(b"\xff\xda")


def _upright(raw: Image.Image) -> Image.Image:
    # Orientation of unreadable EXIF is none: the picture itself is good.
    with suppress(Exception):
        return ImageOps.exif_transpose(raw)
    return raw


def _check_shape(width: int, height: int) -> None:
    if min(width, height) < LEAST_SIDE:
        raise BadReference(f"the picture is {width}x{height} px; each side must be at least {LEAST_SIDE} px.")
    least, most = ASPECTS
    if not least <= width / height <= most:
        raise BadReference(
            f"the picture is {width}x{height} px, width / height is {width / height:.2f}; "
            f"it must be between {least:.2f} and {most:.2f}."
        )


def _srgb(picture: Image.Image, profile: bytes | None, *, keep_alpha: bool) -> Image.Image:
    """The picture in sRGB, its transparency kept or laid on the ground."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # 16 bits of grey: Pillow's own conversion would clip instead of scale.
        picture = picture.convert("I").point(lambda value: value * (1 / 257) + 0).convert("L")
    alpha = None
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = picture.getchannel("A")
        if alpha.getextrema() == (255, 255):
            alpha = None
    flat = _converted(picture, profile)
    if alpha is None:
        return flat
    if keep_alpha:
        flat.putalpha(alpha)
        return flat
    return Image.composite(flat, Image.new("RGB", flat.size, GROUND), alpha)


def _converted(picture: Image.Image, profile: bytes | None) -> Image.Image:
    base = picture if picture.mode in ("L", "CMYK") else picture.convert("RGB")
    if profile:
        # A profile that does not fit its picture is ignored, as viewers do.
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(base, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
    return base.convert("RGB")
