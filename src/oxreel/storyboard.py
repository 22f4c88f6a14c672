"""The storyboard: every shot of a generation in order, with the frames and references it uses.

It is the one thing that every engine films from. A storyboard is made of plain values, so that it
crosses to the filming process as JSON and the same storyboard always films the same video.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from oxreel.units import FRAME_RATE

ReferenceKind = Literal["image", "video"]
#: What a source video is for: it is changed; a new shot takes its camera and timing; a still takes its movement.
VideoUse = Literal["edit", "reference", "motion"]


@dataclass(frozen=True)
class Reference:
    """A picture or video of the request, fetched, checked and readable as a local file."""

    #: What a prompt calls it: "Image1", "Element1", "Video1"; "Element1.2" is a further angle of an
    #: element; "start" and "tail" are the anchored frames.
    name: str
    #: The request field it came from, as written there: "input_image[0]", "elements[0].frontal_image_url".
    field: str
    kind: ReferenceKind
    #: Local file. An image is an upright, flattened RGB PNG unless `has_alpha`; a video is as it came.
    path: str
    width: int
    height: int
    #: The PNG keeps the alpha channel of a cut-out (elements only).
    has_alpha: bool = False
    #: Length of a video in seconds, 0 for an image.
    seconds: float = 0.0


@dataclass(frozen=True)
class Shot:
    """One prompt with its seconds, and the frames it fills."""

    index: int
    prompt: str
    seconds: int
    #: Position of its first frame in the whole video; a cut falls exactly there.
    first_frame: int
    #: 24 a second; the last shot has the closing frame more.
    frames: int
    #: Anchored first frame (first shot only) and last frame (last shot only).
    start: Reference | None = None
    tail: Reference | None = None
    #: The references this shot names; all of them where no shot names any.
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Storyboard:
    """All shots of one generation, and what holds for all of them."""

    generation_id: str
    model: str
    shots: tuple[Shot, ...]
    #: Pixels of the finished video, both even.
    width: int
    height: int
    seed: int
    negative_prompt: str = ""
    #: Every picture besides the start and the tail in the request's order, also those that no shot names.
    references: tuple[Reference, ...] = ()
    #: Whether the request asked for sound.
    audio: bool = False
    #: The source video of edit, reference and motion-control models.
    video: Reference | None = None
    video_use: VideoUse = "edit"
    #: Keep the source video's sound.
    keep_audio: bool = False
    #: What the engine calls the model that films, as the route says; empty for the engine's own choice.
    route: str = ""
    #: Everything else that the request asks for otherwise than its model does by itself, by its wire name ("cfg_scale",
    #: "character_orientation").
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def frames(self) -> int:
        """Frames of the whole video."""
        return sum(shot.frames for shot in self.shots)

    @property
    def seconds(self) -> int:
        """Seconds asked for; the file is one frame longer."""
        return sum(shot.seconds for shot in self.shots)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as `from_json` reads them."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Storyboard":
        """The storyboard that `to_json` wrote."""

        def reference(value: dict[str, Any] | None) -> Reference | None:
            return None if value is None else Reference(**value)

        shots = tuple(
            Shot(
                **{
                    **shot,
                    "start": reference(shot["start"]),
                    "tail": reference(shot["tail"]),
                    "references": tuple(Reference(**r) for r in shot["references"]),
                }
            )
            for shot in data["shots"]
        )
        options = tuple((name, value) for name, value in data["options"])
        # An earlier release wrote none.
        references = tuple(Reference(**r) for r in data.get("references", ()))
        video = reference(data["video"])
        return cls(**{**data, "shots": shots, "references": references, "video": video, "options": options})


def shot_frames(seconds: list[int]) -> list[tuple[int, int]]:
    """(first frame, frames) of each shot: cuts on whole seconds, the closing frame in the last shot."""
    spans, first = [], 0
    for index, length in enumerate(seconds):
        frames = int(FRAME_RATE * length) + (1 if index == len(seconds) - 1 else 0)
        spans.append((first, frames))
        first += frames
    return spans
