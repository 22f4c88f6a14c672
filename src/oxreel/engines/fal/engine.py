"""The fal engine: has the real Kling models film, and delivers what they made as it came."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from oxreel.engines.delivery import check_frames, metadata
from oxreel.engines.engine import Memo, OnFrame, Segment
from oxreel.engines.fal import limits
from oxreel.engines.fal.choice import endpoint_of
from oxreel.errors import FilmingFailed
from oxreel.log import Log
from oxreel.settings import Settings
from oxreel.storyboard import Shot, Storyboard

log = Log(__name__)


class FalEngine:
    """Real Kling, hosted by fal: asked once, waited for, fetched."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """What requests, rows and the MP4's metadata call it."""
        return "fal"

    @property
    def version(self) -> str:
        """Changes whenever the same storyboard would be asked for in other words."""
        return "1"

    def check(self, storyboard: Storyboard) -> None:
        """Nothing for what fal can film as asked. Raises InvalidParams with every reason why it cannot."""
        limits.check(storyboard, endpoint_of(storyboard))

    def warnings(self, storyboard: Storyboard) -> list[str]:
        """What fal will do differently than asked, one sentence each; reads no file."""
        return limits.warnings(storyboard, endpoint_of(storyboard))

    def plan(self, _: Storyboard) -> dict[str, Any] | None:
        """Nothing: nobody is told what Kling understood."""
        return None

    def parts(self, storyboard: Storyboard) -> tuple[Shot, ...]:
        """One for all shots: Kling cuts by itself."""
        first, last = storyboard.shots[0], storyboard.shots[-1]
        prompt = "\n".join(shot.prompt for shot in storyboard.shots)
        return (replace(first, prompt=prompt, seconds=storyboard.seconds, frames=storyboard.frames, tail=last.tail),)

    def film(
        self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """Have all of it filmed, and fetch the file as it is. Raises FilmingFailed, InvalidParams, BadReference."""
        # The API asks this class for warnings only.
        from oxreel.engines.fal.filming import Filming  # noqa: PLC0415

        if not self._settings.fal_key.get_secret_value():
            log.warning("fal_has_no_key", set="OXREEL_FAL_KEY")
            raise FilmingFailed("This hub has no key for the provider fal: its operator must set OXREEL_FAL_KEY.")
        self.check(storyboard)
        target = folder / "fal.mp4"
        Filming(self._settings, storyboard, endpoint_of(storyboard), on_frame, memo or _Forgetful()).film(target)
        on_frame(shot.frames)
        return Segment(target, shot.frames)

    def finish(self, storyboard: Storyboard, segments: list[Segment], target: Path) -> None:
        """Make the delivered MP4 at `target` of what fal sent. Raises FilmingFailed where that is no such film."""
        from oxreel.engines.fal.delivery import deliver  # noqa: PLC0415  # the codecs are heavy

        check_frames(storyboard, segments)
        if len(segments) != 1:
            raise FilmingFailed(f"fal films in one piece, and {len(segments)} came.")
        endpoint = endpoint_of(storyboard)
        deliver(storyboard, segments[0].path, target, self._metadata(storyboard, endpoint.name), endpoint.size)

    def abandon(self, memo: Mapping[str, Any]) -> dict[str, Any]:
        """Call off what fal still makes. Raises FilmingFailed until it has ended: what was made is paid and told."""
        from oxreel.engines.fal.calling_off import call_off  # noqa: PLC0415  # as above

        with _understood():
            return call_off(self._settings, memo)

    def _metadata(self, storyboard: Storyboard, endpoint: str) -> dict[str, str]:
        """What the file says about itself."""
        about = f"Filmed by {endpoint}, hosted by fal, for OxReel."
        return metadata(storyboard, self.name, self.version, about, endpoint=endpoint)


@contextmanager
def _understood() -> Iterator[None]:
    """What fal did not answer, as an error of ours."""
    from oxreel.engines.fal.queue import NotNow  # noqa: PLC0415  # as above

    try:
        yield
    except NotNow as error:
        raise FilmingFailed(f"The provider fal has not called the request off yet ({error}).") from error


class _Forgetful:
    """The memo of a film that nobody goes on with."""

    def __init__(self) -> None:
        self._entries: dict[str, Any] = {}

    def read(self) -> Mapping[str, Any]:
        return self._entries

    def write(self, **entries: Any) -> None:
        self._entries.update(entries)
