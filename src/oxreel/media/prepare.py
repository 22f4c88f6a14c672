"""The references of one request, from wherever they point, as checked local files.

Runs in a process of its own: what it decodes was sent by strangers. Everything that crosses is plain data.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from oxreel.errors import BadReference
from oxreel.media.data_uri import is_data_uri, unpack_data_uri
from oxreel.media.image import open_picture
from oxreel.media.kinds import seems
from oxreel.media.limits import Limits, megabytes
from oxreel.network.addresses import Resolve, look_up
from oxreel.storyboard import Reference, ReferenceKind
from oxreel.units import whole_seconds


@dataclass(frozen=True)
class Source:
    """A picture or video to prepare: at `url`, or already in the local `file`."""

    #: What prompts call it, and the request field it came from: "Image1", "input_image[0]".
    name: str
    field: str
    kind: ReferenceKind
    #: An http(s) URL or a `data:` URI.
    url: str | None = None
    #: A copy of a stored asset.
    file: Path | None = None
    #: Keep the alpha channel of a picture (elements).
    keep_alpha: bool = False
    #: Whole seconds, the nearest counting, and pixels of each side that a video may have; its model says.
    least_seconds: int = 1
    most_seconds: int = 30
    least_side: int = 720
    most_side: int = 3840

    def to_json(self) -> dict[str, Any]:
        """Plain values, as `from_json` reads them."""
        return {**asdict(self), "file": None if self.file is None else str(self.file)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Source":
        """The source that `to_json` wrote."""
        return cls(**{**data, "file": None if data["file"] is None else Path(data["file"])})


def prepare(
    items: list[Source],
    folder: Path,
    limits: Limits,
    *,
    resolve: Resolve = look_up,
    on_reference: Callable[[], None] = lambda: None,
) -> list[Reference]:
    """The references in the same order, their files in `folder`. Raises BadReference for the first bad one.

    A URL that stands at several places of a request is fetched once. `on_reference` is called after each.
    """
    preparing = _Preparing(folder, limits, resolve)
    references = []
    for number, item in enumerate(items):
        references.append(preparing.reference(item, number))
        on_reference()
    return references


@dataclass
class _Preparing:
    """The references of one request on their way to disk."""

    folder: Path
    limits: Limits
    resolve: Resolve
    #: What was fetched already, by kind and place: pictures and videos have different limits.
    fetched: dict[str, Path] = field(default_factory=dict)

    def reference(self, item: Source, number: int) -> Reference:
        place = f"{item.kind} {item.file or item.url}"
        if place not in self.fetched:
            self.fetched[place] = self._local_file(item, self.folder / f"source-{number}")
        local = self.fetched[place]
        if item.kind == "video":
            return _video(item, local, self.limits)
        target = self.folder / f"{number}-{item.name}.png"
        picture = open_picture(local, target, item.field, self.limits, keep_alpha=item.keep_alpha)
        return Reference(
            name=item.name,
            field=item.field,
            kind="image",
            path=str(target),
            width=picture.width,
            height=picture.height,
            has_alpha=picture.has_alpha,
        )

    def _local_file(self, item: Source, target: Path) -> Path:
        if item.file is not None:
            return item.file
        url = (item.url or "").strip()
        if not url:
            raise BadReference(f"{item.field}: no URL was given.")
        largest = self.limits.video_bytes if item.kind == "video" else self.limits.image_bytes
        if is_data_uri(url):
            unpack_data_uri(url, target, item.field, largest)
        else:
            # Most requests need no network, and it is slow to import.
            from oxreel.media.fetch import fetch  # noqa: PLC0415

            fetch(url, target, item.field, largest, self.limits, resolve=self.resolve)
        return target


def _video(item: Source, local: Path, limits: Limits) -> Reference:
    # The codecs are slow to import, and most references are pictures.
    from oxreel.media.probe import probe  # noqa: PLC0415

    size, kind = local.stat().st_size, seems(local)
    if size > limits.video_bytes:
        raise BadReference(
            f"{item.field}: the video has {megabytes(size)}; at most {megabytes(limits.video_bytes)} are allowed."
        )
    if kind not in ("an MP4 video", "a MOV video"):
        raise BadReference(f"{item.field}: the file is not an MP4 or MOV video, it is {kind}.")
    try:
        facts = probe(local)
    except BadReference as error:
        raise BadReference(f"{item.field}: {error.message}") from error
    least, most = item.least_side, item.most_side
    if not (least <= facts.width <= most and least <= facts.height <= most):
        raise BadReference(
            f"{item.field}: the video is {facts.width}x{facts.height} px; "
            f"each side must be between {least} and {most} px."
        )
    # A clip of 15 s that closes with one frame more is 15 s long.
    if not item.least_seconds <= whole_seconds(facts.seconds) <= item.most_seconds:
        raise BadReference(
            f"{item.field}: the video lasts {facts.seconds:.1f} s; "
            f"it must last between {item.least_seconds} and {item.most_seconds} s."
        )
    return Reference(
        name=item.name,
        field=item.field,
        kind="video",
        path=str(local),
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
    )
