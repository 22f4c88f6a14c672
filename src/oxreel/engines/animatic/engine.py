"""The animatic engine: films a storyboard from its own pictures, without weights, a GPU or a network."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oxreel.engines.animatic.casting import cast_of
from oxreel.engines.animatic.caveats import warnings_about
from oxreel.engines.animatic.direction import describe, directions_of
from oxreel.engines.delivery import check_frames, metadata
from oxreel.engines.engine import Memo, OnFrame, Segment
from oxreel.errors import FilmingFailed, InvalidParams
from oxreel.storyboard import Shot, Storyboard

if TYPE_CHECKING:
    from oxreel.engines.animatic.stage import Stage

#: Least pixels of a side: less than this the resampler cannot work on.
_SMALLEST_SIDE = 64


class AnimaticEngine:
    """Camera, timing, framing and cuts of a film, true to the frame; the pictures stay the stills they are."""

    def __init__(self) -> None:
        self._stage: Stage | None = None

    @property
    def name(self) -> str:
        """What requests, rows and the MP4's metadata call it."""
        return "animatic"

    @property
    def version(self) -> str:
        """Changes whenever the same storyboard would film different bytes."""
        return "1"

    def check(self, storyboard: Storyboard) -> None:
        """Nothing: there is no request that it cannot show. Raises InvalidParams for a name, of which it knows none."""
        if storyboard.route:
            raise InvalidParams(f"The animatic films every model in one way: it knows no '{storyboard.route}'.")

    def warnings(self, storyboard: Storyboard) -> list[str]:
        """What an animatic does differently than asked, one sentence each; reads no file."""
        return warnings_about(storyboard, directions_of(storyboard))

    def plan(self, storyboard: Storyboard) -> dict[str, Any]:
        """What was understood of each shot's words, `{"shots": [...]}`; reads no file."""
        shots = []
        for shot, plan in zip(storyboard.shots, directions_of(storyboard), strict=True):
            drawn = storyboard.video is None and not cast_of(storyboard, shot, plan).sets
            shots.append({**plan.to_json(), "chips": describe(plan, drawn=drawn)})
        return {"shots": shots}

    def parts(self, storyboard: Storyboard) -> tuple[Shot, ...]:
        """Each shot."""
        return storyboard.shots

    def film(
        self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """Film one shot into `folder`. Raises FilmingFailed, or BadReference where a picture is at fault."""
        # Heavy, and the API asks this class for warnings only.
        from oxreel.engines.animatic.stage import Stage  # noqa: PLC0415

        width, height = storyboard.width, storyboard.height
        if width % 2 or height % 2 or min(width, height) < _SMALLEST_SIDE:
            raise FilmingFailed(f"A video of {width}x{height} cannot be filmed: both must be even and at least 64.")
        self._stage = self._stage or Stage()
        return self._stage.film(storyboard, shot, folder, on_frame)

    def finish(self, storyboard: Storyboard, segments: list[Segment], target: Path) -> None:
        """Join the segments and the sound into the delivered MP4 at `target`."""
        from oxreel.engines.animatic.delivery import deliver  # noqa: PLC0415  # heavy, as above

        check_frames(storyboard, segments)
        deliver(storyboard, [segment.path for segment in segments], target, self._metadata(storyboard))

    def abandon(self, memo: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing: all of it is made here."""
        return {}

    def _metadata(self, storyboard: Storyboard) -> dict[str, str]:
        """What the file says about itself."""
        about = (
            "An OxReel animatic: it shows framing, camera, timing and sound, and is not the work of the model it names."
        )
        return metadata(storyboard, self.name, self.version, about)
