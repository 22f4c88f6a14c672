"""What an untrusted file seems to be, by its first bytes: for sentences, never for trust."""

import re
from pathlib import Path

#: First bytes and what they say, the special before the general.
_SIGNS: tuple[tuple[bytes, str], ...] = (
    (rb"\xff\xd8\xff", "a JPEG"),
    (rb"\x89PNG\r\n\x1a\n", "a PNG"),
    (rb"GIF8[79]a", "a GIF"),
    (rb"RIFF....WEBP", "a WebP"),
    (rb"RIFF....AVI ", "an AVI video"),
    (rb"RIFF....WAVE", "a WAV sound"),
    (rb"....ftyp(avif|avis)", "an AVIF picture"),
    (rb"....ftyp(heic|heix|heim|heis|hevc|mif1|msf1)", "a HEIC picture"),
    (rb"....ftypqt  ", "a MOV video"),
    (rb"....ftypM4A", "an M4A sound"),
    (rb"....ftyp", "an MP4 video"),
    (rb"....(moov|mdat|wide|free|skip|pnot)", "a MOV video"),
    (rb"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (rb"BM", "a BMP picture"),
    (rb"(II\*\x00|MM\x00\*)", "a TIFF picture"),
    (rb"\x00\x00\x01\x00", "an icon"),
    (rb"8BPS", "a Photoshop file"),
    (rb"(\xff\x0a|\x00\x00\x00\x0cJXL )", "a JPEG XL picture"),
    (rb"%PDF", "a PDF"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"\x1f\x8b", "a gzip file"),
    (rb"(ID3|\xff[\xfb\xf3\xf2])", "an MP3 sound"),
    (rb"OggS", "an Ogg file"),
    (rb"(?i)[\s\xef\xbb\xbf]*(<\?xml[^>]*>\s*)?(<!--.{0,200}-->\s*)?<(!doctype svg|svg)", "an SVG drawing"),
    (rb"(?i)[\s\xef\xbb\xbf]*<(!doctype html|html|head|body)", "an HTML page"),
    (rb"\s*[\[{]", "JSON"),
)
_COMPILED = tuple((re.compile(sign, re.DOTALL), name) for sign, name in _SIGNS)


def seems(path: Path) -> str:
    """What the file seems to be: "a PNG", "an HTML page", "empty", "of an unknown kind"."""
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        return "empty"
    for sign, name in _COMPILED:
        if sign.match(head):
            return name
    is_text = not re.search(rb"[\0-\x08\x0e-\x1f]", head)
    return "text" if is_text else "of an unknown kind"
