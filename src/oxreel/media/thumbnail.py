"""Small pictures of stored pictures and videos."""

import io
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageOps

from oxreel.errors import BadReference
from oxreel.media.decode import name_colours
from oxreel.media.probe import open_video
from oxreel.units import FRAME_RATE

#: What a stored picture may be; anything else that Pillow could open is none of ours.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
_MOST_PIXELS = 100_000_000
_JPEG_QUALITY = 85
#: Frames decoded at most on the way from a keyframe to the moment asked for.
_LONGEST_WALK = 600
#: Longest side where no size is asked for, in pixels.
_USUAL_SIDE = 640


def image_thumbnail(path: Path, width: int | None = None, height: int | None = None) -> tuple[bytes, str]:
    """The picture within `width` x `height` and its content type: upright, of its own shape, never enlarged.

    A side that is None follows from the other. Raises BadReference for what is not a picture.
    """
    try:
        with Image.open(path, formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise BadReference(
                    f"The picture has {picture.width}x{picture.height} pixels; at most {_MOST_PIXELS:,} can be read."
                )
            box = _box(width, height)
            # A JPEG can be read at a fraction of its size; both sides, because it may lie on its side.
            picture.draft("RGB", (max(box), max(box)))
            return _encoded(ImageOps.exif_transpose(picture), box)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadReference("The file is not a picture that can be read.") from error


def video_thumbnail(
    path: Path, at_seconds: float = 0.0, width: int | None = None, height: int | None = None
) -> tuple[bytes, str]:
    """The frame of a video at that second (its last one when it ends earlier) as JPEG, with its content type.

    The size is chosen as by `image_thumbnail`. Raises BadReference for what is not a video.
    """
    try:
        with open_video(path) as container:
            stream = container.streams.video[0]
            tick = stream.time_base or 1 / FRAME_RATE
            start = (stream.start_time or 0) * tick
            wanted = start + Fraction(max(0.0, at_seconds)).limit_denominator(1000)
            if stream.duration is not None:
                wanted = min(wanted, start + stream.duration * tick)
            if at_seconds > 0:
                container.seek(int(wanted / tick), stream=stream)
            chosen: av.VideoFrame | None = None
            for count, frame in enumerate(container.decode(stream)):
                late = frame.pts is not None and frame.pts * tick > wanted
                if chosen is None or not late:
                    chosen = frame
                if late or count >= _LONGEST_WALK or at_seconds <= 0:
                    break
            if chosen is None:
                raise BadReference("The video holds no frame that can be decoded.")
            rgb = name_colours(chosen).reformat(format="rgb24", dst_color_range="JPEG", threads=1)
            upright = Image.fromarray(rgb.to_ndarray()).rotate(chosen.rotation, expand=True)
            return _encoded(upright, _box(width, height))
    except (av.FFmpegError, OSError, ValueError, OverflowError) as error:
        raise BadReference("The file is not a video that can be read.") from error


def _box(width: int | None, height: int | None) -> tuple[int, int]:
    """The size to stay within; a side that is not given never binds."""
    if width is None and height is None:
        return _USUAL_SIDE, _USUAL_SIDE
    unbound = 1 << 16
    return max(1, width or unbound), max(1, height or unbound)


def _encoded(picture: Image.Image, box: tuple[int, int]) -> tuple[bytes, str]:
    translucent = picture.has_transparency_data
    small = picture.convert("RGBA" if translucent else "RGB")
    small.thumbnail(box, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    if translucent:
        small.save(written, "PNG")
        return written.getvalue(), "image/png"
    small.save(written, "JPEG", quality=_JPEG_QUALITY)
    return written.getvalue(), "image/jpeg"
